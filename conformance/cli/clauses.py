"""`kimai-conformance clauses`: every documented promise and the checks that decide it."""

from __future__ import annotations

import json

import click
from rich.table import Table

from conformance.run.console import new_console
from conformance.run.matrix import matrix

EPILOG = """\b
Examples:
  kimai-conformance clauses
  kimai-conformance clauses --format json
"""


@click.command(epilog=EPILOG)
@click.option("--format", "kind", type=click.Choice(["text", "json"]), default="text", show_default=True)
def clauses(kind: str) -> int:
    """Print the clauses: id, level, what is promised and where, and the checks that decide it."""
    rows = matrix()
    if kind == "json":
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return 0
    table = Table("clause", "level", "title", "source", "checks")
    for row in rows:
        table.add_row(row["id"], row["level"], row["title"], row["source"], "\n".join(row["checks"]))
    new_console().print(table)
    return 0
