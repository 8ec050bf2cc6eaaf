"""Makes the verdict: the context of a run and its events become the one model of all reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

from conformance.model import Exit, Level, Status, counted
from conformance.verdict.acceptance import Accepted, load_acceptance
from conformance.verdict.addresses import address_of
from conformance.verdict.clauses import FAMILIES, Clause, Clauses, load_clauses
from conformance.verdict.collect import Collected, blank_operation, collect
from conformance.verdict.defects import KnownDefects, load_defects
from conformance.verdict.deviations import Deviations, load_deviations
from conformance.verdict.document import Verdict
from conformance.verdict.events import Event
from conformance.verdict.exits import conclude
from conformance.verdict.folding import (
    DECIDED,
    accept,
    by_rank,
    clause_fingerprint,
    fold_defects,
    fold_deviations,
    fold_findings,
    label,
    observable_here,
    worst,
)
from conformance.verdict.proofs import Proof, withdraw_vacuous

_FINDINGS = frozenset({Status.FAIL, Status.ERROR, Status.ACCEPTED})
"""Whose places keep the instance's answer."""

Json = dict[str, Any]


def build_verdict(
    context: Mapping[str, Any],
    events: Iterable[Event],
    clauses: Clauses | None = None,
    deviations: Deviations | None = None,
    defects: KnownDefects | None = None,
) -> Verdict:
    """Return the verdict.

    `context` has `instance`, `definition`, `run`, `plan`, `safety`, and may have `accept` (path of the accept file)
    and `operations` (every operation of the definition, as "METHOD /path"). The tables are by default the suite's own.
    Raises UsageError for a bad accept file.
    """
    clauses = load_clauses() if clauses is None else clauses
    deviations = load_deviations() if deviations is None else deviations
    defects = load_defects() if defects is None else defects
    result = collect(events)
    unknown = _drop_unknown(result, clauses)
    withdraw_vacuous(result.places, result.proofs)
    findings = fold_findings(result.places, clauses, defects)
    accepted = _accepted(context)
    accept(findings, result.places, accepted)
    operations = _operations(context.get("operations", ()), result)
    _thin_out(result.places)
    rows = _clause_rows(context, clauses, result, findings)
    document: Json = {
        "instance": dict(context["instance"]),
        "definition": dict(context["definition"]),
        "run": _run(context["run"], result, unknown, context["safety"]["created"]),
        "plan": context["plan"],
        "summary": _summary(rows, findings, operations, context["instance"].get("version")),
        "clauses": rows,
        "findings": by_rank(findings),
        "operations": operations,
        "observations": result.observations,
        "deviations": fold_deviations(result.places, deviations),
        "known_defects": _defects(context, result, defects),
        "accepted": {"file": str(context.get("accept") or ""), **accepted.to_json()},
        "safety": _safety(context["safety"], result),
    }
    return conclude(Verdict.model_validate(document))


def _defects(context: Mapping[str, Any], collected: Collected, defects: KnownDefects) -> Json:
    """Return the known defects of the version: those seen, and those asked for in vain, stale after a thorough run."""
    run = context["run"]
    ended = not any(run.get(flag) for flag in ("partial", "interrupted", "cut_off"))
    sent = {f"{row['method']} {row['path']}" for row in collected.operations if row["requests"]}
    # What shows a defect was asked beyond smoke, to the end, at every operation of it.
    result = fold_defects(
        collected.places, defects, context["instance"].get("version"),
        lambda entry: ended and run["profile"] != "smoke" and set(entry.operations) <= sent,
    )  # fmt: skip
    thorough = run["profile"] == "thorough"
    return {"seen": result["seen"], "unseen": [], "stale": [], "stale" if thorough else "unseen": result["unseen"]}


def _accepted(context: Mapping[str, Any]) -> Accepted:
    """Load the accept file as of the day on which the run started."""
    path = context.get("accept")
    if not path:
        return Accepted([], date.max)
    return Accepted(load_acceptance(Path(path)), datetime.fromisoformat(context["run"]["started"]).date())


def _drop_unknown(collected: Collected, clauses: Clauses) -> list[str]:
    """Take out the places of clauses that do not exist, and return their ids: a fault of the suite."""
    unknown = sorted({place["clause"] for place in collected.places} - set(clauses))
    collected.places = [place for place in collected.places if place["clause"] not in unknown]
    return unknown


