"""A comparison for a terminal: what is dangerous first, new and cosmetic changes as one line each."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.upgrade.causes import Cause
from conformance.upgrade.comparison import Comparison
from conformance.upgrade.rendering.phrases import (
    INSTANCE_TITLE,
    entries,
    failing,
    first_lines,
    headline,
    places,
    plain,
    summary,
)
from conformance.upgrade.rules import Class

OPEN = frozenset({Class.SECURITY, Class.SILENT, Class.BREAKING})
_OPERATIONS = 4
_ENTRIES = 8


def render(comparison: Comparison) -> str:
    """Return the text, without colour, ending in the verdict."""
    return "".join(f"{plain(line)}\n" for line in _lines(comparison))


def _lines(comparison: Comparison) -> Iterator[str]:
    yield headline(comparison)
    yield from first_lines(comparison)
    yield ""
    if comparison.instance:
        yield f"{INSTANCE_TITLE}:"
        for cause in comparison.instance_causes:
            setting = f" (because of another {cause.first.setting})" if cause.first.setting else ""
            yield f"  {cause.first.change_class} [{cause.first.rule_id}] {cause.title}{setting}"
        yield ""
    for cause in comparison.causes:
        yield from _cause(cause)
    if comparison.causes:
        yield ""
    yield summary(comparison)
    yield f"Verdict: {comparison.verdict}. {comparison.explanation} {failing(comparison)}"


def _cause(cause: Cause) -> Iterator[str]:
    first = cause.first
    yield f"{first.change_class} [{first.rule_id}] {cause.title}"
    touched = entries(cause, _ENTRIES)
    if first.change_class in OPEN:
        yield f"    in {places(cause, _OPERATIONS)}" + (f"; {touched}" if touched else "")
        yield f"    {cause.seen}; clients notice: {first.notice}; what to do: {first.advice}"
        yield f"    fingerprint {first.fingerprint}, cause {first.cause} of {len(cause.changes)}"
