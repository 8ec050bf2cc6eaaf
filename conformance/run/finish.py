"""After the child: delete what the run made, fold the events into the verdict, write the reports."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console

import reports
import reports.terminal
from conformance.exchange import CleanupReport, Redactor
from conformance.model import Exit, UsageError
from conformance.run.console import print_line
from conformance.run.prepare import PreparedRun
from conformance.run.pytest_process import Selection
from conformance.run.run_cleanup import finish_run
from conformance.run.session import EVENTS
from conformance.run.shards import write_shard
from conformance.settings import Settings
from conformance.verdict import Verdict, build_verdict, exit_status, read_events, without_secrets

_PYTEST_ENDED_WELL = {0, 1}
_PYTEST_WRONG_USAGE = 4
_PYTEST_NOTHING_SELECTED = 5


@dataclass(frozen=True)
class Outcome:
    """A run that has ended, however it did."""

    ready: PreparedRun
    settings: Settings
    started: datetime
    seconds: float
    selection: Selection
    status: int | None = None
    interrupted: bool = False
    cut_off: bool = False
    announced: list[str] = field(default_factory=list)

    def ended(self, status: int | None, interrupted: bool, cut_off: bool, announced: list[str]) -> Outcome:
        """Return the outcome with how the child ended."""
        return replace(self, status=status, interrupted=interrupted, cut_off=cut_off, announced=announced)

    @property
    def crashed(self) -> bool:
        """Whether the child ended as no test run ends, and nobody had stopped it."""
        stopped = self.interrupted or self.cut_off
        return not stopped and self.status not in {*_PYTEST_ENDED_WELL, _PYTEST_NOTHING_SELECTED}


def finish(outcome: Outcome, console: Console) -> Exit:
    """Clean up, write verdict and reports, print the summary, and return the exit status."""
    context = outcome.ready.context
    cleaned = clean_up(outcome.ready, console)
    if outcome.status == _PYTEST_WRONG_USAGE and not cleaned.left_behind:
        shown = _tail(context.folder / "pytest.log")
        shutil.rmtree(context.folder, ignore_errors=True)
        raise UsageError(
            "pytest refused its arguments:\n" + shown,
            "Correct -k, -m, or what follows --.",
        )
    events = list(read_events(context.folder / EVENTS))
    redact = Redactor(context.secrets())
    about = verdict_context(outcome, cleaned)
    made = build_verdict(about, events)
    verdict = made.changed(lambda document: without_secrets(document, redact.text))
    directory = outcome.settings.report_dir

    def leave_shard() -> None:
        if outcome.selection.shard:
            told = ((event.kind, event.data) for event in events)
            kept = without_secrets(about, redact.text)
            write_shard(directory, outcome.selection.shard, outcome.selection.selecting(), kept, told)

    status = deliver(verdict, directory, console, redact.text, before=leave_shard)
    if status is Exit.CRASH:
        print_line(console, f"The child's own output: {context.folder / 'pytest.log'}")
    elif not cleaned.left_behind:
        shutil.rmtree(context.folder, ignore_errors=True)
    return status


def deliver(
    verdict: Verdict,
    directory: Path,
    console: Console,
    blot: Callable[[str], str] = str,
    before: Callable[[], None] = lambda: None,
) -> Exit:
    """Write the reports, print the summary, and return the exit status. `before` may write into the directory too."""
    status = exit_status(verdict)
    unwritten = _write_reports(verdict, directory, blot, before)
    shown = reports.terminal.render(
        verdict, color=console.is_terminal, width=console.width, report=str(directory / "report.html")
    )
    console.file.write(blot(shown))
    if unwritten:
        print_line(console, unwritten)
        return Exit.USAGE if status in (Exit.CONFORMANT, Exit.NOT_CONFORMANT, Exit.UNDECIDED) else status
    return status


def _write_reports(verdict: Verdict, directory: Path, blot: Callable[[str], str], before: Callable[[], None]) -> str:
    """Write all reports. Returns why they could not be written, "" where they were."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        before()
        reports.render_all(verdict, directory, blot=blot)
    except OSError as error:
        return f"The reports could not be written to {directory}: {error.strerror or error}. The verdict stands above."
    return ""


def _tail(log: Path, lines: int = 5) -> str:
    """Return the last lines of the child's output."""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-lines:])


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
            "partial": outcome.selection.partial or outcome.selection.shard is not None,
            "shard": str(outcome.selection.shard or ""),
            "started": outcome.started.isoformat(timespec="seconds"),
            "seconds": round(outcome.seconds, 1),
            "strict": settings.strict,
            "fail_on": settings.fail_on,
            "write": not context.read_only,
            "interrupted": outcome.interrupted,
            "cut_off": outcome.cut_off,
            "crashed": outcome.crashed,
            "selection_empty": outcome.status == _PYTEST_NOTHING_SELECTED and not outcome.selection.shard,
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