def _run(run: Mapping[str, Any], collected: Collected, unknown: Sequence[str], created: int) -> Json:
    """Return the run's facts, with whatever makes its outcome untrustworthy.

    `created` records took at least as many requests: a process that was interrupted has not counted its last ones.
    """
    requests = max(collected.requests, created if run.get("interrupted") else 0)
    unfit = [text for status, text in collected.stops if status != Exit.LEFT_BEHIND]
    flags = ("partial", "strict", "write", "interrupted", "cut_off", "selection_empty")
    return {
        "fail_on": "new",
        **run,
        **{name: bool(run.get(name)) for name in flags},
        "requests": run.get("requests", requests),
        "check_seconds": {name: round(seconds, 3) for name, seconds in sorted(collected.seconds.items())},
        "case_seconds": {
            clause: {name: round(seconds, 3) for name, seconds in sorted(cases.items())}
            for clause, cases in sorted(collected.case_seconds.items())
        },
        "unfit": "; ".join(filter(None, [str(run.get("unfit") or ""), *unfit])),
        "crashed": "; ".join(_trouble(run, collected, unknown)),
        "notes": collected.notes,
    }


def _trouble(run: Mapping[str, Any], collected: Collected, unknown: Sequence[str]) -> Iterator[str]:
    """Yield what went wrong with the suite itself. Where somebody stopped it, its events may well be incomplete."""
    if run.get("crashed") and not (run["crashed"] is True and collected.stops):
        yield "the tests did not run to their end" if run["crashed"] is True else str(run["crashed"])
    yield from collected.crashes
    if unknown:
        yield f"places of unknown clauses: {', '.join(unknown)}"
    if any(run.get(name) for name in ("interrupted", "cut_off")) or collected.stops:
        return
    if collected.torn:
        yield "events are incomplete: " + "; ".join(collected.torn)
    elif not collected.count and not run.get("selection_empty") and not run.get("unfit"):
        yield "the run left no events"


def _clause_rows(
    context: Mapping[str, Any], clauses: Clauses, collected: Collected, findings: Sequence[Json]
) -> list[Json]:
    by_clause: dict[str, list[Json]] = {name: [] for name in clauses}
    for place in collected.places:
        by_clause[place["clause"]].append(place)
    return [
        {
            **_clause_row(context, clause, by_clause[clause.id], findings),
            "proof": asdict(collected.proofs.get(clause.id, Proof())),
        }
        for clause in clauses.values()
    ]


def _clause_row(context: Mapping[str, Any], clause: Clause, places: Sequence[Json], findings: Sequence[Json]) -> Json:
    status = worst(place["status"] for place in places)
    decided = any(place["status"] in DECIDED for place in places)
    left_out = _why_left_out(context, clause)
    observable = observable_here(clause, places, bool(context["definition"].get("exact")), left_out)
    promised = clause.id in context["plan"].get("promised", ())
    total = len(context.get("operations", ()))
    missed = promised and observable and not decided and clause.level is Level.MUST
    instance = context["instance"]
    # The embedded one is gone after the run, and its address with it.
    address = "" if instance["kind"] == "embedded" else str(instance["url"])
    return {
        "id": clause.id,
        "level": str(clause.level),
        "family": clause.family,
        "title": clause.title,
        "source": clause.source,
        "url": address_of(clause.source, address),
        "status": str(status),
        "reason": _reason(status, places, total) if places else left_out or _why_unreached(context, promised),
        "fingerprint": clause_fingerprint(clause.id, findings),
        "promised": promised,
        "observable": observable,
        "decided": decided,
        "undecided": missed and (bool(places) or not context["run"].get("partial")),
        "places": [_place_row(place) for place in places],
    }


SCRIPTED_PLACES = 20
"""Places of one finding that keep their scripts: the rest would show the same."""


def _thin_out(places: Iterable[Json]) -> None:
    counts: Counter[str] = Counter()
    for place in places:
        counts[place["fingerprint"]] += bool(place["script"])
        if counts[place["fingerprint"]] > SCRIPTED_PLACES:
            place["script"] = ""


def _place_row(place: Mapping[str, Any]) -> Json:
    """Return a place for the verdict, passes without deviations that did not occur.

    The answer is there only where it is evidence of a finding, for an instance's answers hold what people wrote.
    """
    row = {name: value for name, value in place.items() if name not in ("clause", "title")}
    if place["status"] not in _FINDINGS and not place["defect"]:
        row.update(response="", node="", after="", script="")
    if place["status"] == Status.PASS:
        row.update(deviation="")
    return row


def _reason(status: Status, places: Sequence[Json], operations: int) -> str:
    """Say in a line why a clause has its status, and how much stands behind it. `operations` is how many there are."""
    there = sorted((place for place in places if place["status"] == status), key=lambda place: bool(place["defect"]))
    if status is Status.PASS:
        return f"kept at {counted(len(there), 'place')}{_spread(there, operations)}"
    if status in (Status.FAIL, Status.ACCEPTED, Status.DEVIATION):
        first = f"{label(there[0])}: expected {there[0]['expected']}, got {there[0]['got']}"
        return f"not kept at {len(there)} of {counted(len(places), 'place')}{_spread(there, operations)}; {first}"
    return "; ".join(list(dict.fromkeys(place["reason"] for place in there if place["reason"]))[:3])


