"""Folds places into findings, known deviations and the state of each clause."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from typing import Any

from conformance.model import SEVERITY, Danger, Level, Place, Status, where
from conformance.verdict.acceptance import Accepted
from conformance.verdict.clauses import DANGERS, Clause, Clauses
from conformance.verdict.collect import smaller
from conformance.verdict.defects import KnownDefect, KnownDefects
from conformance.verdict.deviations import Deviation, Deviations
from conformance.verdict.fingerprints import combined, leaf
from conformance.verdict.judge import NOT_OBSERVABLE

_UNDOCUMENTED = "definition.attributes-documented"
_SECRET = re.compile(r"passw|hash|secret|token|salt", re.IGNORECASE)


DECIDED = frozenset({Status.FAIL, Status.UNSTEADY, Status.ACCEPTED, Status.DEVIATION, Status.PASS})
"""Statuses that decide a clause."""

WORDS = tuple(Place.__dataclass_fields__)


def label(place: Mapping[str, Any]) -> str:
    """Return a place in words."""
    return where(Place(**{name: place[name] for name in WORDS}))


def worst(statuses: Iterable[str]) -> Status:
    """Return the worst status; skipped where there is none."""
    return min((Status(status) for status in statuses), key=SEVERITY.index, default=Status.SKIPPED)


def fold_findings(places: Sequence[dict[str, Any]], clauses: Clauses, defects: KnownDefects) -> list[dict[str, Any]]:
    """Return one finding for each fingerprint among the places, new ones first, the most dangerous first.

    A finding is told over all operations and clauses, by the clause whose breach is the most dangerous, with the
    smallest exchange that shows it.
    """
    entries = {entry.id: entry for entry in defects}
    groups: dict[str, list[dict[str, Any]]] = {}
    for place in places:
        if place["status"] == Status.FAIL or place["defect"] in entries:
            groups.setdefault(place["fingerprint"] or f"{place['clause']} {label(place)}", []).append(place)
    return by_rank(_finding(group, clauses, entries) for group in groups.values())


def _rank(finding: Mapping[str, Any]) -> tuple[Any, ...]:
    order = (Status.FAIL, Status.ACCEPTED, Status.DEVIATION)
    status = order.index(Status(finding["status"]))
    danger = DANGERS.index(finding["danger"])
    return finding["known"], status, danger, finding["level"], finding["clause"], finding["fingerprint"]


def by_rank(findings: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return findings in the order of reports."""
    return sorted(findings, key=_rank)


def _finding(group: Sequence[dict[str, Any]], clauses: Clauses, entries: Mapping[str, KnownDefect]) -> dict[str, Any]:
    results = [clauses.named(name) for name in dict.fromkeys(place["clause"] for place in group)]
    clause = min(results, key=lambda one: (DANGERS.index(one.harm), one.id))
    own = [place for place in group if place["clause"] == clause.id]
    shown = reduce(lambda best, place: place if smaller(place, best) else best, own)
    defect = entries.get(shown["defect"])
    return {
        "clause": clause.id,
        "clause_ids": sorted(one.id for one in results),
        "level": str(clause.level),
        "title": next((place["title"] for place in group if place["title"]), clause.title),
        "fingerprint": shown["fingerprint"],
        "status": str(worst(place["status"] for place in group)),
        "known": defect is not None,
        "defect": defect.id if defect else "",
        "danger": defect.danger if defect else _danger(clause, own),
        **{name: shown[name] for name in ("field", "expected", "got", "reason", "curl", "response")},
        "script": next(
            (place["script"] for place in (shown, *group) if place["script"].startswith("#!")), shown["script"]
        ),
        "places": _labels(group),
        "nodes": list(dict.fromkeys(place["node"] for place in (shown, *group) if place["node"])),
        "after": shown["after"].splitlines(),
    }


def _danger(clause: Clause, places: Iterable[Mapping[str, Any]]) -> str:
    """Return how bad a breach is: an attribute that nobody documented is worse where it shows a secret."""
    if clause.id == _UNDOCUMENTED and any(_SECRET.search(leaf(place["field"])) for place in places):
        return Danger.ACCESS
    return clause.harm


