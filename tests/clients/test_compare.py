"""The comparison of what a client was answered can fail. The client itself is run by `python -m tests.clients`."""

from __future__ import annotations

from typing import Any

from tests.clients.__main__ import compare
from tests.clients.calls import Call

REFUSED = Call("worker", "entity", {}, {"GET /users": 403})
LISTED = Call("worker", "entity", {})


def _complaints(call: Call, *requests: list[Any], error: str | None = None) -> list[str]:
    return list(compare(call, {"requests": list(requests), "error": error}))


def test_the_expected_answers_are_fine() -> None:
    assert _complaints(LISTED, ["GET", "/api/users?visible=3", 200]) == []
    assert _complaints(REFUSED, ["GET", "/api/users", 403], ["GET", "/api/tags", 200], error="text") == []


def test_another_status_is_told() -> None:
    assert "answered 500, expected 403" in _complaints(REFUSED, ["GET", "/api/users?visible=3", 500])[0]
    assert "answered 404, expected success" in _complaints(LISTED, ["GET", "/api/users", 404])[0]


def test_a_refusal_that_was_not_asked_for_is_told() -> None:
    assert any("was not sent" in line for line in _complaints(REFUSED, ["GET", "/api/tags", 200]))


def test_a_client_that_cannot_read_the_answer_is_told() -> None:
    assert "ValidationError" in _complaints(LISTED, ["GET", "/api/users", 200], error="ValidationError: x")[0]
