"""`kimai-conformance clauses`: every documented promise and the checks that decide it."""

from __future__ import annotations

import json
from itertools import groupby

import click

from conformance.cli.options import Word
from conformance.run.clause_coverage import matrix, untested

EPILOG = """\b
Examples:
  kimai-conformance clauses
  kimai-conformance clauses --places
  kimai-conformance clauses --format json
"""


@click.command(epilog=EPILOG)
@click.option("--format", "kind", type=Word(["text", "json"]), default="text", show_default=True)
@click.option("--places", is_flag=True, help="Also the endpoints and fields of each check (takes some seconds).")
def clauses(kind: str, places: bool) -> int:
    """Print the clauses: id, level, what is promised and where, and the checks that decide it; then what has none."""
    rows = matrix()
    if places:
        from conformance.run.places import places_by_clause

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
    for reason, entries in groupby(untested(), key=lambda entry: entry[2]):
        for operation, field, _ in entries:
            click.echo(f"       {operation} {field}".rstrip())
        click.echo(f"       why:    {reason}")
    return 0
