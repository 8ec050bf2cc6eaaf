"""JUnit XML: a case for each clause, operation and role.

The mapping keeps what readers of such files drop in mind: GitLab reads the text of a child and no properties, Jenkins
the message first; so the reason is in both, and a case has one child at most.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from conformance.model import SEVERITY, Status, field_with_value
from conformance.verdict.collect import case_name
from conformance.verdict.document import ClauseResult, PlaceResult, Verdict
from reports.common import ask_again, clip, escaped, one_line, ranked, statement, verdict_line

TEXT_LIMIT = 10 * 1024
"""Bytes of the text of a child. Jenkins and GitLab choke on large files."""

MESSAGE_LIMIT = 500
SUITE_LIMIT = 64 * 1024

CHILDREN = {
    "fail": "failure",
    "error": "error",
    "deviation": "skipped",
    "accepted": "skipped",
    "unsteady": "skipped",
    "skipped": "skipped",
}
"""Status -> element. What is kept or observed has none."""


@dataclass(frozen=True)
class Case:
    """One case: the places of a clause at one operation for one role. `status` may be `undecided` too."""

    clause: str
    family: str
    operation: str
    role: str
    status: str
    message: str
    text: str
    deviation: str = ""
    seconds: float = 0.0

    @property
    def name(self) -> str:
        """The name, without anything that depends on the run."""
        return case_name(self.operation, self.role)


def cases(verdict: Verdict) -> list[Case]:
    """Return the cases in the order of clauses, operations and roles."""
    times = verdict.run.case_seconds
    return [
        replace(case, seconds=times.get(clause.id, {}).get(case.name, 0.0))
        for clause in ranked(verdict)
        for case in _of_clause(verdict, clause)
    ]


def _of_clause(verdict: Verdict, clause: ClauseResult) -> Iterator[Case]:
    groups: dict[tuple[str, str], list[PlaceResult]] = {}
    for place in clause.places:
        groups.setdefault((place.operation, place.role), []).append(place)
    for (operation, role), places in sorted(groups.items()):
        yield _case(verdict, clause, operation, role, places)
    if clause.undecided or not groups:
        status = "undecided" if clause.undecided else "skipped"
        message = one_line(clause.reason) or "not checked"
        yield Case(clause.id, clause.family, "the clause as a whole", "", status, message, message)


def _case(verdict: Verdict, clause: ClauseResult, operation: str, role: str, places: Sequence[PlaceResult]) -> Case:
    worst = min((Status(place.status) for place in places), key=SEVERITY.index)
    there = [place for place in places if place.status == worst]
    first = there[0]
    known = ", ".join(sorted({place.defect or place.deviation for place in there} - {""}))
    # The commands that ask for failing places again stand first, for long texts are cut.
    marks = dict.fromkeys(place.fingerprint for place in there if place.fingerprint)
    again = [f"Is it still there? {ask_again(verdict, mark)}" for mark in marks if worst is Status.FAIL]
    return Case(
        clause=clause.id,
        family=clause.family,
        operation=operation,
        role=role,
        status=str(worst),
        message=_message(clause, first, known),
        text="\n\n".join([*again, *map(_evidence, there)]),
        deviation=known if worst is Status.DEVIATION else "",
    )


def _message(clause: ClauseResult, place: PlaceResult, known: str) -> str:
    status = place.status
    if status in ("skipped", "observed", "error"):
        return one_line(place.reason) or clause.title
    words = f"{clause.title}: {statement(place)}"
    word = "DEFECT" if place.defect else "DEVIATION"
    prefixes = {"deviation": f"KNOWN {word} {known}: ", "accepted": "ACCEPTED: ", "unsteady": "UNSTEADY: "}
    prefix = prefixes.get(status, "")
    return one_line(prefix + words)


def _evidence(place: PlaceResult) -> str:
    result = f"expected {place.expected}, got {place.got}" if place.expected or place.got else ""
    return "\n".join(filter(None, (field_with_value(place), result, place.reason, place.curl, place.response)))


def render(verdict: Verdict) -> bytes:
    """Return the JUnit XML as UTF-8. Characters that XML does not allow are written as escapes."""
    verdict = escaped(verdict)
    results = [*cases(verdict), _run_case(verdict)]
    started = {"timestamp": verdict.run.started}
    head = {"name": "kimai-conformance", "time": f"{verdict.run.seconds:.3f}", **started}
    root = ET.Element("testsuites", head | _counts(results))
    for family in dict.fromkeys(case.family for case in results):
        mine = [case for case in results if case.family == family]
        total = {"time": f"{sum(case.seconds for case in mine):.3f}", **started}
        suite = ET.SubElement(root, "testsuite", {"name": f"kimai.{family}", **total} | _counts(mine))
        for case in mine:
            _add(suite, case)
        if told := [f"{one.id}: {one.reason}" for one in verdict.clauses if one.family == family and one.reason]:
            ET.SubElement(suite, "system-out").text = clip("\n".join(told), SUITE_LIMIT)
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _run_case(verdict: Verdict) -> Case:
    """Return the case of the run as a whole: an error where the verdict is neither a pass nor a failure."""
    summary = verdict.summary
    status = "pass" if summary.exit_status in (0, 1) else "error"
    why = "; ".join(summary.reasons) if status == "error" else ""
    message = one_line(f"{verdict_line(verdict)}: {why}" if why else verdict_line(verdict))
    # What is observed has its text in the case's output.
    status = "observed" if status == "pass" else status
    return Case("run", "run", "the run as a whole", "", status, clip(message, MESSAGE_LIMIT), message)


def _counts(result: Sequence[Case]) -> dict[str, str]:
    kinds = [_child(case) for case in result]
    return {
        "tests": str(len(result)),
        "failures": str(kinds.count("failure")),
        "errors": str(kinds.count("error")),
        "skipped": str(kinds.count("skipped")),
    }


def _child(case: Case) -> str:
    return "error" if case.status == "undecided" else CHILDREN.get(case.status, "")


def _add(suite: ET.Element, case: Case) -> None:
    element = ET.SubElement(
        suite, "testcase", classname=f"kimai.{case.clause}", name=case.name, time=f"{case.seconds:.3f}"
    )
    properties = ET.SubElement(element, "properties")
    values = {"clause": case.clause, "operation": case.operation, "role": case.role, "outcome": case.status}
    for name, value in {**values, "deviation": case.deviation}.items():
        if value:
            ET.SubElement(properties, "property", name=f"kimai.{name}", value=value)
    message = clip(case.message, MESSAGE_LIMIT)
    text = clip(f"{case.message}\n\n{case.text}" if case.text != case.message else case.text, TEXT_LIMIT)
    kind = _child(case)
    if kind:
        ET.SubElement(element, kind, message=message, type=case.status).text = text
    elif case.status == "observed":
        ET.SubElement(element, "system-out").text = text
