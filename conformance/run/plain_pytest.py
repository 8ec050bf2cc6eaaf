"""Plain `pytest -p conformance.plugin --pyargs contracts --kimai-url …`: what the supervisor does, by hooks."""

from __future__ import annotations

import io
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from rich.console import Console

from conformance.model import Exit, UsageError
from conformance.run.announce import announce
from conformance.run.console import print_line
from conformance.run.context import SECRETS_VARIABLE
from conformance.run.finish import Outcome, clean_up, concluded_by, write
from conformance.run.prepare import PreparedRun, with_witness
from conformance.run.session import EVENTS
from conformance.run.state import require_writable
from conformance.run.turns import prepared_in_turn
from conformance.settings import Settings, load
from conformance.settings.consent import require_consent
from conformance.verdict.events import read_events


@dataclass(frozen=True)
class DirectRun:
    """A run without a parent. `turn` is closed when it has ended: other runs with its actors wait for that."""

    ready: PreparedRun
    settings: Settings
    announced: list[str]
    turn: ExitStack
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    clock: float = field(default_factory=time.monotonic)

    @property
    def context_file(self) -> str:
        """Path of the context."""
        return str(self.ready.context_file)

    @property
    def secrets_text(self) -> str:
        """The secrets of the context."""
        return self.ready.secrets_env[SECRETS_VARIABLE]


def prepare_direct(flags: Mapping[str, Any]) -> DirectRun:
    """Return a prepared run for pytest's options. Raises CommandError, as `kimai-conformance run` does."""
    settings = load({key: value for key, value in flags.items() if value})
    if settings.embedded:
        raise UsageError("no instance was named", "Give --kimai-url; for the embedded Kimai: kimai-conformance run.")
    require_consent(settings)
    if flags.get("report_dir"):
        require_writable(settings.report_dir, "--kimai-report-dir")
    console, announced = Console(stderr=True), list[str]()

    def tell(line: str) -> None:
        announced.append(line)
        print_line(console, line)

    with ExitStack() as held:
        ready = held.enter_context(prepared_in_turn(settings, False, console, tell))
        announced += announce(ready, settings, console)
        ready = with_witness(settings, ready, tell)
        return DirectRun(ready, settings, announced, held.pop_all())


def conclude_direct(run: DirectRun, status: int, *, partial: bool) -> tuple[Exit | None, str]:
    """Delete what the run made; where checks decided something, write the reports of a run.

    `status` is pytest's exit status. Returns the exit status of the run, None where pytest's stands, and what to print.
    """
    with run.turn:
        out = io.StringIO()
        console = Console(file=out, width=120)
        cleaned = clean_up(run.ready, console)
        events = list(read_events(run.ready.context.folder / EVENTS))
        if not any(event.kind == "place" for event in events):
            lines = "".join(f"left behind: {line}\n" for line in cleaned.left_behind)
            return (Exit.LEFT_BEHIND if lines else None), lines
        interrupted = status == _INTERRUPTED
        outcome = Outcome(
            run.ready, run.settings, run.started, time.monotonic() - run.clock, partial,
            status=None if interrupted else status, interrupted=interrupted, announced=run.announced,
        )  # fmt: skip
        return write(concluded_by(outcome, cleaned, events), console), out.getvalue()


_INTERRUPTED = 2
"""pytest's exit status for Ctrl-C."""
