"""The difference of two verdicts: as text, Markdown and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from conformance.verdict.difference import Difference
from conformance.verdict.document import FindingResult, Verdict
from conformance.verdict.redaction import map_strings
from reports.common import escape_invisible, one_line
from reports.markdown import plain

TITLES = {
    "new": "New",
    "still": "Still open",
    "gone": "Gone",
    "unasked": "Not asked this time",
    "known": "Seen for the first time, but known of the release or accepted",
}
"""Groups of findings, in the order in which they are told."""


def heading(result: Difference) -> str:
    """Return the outcome in a line."""
    numbers = ", ".join(f"{len(getattr(result, name))} {title.lower()}" for name, title in TITLES.items())
    nothing = "UNDECIDED, the new run allows no verdict" if result.undecided else "NOTHING NEW"
    return f"{'DIFFERENT' if result.new else nothing}: {numbers}"


def as_text(result: Difference) -> str:
    """Return the difference for a terminal, the outcome last."""
    lines = [f"Old  {_label(result.old)}", f"New  {_label(result.new_verdict)}", *_sections(result)]
    return escape_invisible("\n".join([*lines, heading(result)])) + "\n"


def as_markdown(result: Difference) -> str:
    """Return the difference for a merge request."""
    lines = [
        f"# {heading(result)}",
        "",
        f"- Old: {plain(_label(result.old))}",
        f"- New: {plain(_label(result.new_verdict))}",
    ]
    for line in _sections(result):
        lines += ["", f"## {plain(line)}", ""] if not line.startswith("  ") else [f"- {plain(line)}"]
    return escape_invisible("\n".join(lines)) + "\n"


def as_json(result: Difference) -> str:
    """Return the difference as data: fingerprints with clause, title and places."""
    kept = ("fingerprint", "clause", "danger", "title", "status", "expected", "got", "places")
    data: dict[str, Any] = {
        name: [{key: getattr(finding, key) for key in kept} for finding in getattr(result, name)] for name in TITLES
    }
    data |= {
        "only_old": list(result.only_old),
        "only_new": list(result.only_new),
        "statuses": [{"clause": one.clause, "old": one.old, "new": one.new} for one in result.statuses],
        "old": result.old.run.id,
        "new_run": result.new_verdict.run.id,
    }
    return json.dumps(map_strings(data, escape_invisible), indent=1) + "\n"


def _label(verdict: Verdict) -> str:
    instance = verdict.instance
    where = "embedded Kimai" if instance.kind == "embedded" else instance.url
    version = instance.version or "of unknown version"
    return one_line(f"{verdict.summary.verdict}, {where} {version}, {verdict.run.profile}, {verdict.run.started}")


def _sections(result: Difference) -> Iterator[str]:
    for name, title in TITLES.items():
        findings: Sequence[FindingResult] = getattr(result, name)
        if findings:
            yield f"{title}: {len(findings)}"
            yield from (f"  {_line(finding)}" for finding in findings)
    if result.statuses:
        yield f"Clauses decided otherwise: {len(result.statuses)}"
        yield from (f"  {one.clause}: {one.old}, now {one.new}" for one in result.statuses)
    for title, names in (("Decided in the old one only", result.only_old), ("In the new one only", result.only_new)):
        if names:
            yield f"{title}: {len(names)}"
            yield f"  {', '.join(names)}"


def _line(finding: FindingResult) -> str:
    words = f"{finding.fingerprint} {finding.danger}: {finding.clause}: {finding.title}: expected {finding.expected}"
    more = f" and {len(finding.places) - 1} more" if len(finding.places) > 1 else ""
    return one_line(f"{words}, got {finding.got}, at {finding.places[0] if finding.places else 'the instance'}{more}")


RENDERERS = {"text": as_text, "markdown": as_markdown, "json": as_json}
"""Name of a format -> renderer."""
