"""The summary on the terminal: what it was, what was found, what is missing, and the verdict last.

By default it fits one screen; `Detail.FULL` shows all that the other reports show, `Detail.VERDICT` the last line.
"""

from __future__ import annotations

import enum
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.model import counted
from conformance.verdict.document import FindingResult, Verdict, Word
from reports.common import (
    acceptances,
    ask_again,
    clip,
    definition_line,
    escape_invisible,
    escaped,
    facts,
    failing,
    gaps,
    instance_line,
    known_defects,
    one_line,
    proof_line,
    run_line,
    safety_line,
    seen_deviations,
    stale_deviations,
    statement,
    unseen_defects,
    vacuous,
    verdict_line,
    what_to_do_about_the_rest,
)

STYLES = {Word.PASS: "bold green", Word.KNOWN: "bold green", Word.FAIL: "bold red", Word.UNDECIDED: "bold yellow"}
COLUMNS = ("pass", "deviation", "accepted", "unsteady", "fail", "error", "observed", "skipped")
SHOWN_FINDINGS = 3
SHOWN_GAPS = 2
SHOWN_RECORDS = 5
SHOWN_PLACES = 4
FULL_LINES = 200
USUAL_FOLDER = str(Path("reports") / "out")
CURL_LIMIT = 2000
VALUE_LIMIT = 240
"""Characters of a line in a pipe; on a terminal it is the width."""


class Detail(enum.StrEnum):
    """How much is shown."""

    VERDICT = "quiet"
    SCREEN = "normal"
    FULL = "verbose"


def render(
    verdict: Verdict,
    *,
    color: bool = False,
    width: int | None = None,
    report: str = "",
    detail: Detail = Detail.SCREEN,
) -> str:
    """Return the summary, ending in a newline. `report` is the path that the last line points to.

    `width` is the terminal's, None where the text goes into a pipe: there no line is broken. With `color` the text has
    ANSI escapes of our own; those of the instance are always shown as text.
    """
    out = io.StringIO()
    console = Console(
        file=out, width=max(width or VALUE_LIMIT, 40), force_terminal=color, soft_wrap=True,
        color_system="standard" if color else None, highlight=False, markup=False, emoji=False, legacy_windows=False,
        _environ={},
    )  # fmt: skip
    screen = _Screen(console, escaped(verdict), _folder(report))
    if detail is Detail.FULL:
        screen.whole()
    elif detail is Detail.SCREEN:
        screen.short()
    elif verdict.safety.left_behind:
        screen.left_behind()
    screen.last_line(report)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


