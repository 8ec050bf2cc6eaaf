"""summary.md: the verdict for a merge request or a CI summary page. Only what does not pass is listed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from conformance.verdict.document import Verdict
from reports.common import (
    acceptances,
    clip,
    escaped,
    facts,
    failing,
    gaps,
    known_defects,
    one_line,
    safety_line,
    unseen_defects,
)

LIMIT = 900 * 1024
"""Bytes. GitHub drops a step summary of more than 1 MiB as a whole."""

SHOWN_FINDINGS = 50
SHOWN_PLACES = 20
BLOCK_LIMIT = 4 * 1024

_SPECIAL = re.compile(r"([\\`*_\[\]#!|~$@]|:(?=//)|(?<=www)\.)")
"""Marks of Markdown, and what GitHub makes links, mentions and formulas of."""


def render(verdict: Verdict) -> str:
    """Return the summary, at most 900 KiB of it."""
    verdict = escaped(verdict)
    lines = [
        f"# Kimai conformance: {verdict.summary.verdict}", "",
        *_facts(verdict), *_findings(verdict), *_gaps(verdict),
        *_families(verdict), *_defects(verdict), *_deviations(verdict), *_not_passing(verdict), *_safety(verdict),
    ]  # fmt: skip
    return _capped(lines)


def plain(text: str) -> str:
    """Return a text that Markdown shows as it is, in a line: no markup, no HTML, no mention."""
    text = one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SPECIAL.sub(r"\\\1", text)


def block(text: str) -> list[str]:
    """Return a text as a fenced block that it cannot leave."""
    text = clip(text, BLOCK_LIMIT)
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [fence + "text", text, fence, ""]


def _facts(verdict: Verdict) -> Iterator[str]:
    for fact in facts(verdict):
        yield f"- **{fact.label}:** {plain(fact.text)}"
    yield ""
    yield from _section("Because", verdict.summary.reasons)


def _section(title: str, lines: Sequence[str], level: int = 2) -> Iterator[str]:
    if lines:
        yield from (f"{'#' * level} {title}", "")
        yield from (f"- {plain(line)}" for line in lines)
        yield ""


def _findings(verdict: Verdict) -> Iterator[str]:
    result = failing(verdict)
    if not result:
        return
    yield from (f"## Findings: {len(result)}", "")
    for finding in result[:SHOWN_FINDINGS]:
        yield from (f"### {plain(finding.level)} {plain(finding.clause)}: {plain(finding.title)}", "")
        yield f"Expected {plain(finding.expected)}, got {plain(finding.got)}. {plain(finding.reason)}".strip()
        yield from ("", *(f"- {plain(place)}" for place in finding.places[:SHOWN_PLACES]))
        if len(finding.places) > SHOWN_PLACES:
            yield f"- … and {len(finding.places) - SHOWN_PLACES} more"
        yield ""
        if finding.curl:
            yield from block(f"{finding.curl}\n\n{finding.response}".strip())
        yield from (f"Fingerprint {finding.fingerprint}", "")
    if len(result) > SHOWN_FINDINGS:
        yield from (f"… and {len(result) - SHOWN_FINDINGS} more findings in the report.", "")


def _gaps(verdict: Verdict) -> Iterator[str]:
    yield from _section("Not decided", [gap.line for gap in gaps(verdict)])


def _families(verdict: Verdict) -> Iterator[str]:
    names = ("pass", "deviation", "accepted", "fail", "error", "observed", "skipped")
    rows = [
        [family, *(str(counts[name]) for name in names), f"{counts.must_decided} of {counts.must}"]
        for family, counts in verdict.summary.families.items()
    ]
    yield from ("## Clauses by family", "", *_table(["family", *names, "MUST decided"], rows), "")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(plain(cell) for cell in row)} |"


def _defects(verdict: Verdict) -> Iterator[str]:
    yield from _section("Known defects of the release", known_defects(verdict))
    yield from _section("Known defects that were not seen", unseen_defects(verdict))


def _deviations(verdict: Verdict) -> Iterator[str]:
    deviations = verdict.deviations
    yield from _section("Known deviations", [f"{one.id}: {one.reason}" for one in deviations.seen])
    stale = [f"{one.id}: did not occur at {'; '.join(one.places[:5])}" for one in deviations.stale]
    yield from _section("Stale deviations", stale)
    for name, lines in acceptances(verdict).items():
        yield from _section(f"Accepted findings, {name}", lines)


def _not_passing(verdict: Verdict) -> Iterator[str]:
    """Yield the clauses that neither pass nor are merely observed."""
    rows = [
        [clause.id, clause.level, clause.status, clip(clause.reason, 300)]
        for clause in verdict.clauses
        if clause.status not in ("pass", "observed")
    ]
    if rows:
        yield from (
            "## Clauses that do not simply pass",
            "",
            *_table(["clause", "level", "status", "reason"], rows),
            "",
        )


def _safety(verdict: Verdict) -> Iterator[str]:
    yield from ("## Safety", "", plain(safety_line(verdict)) + ".", "")
    yield from _section("Left behind", verdict.safety.left_behind, level=3)


def _capped(lines: Iterable[str]) -> str:
    """Return the lines up to the limit; a line more would drop the whole summary."""
    note = "\n\n… cut here: the whole is in report.html and verdict.json.\n"
    kept: list[str] = []
    size = 0
    for line in lines:
        size += len(line.encode()) + 1
        if size > LIMIT - len(note.encode()):
            return "\n".join(kept) + note
        kept.append(line)
    return "\n".join(kept).rstrip() + "\n"
