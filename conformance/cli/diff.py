"""`kimai-conformance diff`: what is new between two verdicts."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.cli.options import Word, print_or_write
from conformance.model import Exit

EPILOG = """\b
Examples:
  kimai-conformance diff yesterday/verdict.json reports/out/verdict.json
  kimai-conformance diff old new --format markdown --out diff.md

\b
Exit statuses: 0 nothing new, 1 something new that is neither known nor accepted, 2 no verdict,
5 nothing new, but the new run was undecided.
"""
_PATH = click.Path(path_type=Path)


@click.command(epilog=EPILOG)
@click.argument("old", type=_PATH)
@click.argument("new", type=_PATH)
@click.option("--format", "kind", type=Word(["text", "markdown", "json"]), default="text", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where it goes, instead of the terminal.")
def diff(old: Path, new: Path, kind: str, out: Path | None) -> int:
    """Say which findings of NEW are new, still open or gone, and what only one of both asked.

    OLD and NEW are verdict.json files, or folders of reports. To compare two instances: `compare`.
    """
    from conformance.verdict.difference import difference
    from conformance.verdict.document import read_verdict
    from reports.difference import RENDERERS

    result = difference(read_verdict(old), read_verdict(new))
    print_or_write(RENDERERS[kind](result), out)
    if result.new:
        return int(Exit.NOT_CONFORMANT)
    return int(Exit.UNDECIDED if result.undecided else Exit.CONFORMANT)
