"""The clean-up of whole runs: by their folder, also after they were killed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.exchange.cleaning.cleanup import clean
from conformance.exchange.cleaning.ledger import Ledger, read
from conformance.exchange.cleaning.report import CleanupReport
from conformance.words import UsageError

if TYPE_CHECKING:
    from conformance.exchange.door import Door

_PATTERN = "ledger*.jsonl"
LOCK_WAIT = 60.0
"""Seconds that the clean-up waits for a process of the run that still writes."""


@dataclass(frozen=True)
class Unfinished:
    """A run whose clean-up is not complete. `tokens` are the names of its tokens, "actor/token"."""

    folder: Path
    run_id: str
    url: str
    tokens: tuple[str, ...]


def unfinished(state_folder: Path) -> list[Unfinished]:
    """Return the runs below the state folder whose clean-up is not complete, oldest first."""
    folders = {path.parent for path in state_folder.rglob(_PATTERN)}
    found = [run for folder in folders if (run := _unfinished(folder)) is not None]
    return sorted(found, key=lambda run: run.folder.stat().st_mtime)


def unfinished_ledgers(state_folder: Path) -> list[Path]:
    """Return the ledgers below the state folder that are not finished."""
    return [path for path in sorted(state_folder.rglob(_PATTERN)) if _is_open(path)]


def finish(folder: Path, door: Door, wait: float = LOCK_WAIT) -> CleanupReport:
    """Clean up after all processes of a run, newest record first, waiting for those that still write.

    The ledgers are opened here; one that the door itself holds is used as it is. Raises UsageError where one cannot
    be had in time or read.
    """
    own = door.ledger
    opened: list[Ledger] = []
    try:
        for path in sorted(folder.glob(_PATTERN)):
            if own is None or path != own.path:
                opened.append(Ledger(path, wait=wait))
        ledgers = [*([own] if own else []), *opened]
        return clean(door, ledgers) if ledgers else CleanupReport.nothing()
    finally:
        door.state.relatives = []
        for ledger in opened:
            ledger.close()


def _unfinished(folder: Path) -> Unfinished | None:
    paths = [path for path in sorted(folder.glob(_PATTERN)) if _is_open(path)]
    headers = list(_headers(paths))
    if not headers:
        return None
    names = [f"{each['actor']}/{token}" for header in headers for each in header["tokens"] for token in each["tokens"]]
    return Unfinished(folder, str(headers[0]["run"]), str(headers[0]["url"]), tuple(dict.fromkeys(names)))


def _headers(paths: list[Path]) -> Iterator[dict[str, Any]]:
    for path in paths:
        header = read(path).header
        if "url" in header:
            yield header


def _is_open(path: Path) -> bool:
    try:
        contents = read(path)
    except UsageError:
        return True
    return not contents.finished and not contents.empty
