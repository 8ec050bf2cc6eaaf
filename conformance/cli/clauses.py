"""`kimai-conformance clauses`: every documented promise and the checks that decide it."""

from __future__ import annotations

import json

import click

from conformance.run.clause_coverage import matrix
from conformance.run.places import places_by_clause
from conformance.verdict import load_untested

EPILOG = """\b
Examples:
  kimai-conformance clauses
  kimai-conformance clauses --places
  kimai-conformance clauses --format json
"""


@click.command(epilog=EPILOG)
@click.option("--format", "kind", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--places", is_flag=True, help="Also the endpoints and fields of each check (takes some seconds).")
def clauses(kind: str, places: bool) -> int:
    """Print the clauses: id, level, what is promised and where, and the checks that decide it; then what has none."""
    rows = matrix()
    if places:
        result = places_by_clause()
        rows = [{**row, "places": result.get(row["id"], [])} for row in rows]
    if kind == "json":
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return 0
    for row in rows:
        click.echo(f"{row['level']:6} {row['id']}: {row['title']}")
        click.echo(f"       source: {row['source']}")
        for check in row.get("places") or row["checks"]:
            click.echo(f"       check:  {check}")
    click.echo("Not tested:")
    for entry in load_untested():
        for operation, field in entry.places:
            click.echo(f"       {operation} {field}".rstrip())
        click.echo(f"       why:    {entry.reason}")
    return 0
