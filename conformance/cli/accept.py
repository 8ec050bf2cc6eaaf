"""`kimai-conformance accept`: write and prune an accept file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from conformance.model import Exit

EPILOG = """\b
Examples:
  kimai-conformance accept reports/out/verdict.json --reason "fixed with 2.67" --expires 2027-03-31
  kimai-conformance accept reports/out --only 1e8247816c17 --reason "the plugin's author knows" --expires 2027-03-31
  kimai-conformance run --accept accepted.toml
"""


@click.command(epilog=EPILOG)
@click.argument("verdict", type=click.Path(path_type=Path))
@click.option("--reason", required=True, metavar="TEXT", help="Why, for whoever reads the file next.")
@click.option(
    "--expires", required=True, type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Last day on which it holds."
)
@click.option("--only", multiple=True, metavar="FINGERPRINT", help="Accept this finding alone; repeatable.")
@click.option(
    "--out", default="accepted.toml", show_default=True, type=click.Path(dir_okay=False, path_type=Path),
    help="The accept file; an existing one is added to, and what no longer holds is taken out.",
)  # fmt: skip
def accept(verdict: Path, reason: str, expires: datetime, only: tuple[str, ...], out: Path) -> int:
    """Accept the failing findings of VERDICT for a while, each with a reason and a last day."""
    from conformance.verdict.accept_file import write_acceptances
    from conformance.verdict.document import read_verdict

    today = datetime.now(UTC).date()
    result = write_acceptances(out, read_verdict(verdict), reason, expires.date(), today, only)
    for finding in result.added:
        click.echo(f"accepted  {finding.fingerprint} {finding.danger}: {finding.clause}: {finding.title}")
    for entry in result.kept:
        click.echo(f"kept      {entry.fingerprint} {entry.reason}, until {entry.expires}")
    for entry, why in result.pruned:
        click.echo(f"taken out {entry.fingerprint} {entry.reason}: {why}")
    click.echo(f"{out}: {len(result.added)} added, {len(result.kept)} kept, {len(result.pruned)} taken out.")
    return int(Exit.CONFORMANT)
