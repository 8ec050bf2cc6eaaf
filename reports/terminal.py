"""The summary on the terminal: what it was, the verdict, what is missing, findings, deviations."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.verdict.document import FindingResult, Verdict
from reports.common import (
    acceptances,
    clip,
    escape_invisible,
    escaped,
    facts,
    failing,
    gaps,
    known_defects,
    one_line,
    safety_line,
    unseen_defects,
)

STYLES = {"PASS": "bold green", "PASS WITH KNOWN": "bold green", "FAIL": "bold red", "UNDECIDED": "bold yellow"}
COLUMNS = ("pass", "deviation", "accepted", "fail", "error", "observed", "skipped")
SHOWN_FINDINGS = 10
SHOWN_LINES = 12
SHOWN_PLACES = 4
CURL_LIMIT = 2000


def render(verdict: Verdict, *, color: bool = False, width: int = 100, report: str = "") -> str:
    """Return the summary, ending in a newline. `report` is the path that the last line points to.

    With `color` the text has ANSI escapes of our own; those of the instance are always shown as text.
    """
    verdict = escaped(verdict)
    out = io.StringIO()
    console = Console(
        file=out, width=max(width, 40), force_terminal=color, color_system="standard" if color else None,
        highlight=False, markup=False, emoji=False, legacy_windows=False, _environ={},
    )  # fmt: skip
    _head(console, verdict)
    console.print(_families(verdict))
    _findings(console, verdict)
    _list(console, "Known defects of the release", known_defects(verdict))
    _list(console, "Known defects that were not seen", unseen_defects(verdict), "yellow")
    _deviations(console, verdict)
    _safety(console, verdict)
    _last_line(console, verdict, report)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _head(console: Console, verdict: Verdict) -> None:
    style = STYLES.get(verdict.summary.verdict, "bold")
    for fact in facts(verdict):
        _line(console, f"{fact.label:<11}", fact.text, style if fact.label == "Verdict" else "")
    _list(console, "Because", verdict.summary.reasons)
    _list(console, "Not decided", [gap.line for gap in gaps(verdict)])


def _line(console: Console, label: str, text: str, style: str = "") -> None:
    console.print(Text.assemble((label, "bold"), " ", (text, style)))


def _list(console: Console, label: str, lines: Sequence[str], style: str = "") -> None:
    """Print a label and its lines; past a dozen only their number."""
    if not lines:
        return
    console.print(Text(f"{label}:", "bold"))
    for line in lines[:SHOWN_LINES]:
        console.print(Text(f"  - {one_line(line)}", style))
    if len(lines) > SHOWN_LINES:
        console.print(Text(f"  … and {len(lines) - SHOWN_LINES} more in the report"))


def _families(verdict: Verdict) -> Table:
    """Return the table of clauses by family and status."""
    families = verdict.summary.families
    columns = [name for name in COLUMNS if any(counts[name] for counts in families.values())]
    table = Table(title="Clauses by family", title_justify="left", title_style="bold")
    table.add_column("family")
    for name in columns:
        table.add_column(name, justify="right", style="red" if name in ("fail", "error") else "")
    table.add_column("MUST decided", justify="right")
    for family, counts in families.items():
        table.add_row(family, *(str(counts[c] or "") for c in columns), f"{counts.must_decided} of {counts.must}")
    return table


def _findings(console: Console, verdict: Verdict) -> None:
    result = failing(verdict)
    if not result:
        return
    console.print(Text(f"Findings: {len(result)}", "bold"))
    for number, finding in enumerate(result[:SHOWN_FINDINGS], start=1):
        console.print(Text.assemble((f"{number}. [{finding.level} {finding.clause}] ", "red"), _title(finding)))
        for line in "\n".join(_evidence(finding)).splitlines():
            console.print(Text(f"   {line}"), soft_wrap=True)
    if len(result) > SHOWN_FINDINGS:
        console.print(Text(f"… and {len(result) - SHOWN_FINDINGS} more in the report"))


def _title(finding: FindingResult) -> str:
    return one_line(f"{finding.danger}: {finding.title}" + (" (known)" if finding.known else ""))


def _evidence(finding: FindingResult) -> Iterator[str]:
    yield one_line(f"expected {finding.expected}, got {finding.got}")
    places = finding.places
    more = f" … and {len(places) - SHOWN_PLACES} more" if len(places) > SHOWN_PLACES else ""
    yield one_line("at " + "; ".join(places[:SHOWN_PLACES]) + more)
    if finding.reason:
        yield one_line(finding.reason)
    if finding.curl:
        yield clip(finding.curl, CURL_LIMIT)
    if finding.response:
        yield clip(one_line(finding.response), 300)
    yield f"fingerprint {finding.fingerprint}"


def _deviations(console: Console, verdict: Verdict) -> None:
    deviations = verdict.deviations
    seen = [f"{one.id}: {one.reason} ({len(one.places)} places)" for one in deviations.seen]
    stale = [f"{one.id}: did not occur at {'; '.join(one.places[:SHOWN_PLACES])}" for one in deviations.stale]
    _list(console, "Known deviations", seen)
    _list(console, "Stale deviations (the instance keeps the clause)", stale, "yellow")
    for name, lines in acceptances(verdict).items():
        _list(console, f"Accepted findings, {name}", lines)


def _safety(console: Console, verdict: Verdict) -> None:
    _line(console, "Safety     ", safety_line(verdict))
    _list(console, "LEFT BEHIND", verdict.safety.left_behind, "bold red")
    _list(console, "Kept, as --allow says", verdict.safety.kept)
    _list(console, "Noticed while cleaning up", verdict.safety.remarks)


def _last_line(console: Console, verdict: Verdict, report: str) -> None:
    word = verdict.summary.verdict
    tail = f" — {report}" if report else ""
    console.print(Text.assemble((word, STYLES.get(word, "bold")), escape_invisible(tail)), soft_wrap=True)
