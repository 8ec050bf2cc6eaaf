"""Patterns without anchors that are meant for the whole value: `\\d+` would also match `1x`.

Kimai's generator takes them from route requirements and from HTML patterns; both apply to the whole text (Symfony
routing, HTML's `pattern` attribute), where JSON Schema searches. Found by the lack of any anchor.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from conformance.definition.mending import ABSENT, Change, mend_rule
from conformance.definition.places import of_kind

_ANCHOR = re.compile(r"(?<![\[\\])\^|(?<!\\)\$|\\[AzZ]")


@mend_rule("an unanchored pattern that is meant for the whole value", order=60)
def patterns(document: dict[str, Any]) -> Iterator[Change]:
    for spot in of_kind(document, "schema"):
        pattern = spot.node.get("pattern")
        if isinstance(pattern, str) and pattern and not _ANCHOR.search(pattern):
            yield Change((*spot.parts, "pattern"), anchored(pattern))


@mend_rule("a pattern that is no regular expression is left out", order=55)
def broken_patterns(document: dict[str, Any]) -> Iterator[Change]:
    for spot in of_kind(document, "schema"):
        if "pattern" in spot.node and not _compiles(spot.node["pattern"]):
            yield Change((*spot.parts, "pattern"), ABSENT)


def anchored(pattern: str) -> str:
    """Return the pattern for the whole text, with a group where an alternative would escape the anchors."""
    return f"^(?:{pattern})$" if "|" in pattern else f"^{pattern}$"


def _compiles(pattern: Any) -> bool:
    try:
        re.compile(pattern)
    except (re.error, TypeError, RecursionError, OverflowError):
        return False
    return True
