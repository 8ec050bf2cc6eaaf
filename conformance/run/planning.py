"""`run --plan`: what would be asked, and why the rest would not. Reads alone are sent, and no report is written."""

from __future__ import annotations

import json
import shutil
from collections import Counter

from rich.console import Console

from conformance.model import CommandError, Exit, counted
from conformance.run import pytest_process
from conformance.run.announce import lines_of
from conformance.run.console import print_line
from conformance.run.prepare import PreparedRun, prepare
from conformance.run.pytest_process import Selection
from conformance.run.state import new_run_folder, new_run_id, state_folder
from conformance.run.target import instance_of
from conformance.settings import Settings
from conformance.settings.consent import require_consent
from conformance.verdict import load_clauses


class PlanError(CommandError):
    """The checks cannot be collected: exit 70."""

    status = Exit.CRASH


def print_plan(settings: Settings, selection: Selection, console: Console) -> Exit:
    """Print the plan of a run. Raises UsageError where pytest refuses its arguments."""
    require_consent(settings)
    with instance_of(settings) as target:
        run_id = new_run_id()
        folder = new_run_folder(run_id)
        try:
            ready = prepare(target, run_id, folder, settings.embedded)
            selection.chosen.require_operations(operation.label for operation in ready.known.index)
            for line in lines_of(ready, settings):
                print_line(console, line)
            _print_checks(_collected(ready, selection), ready, console)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return Exit.CONFORMANT


def _collected(ready: PreparedRun, selection: Selection) -> Counter[str]:
    """Return how many checks of each clause would be run."""
    folder = ready.context.folder
    listed = folder / "collected.json"
    arguments = pytest_process.command(
        ready.context_file, pytest_process.cache_folder(state_folder(), ready.context), selection
    )
    arguments += ["--collect-only", "--kimai-collect", str(listed)]
    process = pytest_process.start(arguments, ready.secrets_env, None, folder / "pytest.log")
    if process.wait() not in pytest_process.ENDED_WELL or not listed.is_file():
        log = (folder / "pytest.log").read_text(encoding="utf-8", errors="replace")
        raise PlanError(
            "the checks could not be listed:\n" + "\n".join(log.strip().splitlines()[-5:]), "Correct -k or -m."
        )
    return Counter(entry["clause"] for entry in json.loads(listed.read_text(encoding="utf-8")))


def _print_checks(checks: Counter[str], ready: PreparedRun, console: Console) -> None:
    left_out = ready.plan.left_out
    print_line(console, f"Would be asked: {counted(checks.total(), 'check')} of {counted(len(checks), 'clause')}.")
    for clause in load_clauses().values():
        if checks[clause.id] and clause.id not in left_out:
            print_line(console, f"  {clause.level:6} {clause.id}: {counted(checks[clause.id], 'check')}")
    others = [name for name in load_clauses() if not checks[name] and name not in left_out]
    if others:
        how = f"not in the profile {ready.context.profile} or this selection, or held against every answer"
        print_line(console, f"Without a check of its own: {counted(len(others), 'clause')} ({how}).")
        print_line(console, f"  {', '.join(others)}")
    if left_out:
        print_line(console, f"Would not be asked: {counted(len(left_out), 'clause')}.")
    for name, why in left_out.items():
        print_line(console, f"  {name}: {why}")
    print_line(console, "No write was sent, and no report was written.")
