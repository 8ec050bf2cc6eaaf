"""`kimai-conformance run`."""

from __future__ import annotations

from typing import Any

import click

from conformance.cli.options import budget_options, consent_options, instance_options
from conformance.settings import FAIL_ON, load

EPILOG = """\b
Examples:
  kimai-conformance run                              on the embedded Kimai
  kimai-conformance run --url https://staging.example.com --read-only
  kimai-conformance run --write --actors actors.json --profile smoke
  kimai-conformance run -k datetime                  a part: never called conformant
  kimai-conformance run -- --maxfail 1               the rest goes to pytest
"""


@click.command(epilog=EPILOG)
@instance_options
@consent_options
@budget_options
@click.option("-n", "workers", type=click.IntRange(0), metavar="N", help="Processes that run checks side by side.")
@click.option("--strict", is_flag=True, default=None, help="Undecided observable MUST clauses are exit 5.")
@click.option("--fail-on", type=click.Choice(FAIL_ON), help="What fails: new findings, or known defects too (new).")
@click.option("--accept", type=click.Path(dir_okay=False), help="Known findings of this instance, as TOML.")
@click.option("--report-dir", type=click.Path(file_okay=False), help="Where the reports go (reports/out).")
@click.option("-k", "keyword", default="", metavar="EXPR", help="Only checks whose name matches.")
@click.option("-m", "marker", default="", metavar="EXPR", help="Only checks with these markers.")
@click.option("--lf", "last_failed", is_flag=True, help="Only the checks that failed last time.")
@click.option("--shard", metavar="N/M", help="Only part N of M of the checks; `merge` joins the parts.")
@click.argument("pytest_args", nargs=-1, type=click.UNPROCESSED)
def run(
    keyword: str, marker: str, last_failed: bool, shard: str | None, pytest_args: tuple[str, ...], **flags: Any
) -> int:
    """Check an instance, clean up, and give a verdict. Without any setting: the embedded Kimai."""
    from conformance.run.console import new_console
    from conformance.run.pytest_process import Selection
    from conformance.run.shards import Shard
    from conformance.run.supervisor import supervise

    settings = load(flags)
    selection = Selection(keyword, marker, last_failed, pytest_args, Shard.parse(shard) if shard is not None else None)
    return int(supervise(settings, selection, new_console()))
