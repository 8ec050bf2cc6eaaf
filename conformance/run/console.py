"""Plain words to a person: never markup, never cut, coloured only by who renders for a terminal."""

from __future__ import annotations

import sys

from rich.console import Console

_WIDTH = 120
"""Columns where the output is no terminal, such as the log of a CI job."""


def new_console() -> Console:
    """Return the console for standard output."""
    return Console(width=None if sys.stdout.isatty() else _WIDTH)


def print_line(console: Console, line: str) -> None:
    """Print one line as it is: server bytes in it are no markup."""
    console.print(line, markup=False, highlight=False, soft_wrap=True)
