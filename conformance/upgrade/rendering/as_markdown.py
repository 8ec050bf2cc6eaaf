"""A comparison for a pull request: counts, then security, silent and breaking open, the rest folded away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from conformance.upgrade.causes import Cause
from conformance.upgrade.comparison import Comparison
from conformance.upgrade.rendering.as_text import OPEN
from conformance.upgrade.rendering.phrases import (
    INSTANCE_TITLE,
    code,
    entries,
    failing,
    first_lines,
    headline,
    places,
    summary,
)

_OPERATIONS = 6


def render(comparison: Comparison) -> str:
    """Return the text."""
    return "".join(f"{line}\n" for line in _lines(comparison))


def _lines(comparison: Comparison) -> Iterator[str]:
    yield f"## {code(headline(comparison))}"
    yield ""
    yield f"**{comparison.verdict}**: {comparison.explanation} {failing(comparison)}"
    yield ""
    yield f"{summary(comparison)}."
    yield ""
    yield from (f"- {code(line)}" for line in first_lines(comparison))
    if comparison.instance:
        yield from ("", f"<details><summary>{INSTANCE_TITLE}</summary>", "")
        yield from (*_table(comparison.instance_causes), "", "</details>")
    dangerous = [cause for cause in comparison.causes if cause.first.change_class in OPEN]
    others = [cause for cause in comparison.causes if cause.first.change_class not in OPEN]
    if dangerous:
        yield from ("", *_table(dangerous))
    if others:
        yield from ("", f"<details><summary>{len(others)} that break nothing</summary>", "")
        yield from (*_table(others), "", "</details>")


def _table(causes: Sequence[Cause]) -> Iterator[str]:
    yield "| class | what changes | where | clients notice | what to do | accept as |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for cause in causes:
        first = cause.first
        touched = entries(cause, _OPERATIONS)
        where = places(cause, _OPERATIONS) + (f"; {touched}" if touched else "")
        cells = (code(cause.title), code(where), first.notice, first.advice)
        yield f"| {first.change_class} | {' | '.join(cells)} | `{first.cause}` |"
