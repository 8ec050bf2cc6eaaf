"""`clean`: finish every unfinished run whose instance answers, by its ledgers and its id."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import replace

from filelock import FileLock
from rich.console import Console

from conformance.exchange import Client, Unfinished, unfinished
from conformance.model import CommandError, Exit, mark_of
from conformance.run.console import print_line
from conformance.run.context import RunContext
from conformance.run.preflight import ask_instance
from conformance.run.prepare import preflight_context
from conformance.run.run_cleanup import finish_run
from conformance.run.state import LOCK, ledger_key, state_folder
from conformance.run.target import client_config
from conformance.settings import Settings


def clean_all(settings: Settings, console: Console) -> Exit:
    """Finish each unfinished run and return the exit status: 4 where something stays, 3 where an instance is silent."""
    key = ledger_key()
    runs = unfinished(state_folder(), key)
    if not runs:
        print_line(console, "Nothing to clean: every run was finished.")
        return Exit.CONFORMANT
    return max((_clean(run, key, settings, console) for run in runs), key=_SEVERITY.index)


_SEVERITY = (Exit.CONFORMANT, Exit.UNFIT, Exit.LEFT_BEHIND)


def _clean(run: Unfinished, key: bytes, settings: Settings, console: Console) -> Exit:
    """Wait for whoever works on a run, then finish it, unless they did."""
    lock = FileLock(run.folder / LOCK)
    with suppress(OSError):  # The folder goes with its run; one that cannot be written is followed from memory.
        lock.acquire()
    try:
        now = next((again for again in unfinished(run.folder, key)), None) if run.folder.exists() else None
        if now is None:
            print_line(console, f"Run {run.folder.name} was finished meanwhile.")
            return Exit.CONFORMANT
        if reason := _refusal(now, key, settings):
            print_line(console, f"Run {now.run_id or now.folder.name}: {reason}")
            return Exit.LEFT_BEHIND
        print_line(console, f"Run {now.run_id} at {now.url} (tokens: {', '.join(now.tokens)})")
        actors = settings.actors if settings.url else tuple(actor for actor in settings.actors if now.used(actor, key))
        try:
            return _finish(now, replace(settings, url=now.url, write=True, actors=actors), console)
        except CommandError as error:
            print_line(console, f"  {error}")
            print_line(console, f"  {error.hint}")
            return error.status if error.status in _SEVERITY else Exit.UNFIT
    finally:
        lock.release()


def _refusal(run: Unfinished, key: bytes, settings: Settings) -> str:
    """Return why a run is not followed, "" where it is.

    Tokens go only where the run sent them, or where the settings send them: a ledger alone names no instance.
    """
    if run.damaged:
        return f"not followed: {run.damaged}"
    if run.run_id != run.folder.name:
        return f"not followed: its ledger is that of run {run.run_id}, and stands in another run's folder"
    if not settings.actors:
        return f"it needs the tokens for {run.url} again: KIMAI_TOKEN, or --actors FILE"
    consented = settings.url is not None and settings.url.rstrip("/") == run.url.rstrip("/")
    if settings.url is not None and not consented:
        return f"it is of {run.url}, and the settings name {settings.url}: give that URL, or none"
    if not consented and not any(run.used(actor, key) for actor in settings.actors):
        return f"no token given was used by this run: to send them to {run.url}, add --url {run.url}"
    return ""


def _finish(run: Unfinished, settings: Settings, console: Console) -> Exit:
    bare = replace(preflight_context(settings), read_only=False, run_id=run.run_id)
    reader = Client(client_config(bare, None, read_only=True), None)
    try:
        known = ask_instance(settings, reader)
    finally:
        reader.close()
    context: RunContext = replace(bare, actors=known.actors, version=known.version, folder=run.folder)
    cleaned = finish_run(context, known.index, lambda text: print_line(console, f"  {text}"))
    print_line(console, f"  deleted {cleaned.deleted} of {cleaned.created} records of the mark {mark_of(run.run_id)}")
    for line in (*cleaned.remarks, *(f"kept: {item}" for item in cleaned.kept)):
        print_line(console, f"  {line}")
    for line in cleaned.left_behind:
        print_line(console, f"  left behind: {line}")
    if cleaned.left_behind:
        print_line(console, f"  Delete what is left behind in Kimai: search for {mark_of(run.run_id)}")
        return Exit.LEFT_BEHIND
    shutil.rmtree(run.folder, ignore_errors=True)
    if not run.folder.exists():
        return Exit.CONFORMANT
    print_line(console, f"  {run.folder} could not be removed; all that it names is gone from the instance")
    return Exit.LEFT_BEHIND
