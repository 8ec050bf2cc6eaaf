"""allure-results: a result for each clause and area of the API, written from the verdict.

Both generators tell results apart by test case and parameters, and history by `historyId`: so the area is in all three.
An area is the first word of an operation's path ("timesheets"); a result for each operation would be thousands of
files. A result has a step for each place, the worst first. What is known of a release, or accepted, has passed and is
marked as known, for it fails no run.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from conformance.model import SEVERITY, Status, counted
from conformance.verdict.collect import case_name
from conformance.verdict.document import ClauseResult, PlaceResult, Verdict
from reports.common import clip, definition_line, escape_invisible, escaped, instance_line, label, one_line
from reports.files import write_atomic

STEP_LIMIT = 200
TRACE_LIMIT = 16 * 1024
WHOLE = "the instance as a whole"
"""The area of what is about no operation."""

STATUSES: Mapping[str, str] = {
    Status.FAIL: "failed", Status.ERROR: "broken", Status.SKIPPED: "skipped", "undecided": "broken",
    Status.UNSTEADY: "broken",
}  # fmt: skip
"""Status -> Allure's; what is not here has passed."""

SEVERITIES = {"MUST": "critical", "SHOULD": "normal", "NOTE": "minor"}

CATEGORIES = (
    {"name": "Known of the release, or accepted", "matchedStatuses": ["passed"], "messageRegex": "KNOWN[\\s\\S]*"},
    {"name": "Contract violations", "matchedStatuses": ["failed"]},
    {"name": "Could not test", "matchedStatuses": ["broken"]},
)
"""Mutually exclusive, since one version of Allure takes the first that matches and another takes all."""

Json = dict[str, Any]


def results(verdict: Verdict) -> list[Json]:
    """Return the results of a verdict, each to be a file of its own."""
    verdict = escaped(verdict)
    try:
        clock = int(datetime.fromisoformat(verdict.run.started).timestamp() * 1000)
    except ValueError:  # The verdict does not tell.
        clock = 0
    made: list[Json] = []
    for clause in verdict.clauses:
        groups: dict[str, list[PlaceResult]] = {}
        for place in sorted(clause.places, key=lambda place: SEVERITY.index(place.status)):
            groups.setdefault(area_of(place.operation), []).append(place)
        groups = dict(sorted(groups.items())) or {WHOLE: []}
        times = verdict.run.case_seconds.get(clause.id, {})
        for area, places in groups.items():
            names = {case_name(place.operation, place.role) for place in places}
            took = round(1000 * sum(times.get(name, 0.0) for name in names))
            made.append(_result(clause, area, places, clock, clock + took))
            clock += took
    return made


def area_of(operation: str) -> str:
    """Return the area of the API that an operation belongs to."""
    words = operation.partition(" ")[2].strip("/").split("/")
    return words[1] if len(words) > 1 and words[0] == "api" else words[0] or WHOLE


def _result(clause: ClauseResult, area: str, places: Sequence[PlaceResult], start: int, stop: int) -> Json:
    status = _status(clause, places)
    mark = hashlib.md5(f"{clause.id}|{area}".encode(), usedforsecurity=False).hexdigest()
    return {
        "uuid": str(uuid.UUID(mark)),
        "testCaseId": mark,
        "historyId": mark,
        "fullName": f"{clause.id}#{area}",
        "titlePath": ["Kimai API", clause.family, clause.id],
        "name": f"[{clause.id}] {area}",
        "description": f"{clause.title}. Promised in: {clause.source}.",
        "status": STATUSES.get(status, "passed"),
        "statusDetails": _details(clause, places, status),
        "stage": "finished",
        "start": start,
        "stop": stop,
        "parameters": [{"name": "area", "value": area}],
        "labels": [{"name": name, "value": value} for name, value in _labels(clause, area, places)],
        "links": [{"type": "link", "name": clause.source, "url": clause.url}] if clause.url.startswith("http") else [],
        "steps": [_step(place, start, stop) for place in places[:STEP_LIMIT]],
        "attachments": [],
    }


