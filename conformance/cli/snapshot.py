"""`kimai-conformance snapshot`: all that clients can see of an instance, as a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli.options import budget_options, consent_options, instance_options, with_address
from conformance.model import Exit
from conformance.settings import load

if TYPE_CHECKING:
    from conformance.upgrade.snapshot import Snapshot

EPILOG = """\b
Examples:
  kimai-conformance snapshot --out before.json --url https://staging.example.com --write --actors actors.json
  kimai-conformance snapshot --out before.json --read-only    less is seen: nothing is written
  kimai-conformance compare before.json after.json
"""


@click.command(epilog=EPILOG)
@click.argument("address", metavar="[URL]", required=False, default="")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Where the file goes.")
@instance_options
@consent_options
@budget_options
def snapshot(address: str, out: Path, **flags: Any) -> int:
    """Keep what clients can see of an instance, for a comparison with another version.

    The same state of an instance gives the same bytes. What is written there is deleted again.
    """
    from rich.console import Console

    from conformance.upgrade.collect import LeftBehindError, take

    try:
        taken = take(load({**flags, **with_address(flags, address)}), Console(stderr=True))
    except LeftBehindError as stop:
        # What was seen is worth keeping all the same: asking again would leave more behind.
        if stop.snapshot is not None:
            _keep(stop.snapshot, out)
        raise
    _keep(taken, out)
    return int(Exit.CONFORMANT)


def _keep(taken: Snapshot, out: Path) -> None:
    from conformance.upgrade.snapshot import write

    write(taken, out)
    unseen = sum(fact.state != "observed" for fact in taken.facts)
    click.echo(f"{out}: {len(taken.facts)} observations, {unseen} of them not observed or varying.")
