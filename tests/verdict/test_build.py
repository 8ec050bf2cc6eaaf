"""The verdict as data: valid, folded, and the same however the run was spread."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.model import Finding, UsageError
from conformance.verdict import Event
from conformance.verdict.build import _place_row
from tests.verdict.schema import problems

Built = Callable[..., dict[str, Any]]
Decided = Callable[..., Event]


def clause(verdict: dict[str, Any], clause_id: str) -> dict[str, Any]:
    return next(row for row in verdict["clauses"] if row["id"] == clause_id)


def test_verdict_fits_its_schema(built: Built, core: list[Event], place: Decided) -> None:
    events = [
        *core,
        place(
            "boolean.absent", "fail", field="x", role="ROLE_USER", value="absent", curl="curl x", response="HTTP 200"
        ),
        place("boolean.absent", "deviation", deviation="d1", got="true"),
        Event(
            "operation", {"method": "GET", "path": "/api/ping", "requests": 2, "accepted": 1, "statuses": {"200": 2}}
        ),
        Event("observation", {"name": "rounding", "data": {"begin": 60}}),
        Event("note", {"text": "hello"}),
        Event("note", {"text": "client", "requests": 12, "refused": {"2": 3}}),
    ]
    verdict = built(events, operations=[{"method": "GET", "path": "/api/version", "label": "GET /api/version"}])
    assert problems(verdict) == []


def test_schema_refuses_what_is_not_a_verdict(built: Built, core: list[Event]) -> None:
    verdict = built(core)
    verdict["clauses"][0]["status"] = "green"
    del verdict["safety"]["left_behind"]
    assert [problem.split(":")[0] for problem in problems(verdict)] == ["/clauses/0/status", "/safety"]


@pytest.mark.parametrize(
    ("statuses", "worst"),
    [
        (["pass", "error", "fail"], "error"), (["deviation", "fail"], "fail"), (["pass", "deviation"], "deviation"),
        (["pass", "observed", "skipped"], "pass"), (["observed", "skipped"], "observed"), (["skipped"], "skipped"),
    ],
)  # fmt: skip
def test_clause_takes_the_worst_of_its_places(built: Built, place: Decided, statuses: list[str], worst: str) -> None:
    assert clause(built([place("data.patch", status) for status in statuses]), "data.patch")["status"] == worst


def test_failures_of_one_cause_are_one_finding(built: Built, core: list[Event], place: Decided) -> None:
    long = place("boolean.absent", "fail", field="a", curl="curl -X POST http://k.test/long")
    short = place("boolean.absent", "fail", field="b", curl="curl x", title="a better title")
    other = place("boolean.absent", "fail", field="c", fingerprint="ba9876543210")
    findings = built([*core, long, short, other])["findings"]
    assert [(one["fingerprint"], len(one["places"])) for one in findings] == [("0123456789ab", 2), ("ba9876543210", 1)]
    assert findings[0]["curl"] == "curl x"
    assert findings[0]["title"] == "a better title"
    assert findings[0]["places"] == ["POST /api/a a", "POST /api/a b"]


def test_finding_written_whole_fails_its_clause(built: Built, core: list[Event]) -> None:
    finding = Finding("data.patch", "t", "abcdefabcdef", "e", "g", "curl", "r", ("GET /api/a color", "GET /api/b"))
    verdict = built([*core, Event("finding", vars(finding) | {"status": "fail", "places": list(finding.places)})])
    assert [row["operation"] for row in clause(verdict, "data.patch")["places"]] == ["GET /api/a", "GET /api/b"]
    assert verdict["findings"][0]["title"] == "t"
    assert problems(verdict) == []


def test_order_and_spread_of_events_do_not_matter(built: Built, core: list[Event], place: Decided) -> None:
    events = [
        *core,
        place("data.patch", "fail", curl="curl b"),
        place("data.patch", "fail", curl="curl a"),
        Event(
            "operation",
            {"method": "GET", "path": "/api/p", "requests": 1, "statuses": {"200": 1}, "outcome": "checked"},
        ),
        Event("operation", {"method": "GET", "path": "/api/p", "requests": 0, "statuses": {}, "outcome": "skipped"}),
    ]
    whole = built(events)
    for shuffled in itertools.islice(itertools.permutations(events), 0, 40320, 997):
        assert built(list(shuffled)) == whole


def test_same_place_twice_is_one_place(built: Built, place: Decided) -> None:
    assert len(clause(built([place("data.patch"), place("data.patch")]), "data.patch")["places"]) == 1


def test_operations_are_listed_sent_or_not(built: Built, core: list[Event], place: Decided) -> None:
    listed = [{"method": m, "path": p} for m, p in (("GET", "/api/a"), ("POST", "/api/a"), ("GET", "/api/z"))]
    events = [
        *core,
        place("data.patch", "fail", operation="POST /api/a"),
        Event("operation", {"method": "GET", "path": "/api/a", "requests": 2, "accepted": 1, "statuses": {"200": 2}}),
        Event("operation", {"method": "GET", "path": "/api/a", "requests": 1, "accepted": 1, "statuses": [404]}),
    ]
    rows = {(row["method"], row["path"]): row for row in built(events, operations=listed)["operations"]}
    assert rows["GET", "/api/a"]["statuses"] == {"200": 2, "404": 1}
    assert (rows["GET", "/api/a"]["requests"], rows["GET", "/api/a"]["outcome"]) == (3, "checked")
    assert rows["POST", "/api/a"]["outcome"] == "failed"
    assert (rows["GET", "/api/z"]["outcome"], bool(rows["GET", "/api/z"]["reason"])) == ("not sent", True)


def test_requests_of_all_processes_are_summed(built: Built, core: list[Event]) -> None:
    clients = [
        Event("note", {"text": "client", "requests": 5, "refused": {"2": 1}}),
        Event("note", {"text": "client", "requests": 7, "refused": {"2": 2, "4": 1}}),
    ]
    verdict = built([*core, *clients])
    assert verdict["run"]["requests"] == 12
    assert (verdict["safety"]["refused"], verdict["safety"]["refused_by_rule"]) == (4, {"2": 3, "4": 1})


def test_what_was_made_was_sent_although_its_process_has_not_counted_it(built: Built, core: list[Event]) -> None:
    counted = Event("note", {"text": "client", "requests": 5, "refused": {}})
    stopped = built([*core, counted], safety={"created": 9}, run={"interrupted": True})
    assert stopped["run"]["requests"] == 9


def test_left_out_clause_says_why(built: Built, core: list[Event]) -> None:
    left_out = [{"what": "definition", "why": "no definition", "flags": "--definition"}]
    verdict = built(core, plan={"left_out": left_out})
    assert clause(verdict, "definition.types")["reason"] == "no definition"
    assert clause(verdict, "auth.last-usage")["reason"] == "not observable through the API"
    assert clause(verdict, "auth.last-usage")["observable"] is False


def test_definition_of_another_version_leaves_nothing_undecided(
    built: Built, core: list[Event], place: Decided
) -> None:
    events = [*core, place("definition.types", "observed")]
    plan = {"promised": ["definition.types"]}
    assert built(events, plan=plan, definition={"exact": False})["summary"]["undecided"] == []
    assert built(events, plan=plan)["summary"]["undecided"] == ["definition.types"]


def test_summary_counts(built: Built, core: list[Event], place: Decided) -> None:
    summary = built([*core, place("data.patch", "fail")])["summary"]
    assert summary["clauses"]["MUST"]["pass"] == 4
    assert summary["clauses"]["SHOULD"]["fail"] == 1
    assert (summary["families"]["boolean"]["must"], summary["families"]["boolean"]["must_decided"]) == (1, 1)
    assert (summary["decided"], summary["decidable"]) == (5, 7)
    assert summary["findings"] == {"fail": 1, "unsteady": 0, "accepted": 0, "known": 0, "new": 1}


# --- deviations


def seen(event: Decided, entry: str, **more: str) -> Event:
    return event("boolean.absent", "deviation", deviation=entry, got="true", **more)


def test_seen_deviation_is_told(built: Built, place: Decided) -> None:
    result = built([seen(place, "d1", field="visible")])["deviations"]
    assert [(one["id"], one["places"]) for one in result["seen"]] == [("d1", ["POST /api/a visible"])]
    assert result["stale"] == []


def test_entry_that_did_not_occur_is_stale(built: Built, place: Decided) -> None:
    result = built([place("boolean.absent", field="visible", deviation="d1")])["deviations"]
    assert [(one["id"], one["whole"], one["places"]) for one in result["stale"]] == [
        ("d1", True, ["POST /api/a visible"])
    ]


def test_entry_can_be_stale_in_part(built: Built, place: Decided) -> None:
    kept = place("boolean.absent", field="visible", deviation="d1", operation="POST /api/b")
    result = built([seen(place, "d1", field="visible"), kept])["deviations"]
    assert [(one["whole"], one["places"]) for one in result["stale"]] == [(False, ["POST /api/b visible"])]


def test_pass_beside_a_deviation_at_the_same_field_is_not_stale(built: Built, place: Decided) -> None:
    kept = place("boolean.absent", field="visible", deviation="d1", value="other")
    assert built([seen(place, "d1", field="visible"), kept])["deviations"]["stale"] == []


def test_wide_entry_is_stale_as_a_whole_or_not_at_all(built: Built, place: Decided) -> None:
    kept = place("boolean.absent", field="x", deviation="d2")
    assert built([seen(place, "d2", field="y"), kept])["deviations"]["stale"] == []
    assert built([kept])["deviations"]["stale"][0]["whole"] is True


def test_entry_that_was_never_reached_is_neither(built: Built, core: list[Event]) -> None:
    assert built(core)["deviations"] == {"seen": [], "stale": []}


# --- accepted findings


def accepting(folder: Path, *entries: tuple[str, str]) -> str:
    rows = [f'[[accept]]\nfingerprint = "{mark}"\nreason = "known"\nexpires = {day}\n' for mark, day in entries]
    path = folder / "accept.toml"
    path.write_text("\n".join(rows), encoding="utf-8")
    return str(path)


def test_accepted_finding_is_conformant(built: Built, core: list[Event], place: Decided, tmp_path: Path) -> None:
    path = accepting(tmp_path, ("0123456789ab", "2026-11-25"), ("ffffffffffff", "2027-01-01"))
    verdict = built([*core, place("data.patch", "fail")], accept=path)
    assert verdict["summary"]["verdict"] == "PASS WITH KNOWN"
    assert clause(verdict, "data.patch")["status"] == "accepted"
    assert verdict["findings"][0]["status"] == "accepted"
    assert [one["fingerprint"] for one in verdict["accepted"]["used"]] == ["0123456789ab"]
    assert [one["fingerprint"] for one in verdict["accepted"]["unused"]] == ["ffffffffffff"]
    assert problems(verdict) == []


def test_expired_acceptance_accepts_nothing(built: Built, core: list[Event], place: Decided, tmp_path: Path) -> None:
    path = accepting(tmp_path, ("0123456789ab", "2026-11-24"))
    verdict = built([*core, place("data.patch", "fail")], accept=path)
    assert verdict["summary"]["verdict"] == "FAIL"
    assert [one["fingerprint"] for one in verdict["accepted"]["expired"]] == ["0123456789ab"]


def test_clause_fingerprint_accepts_exactly_what_it_had(
    built: Built, core: list[Event], place: Decided, tmp_path: Path
) -> None:
    two = [place("data.patch", "fail", fingerprint=mark, field=mark) for mark in ("a" * 12, "b" * 12)]
    mark = clause(built([*core, *two]), "data.patch")["fingerprint"]
    path = accepting(tmp_path, (mark, "2027-01-01"))
    assert built([*core, *two], accept=path)["summary"]["exit_status"] == 0
    third = place("data.patch", "fail", fingerprint="c" * 12)
    assert built([*core, *two, third], accept=path)["summary"]["exit_status"] == 1


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[[accept]]\nfingerprint = '0123456789ab'\nreason = 'x'\n", "expires"),
        ("[[accept]]\nfingerprint = 'XYZ'\nreason = 'x'\nexpires = 2027-01-01\n", "fingerprint"),
        ("[[accept]]\nfingerprint = '0123456789ab'\nreason = ''\nexpires = 2027-01-01\n", "reason"),
        ("[[accept]]\nfingerprint = '0123456789ab'\nreason = 'x'\nexpires = 'soon'\n", "expires"),
        ("[[accepted]]\n", "accepted: unknown"),
        ("nonsense", "not TOML"),
    ],
)
def test_bad_accept_file_is_named(built: Built, tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "accept.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"accept\.toml") as caught:
        built([], accept=str(path))
    assert complaint in str(caught.value)


@pytest.mark.parametrize("status", ["pass", "deviation", "observed", "skipped"])
def test_only_findings_show_what_an_instance_answered(status: str) -> None:
    place = {"status": status, "response": "HTTP 200, and what a person wrote", "deviation": "d", "defect": ""}
    assert _place_row(place)["response"] == ""
    assert _place_row({**place, "status": "fail"})["response"] == place["response"]


def test_events_stay_as_they_were(built: Built, core: list[Event], place: Decided, tmp_path: Path) -> None:
    events = [*core, place("data.patch", "fail")]
    before = copy.deepcopy(events)
    built(events, accept=accepting(tmp_path, ("0123456789ab", "2027-01-01")))
    assert events == before
