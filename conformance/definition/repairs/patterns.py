"""Patterns without anchors that are meant for the whole value: `\\d+` would also match `1x`.

Kimai's generator takes them from route requirements and from HTML patterns; both apply to the whole text (Symfony
routing, HTML's `pattern` attribute), where JSON Schema searches. Found by the lack of any anchor.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from conformance.definition.grammar import nodes_of
from conformance.definition.repairing import ABSENT, Change, repair_rule

_REPEATED_REPETITION = re.compile(r"\((?:[^()\\]|\\.)*[+*}](?:[^()\\]|\\.)*\)[+*{]")
"""`(a+)+` takes exponential time in Python, and a pattern comes from the instance. Some harmless ones, such as
`(,\\d+)*`, are lost with it; Kimai has none."""

_MAX_PATTERN = 1_000

_ANCHOR = re.compile(r"(?<![\[\\])\^|(?<!\\)\$|\\[AzZ]")


@repair_rule("an unanchored pattern that is meant for the whole value", order=60)
def patterns(document: dict[str, Any]) -> Iterator[Change]:
    for node in nodes_of(document, "schema"):
        pattern = node.value.get("pattern")
        if isinstance(pattern, str) and (whole := anchored(pattern)) != pattern:
            yield Change((*node.parts, "pattern"), whole)


@repair_rule("a pattern that is no regular expression is left out", order=55)
def broken_patterns(document: dict[str, Any]) -> Iterator[Change]:
    for node in nodes_of(document, "schema"):
        if "pattern" in node.value and not _compiles(node.value["pattern"]):
            yield Change((*node.parts, "pattern"), ABSENT)


@repair_rule("a pattern that could be matched for ever is left out", order=56)
def endless_patterns(document: dict[str, Any]) -> Iterator[Change]:
    for node in nodes_of(document, "schema"):
        pattern = node.value.get("pattern")
        if not isinstance(pattern, str):
            continue
        if len(anchored(pattern)) > _MAX_PATTERN or _REPEATED_REPETITION.search(pattern):
            yield Change((*node.parts, "pattern"), ABSENT)


def anchored(pattern: str) -> str:
    """Return the pattern for the whole text, with a group where an alternative would escape the anchors.

    One that has an anchor already, or is empty, stays as it is.
    """
    if not pattern or _ANCHOR.search(pattern):
        return pattern
    return f"^(?:{pattern})$" if "|" in pattern else f"^{pattern}$"


def _compiles(pattern: Any) -> bool:
    try:
        re.compile(pattern)
    except (re.error, TypeError, RecursionError, OverflowError):
        return False
    return True
