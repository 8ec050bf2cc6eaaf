"""What a person sees while a run goes on."""

from __future__ import annotations

import io

from rich.console import Console

from conformance.run.progress import ProgressDisplay


def test_failures_are_counted_in_a_pipe_while_the_run_goes_on() -> None:
    out = io.StringIO()
    with ProgressDisplay(Console(file=out)) as display:
        for done, failed in ((1, 0), (5, 0), (10, 3)):
            display.at(done, 10, "a check", failed)
    assert out.getvalue().splitlines() == [
        "  1 of 10 checks", "  5 of 10 checks", "  10 of 10 checks, 3 failed"
    ]  # fmt: skip


def test_failures_are_counted_on_a_terminal() -> None:
    out = io.StringIO()
    with ProgressDisplay(Console(file=out, force_terminal=True, width=100)) as display:
        display.at(5, 10, "a check", 2)
    assert "2 failed" in out.getvalue()
