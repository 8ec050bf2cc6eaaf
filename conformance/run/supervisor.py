"""The supervisor of a run. Source: DESIGN, "A run": the parent owns clean-up, verdict, reports and exit status."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from conformance.model import Exit, UsageError
from conformance.run import pytest_process
from conformance.run.announce import announce, unseen_lines
from conformance.run.console import print_line
from conformance.run.finish import Outcome, finish
from conformance.run.history import past
from conformance.run.parent_watch import ParentPipe
from conformance.run.prepare import PreparedRun, with_witness
from conformance.run.progress import ProgressDisplay
from conformance.run.pytest_process import Selection
from conformance.run.session import EVENTS
from conformance.run.signals import defer_signals, sigterm_as_interrupt
from conformance.run.state import require_writable, state_folder
from conformance.run.target import instance_of
from conformance.run.turns import prepared_in_turn
from conformance.settings import Settings
from conformance.settings.consent import require_consent
from conformance.verdict import EventTail, load_acceptance


@dataclass
class ChildRun:
    """How the child's run went."""

    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    clock: float = field(default_factory=time.monotonic)
    status: int | None = None
    interrupted: bool = False
    cut_off: bool = False

    @property
    def seconds(self) -> float:
        """Seconds since the run started."""
        return time.monotonic() - self.clock


def supervise(
    settings: Settings,
    selection: Selection,
    console: Console,
    conclude: Callable[[Outcome, Console], Exit] = finish,
) -> Exit:
    """Run the suite and return the exit status that `conclude` makes of it; by default it writes verdict and reports.

    Raises CommandError for what ends it before a verdict is possible.
    """
    require_consent(settings)
    if settings.accept:
        load_acceptance(settings.accept)
    require_writable(settings.report_dir, "--report-dir")
    if settings.history:
        require_writable(settings.history, "--history")
        past(settings.history)
    with sigterm_as_interrupt(), instance_of(settings) as target:
        announced = list[str]()

        def tell(line: str) -> None:
            announced.append(line)
            print_line(console, line)

        with prepared_in_turn(target, settings.embedded, console, tell) as ready:
            _require_operations(selection, ready)
            announced += announce(ready, settings, console)
            course = ChildRun()
            try:
                ready, more = _witnessed(ready, target, console, tell)
                announced += more
                _run(ready, target, selection, console, course)
            except KeyboardInterrupt:
                course.interrupted = True
                print_line(console, "Interrupted: cleaning up what this run made …")
            outcome = Outcome(
                ready, target, course.started, course.seconds,
                selection.partial, selection.shard, tuple(selection.selecting()),
                course.status, course.interrupted, course.cut_off, announced,
            )  # fmt: skip
            with defer_signals(console):
                return conclude(outcome, console)


def _require_operations(selection: Selection, ready: PreparedRun) -> None:
    """Raise UsageError where the definition has no operation that was selected."""
    try:
        selection.chosen.require_operations(operation.label for operation in ready.known.index)
    except UsageError:
        shutil.rmtree(ready.context.folder, ignore_errors=True)
        raise


def _witnessed(
    ready: PreparedRun, settings: Settings, console: Console, tell: Callable[[str], None]
) -> tuple[PreparedRun, list[str]]:
    """Find out by a witness who sees everybody's records. Returns the run, and what to say where nobody does."""
    with console.status("finding out who sees everybody's records"):
        shown = with_witness(settings, ready, tell)
    lines = unseen_lines(shown)
    if lines == unseen_lines(ready):  # It was said before.
        lines = []
    for line in lines:
        print_line(console, line)
    return shown, lines


def _run(ready: PreparedRun, settings: Settings, selection: Selection, console: Console, course: ChildRun) -> None:
    """Start the child and follow it until it ends, is interrupted, or its time is over."""
    folder = ready.context.folder
    pipe = ParentPipe(folder)
    arguments = pytest_process.command(
        ready.context_file,
        pytest_process.cache_folder(state_folder(), ready.context),
        selection,
        settings.processes,
    )
    process = pytest_process.start(arguments, ready.secrets_env, pipe.path, folder / "pytest.log")
    try:
        with ProgressDisplay(console) as watch:
            course.cut_off = not _follow(process, folder, watch, course, settings.max_seconds)
    finally:
        pipe.cut()
        pytest_process.end(process)
        course.status = process.returncode


def _follow(
    process: subprocess.Popen[bytes], folder: Path, watch: ProgressDisplay, course: ChildRun, limit: float | None
) -> bool:
    """Show progress until the child has ended. Return False where the limit in seconds came first."""
    tail = EventTail(folder / EVENTS)
    while pytest_process.wait(process, 0.2) is None:
        for event in tail.poll():
            if event.kind == "progress":
                watch.at(event.data["done"], event.data["total"], event.data["label"], event.data["failed"])
        if limit is not None and course.seconds > limit:
            return False
    return True
