"""Input that no client would send fails nothing but what holds whatever is sent."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.exchange import BAND
from conformance.model import Exchange, Level, Status
from conformance.verdict import Clause, Clauses, Deviations, Judge
from conformance.verdict.remote import REASON, answers_remote, is_remote, sent_remote
from tests.verdict.kept import Kept

CLAUSES = Clauses(
    [
        Clause(id=name, level=Level.MUST, title=name, source="page")
        for name in ("definition.types", "permission.foreign-read", "error.no-server-error")
    ]
)


def answered(body: Any, answer: Any, status: int = 200, target: str = "/api/projects") -> Exchange:
    sent = None if body is None else json.dumps(body).encode()
    return Exchange("POST", target, "POST /api/projects", "a", {}, sent, status, {}, json.dumps(answer).encode())


@pytest.mark.parametrize(
    "value",
    ["0001-01-02T00:00:00", "9999-12-30", "-0001-11-30", "10000-01-01T00:00:00+0100", "1899-12-31T23:59:59", 2**31,
     -(2**31), 1e308, 1e-308, "99999999999999999999", "99999999999999999999:00"],
)  # fmt: skip
def test_remote_values(value: Any) -> None:
    assert is_remote(value)


@pytest.mark.parametrize(
    "value",
    ["1900-01-01", "2100-12-31T23:59:59", "2024-02-30T10:00:00", 0, -1, 0.001, 1e9, "abc", True, None, BAND[0],
     BAND[-1], str(BAND[-1]), "0151 2345678"],
)  # fmt: skip
def test_what_a_client_may_well_send(value: Any) -> None:
    assert not is_remote(value)


def test_hours_are_counted_in_seconds() -> None:
    assert is_remote(596_000, "timeBudget")
    assert not is_remote(596_000, "budget")


def test_query_and_nested_bodies_are_looked_at() -> None:
    assert sent_remote(answered({"a": [{"b": "0001-01-01"}]}, {}))
    assert sent_remote(answered(None, {}, target="/api/projects?page=99999999999999999999"))
    assert not sent_remote(answered({"name": "0001"}, {}))


def test_a_list_is_excused_only_where_every_other_value_is_as_promised() -> None:
    rows = [{"end": "10000-01-01T00:00:00+0100"}, {"end": "2024-05-06T10:00:00+0200"}, {"end": None}]
    assert answers_remote(answered(None, rows), "[].end")
    assert not answers_remote(answered(None, [*rows, {"end": "2024-05-06 10:00"}]), "[].end")
    assert not answers_remote(answered(None, rows[1:]), "[].end")


def decided(clause: str, exchange: Exchange, got: str = "string") -> tuple[Status, str]:
    kept = Kept()
    judge = Judge(clause, CLAUSES, Deviations(), "2.66.0", kept)
    status = judge.check(
        False, operation=exchange.operation, field="end", expected="date-time", got=got, exchange=exchange
    )
    return status, kept.written[0][0].reason


def test_what_comes_of_it_is_observed() -> None:
    assert decided("definition.types", answered({"end": "0001-01-01"}, {"end": "0000-12-31"})) == (
        Status.OBSERVED, REASON
    )  # fmt: skip
    assert decided("definition.types", answered(None, [{"end": "0000-12-31"}]))[0] is Status.OBSERVED


@pytest.mark.parametrize(
    ("clause", "got", "status"),
    [
        ("definition.types", "string", 500), ("definition.types", "not JSON", 200),
        ("permission.foreign-read", "200", 200),
    ],
)  # fmt: skip
def test_server_errors_broken_answers_and_harm_to_others_still_fail(clause: str, got: str, status: int) -> None:
    exchange = answered({"end": "0001-01-01"}, {"end": "0000-12-31"}, status)
    assert decided(clause, exchange, got)[0] is Status.FAIL


def test_the_same_departure_fails_where_a_client_may_send_what_was_sent() -> None:
    assert decided("definition.types", answered({"end": "2024-01-01"}, {"end": "yesterday"}))[0] is Status.FAIL
