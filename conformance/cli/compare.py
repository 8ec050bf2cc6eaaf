"""`kimai-conformance compare`: what API clients will see change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli.options import Word, budget_options, consent_options, instance_options, print_or_write
from conformance.model import CommandError, Exit, UsageError
from conformance.settings import load

if TYPE_CHECKING:
    from conformance.upgrade.snapshot import Snapshot

EPILOG = """\b
Examples:
  kimai-conformance compare before.json after.json
  kimai-conformance compare before.json https://staging.example.com --write --actors actors.json
  kimai-conformance compare https://staging.example.com released:2.66.0 --read-only   what an upgrade will bring
  kimai-conformance compare released:2.62.0 released:2.66.0 --format markdown --out upgrade.md
  kimai-conformance compare old-openapi.json new-openapi.json        documents alone
  kimai-conformance compare released:2.62.0 released:2.66.0 --client traffic.har     what touches my client
  kimai-conformance compare released:2.66.0 --client traffic.har     what it leans on that nobody promised

\b
Exit statuses: 0 nothing at or above --fail-on, 1 something, 2 wrong usage or no snapshot,
3 not comparable, and those of `snapshot` for a URL.
"""
FORMATS = ("text", "json", "markdown", "html")
_FILE = click.Path(dir_okay=False, path_type=Path)
CLASSES = ("security", "silent", "breaking", "new", "cosmetic")


@click.command(epilog=EPILOG)
@click.argument("old")
@click.argument("new", required=False)
@click.option("--format", "kind", type=Word(FORMATS), default="text", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where it goes, instead of the terminal.")
@click.option(
    "--fail-on",
    type=Word(CLASSES),
    default="breaking",
    show_default=True,
    help="Exit 1 for a change of this class, or of one before it in this list.",
)
@click.option("--accept", type=_FILE, help="Changes that are known and accepted, as TOML.")
@click.option(
    "--client",
    type=_FILE,
    metavar="FILE",
    help="Only what touches the requests in this HAR file or list of operations; without NEW, what they lean on.",
)
@instance_options
@consent_options
@budget_options
def compare(
    old: str,
    new: str | None,
    kind: str,
    out: Path | None,
    fail_on: str,
    accept: Path | None,
    client: Path | None,
    **flags: Any,
) -> int:
    """Say what API clients will see change when OLD becomes NEW.

    Each is a snapshot file, an OpenAPI file, the URL of an instance (a snapshot is taken first), released:VERSION (what
    an unmodified release answered), or builtin:VERSION (the embedded Kimai, which emulates one). With --client and
    without NEW: what the requests of a client lean on that nobody promised.
    """
    from conformance.upgrade.comparison import compare as compared
    from conformance.upgrade.rendering import FORMATS as RENDERERS
    from conformance.upgrade.rendering.leaning import render as leaning_text
    from conformance.upgrade.rules import Class
    from conformance.upgrade.sides import side
    from conformance.upgrade.traffic import read_traffic
    from conformance.verdict.acceptance import Accepted, load_acceptance

    if flags.get("url"):
        raise UsageError("compare takes URLs as OLD and NEW", "Leave --url out.")
    if new is None and client is None:
        raise UsageError("compare needs OLD and NEW", "Or one side, and --client FILE: what do its requests lean on?")
    traffic = read_traffic(client) if client is not None else None
    accepted = Accepted(load_acceptance(accept), datetime.now(UTC).date()) if accept is not None else None
    stays: list[CommandError] = []
    takers = partial(_take_url, flags, stays), partial(_take_builtin, flags)
    if new is None:
        assert traffic is not None
        text = leaning_text(side(old, *takers), traffic, kind)
        failed = False
    else:
        result = compared(side(old, *takers), side(new, *takers), Class(fail_on), accepted, traffic)
        text, failed = RENDERERS[kind](result), result.failed
    print_or_write(text, out)
    if stays:
        # Told last, for it is the worst: what was made on an instance is still there.
        raise stays[0]
    return int(Exit.NOT_CONFORMANT if failed else Exit.CONFORMANT)


def _take_url(flags: Mapping[str, Any], stays: list[CommandError], url: str) -> Snapshot:
    """Take a snapshot of an instance; where records stay there, go on with what was seen, and note it in `stays`."""
    # Imported here alone: pytest comes with the probes.
    from rich.console import Console

    from conformance.upgrade.collect import LeftBehindError, take

    try:
        return take(load({**flags, "url": url}), Console(stderr=True))
    except LeftBehindError as stop:
        if stop.snapshot is None:
            raise
        stays.append(stop)
        return stop.snapshot


def _take_builtin(flags: Mapping[str, Any], version: str) -> Snapshot:
    from rich.console import Console

    from conformance.upgrade.collect import take_builtin

    return take_builtin(version, flags.get("profile") or "standard", Console(stderr=True))
