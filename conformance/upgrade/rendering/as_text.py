"""A comparison for a terminal: what is dangerous first, new and cosmetic changes as one line each."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.upgrade.comparison import Cause, Comparison
from conformance.upgrade.rendering.phrases import failing, first_lines, headline, places, plain, summary
from conformance.upgrade.rules import Class

OPEN = frozenset({Class.SECURITY, Class.SILENT, Class.BREAKING})
_OPERATIONS = 4


def render(comparison: Comparison) -> str:
    """Return the text, without colour, ending in the verdict."""
    return "".join(f"{plain(line)}\n" for line in _lines(comparison))


def _lines(comparison: Comparison) -> Iterator[str]:
    yield headline(comparison)
    yield from first_lines(comparison)
    yield ""
    for cause in comparison.causes:
        yield from _cause(cause)
    if comparison.causes:
        yield ""
    yield summary(comparison)
    yield f"Verdict: {comparison.verdict}. {comparison.because} {failing(comparison)}"


def _cause(cause: Cause) -> Iterator[str]:
    first = cause.first
    yield f"{first.klass} [{first.rule_id}] {cause.title}"
    if first.klass in OPEN:
        yield f"    in {places(cause, _OPERATIONS)}"
        yield f"    {cause.seen}; clients notice: {first.notice}; what to do: {first.advice}"
        yield f"    fingerprint {first.fingerprint}" + (
            f" and {len(cause.changes) - 1} more" * (len(cause.changes) > 1)
        )
