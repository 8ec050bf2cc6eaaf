"""`kimai-conformance badge`: the verdict as a badge."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.cli.options import Word, print_or_write
from conformance.model import Exit

EPILOG = """\b
Examples:
  kimai-conformance badge reports/out --out badge.json           for a badge service that reads an endpoint
  kimai-conformance badge reports/out --format svg --out badge.svg
"""


@click.command(epilog=EPILOG)
@click.argument("verdict", type=click.Path(path_type=Path))
@click.option("--format", "kind", type=Word(["json", "svg"]), default="json", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where it goes, instead of the terminal.")
def badge(verdict: Path, kind: str, out: Path | None) -> int:
    """Print VERDICT, a verdict.json or a folder of reports, as a badge."""
    from conformance.verdict.document import read_verdict
    from reports.badge import RENDERERS

    print_or_write(RENDERERS[kind](read_verdict(verdict)), out)
    return int(Exit.CONFORMANT)
