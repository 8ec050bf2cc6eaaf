"""`kimai-conformance fleet`: many instances."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from conformance.model import Exit, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from conformance.fleet.job import Job, Result

EPILOG = """\b
Examples:
  kimai-conformance fleet instances.toml                       four at a time, on this machine
  kimai-conformance fleet instances.toml --resume              what is missing after an interruption
  kimai-conformance fleet instances.toml --scheduler tcp://10.0.0.5:8786      on a Dask cluster

\b
Exit status: that of the worst instance; 2 where the file is wrong, and then nothing is sent.
"""

_PATH = click.Path(path_type=Path)


@click.command(epilog=EPILOG)
@click.argument("instances", type=_PATH)
@click.option("--workers", type=click.IntRange(1), default=4, show_default=True, help="Instances at the same time.")
@click.option("--scheduler", metavar="URL", help="Dask scheduler; its workers must see --report-dir and the secrets.")
@click.option("--report-dir", type=_PATH, default=Path("reports/fleet"), show_default=True, help="Where all goes.")
@click.option("--resume", is_flag=True, help="Keep the results that are there, and run what is missing.")
def fleet(instances: Path, workers: int, scheduler: str | None, report_dir: Path, resume: bool) -> int:
    """Run or compare many instances, and show them in one table, the worst first. One at a time per host."""
    from conformance.fleet.instances import read_fleet
    from conformance.fleet.job import forget, kept_result
    from conformance.run.console import new_console
    from conformance.run.signals import sigterm_as_interrupt

    jobs = read_fleet(instances, report_dir, secrets_here=scheduler is None)
    kept = [result for job in jobs if resume and (result := kept_result(job))]
    todo = [job for job in jobs if job.name not in {result.name for result in kept}]
    for job in todo:
        forget(job)
    console = new_console()
    with sigterm_as_interrupt():
        results, interrupted = _run(todo, kept, scheduler, workers, console)
    return _show(results, report_dir, console, interrupted=interrupted)


def _run(
    todo: list[Job], kept: list[Result], scheduler: str | None, workers: int, console: Console
) -> tuple[list[Result], bool]:
    """Return the results there are, and whether somebody interrupted it before there were all."""
    from conformance.fleet.job import read_result
    from conformance.fleet.schedule import Stop, cluster, local, run_all
    from conformance.run.console import print_line

    results, stop, total = list(kept), Stop(), len(todo) + len(kept)

    def note(result: Result) -> None:
        results.append(result)
        line = f"{len(results)}/{total} {result.name}: {result.word} (exit {result.status}, {result.seconds:g} s)"
        print_line(console, line)

    if kept:
        print_line(console, f"{len(kept)} of {total} are kept from before.")
    try:
        with cluster(scheduler) if scheduler else local(workers, stop) as submit:
            run_all(todo, submit, workers, note, stop)
    except KeyboardInterrupt:
        print_line(console, "Interrupted. What was begun has cleaned up after itself; --resume runs what is missing.")
        begun = [read_result(job) for job in todo if job.name not in {result.name for result in results}]
        return [*results, *filter(None, begun)], True
    return results, False


def _show(results: list[Result], directory: Path, console: Console, *, interrupted: bool) -> int:
    from conformance.fleet.overview import fleet_status, table, write_overview
    from conformance.run.console import print_line

    console.print(table(results))
    try:
        write_overview(results, directory)
    except OSError as error:
        raise UsageError(f"{directory} cannot be written: {error.strerror}", "Give another --report-dir.") from None
    print_line(console, f"{directory / 'fleet.html'}")
    status = fleet_status(results)
    return int(Exit.INTERRUPTED) if interrupted and status != Exit.LEFT_BEHIND else status
