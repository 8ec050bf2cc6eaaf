"""summary.md: the verdict for a merge request or a CI summary page. The findings stand in a table first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from conformance.verdict.document import FindingResult, Verdict
from reports.common import (
    acceptances,
    ask_again,
    clip,
    escaped,
    facts,
    failing,
    gaps,
    known_defects,
    one_line,
    ranked,
    safety_line,
    seen_deviations,
    stale_deviations,
    statement,
    unseen_defects,
    what_to_do_about_the_rest,
)

LIMIT = 900 * 1024
"""Bytes. GitHub drops a step summary of more than 1 MiB as a whole."""

SHOWN_FINDINGS = 50
SHOWN_PLACES = 20
CELL_LIMIT = 200
BLOCK_LIMIT = 4 * 1024

_SPECIAL = re.compile(r"([\\`*_\[\]#!|~$@]|:(?=//)|(?<=www)\.)")
"""Marks of Markdown, and what GitHub makes links, mentions and formulas of."""


def render(verdict: Verdict) -> str:
    """Return the summary, at most 900 KiB of it."""
    verdict = escaped(verdict)
    lines = [
        f"# Kimai conformance: {verdict.summary.verdict}", "",
        *(f"- **{fact.label}:** {plain(fact.text)}" for fact in facts(verdict)), "",
        *_overview(verdict), *(() if failing(verdict) else _section("Because", verdict.summary.reasons)),
        *_folded("Not decided", [gap.line for gap in gaps(verdict)]),
        *_safety(verdict), *_evidence(verdict), *_families(verdict), *_known(verdict), *_not_passing(verdict),
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


def _section(title: str, lines: Sequence[str], level: int = 2) -> Iterator[str]:
    if lines:
        yield from (f"{'#' * level} {title}", "")
        yield from (f"- {plain(line)}" for line in lines)
        yield ""


def _folded(title: str, lines: Sequence[str]) -> Iterator[str]:
    """Yield a list that is opened on demand; a short one stands open."""
    if len(lines) <= 5:
        yield from _section(title, lines)
        return
    yield from ("<details>", f"<summary>{title}: {len(lines)}</summary>", "")
    yield from (f"- {plain(line)}" for line in lines)
    yield from ("", "</details>", "")


def _overview(verdict: Verdict) -> Iterator[str]:
    result = failing(verdict)
    if not result:
        return
    yield from (f"## Findings: {len(result)}", "")
    rows = ([str(number), *_row(finding)] for number, finding in enumerate(result[:SHOWN_FINDINGS], start=1))
    head = ["", "danger", "promise", "not kept", "expected", "got", "places", "fingerprint"]
    yield from (*_table(head, rows), "")
    if len(result) > SHOWN_FINDINGS:
        yield from (f"… and {len(result) - SHOWN_FINDINGS} more findings in the report.", "")


def _row(finding: FindingResult) -> list[str]:
    cells = [finding.danger, f"{finding.level} {finding.clause}", finding.title, finding.expected, finding.got]
    return [*(clip(cell, CELL_LIMIT) for cell in cells), str(len(finding.places)), finding.fingerprint]


def _evidence(verdict: Verdict) -> Iterator[str]:
    """Yield for each finding its places and the exchange that shows it, folded."""
    for number, finding in enumerate(failing(verdict)[:SHOWN_FINDINGS], start=1):
        yield from (
            "<details>",
            f"<summary>{number}. {plain(finding.clause)}, not kept: {plain(finding.title)}</summary>",
            "",
        )
        yield f"{plain(statement(finding))}. {plain(finding.reason)}".strip()
        yield from ("", *(f"- {plain(place)}" for place in finding.places[:SHOWN_PLACES]))
        if len(finding.places) > SHOWN_PLACES:
            yield f"- … and {len(finding.places) - SHOWN_PLACES} more"
        yield ""
        if finding.curl:
            yield from block(f"{finding.curl}\n\n{finding.response}".strip())
        again = ask_again(verdict, finding.fingerprint)
        script = "; `--script` prints a shell script that shows it by itself" if finding.script else ""
        yield from (f"Is it still there? Ask in the folder of the reports, with the settings of the run{script}:", "")
        yield from (*block(again), "</details>", "")


def _families(verdict: Verdict) -> Iterator[str]:
    unsteady = ("unsteady",) if any(counts["unsteady"] for counts in verdict.summary.families.values()) else ()
    names = ("pass", "deviation", "accepted", *unsteady, "fail", "error", "observed", "skipped")
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


def _known(verdict: Verdict) -> Iterator[str]:
    yield from _folded("Known defects of the release", known_defects(verdict))
    yield from _folded("Known defects that were not seen", unseen_defects(verdict))
    yield from _folded("Known deviations", seen_deviations(verdict))
    yield from _folded("Stale deviations", stale_deviations(verdict))
    for name, lines in acceptances(verdict).items():
        yield from _folded(f"Accepted findings, {name}", lines)


def _not_passing(verdict: Verdict) -> Iterator[str]:
    """Yield the clauses that neither pass nor are merely observed."""
    rows = [
        [clause.id, clause.level, clause.status, clip(clause.reason, 300)]
        for clause in ranked(verdict)
        if clause.status not in ("pass", "observed")
    ]
    if rows:
        title = f"<summary>Clauses that do not simply pass: {len(rows)}</summary>"
        yield from (
            "<details>",
            title,
            "",
            *_table(["clause", "level", "status", "reason"], rows),
            "",
            "</details>",
            "",
        )


def _safety(verdict: Verdict) -> Iterator[str]:
    safety = verdict.safety
    yield from ("## Safety", "", plain(safety_line(verdict)) + ".", "")
    yield from _section("Left behind", [*what_to_do_about_the_rest(verdict), *safety.left_behind], level=3)
    yield from _section("Kept, as --allow says", safety.kept, level=3)
    yield from _section("Noticed while cleaning up", safety.remarks, level=3)


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
