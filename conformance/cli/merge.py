"""`kimai-conformance merge`: the verdict that one run would have given."""

from __future__ import annotations

from pathlib import Path

import click

EPILOG = """\b
Examples:
  kimai-conformance run --write --shard 1/2 --report-dir one      on one machine
  kimai-conformance run --write --shard 2/2 --report-dir two      on another
  kimai-conformance merge one two --report-dir reports/out

\b
Exit statuses: those of `run`; 5 where a shard is missing, 2 where shards are of different runs.
"""

_PATH = click.Path(path_type=Path)


@click.command(epilog=EPILOG)
@click.argument("folders", metavar="DIR…", nargs=-1, required=True, type=_PATH)
@click.option("--report-dir", type=_PATH, default=Path("reports/out"), show_default=True, help="Where the reports go.")
@click.option("--accept", type=_PATH, help="Known findings of this instance, as TOML; that of the shards by default.")
def merge(folders: tuple[Path, ...], report_dir: Path, accept: Path | None) -> int:
    """Give the verdict and the reports of a run from its shards: the folders that `run --shard` wrote."""
    import reports
    from conformance.run.console import new_console
    from conformance.run.finish import deliver
    from conformance.run.merging import merged

    verdict = merged(folders, accept)
    return int(deliver(verdict, report_dir, lambda: reports.render_all(verdict, report_dir), new_console()))
