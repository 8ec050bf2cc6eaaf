"""Brings the events of all processes together, so that their order and their spread do not matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from conformance.model import Place, Status
from conformance.verdict.events import Event
from conformance.verdict.judge import split_label
from conformance.verdict.proofs import Proof, by_clause

PLACE_KEY = (
    "clause",
    "operation",
    "field",
    "role",
    "value",
    "status",
    "expected",
    "got",
    "reason",
    "defect",
    "fingerprint",
)
"""What makes two events the same place; the exchange does not, the smallest one is kept."""

OUTCOMES = ("failed", "checked", "skipped", "not sent")
"""Outcomes of an operation, the one that wins first."""


@dataclass
class Collected:
    """All that a run has found: `places` as dicts of `model.Place` with `fingerprint` and `title`.

    `seconds` is how long the checks of each clause took, `case_seconds` how long each of its cases: what a check took
    is spread over the places that it decided. `requests` and `refused` (by rule) are counted by the client
    of each process; `stops` are pairs of exit status and message of what ended a process; `crashes` are failures of the
    suite itself; `proofs` what stands behind the passes of each clause.
    """

    places: list[dict[str, Any]] = field(default_factory=list)
    operations: list[dict[str, Any]] = field(default_factory=list)
    observations: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    seconds: Counter[str] = field(default_factory=Counter)
    case_seconds: dict[str, Counter[str]] = field(default_factory=dict)
    requests: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    stops: list[tuple[int, str]] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)
    proofs: dict[str, Proof] = field(default_factory=dict)
    count: int = 0


def collect(events: Iterable[Event]) -> Collected:
    """Return everything the events say, folded and sorted."""
    collected = Collected()
    places: dict[tuple[Any, ...], dict[str, Any]] = {}
    operations: dict[tuple[str, str], dict[str, Any]] = {}
    proofs: list[dict[str, Any]] = []
    decided: list[dict[str, Any]] = []
    for event in events:
        collected.count += event.kind != "torn"
        match event.kind:
            case "place":
                decided.append(event.data)
                _keep_smallest(places, dict(event.data))
            case "start":
                decided.clear()
            case "finding":
                for place in _places_of(event.data):
                    _keep_smallest(places, place)
            case "operation":
                _add_operation(operations, event.data)
            case "observation":
                collected.observations.setdefault(event.data["name"], event.data["data"])
            case "check":
                collected.seconds.update(dict.fromkeys(event.data["clause_ids"], event.data["seconds"]))
                _spread(collected.case_seconds, decided, event.data["seconds"])
                decided.clear()
            case "proof":
                proofs.append(event.data)
            case "note":
                _note(collected, event.data)
            case "torn":
                collected.torn.append(f"{event.data['file']}: {event.data['reason']}")
    collected.places = [places[key] for key in sorted(places)]
    collected.operations = [operations[key] for key in sorted(operations, key=lambda pair: (pair[1], pair[0]))]
    collected.observations = dict(sorted(collected.observations.items()))
    collected.proofs = by_clause(proofs)
    collected.notes = list(dict.fromkeys(collected.notes))
    collected.stops = sorted(set(collected.stops))
    collected.crashes = sorted(set(collected.crashes))
    return collected


def case_name(operation: str, role: str) -> str:
    """Return the name of a case: the places of a clause at one operation for one role, without what hangs on a run."""
    return (operation or "the instance as a whole") + (f" as {role}" if role else "")


def _spread(cases: dict[str, Counter[str]], decided: Sequence[Mapping[str, Any]], seconds: float) -> None:
    for place in decided:
        name = case_name(place["operation"], place["role"])
        cases.setdefault(place["clause"], Counter())[name] += seconds / len(decided)  # type: ignore[assignment]


def _note(collected: Collected, data: Mapping[str, Any]) -> None:
    """Take in a note: those of the client, of a stop and of a crash are data, all others are for people."""
    match data["text"]:
        case "client":
            collected.requests += data["requests"]
            collected.refused.update(data["refused"])
        case "stop":
            collected.stops.append((data["status"], " ".join(filter(None, (data["message"], data.get("hint"))))))
        case "crash":
            collected.crashes.append(": ".join(filter(None, (data.get("where"), data.get("error")))))
        case text:
            collected.notes.append(str(text))


def smaller(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether the first has the smaller exchange: any before none, then the shorter request."""

    def size(item: Mapping[str, Any]) -> tuple[bool, int, str, str]:
        return (not item["curl"], len(item["curl"]), item["curl"], item["response"])

    return size(one) < size(other)


def _keep_smallest(places: dict[tuple[Any, ...], dict[str, Any]], place: dict[str, Any]) -> None:
    key = tuple(str(place[name]) for name in PLACE_KEY)
    if key not in places or smaller(place, places[key]):
        places[key] = place


def _places_of(finding: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """Yield the places of a finding that was written as a whole."""
    empty = Place(clause=finding["clause"], status=Status(finding["status"]))
    shared = {name: finding[name] for name in ("expected", "got", "curl", "response", "reason", "fingerprint", "title")}
    for label in finding["places"] or [""]:
        operation, what = split_label(label)
        yield {**vars(empty), "status": str(empty.status), **shared, "operation": operation, "field": what}


def _add_operation(operations: dict[tuple[str, str], dict[str, Any]], data: Mapping[str, Any]) -> None:
    """Add the counts of one process to those of the others."""
    key = (data["method"], data["path"])
    total = operations.setdefault(key, blank_operation(*key))
    total["requests"] += data.get("requests", 0)
    total["accepted"] += data.get("accepted", 0)
    statuses = data.get("statuses") or {}
    # A bare list of statuses counts each once.
    counts = Counter(total["statuses"])
    for status, count in Counter(statuses).items():
        counts[str(status)] += int(count)
    total["statuses"] = dict(sorted(counts.items()))
    total["outcome"] = min(total["outcome"], data.get("outcome") or "not sent", key=_rank)
    total["reason"] = total["reason"] or data.get("reason", "")


def blank_operation(method: str, path: str) -> dict[str, Any]:
    """Return the row of an operation that nothing was sent to."""
    row: dict[str, Any] = {"method": method, "path": path, "requests": 0, "accepted": 0}
    return {**row, "statuses": {}, "outcome": "not sent", "reason": ""}


def _rank(outcome: str) -> int:
    return OUTCOMES.index(outcome) if outcome in OUTCOMES else OUTCOMES.index("checked")
