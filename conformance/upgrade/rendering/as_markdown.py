"""A comparison for a pull request: counts, then security, silent and breaking open, the rest folded away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from conformance.upgrade.comparison import Cause, Comparison
from conformance.upgrade.rendering.as_text import OPEN
from conformance.upgrade.rendering.phrases import failing, first_lines, headline, places, plain, summary

_OPERATIONS = 6


def render(comparison: Comparison) -> str:
    """Return the text."""
    return "".join(f"{line}\n" for line in _lines(comparison))


def _lines(comparison: Comparison) -> Iterator[str]:
    yield f"## {_code(headline(comparison))}"
    yield ""
    yield f"**{comparison.verdict}**: {comparison.because} {failing(comparison)}"
    yield ""
    yield f"{summary(comparison)}."
    yield ""
    yield from (f"- {_code(line)}" for line in first_lines(comparison))
    dangerous = [cause for cause in comparison.causes if cause.first.klass in OPEN]
    others = [cause for cause in comparison.causes if cause.first.klass not in OPEN]
    if dangerous:
        yield from ("", *_table(dangerous))
    if others:
        yield from ("", f"<details><summary>{len(others)} that break nothing</summary>", "")
        yield from (*_table(others), "", "</details>")


def _table(causes: Sequence[Cause]) -> Iterator[str]:
    yield "| class | what changes | where | clients notice | what to do | fingerprint |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for cause in causes:
        first = cause.first
        cells = (_code(cause.title), _code(places(cause, _OPERATIONS)), first.notice, first.advice)
        yield f"| {first.klass} | {' | '.join(cells)} | `{first.fingerprint}` |"


def _code(text: str) -> str:
    """Return a text as code: nothing of an instance's is read as Markdown."""
    return "`" + plain(text).replace("`", "'").replace("|", "\\|") + "`"
