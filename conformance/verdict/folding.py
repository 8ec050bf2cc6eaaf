"""Folds places into findings, known deviations and the state of each clause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from conformance.verdict.acceptance import Accepted
from conformance.verdict.clauses import Clause, Clauses
from conformance.verdict.collect import smaller
from conformance.verdict.deviations import Deviation, Deviations
from conformance.verdict.fingerprints import combined
from conformance.verdict.judge import NOT_OBSERVABLE, where
from conformance.words import SEVERITY, Level, Place, Status

DECIDED = frozenset({Status.FAIL, Status.ACCEPTED, Status.DEVIATION, Status.PASS})
"""Statuses that decide a clause."""

WORDS = tuple(Place.__dataclass_fields__)


def label(place: Mapping[str, Any]) -> str:
    """Return a place in words."""
    return where(Place(**{name: place[name] for name in WORDS}))


def worst(statuses: Iterable[str]) -> Status:
    """Return the worst status; skipped where there is none."""
    return min((Status(status) for status in statuses), key=SEVERITY.index, default=Status.SKIPPED)


def fold_findings(places: Sequence[dict[str, Any]], clauses: Clauses) -> list[dict[str, Any]]:
    """Return one finding for each fingerprint among the failing places, with the smallest exchange."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for place in places:
        if place["status"] == Status.FAIL:
            groups.setdefault((place["clause"], place["fingerprint"]), []).append(place)
    return [_finding(group, clauses) for _, group in sorted(groups.items())]


def _finding(group: Sequence[dict[str, Any]], clauses: Clauses) -> dict[str, Any]:
    shown = group[0]
    for place in group[1:]:
        shown = place if smaller(place, shown) else shown
    clause = clauses.named(shown["clause"])
    return {
        "clause": clause.id,
        "level": str(clause.level),
        "title": next((place["title"] for place in group if place["title"]), clause.title),
        "fingerprint": shown["fingerprint"],
        "status": str(Status.FAIL),
        **{name: shown[name] for name in ("expected", "got", "reason", "curl", "response")},
        "places": list(dict.fromkeys(label(place) for place in group)),
    }


def accept(findings: Sequence[dict[str, Any]], places: Iterable[dict[str, Any]], accepted: Accepted) -> None:
    """Turn findings, and their places, into accepted ones.

    A finding's own fingerprint accepts it; a clause's accepts exactly the findings that the clause had then.
    """
    names: dict[tuple[str, str], str] = {}
    for clause in dict.fromkeys(finding["clause"] for finding in findings):
        mine = [finding for finding in findings if finding["clause"] == clause]
        for finding in mine:
            entry = accepted.use(finding["fingerprint"], clause_fingerprint(clause, mine))
            if entry:
                finding["status"] = str(Status.ACCEPTED)
                finding["reason"] = f"accepted until {entry.expires}: {entry.reason}"
                names[clause, finding["fingerprint"]] = finding["reason"]
    for place in places:
        reason = names.get((place["clause"], place["fingerprint"]))
        if reason and place["status"] == Status.FAIL:
            place.update(status=str(Status.ACCEPTED), reason=reason)


def clause_fingerprint(clause: str, findings: Sequence[Mapping[str, Any]]) -> str:
    """Return the fingerprint of a clause's findings as a whole: of the only one, or of the set of them; else ""."""
    marks = sorted({finding["fingerprint"] for finding in findings if finding["clause"] == clause})
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


def _told(entry: Deviation, places: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    told = {name: getattr(entry, name) for name in ("id", "clause", "versions", "reason", "reference")}
    observed = list(entry.behaviours) or [str(entry.status)]
    return {**told, "observed": observed, "places": list(dict.fromkeys(label(place) for place in places))}


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
