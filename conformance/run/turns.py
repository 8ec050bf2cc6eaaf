"""One run at a time for the actors of an instance: two would change each other's teams and timers, and blame it.

Source: DESIGN, "Concurrency". Runs that share a state folder wait for each other by locks, one a user; a run of another
machine is seen by its sign, a tag of its own that tells when it began: see `sign`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout
from rich.console import Console

from conformance.run import sign
from conformance.run.context import RunContext
from conformance.run.prepare import PreparedRun, prepare
from conformance.run.state import LOCK, new_run_folder, new_run_id, state_folder, unwritable
from conformance.settings import Settings

LOCKS = "turns"
"""Folder of the locks, within the state folder."""


Tell = Callable[[str], None]


@contextmanager
def prepared_in_turn(settings: Settings, own: bool, console: Console, tell: Tell) -> Iterator[PreparedRun]:
    """Plan a run and hold its ledger's lock and its actors within; planned anew where it had to wait for them.

    `own` says that the run started the instance; `tell` is told of whom it waits for. Raises CommandError where it
    cannot go on; its folder goes then, for it made nothing.
    """
    run_id = new_run_id()
    folder = new_run_folder(run_id)
    with FileLock(folder / LOCK), ExitStack() as locks:
        try:
            with console.status("looking at the instance") as status:
                ready = prepare(settings, run_id, folder, own, status.update)
            waited = locks.enter_context(turn(ready.context, tell))
            if sign.wait_for_others(ready.context, ready.known.index, tell) or waited:
                with console.status("looking at the instance again") as status:
                    ready = prepare(settings, run_id, folder, own, status.update)
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise unwritable(folder, error) from None
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        yield ready


@contextmanager
def turn(context: RunContext, tell: Tell) -> Iterator[bool]:
    """Hold the actors of a run within, and yield whether it had to wait for another run. `tell` is told of that one.

    A run that only reads, and one on its own instance, disturbs nobody and waits for nobody.
    """
    with ExitStack() as locks:
        # The order is the same for every run, so that no two wait for each other.
        users = {actor.user_id for actor in context.actors if actor.user_id is not None and not context.disturbs_nobody}
        waited = [_acquired(locks, context, user, tell) for user in sorted(users)]
        yield any(waited)


def _acquired(locks: ExitStack, context: RunContext, user: int, tell: Tell) -> bool:
    """Take the lock of a user and write down who has it. Return whether it had to be waited for."""
    path = lock_path(context.url, user)
    lock, waited = FileLock(path), False
    try:
        lock.acquire(blocking=False)
    except Timeout:
        waited = True
        name = next(actor.name for actor in context.actors if actor.user_id == user)
        who = "another run"
        with suppress(OSError, ValueError, KeyError):
            holder = json.loads(_holder(path).read_text("utf-8"))
            who = f"run {holder['run']} (process {holder['pid']}, since {holder['since']})"
        message = (
            f"{who} is using {name} on {context.url}: waiting until it has ended, for two would disturb each other."
        )
        tell(message)
        lock.acquire()
    locks.callback(lock.release)
    with suppress(OSError):
        since = datetime.now(UTC).isoformat(timespec="seconds")
        _holder(path).write_text(json.dumps({"run": context.run_id, "pid": os.getpid(), "since": since}), "utf-8")
    return waited


def lock_path(url: str, user: int) -> Path:
    """Return the file that is locked for a user of an instance. It is never deleted: others may wait at it."""
    folder, digest = state_folder() / LOCKS, hashlib.sha256(f"{url.rstrip('/')} {user}".encode()).hexdigest()
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"{digest[:20]}.lock"


def _holder(path: Path) -> Path:
    return path.with_suffix(".json")
