"""`kimai-conformance doctor`: the preflight alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from conformance.cli.options import consent_options, instance_options, with_address
from conformance.model import Exit, counted
from conformance.settings import Settings, load

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from conformance.run.preflight import Preflight

EPILOG = """\b
Examples:
  kimai-conformance doctor --url https://staging.example.com
  kimai-conformance doctor --actors actors.json --definition openapi.json
"""


@click.command(epilog=EPILOG)
@click.argument("address", metavar="[URL]", required=False, default="")
@instance_options
@consent_options
def doctor(address: str, **flags: Any) -> int:
    """Say whether an instance can be tested: reachability, version, tokens, roles, zones, rights, definition.

    Sends reads alone.
    """
    from conformance.run.booking_hints import suggestions
    from conformance.run.console import new_console, print_line
    from conformance.run.prepare import run_preflight
    from conformance.run.target import instance_of

    settings = load({**flags, **with_address(flags, address)})
    if not settings.read_only:
        # What could be decided with --write; doctor itself sends reads alone.
        settings = replace(settings, write=True)
    console = new_console()
    with instance_of(settings) as target:
        known = run_preflight(target)
        _show(target, known, console, embedded=settings.embedded)
        for line in suggestions(target, known):
            print_line(console, line)
    return int(Exit.CONFORMANT)


def _show(settings: Settings, known: Preflight, console: Console, *, embedded: bool) -> None:
    from conformance.run.capabilities import MISSING, capabilities
    from conformance.run.console import print_line
    from conformance.run.plan import plan
    from conformance.verdict import load_clauses

    what = ", the embedded Kimai: no setting names an instance" if embedded else ""
    print_line(console, f"{settings.url}: Kimai {known.version or 'of unknown version'}{what}")
    for warning in settings.warnings:
        print_line(console, f"Warning: {warning}")
    flaws = counted(len(known.definition.repairs), "flaw")
    print_line(console, f"Definition: {known.definition.origin}; {flaws} of its form put right")
    console.print(_actors(known))
    for warning in known.warnings:
        print_line(console, f"Warning: {warning}")
    planned = plan(load_clauses().values(), capabilities(settings, known))
    how = "read only" if settings.read_only else "with --write"
    print_line(
        console,
        f"{len(planned.promised)} MUST clauses can be decided {how}, {len(planned.left_out)} clauses are left out.",
    )
    for name in planned.missing:
        print_line(console, f"  {MISSING[name].why}: add {MISSING[name].flags}")


def _actors(known: Preflight) -> Table:
    from rich.table import Table

    table = Table("actor", "role", "time zone", "tokens", "running timesheet")
    for actor in known.actors:
        expired = sum(token.expired for token in actor.tokens)
        tokens = f"{len(actor.tokens) - expired} valid, {expired} expired"
        table.add_row(actor.name, actor.role, actor.timezone, tokens, "yes" if actor.name in known.busy else "no")
    return table