def accept(findings: Sequence[dict[str, Any]], places: Iterable[dict[str, Any]], accepted: Accepted) -> None:
    """Turn findings, and their places, into accepted ones.

    A finding's own fingerprint accepts it; a clause's accepts exactly the findings that the clause had then.
    """
    names: dict[str, str] = {}
    failing = [finding for finding in findings if finding["status"] == Status.FAIL]
    for clause in dict.fromkeys(name for finding in failing for name in finding["clause_ids"]):
        mine = [finding for finding in failing if clause in finding["clause_ids"]]
        for finding in mine:
            entry = accepted.use(finding["fingerprint"], clause_fingerprint(clause, mine))
            if entry:
                finding["status"] = str(Status.ACCEPTED)
                finding["reason"] = f"accepted until {entry.expires}: {entry.reason}"
                names[finding["fingerprint"]] = finding["reason"]
    for place in places:
        reason = names.get(place["fingerprint"])
        if reason and place["status"] == Status.FAIL:
            place.update(status=str(Status.ACCEPTED), reason=reason)


def clause_fingerprint(clause: str, findings: Sequence[Mapping[str, Any]]) -> str:
    """Return the fingerprint of a clause's findings as a whole: of the only one, or of the set of them; else ""."""
    open_ones = (finding for finding in findings if finding["status"] != Status.DEVIATION)
    marks = sorted({finding["fingerprint"] for finding in open_ones if clause in finding["clause_ids"]})
    if len(marks) < 2:
        return "".join(marks)
    return combined(clause, marks)


def fold_deviations(places: Iterable[Mapping[str, Any]], deviations: Deviations) -> dict[str, list[dict[str, Any]]]:
    """Return the deviations that were seen, and those that did not occur where they were looked for."""
    seen: dict[str, list[Mapping[str, Any]]] = {}
    kept: dict[str, list[Mapping[str, Any]]] = {}
    for place in places:
        group = {Status.DEVIATION: seen, Status.PASS: kept}.get(Status(place["status"]))
        for name in filter(None, place["deviation"].split(",")):
            if group is not None:
                group.setdefault(name, []).append(place)
    stale = ((entry, _stale(entry, seen.get(entry.id, []), kept.get(entry.id, []))) for entry in deviations)
    return {
        "seen": [_told(entry, seen[entry.id]) for entry in deviations if entry.id in seen],
        "stale": [_told(entry, there) | {"whole": entry.id not in seen} for entry, there in stale if there],
    }


def _stale(
    entry: Deviation, seen: Sequence[Mapping[str, Any]], kept: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Return the places at which an entry no longer holds. One that says "*" is stale as a whole or not at all."""
    if entry.wide:
        return [] if seen else list(kept)
    spots = {(place["operation"], place["field"]) for place in seen}
    return [place for place in kept if (place["operation"], place["field"]) not in spots]


def fold_defects(
    places: Iterable[Mapping[str, Any]],
    defects: KnownDefects,
    version: str | None,
    asked: Callable[[KnownDefect], bool],
) -> dict[str, list[dict[str, Any]]]:
    """Return the known defects of a version: those seen, and those that did not occur where they were asked for.

    `asked` says of an entry whether the run asked everything that would have shown it.
    """
    seen: dict[str, list[Mapping[str, Any]]] = {}
    for place in places:
        seen.setdefault(place["defect"], []).append(place)
    entries = [entry for entry in defects if entry.in_range(version)]
    return {
        "seen": [_told_defect(entry, seen[entry.id]) for entry in entries if entry.id in seen],
        "unseen": [_told_defect(entry, ()) for entry in entries if entry.id not in seen and asked(entry)],
    }


def _told_defect(entry: KnownDefect, places: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    names = ("id", "clause", "versions", "danger", "reason", "reference")
    results = {name: getattr(entry, name) for name in names}
    cause = ", ".join([*entry.cause.names, *entry.cause.values])
    observed = [str(status) for status in entry.observed]
    return {**results, "cause": f"{entry.cause.place}: {cause}", "observed": observed, "places": _labels(places)}


def _labels(places: Iterable[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(label(place) for place in places))


def _told(entry: Deviation, places: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    results = {name: getattr(entry, name) for name in ("id", "clause", "versions", "reason", "reference")}
    observed = list(entry.behaviours) or [str(entry.status)]
    return {**results, "observed": observed, "places": _labels(places)}


def observable_here(clause: Clause, places: Sequence[Mapping[str, Any]], exact_definition: bool, left_out: str) -> bool:
    """Whether a clause could have been decided on this instance: what could not does not count as undecided.

    `left_out` is the plan's reason for leaving it out, if it did.
    """
    if not clause.observable or clause.level is Level.NOTE:
        return False
    if left_out.startswith(NOT_OBSERVABLE):
        return False
    if clause.family == "definition" and not exact_definition:
        return False
    return not places or not all(
        place["status"] == Status.SKIPPED and place["reason"].startswith(NOT_OBSERVABLE) for place in places
    )
