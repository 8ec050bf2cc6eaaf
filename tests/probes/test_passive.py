"""What a passive observer sees in the answers that pass by."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.definition import Index
from conformance.model import Actor, Exchange, Secret, Token
from conformance.probes.responses.passive import PassiveObserver

THING: dict[str, Any] = {"type": "object", "properties": {"id": {"type": "integer"}, "part": {"type": "integer"}}}
EXPANDED: dict[str, Any] = {
    "type": "object",
    "properties": {"id": {"type": "integer"}, "part": {"type": "object", "properties": {"id": {"type": "integer"}}}},
}


def answers(schema: dict[str, Any]) -> dict[str, Any]:
    return {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}


REF = {"$ref": "#/components/schemas/Thing"}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.0",
    "info": {"title": "t", "version": "1"},
    "paths": {
        "/api/things": {
            "get": {
                "parameters": [{"name": "full", "in": "query", "schema": {"type": "string"}}],
                "responses": answers({"type": "array", "items": REF}),
            },
            "post": {
                "parameters": [{"name": "full", "in": "query", "schema": {"type": "string"}}],
                "responses": answers(REF),
            },
        },
        "/api/gone": {"post": {"responses": {"410": {"description": ""}}}},
    },
    "components": {"schemas": {"Thing": THING, "ThingExpanded": EXPANDED}},
}
ACTOR = Actor("ada", (Token("suite", Secret("secret")),), roles=("ROLE_ADMIN",))


def shown(body: Any, method: str = "GET", path: str = "/api/things", query: str = "", **more: Any) -> Exchange:
    values: dict[str, Any] = {"status": 200, "actor": "ada", "headers": {"content-type": "application/json"}, **more}
    return Exchange(
        method=method, target=path + query, operation=f"{'GET' if method == 'HEAD' else method} {path}",
        request_headers={}, request_body=None, body=json.dumps(body).encode(), **values,
    )  # fmt: skip


@pytest.fixture
def passive_observer() -> PassiveObserver:
    return PassiveObserver(Index.of(DOCUMENT), [ACTOR])


def seen(passive_observer: PassiveObserver, *exchanges: Exchange) -> set[tuple[str, str, str]]:
    for exchange in exchanges:
        passive_observer.notice(exchange)
    return {(sight.aspect, sight.field, sight.got) for sight in passive_observer.sights()}


def test_it_sees_nothing_in_what_is_as_documented(passive_observer: PassiveObserver) -> None:
    assert not seen(passive_observer, shown([{"id": 1, "part": 2}]), shown({"id": 1, "part": 2}, "POST"))
    assert list(passive_observer.operations) == ["GET /api/things", "POST /api/things"]


def test_an_empty_list_shows_no_attributes(passive_observer: PassiveObserver) -> None:
    assert not seen(passive_observer, shown([]), shown({"id": 1, "part": 2}, "POST"))
    assert passive_observer.showing == {"POST /api/things"}


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [
        (shown({"id": "1", "part": 2}, "POST"), ("type", "Thing.id", "string")),
        (shown({"id": 1, "part": 2, "more": 3}, "POST"), ("documented", "Thing.more", "integer")),
        (shown({"id": 1}, "POST"), ("present", "Thing.part", "missing")),
        (shown({"id": 1, "part": 2}, "POST", status=201), ("status", "", "201")),
        (shown({"id": 1, "part": 2}, "POST", headers={"content-type": "text/html; x"}), ("media", "", "text/html")),
        (shown(None, "POST"), ("type", "", "not JSON")),
    ],
)
def test_it_sees_what_departs_in_a_write(
    passive_observer: PassiveObserver, exchange: Exchange, expected: tuple[str, str, str]
) -> None:
    assert seen(passive_observer, exchange) == {expected}


@pytest.mark.parametrize(
    "exchange",
    [
        shown({"code": 400}, status=400),
        shown("x", actor=None),
        shown("x", "HEAD"),
        shown("x", "POST", "/api/gone"),
        shown("x", path="/api/unknown"),
    ],
)
def test_it_passes_over_what_the_definition_does_not_speak_of(
    passive_observer: PassiveObserver, exchange: Exchange
) -> None:
    assert not seen(passive_observer, exchange)


def test_an_expanded_list_has_the_expanded_schema(passive_observer: PassiveObserver) -> None:
    rows = [{"id": 1, "part": {"id": 2}}]
    assert not seen(passive_observer, shown(rows, query="?full=true"))
    assert seen(passive_observer, shown(rows, query="?full=0")) == {("type", "Thing.part", "object")}


def test_records_of_one_endpoint_have_one_set_of_attributes(passive_observer: PassiveObserver) -> None:
    both = seen(passive_observer, shown([{"id": 1, "part": 2}]), shown([{"id": 1}]))
    assert ("set", "[].part", "in some records") in both


def test_what_a_write_takes_for_full_is_not_documented(passive_observer: PassiveObserver) -> None:
    assert not seen(passive_observer, shown({"id": 1, "part": {"id": 2}}, "POST", query="?full=0"))
    assert not seen(passive_observer, shown({"id": 1, "part": {"id": 2}}, "POST", query="?full=1"))


def test_what_a_client_may_send_is_kept_before_what_none_would(passive_observer: PassiveObserver) -> None:
    """One thing seen has one exchange: that of input which no client would send excuses it, and comes last."""
    remote = shown([{"id": "x"}], query="?page=99999999999999999999")
    plain = shown([{"id": "x"}], query="?page=2")
    for exchange in (remote, plain, remote):
        passive_observer.notice(exchange)
    (sight,) = [sight for sight in passive_observer.sights() if sight.aspect == "type"]
    assert sight.exchange is plain