def _status(clause: ClauseResult, places: Sequence[PlaceResult]) -> str:
    if clause.undecided and all(place.status is Status.SKIPPED for place in places):
        return "undecided"
    return str(min((place.status for place in places), key=SEVERITY.index, default=Status.SKIPPED))


def _details(clause: ClauseResult, places: Sequence[PlaceResult], status: str) -> Json:
    """Return the message: what is not as promised first, with the exchange that shows it."""
    worst = [place for place in places if place.status == status]
    if not worst:
        return {"message": one_line(clause.reason)}
    first = worst[0]
    said = f"expected {first.expected}, got {first.got}" if first.expected or first.got else ""
    why = "; ".join(filter(None, (f"{label(first)}: {said}" if said else "", first.reason)))
    more = f" (and {counted(len(worst) - 1, 'more place')})" if len(worst) > 1 else ""
    known = status in (Status.DEVIATION, Status.ACCEPTED)
    names = sorted({place.defect or place.deviation for place in worst} - {""})
    prefix = f"KNOWN {', '.join(names) or 'and accepted'}: " if known else ""
    details: Json = {"message": one_line(f"{prefix}{why}{more}")}
    if STATUSES.get(status) in ("failed", "broken"):
        details["trace"] = clip("\n\n".join(filter(None, (first.curl, first.response))), TRACE_LIMIT)
    return details | ({"known": True} if known else {})


def _labels(clause: ClauseResult, area: str, places: Sequence[PlaceResult]) -> Iterator[tuple[str, str]]:
    yield from (("epic", "Kimai API"), ("feature", clause.family), ("story", clause.id), ("area", area))
    yield from (("parentSuite", "Kimai API"), ("suite", clause.family), ("subSuite", clause.id))
    yield from (("severity", SEVERITIES[clause.level]), ("tag", clause.level), ("clause", clause.id))
    yield from (("role", role) for role in sorted({place.role for place in places} - {""}))
    yield from (("operation", name) for name in sorted({place.operation for place in places} - {""})[:50])


def _step(place: PlaceResult, start: int, stop: int) -> Json:
    said = f": expected {place.expected}, got {place.got}" if place.expected or place.got else ""
    why = f" ({place.reason})" if place.reason else ""
    name = clip(one_line(f"{place.status}: {label(place)}{said}{why}"), 500)
    status = STATUSES.get(place.status, "passed")
    return {"name": name, "status": status, "stage": "finished", "start": start, "stop": stop}


def write(verdict: Verdict, folder: Path) -> None:
    """Write the results into a folder, made where it is missing; results of an earlier run are taken out.

    Raises OSError where it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for path in (*folder.glob("*-result.json"), *folder.glob("*-container.json")):
        path.unlink()
    for result in results(verdict):
        write_atomic(folder / f"{result['uuid']}-result.json", json.dumps(result).encode())
    write_atomic(folder / "environment.properties", environment(verdict).encode())
    write_atomic(folder / "categories.json", (json.dumps(CATEGORIES, indent=1) + "\n").encode())


def environment(verdict: Verdict) -> str:
    """Return what the run was about as Java properties."""
    values: dict[str, Any] = {
        "Instance": instance_line(verdict), "Definition": definition_line(verdict),
        "Verdict": f"{verdict.summary.verdict}: {verdict.summary.sentence}", "Profile": verdict.run.profile,
        "Seed": verdict.run.seed,
    }  # fmt: skip
    return "".join(f"{name}={_property(str(value))}\n" for name, value in values.items())


def _property(value: str) -> str:
    """Return a value in a line, in ASCII, as a Java properties file wants it."""
    text = one_line(escape_invisible(value)).replace("\\", "\\\\")
    units = [text.encode("utf-16-be")[start : start + 2] for start in range(0, len(text.encode("utf-16-be")), 2)]
    codes = [int.from_bytes(unit) for unit in units]
    return "".join(chr(code) if code < 128 else f"\\u{code:04x}" for code in codes)
