"""`kimai-conformance run`."""

from __future__ import annotations

from typing import Any

import click

from conformance.cli.options import (
    Word,
    address_among,
    budget_options,
    clause_ids,
    completed,
    consent_options,
    instance_options,
    setting,
    with_address,
)
from conformance.settings import EVIDENCE, FAIL_ON, load

EPILOG = """\b
Examples:
  kimai-conformance run                              on the embedded Kimai
  kimai-conformance run --url https://staging.example.com --read-only
  kimai-conformance run --write --actors actors.json --profile smoke
  kimai-conformance run --family datetime            a part: never called conformant
  kimai-conformance run --plan --url https://staging.example.com --write
  kimai-conformance run -- --maxfail 1               the rest goes to pytest
"""


@click.command(epilog=EPILOG)
@instance_options
@consent_options
@budget_options
@click.option(
    "--clause",
    "clauses",
    multiple=True,
    metavar="ID",
    shell_complete=completed(clause_ids),
    help="Only checks of this clause; repeatable.",
)
@click.option(
    "--family",
    "families",
    multiple=True,
    metavar="NAME",
    shell_complete=completed(lambda: dict.fromkeys(name.partition(".")[0] for name in clause_ids())),
    help="Only checks of this family of clauses.",
)
@click.option("--level", "levels", multiple=True, metavar="LEVEL", help="Only checks of MUST, SHOULD or NOTE clauses.")
@click.option("--operation", "operations", multiple=True, metavar="'GET /api/…'", help="Only checks of this operation.")
@click.option("--role", "roles", multiple=True, metavar="NAME", help="Only checks made as this role.")
@click.option(
    "--plan", "plan_only", is_flag=True, help="Say what would be asked, and why the rest would not; sends reads."
)
@setting("--min-decided", type=click.IntRange(0), metavar="N", help="Fewer decided promises are exit 5.")
@setting("--sarif-anchor", metavar="FILE", help="Committed file to which code scanning attaches findings.")
@setting("-q", "--quiet", is_flag=True, default=None, help="Print the verdict alone.")
@setting("-v", "--verbose", is_flag=True, default=None, help="Print all that the reports show.")
@setting("-n", "workers", type=click.IntRange(0), metavar="N", help="Processes that run checks side by side.")
@setting("--strict", is_flag=True, default=None, help="Undecided observable MUST clauses are exit 5.")
@setting("--fail-on", type=Word(FAIL_ON), help="What fails: new findings, or known defects too (new).")
@setting("--evidence", type=Word(EVIDENCE), help="What reports show of others' records: cut, or full (cut).")
@setting("--accept", type=click.Path(dir_okay=False), help="Known findings of this instance, as TOML.")
@setting("--report-dir", type=click.Path(file_okay=False), help="Where the reports go (reports/out).")
@setting("--history", type=click.Path(file_okay=False), help="Keep verdicts here; the report shows the trend.")
@click.option("-k", "keyword", default="", metavar="EXPR", help="Only checks whose name matches.")
@click.option("-m", "marker", default="", metavar="EXPR", help="Only checks with these markers.")
@click.option("--lf", "last_failed", is_flag=True, help="Only the checks that failed last time.")
@click.option("--shard", metavar="N/M", help="Only part N of M of the checks; `merge` joins the parts.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[URL] [-- PYTEST ARGS]")
def run(
    keyword: str,
    marker: str,
    last_failed: bool,
    clauses: tuple[str, ...],
    families: tuple[str, ...],
    levels: tuple[str, ...],
    operations: tuple[str, ...],
    roles: tuple[str, ...],
    plan_only: bool,
    shard: str | None,
    arguments: tuple[str, ...],
    **flags: Any,
) -> int:
    """Check an instance, clean up, and give a verdict. Without any setting: the embedded Kimai.

    An instance of your own is named by URL, --url or KIMAI_URL, and needs --write or --read-only.
    """
    from conformance.run.console import new_console
    from conformance.run.planning import print_plan
    from conformance.run.pytest_process import Selection
    from conformance.run.selecting import choose
    from conformance.run.shards import Shard
    from conformance.run.supervisor import supervise

    url, rest = address_among(arguments)
    settings = load({**flags, **with_address(flags, url)})
    chosen = choose(clauses, families, levels, operations, roles)
    part = Shard.parse(shard) if shard is not None else None
    selection = Selection(keyword, marker, last_failed, chosen, rest, shard=part)
    ask = print_plan if plan_only else supervise
    return int(ask(settings, selection, new_console()))
