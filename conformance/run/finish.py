"""After the child: delete what the run made, fold the events into the verdict, write the reports."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console

import conformance
import reports
import reports.terminal
from conformance.exchange import CleanupReport, Redactor
from conformance.model import Exit, UsageError
from conformance.run import history
from conformance.run.console import print_line
from conformance.run.prepare import PreparedRun
from conformance.run.run_cleanup import finish_run
from conformance.run.session import EVENTS
from conformance.run.shards import Shard, write_shard
from conformance.settings import Settings
from conformance.verdict import Event, Verdict, build_verdict, exit_status, read_events, without_secrets
from conformance.verdict.trend import TrendPoint, point_of

_PYTEST_ENDED_WELL = {0, 1}
_PYTEST_WRONG_USAGE = 4
_PYTEST_NOTHING_SELECTED = 5


@dataclass(frozen=True)
class Outcome:
    """A run that has ended, however it did. `selecting` are the arguments that narrowed it, but for its shard."""

    ready: PreparedRun
    settings: Settings
    started: datetime
    seconds: float
    partial: bool
    shard: Shard | None = None
    selecting: tuple[str, ...] = ()
    status: int | None = None
    interrupted: bool = False
    cut_off: bool = False
    announced: list[str] = field(default_factory=list)

    @property
    def crashed(self) -> bool:
        """Whether the child ended as no test run ends, and nobody had stopped it."""
        stopped = self.interrupted or self.cut_off
        return not stopped and self.status not in {*_PYTEST_ENDED_WELL, _PYTEST_NOTHING_SELECTED}


@dataclass(frozen=True)
class ConcludedRun:
    """A run whose records are deleted, with its verdict, from which secrets are blotted out by `redact`.

    `leave_shard` writes what `merge` needs beside the reports, where the run was a part of one.
    """

    outcome: Outcome
    cleaned: CleanupReport
    verdict: Verdict
    redact: Redactor
    leave_shard: Callable[[], None] = lambda: None

    @property
    def folder(self) -> Path:
        """The run's folder in the state folder."""
        return self.outcome.ready.context.folder

    def leave(self, status: Exit, console: Console) -> None:
        """Remove the run's folder, unless somebody needs it yet."""
        if status is Exit.CRASH:
            print_line(console, f"The child's own output: {self.folder / 'pytest.log'}")
        elif not self.cleaned.left_behind:
            shutil.rmtree(self.folder, ignore_errors=True)


def conclude_run(outcome: Outcome, console: Console) -> ConcludedRun:
    """Clean up and make the verdict. Raises UsageError where pytest refused its arguments."""
    context = outcome.ready.context
    cleaned = clean_up(outcome.ready, console)
    if outcome.status == _PYTEST_WRONG_USAGE and not cleaned.left_behind:
        shown = "\n".join(
            (context.folder / "pytest.log").read_text(encoding="utf-8", errors="replace").strip().splitlines()[-5:]
        )
        shutil.rmtree(context.folder, ignore_errors=True)
        raise UsageError(
            "pytest refused its arguments:\n" + shown,
            "Correct -k, -m, or what follows --.",
        )
    return concluded_by(outcome, cleaned, list(read_events(context.folder / EVENTS)))


def concluded_by(outcome: Outcome, cleaned: CleanupReport, events: list[Event]) -> ConcludedRun:
    """Return the verdict that the events of a run make."""
    redact = Redactor(outcome.ready.context.secrets())
    about = verdict_context(outcome, cleaned)
    made = build_verdict(about, events)
    verdict = made.changed(lambda document: without_secrets(document, redact.text))

    def leave_shard() -> None:
        if outcome.shard:
            lines = ((event.kind, event.data) for event in events)
            kept = without_secrets(about, redact.text)
            write_shard(outcome.settings.report_dir, outcome.shard, outcome.selecting, kept, lines)

    return ConcludedRun(outcome, cleaned, verdict, redact, leave_shard)


def finish(outcome: Outcome, console: Console) -> Exit:
    """Clean up, write verdict and reports, print the summary, and return the exit status."""
    return write(conclude_run(outcome, console), console)


