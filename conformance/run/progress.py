"""What a person sees while the run goes on: one live line on a terminal, a line every tenth elsewhere."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from conformance.run.console import print_line


class ProgressDisplay:
    """Shows how far the run is. Used as a context manager."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = console.is_terminal
        self._shown = -1
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[failures]}", style="red"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not self._live,
        )
        self._task = self._bar.add_task("collecting", total=None, failures="")

    def __enter__(self) -> ProgressDisplay:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._bar.stop()

    def at(self, done: int, total: int, label: str, failed: int = 0) -> None:
        """Show that `done` of `total` checks have ended, the last being `label`, and how many have failed."""
        failures = f"{failed} failed" if failed else ""
        self._bar.update(self._task, completed=done, total=total or None, description=label[:40], failures=failures)
        tenth = 10 * done // total if total and done else -1
        if not self._live and tenth > self._shown:
            self._shown = tenth
            print_line(self._console, f"  {done} of {total} checks{', ' + failures if failures else ''}")
