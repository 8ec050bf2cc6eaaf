"""`kimai-conformance explain`: one promise, with all that is known of it."""

from __future__ import annotations

import click

from conformance.cli.options import clause_ids, completed
from conformance.model import Exit

EPILOG = """\b
Examples:
  kimai-conformance explain datetime.offset
  kimai-conformance clauses                    all of them
"""


@click.command(epilog=EPILOG)
@click.argument("clause", shell_complete=completed(clause_ids))
def explain(clause: str) -> int:
    """Print the promise CLAUSE: where it stands, its checks, known departures of releases, and faults that break it."""
    from conformance.embedded.faults import FAULTS
    from conformance.nearest import known_one
    from conformance.run.clause_coverage import checks_by_clause
    from conformance.verdict import load_clauses, load_defects, load_deviations
    from conformance.verdict.addresses import address_of

    clauses = load_clauses()
    one = clauses.named(known_one("clause", clause, clauses))
    click.echo(f"{one.id} ({one.level}, {one.family}; where it is broken: {one.harm})")
    click.echo(f"  {one.title}")
    click.echo(f"Promised in: {one.source}")
    click.echo(f"  {address_of(one.source)}")
    if not one.observable:
        click.echo("It cannot be seen through the API, so no run decides it.")
    _list("Needs", one.needs)
    _list("Checks", sorted(checks_by_clause().get(one.id, ())) or ["every answer of a run is held against it"])
    departures = [entry for entry in load_deviations() if entry.clause == one.id]
    _list(
        "Known departures of releases",
        [f"{e.id} ({e.versions}): {e.reason}; at {', '.join(e.operations)}; seen: {e.reference}" for e in departures],
    )
    defects = [entry for entry in load_defects(clauses=clauses) if entry.clause == one.id]
    _list("Known defects of releases", [f"{e.id} ({e.versions}): {e.reason}; seen: {e.reference}" for e in defects])
    faults = [fault for fault in FAULTS.values() if one.id in fault.clauses]
    _list("Faults that break it (serve --fault NAME)", [f"{fault.id}: {fault.description}" for fault in faults])
    click.echo(f"Only its checks: kimai-conformance run --clause {one.id}")
    return int(Exit.CONFORMANT)


def _list(title: str, lines: list[str] | tuple[str, ...]) -> None:
    if lines:
        click.echo(f"{title}:")
    for line in lines:
        click.echo(f"  - {line}")
