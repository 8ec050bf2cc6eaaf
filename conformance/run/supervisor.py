"""The supervisor of a run. Source: DESIGN, "A run": the parent owns clean-up, verdict, reports and exit status."""

from __future__ import annotations

import shutil
import subprocess
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock
from rich.console import Console

from conformance.run import child
from conformance.run.announce import announce, unseen_lines
from conformance.run.child import Selection
from conformance.run.conclude import Outcome, conclude
from conformance.run.console import say
from conformance.run.interrupts import patient, terminating
from conformance.run.lifeline import Lifeline
from conformance.run.prepare import Ready, prepare, with_witness
from conformance.run.progress import Watch
from conformance.run.session import EVENTS
from conformance.run.state import new_run_folder, new_run_id, state_folder, unwritable
from conformance.run.target import instance_of
from conformance.settings import Settings
from conformance.settings.consent import require_consent
from conformance.verdict import EventTail, load_acceptance
from conformance.words import Exit

LOCK = "run.lock"


@dataclass
class Course:
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


def supervise(settings: Settings, selection: Selection, console: Console) -> Exit:
    """Run the suite and return the exit status. Raises Stop for what ends it before a verdict is possible."""
    require_consent(settings)
    if settings.accept:
        load_acceptance(settings.accept)
    with terminating(), instance_of(settings) as target:
        run_id = new_run_id()
        folder = new_run_folder(run_id)
        with FileLock(folder / LOCK):
            ready = _prepared(target, run_id, folder, settings.embedded, console)
            announced = announce(ready, console)
            course = Course()
            try:
                ready, more = _witnessed(ready, target, console)
                announced += more
                _run(ready, target, selection, console, course)
            except KeyboardInterrupt:
                course.interrupted = True
                say(console, "Interrupted: cleaning up what this run made …")
            outcome = Outcome(ready, target, course.started, course.seconds, selection.partial)
            outcome = outcome.ended(course.status, course.interrupted, course.cut_off, announced)
            with patient(console):
                return conclude(outcome, console)


def _prepared(settings: Settings, run_id: str, folder: Path, own: bool, console: Console) -> Ready:
    """Return the planned run; where there is none, its folder goes too, for it made nothing."""
    try:
        with console.status("looking at the instance") as status:
            return prepare(settings, run_id, folder, own, lambda text: status.update(text))
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise unwritable(folder, error) from None
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _witnessed(ready: Ready, settings: Settings, console: Console) -> tuple[Ready, list[str]]:
    """Find out by a witness who sees everybody's records. Returns the run, and what to say where nobody does."""
    with console.status("finding out who sees everybody's records"):
        shown = with_witness(settings, ready)
    lines = unseen_lines(shown) if shown.known.unseen != ready.known.unseen else []
    for line in lines:
        say(console, line)
    return shown, lines


def _run(ready: Ready, settings: Settings, selection: Selection, console: Console, course: Course) -> None:
    """Start the child and follow it until it ends, is interrupted, or its time is over."""
    folder = ready.context.folder
    lifeline = Lifeline(folder)
    arguments = child.command(
        ready.context_file,
        settings.report_dir.absolute() / "allure-results",
        state_folder() / "cache",
        selection,
        settings.processes,
    )
    process = child.start(arguments, ready.vault, lifeline.path, folder / "pytest.log")
    try:
        with Watch(console) as watch:
            course.cut_off = not _follow(process, folder, watch, course, settings.max_seconds)
    finally:
        lifeline.cut()
        child.end(process)
        course.status = process.returncode


def _follow(process: subprocess.Popen[bytes], folder: Path, watch: Watch, course: Course, limit: float | None) -> bool:
    """Show progress until the child has ended. Return False where the limit in seconds came first."""
    tail = EventTail(folder / EVENTS)
    while child.wait(process, 0.2) is None:
        for event in tail.poll():
            if event.kind == "progress":
                watch.at(event.data["done"], event.data["total"], event.data["label"])
        if limit is not None and course.seconds > limit:
            return False
    return True
