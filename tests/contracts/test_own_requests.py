"""What the suite sends as valid is held against the definition, and a breach is an error of the suite."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.definition import Definition, bundled
from conformance.exchange import NotCreated
from conformance.model import Exchange, Place, Status
from conformance.probes.responses.own_requests import Breach, OwnRequests
from conformance.verdict import Judge, load_clauses, load_deviations
from conformance.verdict.repeating import Attempt
from contracts.own_requests import judge_own_requests
from tests.contracts.checking import probe_context

TIMESHEET = {"begin": "2025-01-15T10:00:00", "project": 1, "activity": 2, "description": "x"}


def sent(label: str, target: str = "", body: Any = None, *, valid: bool = True) -> Exchange:
    method, path = label.split(" ")
    content = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
    return Exchange(method, target or path, label, "a", {}, content, 200, {}, b"{}", meant_valid=valid)


def found(definition: Definition, *exchanges: Exchange) -> list[str]:
    own = OwnRequests(definition.index)
    for exchange in exchanges:
        own.notice(exchange)
    return [breach.what for breach in own]


@pytest.mark.parametrize(
    ("label", "target", "body", "breach"),
    [
        ("POST /api/timesheets", "", {**TIMESHEET, "project": "one"}, "project: integer"),
        ("POST /api/timesheets", "", {**TIMESHEET, "begin": "15.01.2025"}, "begin: date-time"),
        ("POST /api/timesheets", "", {"begin": "2025-01-15T10:00:00", "activity": 2}, "project: present"),
        ("POST /api/timesheets", "", {**TIMESHEET, "unheard": 1}, "unheard: absent"),
        ("POST /api/timesheets", "", b"{", "not JSON"),
        ("PATCH /api/timesheets/{id}", "/api/timesheets/7", {"activity": True}, "activity: integer"),
        ("PATCH /api/timesheets/{id}", "/api/timesheets/seven", {}, "path: id does not take 'seven'"),
        ("GET /api/timesheets", "/api/timesheets?size=many", None, "query: size does not take 'many'"),
        ("GET /api/timesheets", "/api/timesheets?unheard=1", None, "query: unheard is not documented"),
        ("GET /api/timesheets", "/sub/api/timesheets?order=UP", None, "query: order does not take 'UP'"),
        ("DELETE /api/timesheets/{id}", "/api/timesheets/7", {"a": 1}, "body: none is documented"),
    ],
)
def test_a_bad_sample_of_ours_is_found(definition: Definition, label: str, target: str, body: Any, breach: str) -> None:
    (what,) = found(definition, sent(label, target, body))
    assert breach in what
    assert found(definition, sent(label, target, body, valid=False)) == [], "what is meant to be odd may be"


@pytest.mark.parametrize(
    ("label", "target", "body"),
    [
        ("POST /api/timesheets", "", TIMESHEET),
        ("PATCH /api/timesheets/{id}", "/sub/api/timesheets/7?", {"description": "alone"}),
        ("PATCH /api/timesheets/{id}/stop", "/api/timesheets/7/stop", {}),
        ("PATCH /api/projects/{id}", "/api/projects/7", {"start": "2025-01-15T00:00:00", "end": "2025-01-15"}),
        ("GET /api/timesheets", "/api/timesheets?size=5&order=DESC&begin=2025-01-15T00%3A00%3A00&users%5B%5D=3", None),
    ],
)
def test_a_valid_request_breaks_nothing(definition: Definition, label: str, target: str, body: Any) -> None:
    """Times have no offset by the documentation, released versions want one in a day, a change is no whole record."""
    assert found(definition, sent(label, target, body)) == []


@pytest.mark.parametrize("version", ["2.24.0", "2.62.0", "2.66.0"])
def test_a_time_record_may_do_without_times(version: str) -> None:
    """2.24.0 documents that it begins, where a tracking mode lets nobody send when."""
    body = {"project": 1, "activity": 1}
    assert found(bundled(version), sent("POST /api/timesheets", "", body)) == []
    (what,) = found(bundled(version), sent("POST /api/timesheets", "", {"project": 1}))
    assert "activity" in what


def test_each_breach_is_said_once_of_each_operation(definition: Definition) -> None:
    bad = sent("POST /api/timesheets", "", {**TIMESHEET, "project": "one"})
    assert len(found(definition, bad, bad, replace(bad, number=7))) == 1


def judged(*breaches: Breach, bundled: bool = False, own: bool = True) -> list[Place]:
    attempt = Attempt()
    judge_own_requests(
        lambda clause: Judge(clause, load_clauses(), load_deviations(), "2.66.0", attempt),
        breaches,
        bundled=bundled,
        own=own,
    )
    return [decision.place for decision in attempt.decisions]


def test_a_breach_is_our_error_and_not_the_instances() -> None:
    exchange = sent("POST /api/timesheets")
    body, query = judged(Breach("body: x", exchange), Breach("query: y", exchange))
    assert (body.status, body.clause, body.operation) == (
        Status.ERROR, "definition.bodies-accepted", "POST /api/timesheets",
    )  # fmt: skip
    assert query.clause == "definition.parameters-accepted"
    assert "this suite sent as valid" in body.reason
    assert judged(Breach("body: x", exchange), bundled=True) == [], "a bundled definition is not the instance's own"
    (elsewhere,) = judged(Breach("body: x", exchange), own=False)
    assert elsewhere.status is Status.OBSERVED, "a definition of a release yet to come is no reason to give no verdict"


def test_records_of_the_run_are_made_as_the_definition_allows(definition: Definition, tmp_path: Path) -> None:
    """One of each kind, on a real server; and a field that is not documented is found there."""
    with probe_context(definition, tmp_path) as context:
        own = OwnRequests(context.index)
        context.client.listeners.append(own.notice)
        customer = context.records.customer()
        context.records.project(customer)
        context.records.comment(customer)
        context.records.rate(customer)
        context.records.activity()
        context.records.booked()
        context.records.tag()
        context.records.team()
        assert [breach.what for breach in own] == []
        with pytest.raises(NotCreated):
            context.records.customer(country=7)
        assert ["CustomerEditForm.country" in breach.what for breach in own] == [True]
