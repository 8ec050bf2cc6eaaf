"""`kimai-conformance history`: the trend of runs."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.model import Exit

EPILOG = """\b
Examples:
  kimai-conformance history kept reports/out/verdict.json     keep a verdict, and print the trend
  kimai-conformance run --history kept                        keep it, and show the trend in report.html
"""


@click.command(epilog=EPILOG)
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.argument("verdicts", nargs=-1, type=click.Path(path_type=Path), metavar="[VERDICT]...")
def history(folder: Path, verdicts: tuple[Path, ...]) -> int:
    """Print the trend of the verdicts that DIR keeps, the oldest first; keep each VERDICT there before."""
    from conformance.model import UsageError
    from conformance.run.history import keep, past
    from conformance.verdict.document import read_verdict
    from conformance.verdict.trend import point_of
    from reports.common import escape_invisible

    for path in verdicts:
        keep(read_verdict(path), folder)
    points = [point_of(verdict) for _, verdict in past(folder)] if folder.is_dir() else []
    if not points:
        raise UsageError(f"{folder} keeps no verdict", "Keep one: kimai-conformance history DIR VERDICT.")
    for point in points:
        click.echo(escape_invisible(point.line))
    return int(Exit.CONFORMANT)