class _Screen:
    def __init__(self, console: Console, verdict: Verdict, folder: str) -> None:
        self._console = console
        self._verdict = verdict
        self._folder = folder

    def short(self) -> None:
        """Print what fits one screen; each line is cut at its width."""
        verdict = self._verdict
        self._cut("Instance    ", instance_line(verdict))
        self._cut("Definition  ", definition_line(verdict))
        self._cut("Run         ", run_line(verdict))
        findings = failing(verdict)
        if findings:
            self._console.print(Text(f"Findings: {len(findings)}, the most dangerous first", "bold"))
        for number, finding in enumerate(findings[:SHOWN_FINDINGS], start=1):
            self._cut(f"{number}. ", f"{finding.danger}: {finding.clause}, not kept: {_title(finding)}", "red")
            self._cut("   ", _statement(finding))
            self._cut("   ", f"[{finding.fingerprint}] at {_places(finding)}")
        if len(findings) > SHOWN_FINDINGS:
            self._console.print(Text(f"   … and {len(findings) - SHOWN_FINDINGS} more: --verbose, or the report"))
        if findings:
            self._next(findings[0])
        if not findings and verdict.summary.exit_status:
            self._few("Because", verdict.summary.reasons)
        self._few("Not decided", [gap.line for gap in gaps(verdict)])
        self._few("Vacuous, a defect of this suite", vacuous(verdict))
        self._known()
        self._safety(short=True)

    def _next(self, finding: FindingResult) -> None:
        """Say what to do with a finding; a command is never cut."""
        for label, command in (
            ("Ask again   ", ask_again(self._verdict, finding.fingerprint, self._folder)),
            ("Explained   ", f"kimai-conformance explain {finding.clause}"),
        ):
            self._console.print(Text.assemble((label, "bold"), command), soft_wrap=True)

    def _known(self) -> None:
        accepted, summary = self._verdict.accepted, self._verdict.summary
        stale = [*stale_deviations(self._verdict), *(one.id for one in self._verdict.known_defects.stale)]
        parts = (
            (len(self._verdict.deviations.seen), "deviation", " of the release"),
            (summary.findings.known, "known defect", " of the release"),
            (summary.findings.accepted, "accepted finding", ""),
            (len(stale), "known departure", " not seen"),
            (len(accepted.unused) + len(accepted.expired), "acceptance", " unused or expired"),
        )
        words = [f"{counted(number, noun)}{tail}" for number, noun, tail in parts if number]
        self._cut("Known       ", ", ".join(words) or "nothing")

    def _few(self, label: str, lines: Sequence[str]) -> None:
        if not lines:
            return
        more = f" ({len(lines) - SHOWN_GAPS} more in the report)" if len(lines) > SHOWN_GAPS else ""
        self._console.print(Text(f"{label}: {len(lines)}{more}", "bold"))
        for line in lines[:SHOWN_GAPS]:
            self._cut("  - ", line)

    def _cut(self, label: str, text: str, style: str = "") -> None:
        room = max(20, self._console.width - len(label))
        text = one_line(text)
        text = text if len(text) <= room else text[: room - 1] + "…"
        self._console.print(Text.assemble((label, "bold"), (text, style)))

    def whole(self) -> None:
        """Print all that the reports show."""
        verdict = self._verdict
        for fact in facts(verdict):
            style = STYLES.get(verdict.summary.verdict, "bold") if fact.label == "Verdict" else ""
            self._console.print(Text.assemble((f"{fact.label:<11} ", "bold"), (fact.text, style)))
        self._list("Because", verdict.summary.reasons)
        self._list("Not decided", [gap.line for gap in gaps(verdict)])
        self._list("Vacuous, a defect of this suite", vacuous(verdict))
        self._console.print(_families(verdict), soft_wrap=False)
        proofs = [f"{row.id}: {line}" for row in verdict.clauses if (line := proof_line(row.proof))]
        self._list("What stands behind the passes", proofs)
        self._findings(failing(verdict))
        self._list("Known defects of the release", known_defects(verdict))
        self._list("Known defects that were not seen", unseen_defects(verdict), "yellow")
        self._list("Known deviations", seen_deviations(verdict))
        self._list("Stale deviations (the instance keeps the clause)", stale_deviations(verdict), "yellow")
        for name, lines in acceptances(verdict).items():
            self._list(f"Accepted findings, {name}", lines)
        self._safety(short=False)

    def _list(self, label: str, lines: Sequence[str], style: str = "", limit: int = FULL_LINES) -> None:
        if not lines:
            return
        self._console.print(Text(f"{label}:", "bold"))
        for line in lines[:limit]:
            self._console.print(Text(f"  - {one_line(line)}", style))
        if len(lines) > limit:
            self._console.print(Text(f"  … and {len(lines) - limit} more in the report"))

    def _findings(self, findings: Sequence[FindingResult]) -> None:
        if findings:
            self._console.print(Text(f"Findings: {len(findings)}, the most dangerous first", "bold"))
        for number, finding in enumerate(findings[:FULL_LINES], start=1):
            head = f"{number}. [{finding.level} {finding.clause}] "
            self._console.print(Text.assemble((head, "red"), f"{finding.danger}, not kept: {_title(finding)}"))
            again = f"ask again: {ask_again(self._verdict, finding.fingerprint, self._folder)}"
            for line in "\n".join([*_evidence(finding), again]).splitlines():
                self._console.print(Text(f"   {line}"))

    def _safety(self, *, short: bool) -> None:
        safety = self._verdict.safety
        self._cut("Safety      ", safety_line(self._verdict))
        self.left_behind()
        limit = SHOWN_GAPS if short else FULL_LINES
        self._list("Kept, as --allow says", safety.kept, limit=limit)
        self._list("Noticed while cleaning up", safety.remarks, limit=limit)

    def left_behind(self) -> None:
        """Name what should be gone and is not: it is shown however little else is."""
        self._list("LEFT BEHIND", self._verdict.safety.left_behind, "bold red", SHOWN_RECORDS)
        for line in what_to_do_about_the_rest(self._verdict):
            self._console.print(Text(line))

    def last_line(self, report: str) -> None:
        """Print verdict, numbers and path in one line."""
        word = self._verdict.summary.verdict
        tail = verdict_line(self._verdict).removeprefix(word)
        path = f" — {escape_invisible(report)}" if report else ""
        self._console.print(Text.assemble((word, STYLES.get(word, "bold")), one_line(tail), path))


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


def _folder(report: str) -> str:
    """Return the folder of a report, "" where commands look there anyway."""
    folder = str(Path(report).parent) if report else ""
    return "" if folder == USUAL_FOLDER else folder


def _title(finding: FindingResult) -> str:
    return one_line(finding.title + (" (known)" if finding.known else ""))


def _statement(finding: FindingResult) -> str:
    words = statement(finding)
    return f"{words} ({finding.reason})" if finding.reason else words


def _places(finding: FindingResult) -> str:
    more = f" and {len(finding.places) - 1} more" if len(finding.places) > 1 else ""
    return one_line(finding.places[0] if finding.places else "the instance") + more


def _evidence(finding: FindingResult) -> Iterator[str]:
    yield statement(finding)
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
