"""The clean-up of whole runs: by their folder, also after they were killed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from conformance.exchange.cleanup.cleanup import clean
from conformance.exchange.cleanup.report import CleanupReport
from conformance.exchange.errors import LedgerError
from conformance.exchange.ownership import LEDGERS
from conformance.exchange.ownership.ledger import Contents, Ledger, read
from conformance.exchange.ownership.seal import token_digest
from conformance.exchange.records import RecordConnection
from conformance.model import Actor

LOCK_WAIT = 60.0
"""Seconds that the clean-up waits for a process of the run that still writes."""


@dataclass(frozen=True)
class Unfinished:
    """A run whose clean-up is not complete.

    `tokens` are the names of its tokens, "actor/token", `digests` what its ledger keeps of them. `damaged` says why its
    ledgers are not followed, "" where they are.
    """

    folder: Path
    run_id: str = ""
    url: str = ""
    tokens: tuple[str, ...] = ()
    digests: frozenset[str] = frozenset()
    damaged: str = ""

    def used(self, actor: Actor, key: bytes) -> bool:
        """Whether the run sent a token of an actor to its instance: only such a token may go there again unasked."""
        return any(token_digest(key, token.secret.reveal()) in self.digests for token in actor.tokens)


def unfinished(state_folder: Path, key: bytes = b"") -> list[Unfinished]:
    """Return the runs below the state folder whose clean-up is not complete, oldest first."""
    folders = {path.parent for path in state_folder.rglob(LEDGERS)}
    results = [run for folder in folders if (run := _unfinished(folder, key)) is not None]
    return sorted(results, key=lambda run: run.folder.stat().st_mtime)


def finish(
    folder: Path,
    client: RecordConnection,
    wait: float = LOCK_WAIT,
    sleep: Callable[[float], None] = time.sleep,
    tell: Callable[[str], None] = lambda _: None,
) -> CleanupReport:
    """Clean up after all processes of a run, waiting for those that still write.

    The ledgers are opened here; one that the client itself holds is used as it is. Raises UsageError where one cannot
    be had in time, LedgerError where one is damaged. One that cannot be opened for writing is followed from memory.
    """
    own = client.ledger
    opened: list[Ledger] = []
    key = client.config.ledger_key
    try:
        for path in sorted(folder.glob(LEDGERS)):
            if own is None or path != own.path:
                opened.append(_opened(path, key, wait))
        ledgers = [*([own] if own else []), *opened]
        return clean(client, ledgers, sleep, tell) if ledgers else CleanupReport.nothing()
    finally:
        client.state.sibling_ledgers = []
        for ledger in opened:
            ledger.close()


def _opened(path: Path, key: bytes, wait: float) -> Ledger:
    contents = read(path, key)
    try:
        return Ledger(path, wait=wait, key=key)
    except LedgerError as error:
        ledger = Ledger(None, contents.header)
        ledger.contents, ledger.unwritten = contents, str(error)
        return ledger


def _unfinished(folder: Path, key: bytes) -> Unfinished | None:
    known: list[Contents] = []
    for path in sorted(folder.glob(LEDGERS)):
        try:
            known.append(read(path, key))
        except LedgerError as error:
            return Unfinished(folder, damaged=f"{error} {error.hint}")
        except OSError as error:
            return Unfinished(folder, damaged=f"the ledger {path} cannot be read: {error.strerror}")
    unfinished = [contents.header for contents in known if not contents.finished and not contents.empty]
    headers = [header for header in unfinished if "url" in header]
    if not headers:
        return None
    runs = {(str(header["run"]), str(header["url"])) for header in headers}
    if len(runs) > 1:
        return Unfinished(folder, damaged=f"the ledgers in {folder} are of different runs; they are not followed")
    run_id, url = runs.pop()
    tokens = [(actor["name"], token) for header in headers for actor in header["actors"] for token in actor["tokens"]]
    names = dict.fromkeys(f"{name}/{token['name']}" for name, token in tokens)
    return Unfinished(folder, run_id, url, tuple(names), frozenset(token["digest"] for _, token in tokens))
