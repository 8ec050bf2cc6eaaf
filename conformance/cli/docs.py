"""`kimai-conformance docs`: the documentation, wherever the suite is installed."""

from __future__ import annotations

from collections.abc import Iterable

import click

from conformance.cli.options import completed
from conformance.model import Exit

EPILOG = """\b
Examples:
  kimai-conformance docs                 which pages there are
  kimai-conformance docs settings        one of them, as text
  kimai-conformance docs safety | less
"""


def _pages() -> Iterable[str]:
    from conformance.documentation.pages import PAGES

    return PAGES


@click.command(epilog=EPILOG)
@click.argument("page", required=False, default="", shell_complete=completed(_pages))
@click.pass_context
def docs(context: click.Context, page: str) -> int:
    """Print the documentation: PAGE, or without one which there are."""
    from conformance.documentation.pages import PAGES, page_text, title_of
    from conformance.nearest import known_one

    if page:
        group = context.find_root().command
        assert isinstance(group, click.Group)
        click.echo(page_text(known_one("page", page, PAGES), group), nl=False)
        return int(Exit.CONFORMANT)
    section = ""
    for name, path in PAGES.items():
        if path.parent.name != section:
            section = path.parent.name
            click.echo(f"{section}:")
        click.echo(f"  {name:20} {title_of(path)}")
    click.echo("Read one: kimai-conformance docs PAGE")
    return int(Exit.CONFORMANT)
