"""The documentation as text: what is written by hand in `docs/`, and the reference that is made from the code.

| module | reason to exist |
| --- | --- |
| `pages` | find a page, in a checkout or in an installed package, and fill in what is generated |
| `generated` | tables of the reference, each a function that returns Markdown |
| `commands` | the commands and settings, from the command line's own declarations |
"""

from __future__ import annotations

from conformance.documentation.pages import PAGES, filled, page_text

__all__ = ["PAGES", "filled", "page_text"]
