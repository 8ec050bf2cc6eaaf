"""`clean`: finish every unfinished run whose instance answers, by its ledgers and its id."""

from __future__ import annotations

import shutil
from dataclasses import replace

from filelock import FileLock
from rich.console import Console

from conformance.exchange import Door, Unfinished, finish, unfinished
from conformance.run.console import say
from conformance.run.context import RunContext
from conformance.run.preflight import look
from conformance.run.prepare import bare_context
from conformance.run.state import state_folder
from conformance.run.supervisor import LOCK
from conformance.run.target import door_config
from conformance.settings import Settings
from conformance.words import Exit, Stop


def clean_all(settings: Settings, console: Console) -> Exit:
    """Finish each unfinished run and return the exit status: 4 where something stays, 3 where an instance is silent."""
    runs = list(unfinished(state_folder()))
    if not runs:
        say(console, "Nothing to clean: every run was finished.")
        return Exit.CONFORMANT
    worst = Exit.CONFORMANT
    for run in runs:
        with FileLock(run.folder / LOCK):
            worst = max(worst, _clean(run, settings, console), key=_SEVERITY.index)
    return worst


_SEVERITY = (Exit.CONFORMANT, Exit.UNFIT, Exit.LEFT_BEHIND)


def _clean(run: Unfinished, settings: Settings, console: Console) -> Exit:
    """Finish one run. Tokens are never kept, so they come from today's settings."""
    say(console, f"Run {run.run_id} at {run.url} (tokens: {', '.join(run.tokens)})")
    if not settings.actors:
        say(console, "  needs its tokens again: KIMAI_TOKEN, or --actors FILE")
        return Exit.LEFT_BEHIND
    try:
        return _finish(run, replace(settings, url=run.url, write=True), console)
    except Stop as error:
        say(console, f"  {error}")
        say(console, f"  {error.hint}")
        return Exit.UNFIT


def _finish(run: Unfinished, settings: Settings, console: Console) -> Exit:
    bare = replace(bare_context(settings), read_only=False, run_id=run.run_id)
    reader = Door(door_config(bare, None, read_only=True), None)
    try:
        known = look(settings, reader)
    finally:
        reader.close()
    context: RunContext = replace(bare, actors=known.actors, version=known.version, folder=run.folder)
    door = Door(door_config(context, run.folder / "ledger-cleanup.jsonl"), known.index)
    try:
        cleaned = finish(run.folder, door)
    finally:
        door.close()
    say(console, f"  deleted {cleaned.deleted} of {cleaned.created} records")
    for line in cleaned.left_behind:
        say(console, f"  left behind: {line}")
    if cleaned.left_behind:
        return Exit.LEFT_BEHIND
    shutil.rmtree(run.folder, ignore_errors=True)
    return Exit.CONFORMANT
