"""What all renderers share: text that is safe to show, and the first lines that every report begins with."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from conformance.model import SEVERITY, counted, mark_of, where
from conformance.verdict.document import ClauseProof, ClauseResult, FindingResult, LeftOut, PlaceResult, Verdict
from conformance.verdict.fingerprints import leaf
from conformance.verdict.proofs import VACUOUS
from conformance.verdict.redaction import map_strings

Redact = Callable[[str], str]

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufffe\uffff]"
)
"""Control, bidirectional, zero-width and surrogate characters: they hide or reorder what is shown."""


@dataclass(frozen=True)
class Fact:
    """One of the first lines: a label, and what to say."""

    label: str
    text: str


@dataclass(frozen=True)
class Gap:
    """Something that was not decided: what, why, and the flags that would add it (may be empty)."""

    what: str
    why: str
    flags: str = ""

    @property
    def line(self) -> str:
        """The gap in one line."""
        return f"{self.what}: {self.why}" + (f" (add {self.flags})" if self.flags else "")


def escape_invisible(text: str) -> str:
    """Return a text in which characters that hide or reorder others are written as escapes.

    Newlines and tabs stay. The result has only characters that XML allows.
    """
    return _UNSEEN.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def escaped(verdict: Verdict, limit: int | None = None) -> Verdict:
    """Return a verdict in which no text hides or reorders others; with `limit`, none is longer than so many bytes."""

    def safe(text: str) -> str:
        return escape_invisible(text) if limit is None else clip(escape_invisible(text), limit)

    return verdict.changed(lambda document: map_strings(document, safe))


def clip(text: str, limit: int) -> str:
    """Return a text of at most `limit` bytes in UTF-8, with a mark where something was cut."""
    data = text.encode("utf-8", "replace")
    return text if len(data) <= limit else data[: limit - 3].decode("utf-8", "ignore") + "…"


def one_line(text: str) -> str:
    """Return a text without line breaks."""
    return " ".join(text.split())


def instance_line(verdict: Verdict) -> str:
    """Say which instance it was, and whether it was our own double."""
    instance = verdict.instance
    version = f"Kimai {instance.version}" if instance.version else "Kimai of unknown version"
    if instance.kind == "embedded":
        return f"embedded {version}, started by this run: this says nothing about any other instance"
    return f"{instance.url} ({version})"


def definition_line(verdict: Verdict) -> str:
    """Say which definition it was held against."""
    definition = verdict.definition
    parts = [definition.origin or definition.source]
    if definition.exact is False:
        parts.append("not the instance's own version: definition.* is observed only")
    if definition.repairs:
        parts.append(f"{counted(len(definition.repairs), 'flaw')} of its form put right")
    if definition.fingerprint:
        parts.append(f"fingerprint {definition.fingerprint[:12]}")
    return ", ".join(parts)


def run_line(verdict: Verdict) -> str:
    """Say how the run was made."""
    run = verdict.run
    mode = "may write" if run.write else "read-only"
    return (
        f"{run.profile}, seed {run.seed}, {mode}, evidence {run.evidence}, {run.requests} requests,"
        f" {run.seconds:.0f} s, started {run.started}"
    )


def verdict_line(verdict: Verdict) -> str:
    """Say the verdict, what it means, and how much was asked."""
    summary = verdict.summary
    return f"{summary.verdict}: {summary.sentence} (exit {summary.exit_status})"


def facts(verdict: Verdict) -> list[Fact]:
    """Return the first lines of a report: instance, definition, verdict, run, coverage."""
    results = [
        Fact("Instance", instance_line(verdict)),
        Fact("Definition", definition_line(verdict)),
        Fact("Verdict", verdict_line(verdict)),
        Fact("Run", run_line(verdict)),
    ]
    return [Fact(fact.label, one_line(fact.text)) for fact in results]


def label(place: PlaceResult) -> str:
    """Return where a place is, in a line: operation, attribute with value, role."""
    return one_line(where(place))


def marked(text: str, field: str) -> list[tuple[str, bool]]:
    """Return an answer in parts, each with whether it is the attribute that was judged."""
    name = leaf(field)
    if not name:
        return [(text, False)]
    member = re.compile(rf'"{re.escape(name)}"\s*:\s*(?:"(?:[^"\\]|\\.)*"|[^,\]}}]*)')
    parts: list[tuple[str, bool]] = []
    end = 0
    for match in member.finditer(text):
        parts += [(text[end : match.start()], False), (match[0], True)]
        end = match.end()
    return [*parts, (text[end:], False)]


def statement(item: FindingResult | PlaceResult) -> str:
    """Say what was expected, what came, and the value in the answer that was wrong, where the words do not show it."""
    words = f"expected {item.expected}, got {item.got}"
    judged = [part for part, is_judged in marked(item.response, item.field) if is_judged]
    value = judged[0].partition(":")[2].strip() if judged else ""
    shown = value and value.strip('"') not in (item.got, item.expected)
    return one_line(f"{words}; the answer has {clip(judged[0], VALUE_LIMIT)}" if shown else words)


VALUE_LIMIT = 120
"""Bytes of a value in a statement."""


def ask_again(verdict: Verdict, fingerprint: str, report: str = "verdict.json") -> str:
    """Return the command that asks whether a finding is still there. `report` is where its reader has the verdict."""
    words = ["kimai-conformance", "replay", fingerprint, *(["--report", report] if report else [])]
    if verdict.instance.kind != "embedded":
        words += ["--url", verdict.instance.url, "--write" if verdict.run.write else "--read-only"]
    return shlex.join(words)


def script_of(finding: FindingResult, limit: int) -> str:
    """Return the shell script that shows a finding by itself: whole, or "" where it is longer than so many bytes or has
    characters that hide others. A script that was cut or altered is none to be run.
    """
    whole = escape_invisible(finding.script) == finding.script and len(finding.script.encode()) <= limit
    return finding.script if whole else ""


def ranked(verdict: Verdict) -> list[ClauseResult]:
    """Return the clauses in the order of every report: those of findings first, as these stand, then by status."""
    rank = {name: index for index, finding in reversed([*enumerate(verdict.findings)]) for name in finding.clause_ids}
    return sorted(
        verdict.clauses,
        key=lambda clause: (SEVERITY.index(clause.status), rank.get(clause.id, len(rank)), not clause.undecided),
    )


def proof_line(proof: ClauseProof) -> str:
    """Say what stands behind a pass: how many altered observations would have failed; "" where none was made."""
    if proof.alterations:
        return f"{proof.turned or 'none'} of {counted(proof.alterations, 'altered observation')} failed it"
    return "not altered: its checks ask while they judge" if proof.unaltered else ""


def vacuous(verdict: Verdict) -> list[str]:
    """Return a line for each clause whose passes were withdrawn, since no altered observation failed it."""
    rows = [row for row in verdict.clauses if any(place.reason == VACUOUS for place in row.places)]
    return [f"{row.id}: {proof_line(row.proof)}" for row in rows]


def seen_deviations(verdict: Verdict) -> list[str]:
    """Return a line for each known deviation that occurred."""
    return [f"{one.id}: {one.reason} ({counted(len(one.places), 'place')})" for one in verdict.deviations.seen]


def stale_deviations(verdict: Verdict) -> list[str]:
    """Return a line for each known deviation that did not occur, so that its entry may be out of date."""
    return [f"{one.id}: did not occur at {few(one.places)}" for one in verdict.deviations.stale]


def few(texts: Sequence[str], limit: int = 5) -> str:
    """Return the first of some texts in a line, and how many more there are."""
    more = f" and {len(texts) - limit} more" if len(texts) > limit else ""
    return "; ".join(texts[:limit]) + more


def gaps(verdict: Verdict) -> list[Gap]:
    """Return what could not be decided: what ended the run, missing capabilities with their flags, promised clauses."""
    plan, run = verdict.plan, verdict.run
    ended = [Gap(f"shard {number}/{run.shards}", "it was not given to merge") for number in run.missing_shards]
    ended += [Gap("the rest of the run", "the clock cut it off")] if run.cut_off else []
    ended += [Gap("the rest of the run", run.unfit)] if run.unfit else []
    missing = [Gap(item.what, item.why, _flags(item)) for item in plan.missing]
    flagged = [Gap(item.what, item.why, _flags(item)) for item in plan.left_out if item.flags]
    rows = [row for row in verdict.clauses if row.undecided]
    return [*ended, *missing, *flagged, *(Gap(row.id, row.reason or "no reason given") for row in rows)]


def _flags(item: LeftOut) -> str:
    return item.flags if isinstance(item.flags, str) else " ".join(item.flags)


def known_defects(verdict: Verdict) -> list[str]:
    """Return a line for each known defect of the release that was seen."""
    return [f"{one.id}: {one.reason} ({counted(len(one.places), 'place')})" for one in verdict.known_defects.seen]


def unseen_defects(verdict: Verdict) -> list[str]:
    """Return a line for each known defect of the release that did not occur, whether or not it is stale."""
    unseen, stale = verdict.known_defects.unseen, verdict.known_defects.stale
    names = ", ".join(one.id for one in unseen)
    lines = [f"{one.id}: a thorough run did not show it" for one in stale]
    return [*lines, *([f"did not occur here: {names}"] if names else [])]


def acceptances(verdict: Verdict) -> dict[str, list[str]]:
    """Return a line for each entry of the accept file, under `used`, `unused` and `expired`."""
    accepted = verdict.accepted
    groups = {"used": accepted.used, "unused": accepted.unused, "expired": accepted.expired}
    return {
        name: [f"{one.fingerprint}: {one.reason} (until {one.expires})" for one in entries]
        for name, entries in groups.items()
    }


def failing(verdict: Verdict) -> list[FindingResult]:
    """Return the findings that fail the run: neither accepted nor known, unless what is known fails too."""
    return [finding for finding in verdict.findings if finding.status == "fail"]


def what_to_do_about_the_rest(verdict: Verdict) -> list[str]:
    """Return, where records were left behind, the lines that say how they go away."""
    if not verdict.safety.left_behind:
        return []
    return [
        "To delete them, once the instance answers: kimai-conformance clean",
        f"What it names again, delete in Kimai: search for {mark_of(verdict.run.id)}",
    ]


def safety_line(verdict: Verdict) -> str:
    """Say what the run did to the instance."""
    safety = verdict.safety
    refused = f"{counted(safety.refused, 'request')} held back, as the safety rules say"
    return f"{counted(safety.created, 'record')} made, {safety.deleted} deleted, {refused}"
