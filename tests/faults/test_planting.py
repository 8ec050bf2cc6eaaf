"""Planting: what nobody changed goes through byte for byte, and each form of a fault does what it says."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest

from conformance.embedded.faults.messages import Request, answer, pattern

from .tiny import SHEET, ask, planted

T = TypeVar("T")


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(coroutine)


@pytest.mark.parametrize(
    ("operation", "label", "matches"),
    [
        ("PATCH /api/tags/{id}", "PATCH /api/tags/3", True),
        ("PATCH /api/tags/{id}", "PATCH /api/tags/3/x", False),
        ("* /api/tags*", "DELETE /api/tags/3", True),
        ("GET /api/*/{id}/comments", "GET /api/projects/1/comments", True),
        ("GET /api/timesheets", "GET /api/timesheets/1", False),
    ],
)
def test_operations_are_matched(operation: str, label: str, matches: bool) -> None:
    assert bool(pattern(operation).fullmatch(label)) is matches


def test_a_query_that_nobody_changed_is_passed_on_as_it_was_written() -> None:
    tiny, app = planted("offset-missing")
    run(ask(app, "GET", "/api/timesheets?tags%5B%5D=a+b&x=%2F/"))
    assert tiny.asked[0][2] == "tags%5B%5D=a+b&x=%2F/"


def test_a_fault_changes_the_answer() -> None:
    _, app = planted("offset-missing")
    assert run(ask(app, "GET", "/api/timesheets/7")).json() == {**SHEET, "begin": "2026-07-01T10:00:00"}


def test_a_fault_changes_the_request() -> None:
    tiny, app = planted("sheet-stays-billable")
    run(ask(app, "POST", "/api/timesheets", json={"billable": False, "exported": False}))
    assert tiny.asked[0][3] == {"billable": True, "exported": False}


def test_a_fault_leaves_other_operations_alone() -> None:
    _, app = planted("offset-missing-in-lists")
    assert run(ask(app, "GET", "/api/timesheets/7")).json() == SHEET
    assert run(ask(app, "GET", "/api/timesheets")).json()[0]["begin"] == "2026-07-01T10:00:00"


def test_an_instance_in_a_folder_is_the_same_to_a_fault() -> None:
    _, app = planted("offset-missing-in-lists")
    assert run(ask(app, "GET", "/kimai/api/timesheets")).json()[0]["begin"] == "2026-07-01T10:00:00"


def test_several_faults_are_planted_together() -> None:
    _, app = planted("offset-missing", "total-off-by-one")
    result = run(ask(app, "GET", "/api/timesheets"))
    assert result.json()[0]["begin"] == "2026-07-01T10:00:00"
    assert result.headers["x-total-count"] == "2"
    assert int(result.headers["content-length"]) == len(result.content)


def test_a_refused_write_is_performed_as_somebody_who_may() -> None:
    tiny, app = planted("refused-write-performed")
    run(ask(app, "GET", "/api/tags"))
    assert run(ask(app, "PATCH", "/api/timesheets/7", None, json={"description": "y"})).status_code == 401
    assert tiny.record["description"] == "y"


def test_the_caller_is_asked_once() -> None:
    tiny, app = planted("hourly-rate-dropped")
    for _ in range(3):
        run(ask(app, "POST", "/api/timesheets", "weak", json={"hourlyRate": 1}))
    assert [entry[1] for entry in tiny.asked].count("/api/users/me") == 1
    assert tiny.asked[-1][3] == {}


def test_known_users_tell_an_expired_token_from_an_unknown_one() -> None:
    _, app = planted("expired-token-accepted")
    assert run(ask(app, "GET", "/api/users/me", "past")).json()["username"] == "weak"
    assert run(ask(app, "GET", "/api/users/me", "else")).status_code == 401


def test_a_password_is_taken_for_a_token() -> None:
    _, app = planted("password-accepted")
    assert run(ask(app, "GET", "/api/users/me", "a-password")).json()["username"] == "weak"


def test_an_answer_without_a_body_stays_without() -> None:
    _, app = planted("offset-missing")
    result = run(ask(app, "DELETE", "/api/timesheets/7"))
    assert (result.status_code, result.content) == (204, b"")


def test_times_are_found_however_deep() -> None:
    result = answer(200, {"a": [{"end": "2026-01-01T00:00:00Z"}], "end": "no time"})
    assert result.map_times(lambda _: "T", "end").json == {"a": [{"end": "T"}], "end": "no time"}


def test_a_body_that_is_no_object_has_no_fields() -> None:
    request = Request("POST", "/api/tags", body=b"[1]")
    assert request.fields == {}
    assert request.with_fields(lambda _: {"a": 1}) is request
