"""What a listener at the client keeps of refusals, and how they are judged."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from conformance.definition import Index
from conformance.embedded.openapi import definition
from conformance.model import Exchange, Place, Status
from conformance.probes.refusals.refusals import Refusal, Refusals
from conformance.verdict import Judge, load_clauses, load_deviations
from contracts.refusals import body_is_formed, judge_refusals

FORBIDDEN = {"code": 403, "message": "Forbidden"}
BEARER = {"authorization": "Bearer ***"}


class Places:
    """A writer that keeps places."""

    def __init__(self) -> None:
        self.kept: list[Place] = []

    def place(self, place: Place, **_: str) -> None:
        """Keep a place."""
        self.kept.append(place)


def refused(status: int, body: Any, path: str = "/api/tags/7", **more: Any) -> Exchange:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    values: dict[str, Any] = {
        "operation": "DELETE /api/tags/{id}",
        "request_headers": BEARER,
        "method": "DELETE",
        **more,
    }
    return Exchange(target=path, actor="x", request_body=None, status=status, headers={}, body=raw, **values)


def judged(*exchanges: Exchange) -> list[tuple[str, Status, str]]:
    refusals, places = Refusals(Index.of(definition("2.66.0"))), Places()
    for exchange in exchanges:
        refusals.notice(exchange)
    clauses, deviations = load_clauses(), load_deviations()
    judge_refusals(lambda clause: Judge(clause, clauses, deviations, "2.66.0", places), refusals)
    return [(place.clause, place.status, place.got) for place in places.kept]


def test_a_formed_refusal_keeps_both_clauses() -> None:
    assert judged(refused(403, FORBIDDEN), refused(403, FORBIDDEN)) == [
        ("error.body", Status.PASS, "code and message"),
        ("error.no-internals", Status.PASS, "no internals"),
    ]


@pytest.mark.parametrize(
    ("body", "got"),
    [
        (b"", "empty"),
        (b"<html>", "not JSON"),
        ({"code": 400, "message": "x"}, "another code"),
        ({"code": 403}, "no message"),
    ],
)
def test_a_body_that_is_not_formed_fails(body: Any, got: str) -> None:
    assert ("error.body", Status.FAIL, got) in judged(refused(403, body))


def test_internals_fail() -> None:
    results = {"code": 404, "message": 'object not found by "App\\Repository\\TagRepository"'}
    assert ("error.no-internals", Status.FAIL, "internals") in judged(refused(404, results))


def test_what_was_sent_is_no_internal() -> None:
    results = {"code": 400, "message": "/srv/x is no name"}
    exchange = refused(400, results, request_headers=BEARER, path="/api/tags/7?name=/srv/x")
    assert ("error.no-internals", Status.PASS, "no internals") in judged(exchange)


@pytest.mark.parametrize(
    "exchange",
    [
        refused(401, b""),
        refused(413, b"<html>too large</html>"),
        refused(404, b"<html>no such file</html>", path="/api/tags/a%2Fb"),
        refused(404, b"<html>no such file</html>", path="/api/tags/../x"),
        refused(400, b"<html>bad request</html>", path="/api/tags/7?name=a%00b"),
        refused(403, {"message": "Invalid credentials"}, request_headers={"X-AUTH-USER": "x", "X-AUTH-TOKEN": "y"}),
        refused(404, b"<html>", operation="GET /favicon.ico"),
        refused(403, b"", path="/api/users", operation="GET /api/users", method="HEAD"),
    ],
    ids=[
        "credentials",
        "web server",
        "escaped path",
        "dots",
        "odd bytes",
        "retired headers",
        "unknown operation",
        "no body",
    ],
)
def test_what_is_not_kimais_is_passed_over(exchange: Exchange) -> None:
    assert judged(exchange) == []


def test_a_service_writes_its_code_as_text_in_released_versions() -> None:
    body = {"code": "400", "message": "There was a problem saving."}
    exchange = refused(400, body, operation="PATCH /api/timesheets/{id}/stop", path="/api/timesheets/7/stop")
    assert ("error.body", Status.DEVIATION, "code as text") in judged(exchange)
    assert ("error.body", Status.FAIL, "code as text") in judged(refused(400, body))


@pytest.mark.parametrize(
    ("sent", "media", "status"),
    [
        (b'{"name": ', "application/json", Status.SKIPPED), (b'{"name": "x"}', "application/json", Status.FAIL),
        (b"name=x", "application/x-www-form-urlencoded", Status.FAIL), (None, "", Status.FAIL),
    ],
)  # fmt: skip
def test_a_page_to_a_body_that_is_no_json_may_be_that_of_a_filter(
    sent: bytes | None, media: str, status: Status
) -> None:
    exchange = replace(
        refused(400, b"<html>Bad Request</html>"),
        headers={"content-type": "text/html"},
        request_body=sent,
        request_headers={"Content-Type": media},
    )
    writer = Places()
    body_is_formed(
        Judge("error.body", load_clauses(), load_deviations(), "2.66.0", writer),
        Refusal(exchange.operation, 400, "not JSON", "", exchange),
    )
    assert [place.status for place in writer.kept] == [status]
