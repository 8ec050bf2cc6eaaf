"""`kimai-conformance clean`: finish the clean-up of killed runs."""

from __future__ import annotations

from typing import Any

import click

from conformance.cli.options import cleanup_option, instance_options
from conformance.run.state import any_ledger

EPILOG = """\b
Examples:
  kimai-conformance clean                      every unfinished run whose instance answers
  KIMAI_TOKEN=… kimai-conformance clean        the tokens are not kept: give them again
"""


@click.command(epilog=EPILOG)
@instance_options
@cleanup_option
def clean(**flags: Any) -> int:
    """Delete what killed runs left behind, by their ledgers and by the runs' ids.

    Needs no URL: each ledger knows its instance. Needs the tokens of the actors, which no ledger holds.
    """
    if not any_ledger():
        click.echo("Nothing to clean: no run left a ledger.")
        return 0
    from conformance.run.console import new_console
    from conformance.run.killed_runs import clean_all
    from conformance.settings import load

    return int(clean_all(load({**flags, "cleaning": True}), new_console()))
