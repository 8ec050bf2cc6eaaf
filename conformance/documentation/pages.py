"""The pages of the documentation, found where the package is: in a checkout, or beside the installed modules."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import click

_CHECKOUT = Path(__file__).resolve().parents[2]
_INSTALLED = Path(__file__).resolve().parent / "text"
_ROOT = _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT
FOLDER = _ROOT / "docs"
"""Where the pages lie: the build of the wheel copies them into this package."""
KIT = _ROOT / "ci"
"""Where the files for CI lie, which `init` makes out for an instance."""

SECTIONS = ("tutorial", "how-to", "reference", "explanation")
PAGES: Mapping[str, Path] = {
    path.stem: path for section in SECTIONS for path in sorted((FOLDER / section).glob("*.md")) if path.stem != "index"
}
"""Name of each page -> its file. A name is used once, whatever the section."""

_PLACEHOLDER = re.compile(r"^<!-- generated: ([\w-]+) -->$", re.MULTILINE)


def title_of(path: Path) -> str:
    """Return the title of a page: its first heading."""
    return path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")


def page_text(name: str, group: click.Group) -> str:
    """Return a page as Markdown, with what is generated. `group` is the command line. Raises KeyError for no page."""
    return filled(PAGES[name].read_text(encoding="utf-8"), group)


def filled(text: str, group: click.Group) -> str:
    """Return a page's text with each `<!-- generated: NAME -->` replaced by what it names. Raises KeyError."""
    # Imported here alone: the tables need the faults, the rules and all commands.
    from conformance.documentation import commands, generated, probes

    makers: dict[str, Callable[[], str]] = {
        **generated.TABLES,
        "commands": lambda: commands.commands(group),
        "settings": lambda: commands.settings(group),
        "probes": probes.probes,
    }
    return _PLACEHOLDER.sub(lambda found: makers[found[1]]().rstrip("\n"), text)