def _spread(places: Sequence[Json], operations: int) -> str:
    """Say on how many of the operations places stand; nothing where they are about the instance as a whole."""
    asked = len({place["operation"] for place in places} - {""})
    return f", on {asked} of {counted(operations, 'operation')}" if asked and operations >= asked else ""


def _why_left_out(context: Mapping[str, Any], clause: Clause) -> str:
    for entry in context["plan"].get("left_out", ()):
        if entry["what"] in (clause.id, clause.family):
            return str(entry["why"])
    return "" if clause.observable else "not observable through the API"


def _why_unreached(context: Mapping[str, Any], promised: bool) -> str:
    run = context["run"]
    if run.get("interrupted") or run.get("cut_off"):
        return "the run ended before it was reached"
    if run.get("partial"):
        return "not selected"
    if promised:
        return "promised by the plan, but no check decided it"
    larger = "" if run["profile"] == "thorough" else ": a larger --profile may"
    return f"the profile {run['profile']} does not ask this here{larger}"


def _summary(rows: Sequence[Json], findings: Sequence[Json], operations: Sequence[Json], version: str | None) -> Json:
    binding = [row for row in rows if row["level"] != Level.NOTE and row["observable"]]
    families = {row["family"] for row in rows}
    return {
        "clauses": {level: _counts(row for row in rows if row["level"] == level) for level in map(str, Level)},
        "families": {name: _family(rows, name) for name in FAMILIES.values() if name in families},
        "decided": sum(row["decided"] for row in binding),
        "decidable": len(binding),
        "kept": sum(row["status"] == Status.PASS for row in binding),
        "broken": sum(any(place["status"] == Status.FAIL for place in row["places"]) for row in binding),
        "operations": len(operations),
        "operations_asked": sum(bool(row["requests"] or row["places"]) for row in operations),
        "undecided": [row["id"] for row in rows if row["undecided"]],
        "findings": {
            **{str(s): sum(f["status"] == s for f in findings) for s in (Status.FAIL, Status.ACCEPTED)},
            "known": sum(finding["known"] for finding in findings),
            "new": sum(finding["status"] == Status.FAIL and not finding["known"] for finding in findings),
        },
        "known": _known(findings, version),
    }


def _known(findings: Sequence[Json], version: str | None) -> str:
    """Say how much of what was found is known of the release; empty where nothing is."""
    known = sum(finding["known"] for finding in findings)
    new = sum(finding["status"] == Status.FAIL and not finding["known"] for finding in findings)
    if not known:
        return ""
    return f"{counted(known, 'known defect')} of Kimai {version}, {new or 'none'} new"


def _family(rows: Iterable[Json], family: str) -> Json:
    mine = [row for row in rows if row["family"] == family]
    must = [row for row in mine if row["level"] == Level.MUST]
    return {**_counts(mine), "must": len(must), "must_decided": sum(row["decided"] for row in must)}


def _counts(rows: Iterable[Json]) -> dict[str, int]:
    counts = Counter(row["status"] for row in rows)
    return {str(status): counts[status] for status in Status}


def _operations(listed: Iterable[Mapping[str, str]], collected: Collected) -> list[Json]:
    """Return every operation of the definition, and those others that requests were sent to."""
    rows = {(row["method"], row["path"]): row for row in collected.operations}
    for operation in listed:
        key = (operation["method"], operation["path"])
        rows.setdefault(key, blank_operation(*key))
    failing = {place["operation"] for place in collected.places if place["status"] == Status.FAIL}
    places = Counter(place["operation"] for place in collected.places if place["status"] != Status.SKIPPED)
    for (method, path), row in rows.items():
        row["places"] = places[f"{method} {path}"]
        if f"{method} {path}" in failing:
            row["outcome"] = "failed"
        elif row["outcome"] == "not sent" and row["requests"]:
            row["outcome"] = "checked"
        if row["outcome"] == "not sent":
            row["reason"] = row["reason"] or "no property test was sent to it"
    return [rows[key] for key in sorted(rows, key=lambda pair: (pair[1], pair[0]))]


def _safety(safety: Mapping[str, Any], collected: Collected) -> Json:
    """Return what the run did to the instance; `refused` counts requests that the guard did not send."""
    broken = [text for status, text in collected.stops if status == Exit.LEFT_BEHIND]
    return {
        **safety,
        "refused": safety.get("refused", collected.refused.total()),
        "refused_by_rule": dict(sorted(collected.refused.items())),
        "left_behind": list(safety["left_behind"]),
        "kept": list(safety.get("kept", ())),
        "remarks": list(safety.get("remarks", ())),
        "guard_broken": "; ".join(filter(None, [str(safety.get("guard_broken") or ""), *broken])),
    }
