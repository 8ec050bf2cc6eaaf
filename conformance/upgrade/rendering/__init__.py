"""A comparison for people and machines: one module a format, each a function from a Comparison to a text."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from conformance.upgrade.comparison import Comparison
from conformance.upgrade.rendering import as_html, as_json, as_markdown, as_text

FORMATS: Mapping[str, Callable[[Comparison], str]] = {
    "text": as_text.render,
    "json": as_json.render,
    "markdown": as_markdown.render,
    "html": as_html.render,
}
"""The formats by their names on the command line."""

__all__ = ["FORMATS"]