def write(concluded: ConcludedRun, console: Console) -> Exit:
    """Write verdict and reports, print the summary, and return the exit status."""
    outcome, verdict, redact = concluded.outcome, concluded.verdict, concluded.redact
    settings = outcome.settings

    def write_all() -> None:
        concluded.leave_shard()
        trend: list[TrendPoint] = []
        if settings.history is not None:
            history.keep(verdict, settings.history)
            trend = [point_of(one) for _, one in history.past(settings.history, verdict.instance.url)]
        reports.render_all(verdict, settings.report_dir, redact=redact.text, anchor=settings.sarif_anchor, trend=trend)

    detail = reports.terminal.Detail
    wanted = detail.VERDICT if settings.quiet else detail.FULL if settings.verbose else detail.SCREEN
    status = deliver(verdict, settings.report_dir, write_all, console, redact.text, wanted)
    concluded.leave(status, console)
    return status


def deliver(
    verdict: Verdict,
    directory: Path,
    write_all: Callable[[], object],
    console: Console,
    redact: Callable[[str], str] = str,
    detail: reports.terminal.Detail = reports.terminal.Detail.SCREEN,
) -> Exit:
    """Print the summary, write the reports by `write_all`, and return the exit status."""
    status = exit_status(verdict)
    shown = reports.terminal.render(
        verdict,
        color=console.is_terminal and not console.no_color,
        width=console.width if console.is_terminal else None,
        report=str(directory / "report.html"),
        detail=detail,
    )
    console.file.write(redact(shown))
    console.file.flush()
    try:
        directory.mkdir(parents=True, exist_ok=True)
        write_all()
    except (OSError, UsageError) as error:
        why = getattr(error, "strerror", None) or error
        print_line(console, f"The reports could not be written to {directory}: {why}. The verdict stands above.")
        return Exit.USAGE if status in (Exit.CONFORMANT, Exit.NOT_CONFORMANT, Exit.UNDECIDED) else status
    return status


def clean_up(ready: PreparedRun, console: Console) -> CleanupReport:
    """Delete what the ledgers of the run hold, in reverse; what stays is named."""
    if ready.context.read_only:
        return CleanupReport.nothing()
    with console.status("deleting what this run made") as status:
        return finish_run(ready.context, ready.known.index, lambda text: status.update(text))


def verdict_context(outcome: Outcome, cleaned: CleanupReport) -> dict[str, Any]:
    """Return what the verdict says of the run besides its events."""
    context, known, settings = outcome.ready.context, outcome.ready.known, outcome.settings
    definition = known.definition
    return {
        "instance": {"url": context.url, "kind": context.kind, "version": context.version},
        "definition": {
            "source": definition.source,
            "exact": definition.exact,
            "fingerprint": definition.fingerprint,
            "origin": definition.origin,
            "repairs": [asdict(repair) for repair in definition.repairs],
        },
        "run": {
            "id": context.run_id,
            "profile": context.profile,
            "seed": context.seed,
            "partial": outcome.partial or outcome.shard is not None,
            "shard": str(outcome.shard or ""),
            "started": outcome.started.isoformat(timespec="seconds"),
            "seconds": round(outcome.seconds, 1),
            "strict": settings.strict,
            "min_decided": settings.min_decided,
            "suite_version": conformance.__version__,
            "fail_on": settings.fail_on,
            "evidence": context.evidence,
            "write": not context.read_only,
            "interrupted": outcome.interrupted,
            "cut_off": outcome.cut_off,
            "crashed": outcome.crashed,
            "selection_empty": outcome.status == _PYTEST_NOTHING_SELECTED and not outcome.shard,
        },
        "plan": {**outcome.ready.plan.document(), "announcements": outcome.announced},
        "operations": [{"label": o.label, "method": o.method, "path": o.path} for o in known.index.operations],
        "safety": {
            "created": cleaned.created,
            "deleted": cleaned.deleted,
            "left_behind": list(cleaned.left_behind),
            "kept": list(cleaned.kept),
            "remarks": list(cleaned.remarks),
        },
        "accept": str(settings.accept) if settings.accept else None,
    }
