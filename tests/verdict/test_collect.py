"""What all processes found, brought together: nothing is lost or counts twice, and their order does not matter."""

from __future__ import annotations

import itertools
from dataclasses import asdict
from typing import Any

import pytest

from conformance.model import Finding, Place, Status
from conformance.verdict import Event
from conformance.verdict.collect import blank_operation, case_name, collect, smaller
from conformance.verdict.proofs import Proof


def place(clause: str = "data.x", operation: str = "GET /api/a", role: str = "", **more: Any) -> Event:
    data = asdict(Place(clause, Status.PASS, operation=operation, role=role))
    return Event("place", {**data, "status": "pass", "fingerprint": "", "title": "", **more})


def check(*clauses: str, seconds: float) -> Event:
    return Event("check", {"clause_ids": list(clauses), "seconds": seconds})


def note(text: str, **more: Any) -> Event:
    return Event("note", {"text": text, **more})


def test_seconds_of_a_check_are_spread_over_the_places_that_it_decided() -> None:
    collected = collect([
        Event("start"), place(role="ROLE_USER"), place(role="ROLE_USER", field="b"), place("data.y"),
        place(operation=""),
        check("data.x", "data.y", seconds=8.0), place(role="ROLE_USER", field="c"), check("data.x", seconds=1.0),
        place("data.z"), Event("start"), check("data.z", seconds=3.0),
    ])  # fmt: skip
    assert collected.seconds == {"data.x": 9.0, "data.y": 8.0, "data.z": 3.0}
    assert collected.case_seconds == {
        "data.x": {"GET /api/a as ROLE_USER": 5.0, "the instance as a whole": 2.0},
        "data.y": {"GET /api/a": 2.0},
    }
    assert case_name("", "ROLE_USER") == "the instance as a whole as ROLE_USER"


def test_a_place_that_two_processes_decided_is_one_with_the_smaller_exchange() -> None:
    long, short, none = place(curl="curl -X GET long"), place(curl="curl"), place()
    for order in itertools.permutations([long, short, none]):
        (only,) = collect(order).places
        assert only["curl"] == "curl"
    for name in ("clause", "operation", "field", "role", "value", "status", "expected", "got", "reason", "defect",
                 "fingerprint"):  # fmt: skip
        assert len(collect([place(), place(**{name: "other"})]).places) == 2, name
    assert [one["clause"] for one in collect([place("data.z"), place("data.a")]).places] == ["data.a", "data.z"]


@pytest.mark.parametrize(
    ("one", "other"),
    [(("b", "x"), ("", "")), (("b", "x"), ("aa", "x")), (("a", "x"), ("b", "a")), (("a", "a"), ("a", "b"))],
)
def test_the_smaller_of_two_exchanges(one: tuple[str, str], other: tuple[str, str]) -> None:
    first, second = ({"curl": curl, "response": response} for curl, response in (one, other))
    assert smaller(first, second)
    assert not smaller(second, first)
    assert not smaller(first, first)


def test_a_finding_is_a_place_at_each_of_its_labels() -> None:
    finding = Finding("data.x", "t", "abc", "e", "g", "curl", "r", ("GET /api/a members.user", "POST /api/b"))
    data = {**asdict(finding), "status": "fail", "reason": "why"}
    places = collect([Event("finding", data)]).places
    assert [(one["operation"], one["field"]) for one in places] == [("GET /api/a", "members.user"), ("POST /api/b", "")]
    for one in places:
        assert one["role"] == one["value"] == one["defect"] == ""
        assert [one[name] for name in ("clause", "status", "title", "fingerprint", "expected", "got", "reason")] == [
            "data.x", "fail", "t", "abc", "e", "g", "why"
        ]  # fmt: skip
        assert (one["curl"], one["response"]) == ("curl", "r")
    (whole,) = collect([Event("finding", {**data, "places": []})]).places
    assert (whole["operation"], whole["field"]) == ("", "")


def operation(path: str = "/api/a", method: str = "GET", **more: Any) -> Event:
    return Event("operation", {"method": method, "path": path, **more})


def test_counts_of_an_operation_are_summed_over_processes() -> None:
    events = [
        operation(requests=2, accepted=1, statuses={"200": 1, 404: 1}, outcome="checked"),
        operation(requests=3, accepted=3, statuses=[200, 200, 204], outcome="failed", reason="it crashed"),
        operation(reason="later"), operation("/api/b", "DELETE"),
        operation("/api/a", "DELETE", outcome="skipped", reason="rule 3"),
    ]  # fmt: skip
    for order in (events, [*events[1::-1], *events[2:]]):
        first, second, third = collect(order).operations
        assert second == {
            "method": "GET", "path": "/api/a", "requests": 5, "accepted": 4,
            "statuses": {"200": 3, "204": 1, "404": 1}, "outcome": "failed", "reason": "it crashed",
        }  # fmt: skip
        assert list(second["statuses"]) == ["200", "204", "404"]
        assert third == blank_operation("DELETE", "/api/b")
        assert first == {**blank_operation("DELETE", "/api/a"), "outcome": "skipped", "reason": "rule 3"}


@pytest.mark.parametrize(
    ("outcomes", "worst"),
    [(("checked", "failed"), "failed"), (("skipped", "checked"), "checked"), (("not sent", "skipped"), "skipped"),
     (("", None), "not sent"), (("unheard of", "skipped"), "unheard of"), (("unheard of", "failed"), "failed")],
)  # fmt: skip
def test_the_worst_outcome_of_an_operation_counts(outcomes: tuple[str, str], worst: str) -> None:
    for order in (outcomes, outcomes[::-1]):
        (row,) = collect([operation(outcome=outcome) for outcome in order]).operations
        assert row["outcome"] == worst


def test_notes_of_client_stop_and_crash_are_data() -> None:
    collected = collect([
        note("hello"), note("world"), note("hello"), note("client", requests=3, refused={"2": 1, "6": 2}),
        note("client", requests=4, refused={"2": 1}), note("stop", status=4, message="later", hint="look"),
        note("stop", status=3, message="gone", hint=""), note("stop", status=3, message="gone"),
        note("crash", where="test_x", error="KeyError"), note("crash", where="", error="Boom"),
        note("crash", error="Boom"),
        Event("torn", {"file": "gw0.jsonl", "reason": "line 3"}),
    ])  # fmt: skip
    assert collected.notes == ["hello", "world"]
    assert (collected.requests, collected.refused) == (7, {"2": 2, "6": 2})
    assert collected.stops == [(3, "gone"), (4, "later look")]
    assert collected.crashes == ["Boom", "test_x: KeyError"]
    assert collected.torn == ["gw0.jsonl: line 3"]
    assert collected.count == 11  # a torn line is no event


def test_the_first_of_two_equal_observations_is_kept() -> None:
    events = [Event("observation", {"name": name, "data": data}) for name, data in (("b", 1), ("a", 2), ("b", 3))]
    collected = collect(events)
    assert list(collected.observations.items()) == [("a", 2), ("b", 1)]
    proof = {"clause": "data.x", "check": "a", "alterations": 3, "turned": 1, "unaltered": 0}
    assert collect([Event("proof", proof)]).proofs == {"data.x": Proof(3, 1, 0)}
