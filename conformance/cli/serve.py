"""`kimai-conformance serve`: the embedded Kimai, also as a fake for client developers."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from conformance.cli.options import completed

EPILOG = """\b
Examples:
  kimai-conformance serve --port 8066
  kimai-conformance serve --users actors.json --emulate 2.24.0
  kimai-conformance serve --set timesheet.mode=punch --database kimai.sqlite
  kimai-conformance serve --fault offset-missing
"""


def _faults() -> Iterable[str]:
    from conformance.embedded.faults import FAULTS

    return FAULTS


@click.command(epilog=EPILOG)
@click.option("--port", type=click.IntRange(0, 65535), default=8066, show_default=True, help="0 takes a free one.")
@click.option("--users", type=click.Path(dir_okay=False, path_type=Path), help="Users with tokens, as JSON.")
@click.option("--database", type=click.Path(dir_okay=False, path_type=Path), help="SQLite file (in memory by default).")
@click.option("--emulate", default="2.66.0", show_default=True, metavar="VERSION", help="2.24.0, 2.62.0 or 2.66.0.")
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="NAME",
    shell_complete=completed(_faults),
    help="Plant a fault; may be given several times.",
)
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="A setting under Kimai's own name.")
@click.option("--list-faults", is_flag=True, help="Print every fault: id, clauses, description.")
@click.option("--proxy", metavar="URL", help="Serve no Kimai but pass on to this one, with the faults planted between.")
@click.option("--unflawed", is_flag=True, help="Serve a definition without the flaws of the real ones.")
def serve(list_faults: bool, **options: Any) -> int:
    """Serve the embedded Kimai on 127.0.0.1 until Ctrl-C."""
    # Imported here alone: no other command needs a server and a database.
    import conformance.embedded.web.serve_command as serve_command

    return serve_command.list_faults() if list_faults else serve_command.serve(**options)
