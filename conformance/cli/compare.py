"""`kimai-conformance compare`: what API clients will see change."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli.options import budget_options, consent_options, instance_options, print_or_write
from conformance.model import Exit, UsageError
from conformance.settings import load

if TYPE_CHECKING:
    from conformance.upgrade.snapshot import Snapshot

EPILOG = """\b
Examples:
  kimai-conformance compare before.json after.json
  kimai-conformance compare before.json https://staging.example.com --write --actors actors.json
  kimai-conformance compare builtin:2.62.0 builtin:2.66.0 --format markdown --out upgrade.md

\b
Exit statuses: 0 nothing at or above --fail-on, 1 something, 2 wrong usage or no snapshot,
3 not comparable, and those of `snapshot` for a URL.
"""
FORMATS = ("text", "json", "markdown", "html")
CLASSES = ("security", "silent", "breaking", "new", "cosmetic")


@click.command(epilog=EPILOG)
@click.argument("old")
@click.argument("new")
@click.option("--format", "kind", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where it goes, instead of the terminal.")
@click.option(
    "--fail-on",
    type=click.Choice(CLASSES),
    default="breaking",
    show_default=True,
    help="Exit 1 for a change of this class, or of one before it in this list.",
)
@instance_options
@consent_options
@budget_options
def compare(old: str, new: str, kind: str, out: Path | None, fail_on: str, **flags: Any) -> int:
    """Say what API clients will see change when OLD becomes NEW.

    Each is a snapshot file, the URL of an instance (a snapshot is taken first), or builtin:VERSION, the embedded Kimai.
    """
    from conformance.upgrade.comparison import compare as compared
    from conformance.upgrade.rendering import FORMATS as RENDERERS
    from conformance.upgrade.rules import Class

    if flags.get("url"):
        raise UsageError("compare takes URLs as OLD and NEW", "Leave --url out.")
    result = compared(_side(old, flags), _side(new, flags), Class(fail_on))
    print_or_write(RENDERERS[kind](result), out)
    return int(Exit.NOT_CONFORMANT if result.failed else Exit.CONFORMANT)


def _side(text: str, flags: Mapping[str, Any]) -> Snapshot:
    """Return the snapshot that an argument names: read, or taken now."""
    if not text.startswith(("builtin:", "http://", "https://")):
        from conformance.upgrade.snapshot import read

        return read(Path(text))
    from rich.console import Console

    from conformance.upgrade.collect import builtin_version, take, take_builtin

    console = Console(stderr=True)
    version = builtin_version(text)
    if version is not None:
        return take_builtin(version, flags.get("profile") or "standard", console)
    return take(load({**flags, "url": text}), console)
