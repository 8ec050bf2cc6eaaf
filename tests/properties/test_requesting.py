"""Requests as data: taken from an exchange, sent again as they were, and said with less."""

from __future__ import annotations

import json

import httpx
import pytest

from conformance.definition import Definition
from conformance.exchange import Client, ClientConfig
from conformance.model import Exchange
from conformance.properties.execution.requesting import NO_BODY, Request
from tests import processes

from .conftest import ACTORS


def test_an_instance_in_a_folder_is_asked_again_there(definition: Definition) -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, json={})

    config = ClientConfig("http://127.0.0.1:1/time/kimai", ACTORS, run_id="unit", transport=httpx.MockTransport(answer))
    with Client(config, definition.index) as client:
        session = client.session(ACTORS[0])
        exchange = session.get("/api/version?x=1")
        request = Request.of(exchange)
        assert request is not None
        request.send(session)
    assert asked == ["http://127.0.0.1:1/time/kimai/api/version?x=1"] * 2
    assert exchange.curl().endswith("'http://127.0.0.1:1/time/kimai/api/version?x=1'")


def test_bytes_that_are_no_utf8_are_sent_as_they_were() -> None:
    exchange = Exchange("GET", "/api/tags?name=%FF%FE", "GET /api/tags", "boss", {}, None, 500, {}, b"")
    request = Request.of(exchange)
    assert request is not None
    assert request.target == "/api/tags?name=%FF%FE"


def test_what_is_needed_goes_back_to_its_plain_value() -> None:
    request = Request("POST", "/api/x", body={"name": [], "city": []}, plain={"name": "n"})
    assert request.unusual == {"name", "city"}
    assert request.without({"name", "city"}).body == {"name": "n"}
    assert request.without({"city"}).unusual == {"name"}


def test_a_record_is_never_sent_without_its_end() -> None:
    plain = {"begin": "2024-05-06T08:00:00", "end": "2024-05-06T09:00:00", "project": 1}
    request = Request("POST", "/api/timesheets", body={**plain, "user": []}, plain=plain)
    smaller = [item.body for item in request.smaller()]
    assert {"user": [], "end": plain["end"]} in smaller
    assert all("end" in body for body in smaller)


def test_lists_and_their_items_are_taken_apart() -> None:
    request = Request("POST", "/api/x", body={"members": [{"user": None, "teamlead": True}]})
    assert {"members": [{"user": None}]} in [smaller.body for smaller in request.smaller()]
    assert Request("GET", "/api/x").body is NO_BODY


@pytest.mark.parametrize("message", ["x" * 70_000, "漢" * 30_000, "it's 'quoted'"], ids=["ascii", "wide", "short"])
def test_a_long_text_is_short_as_curl_and_comes_out_whole(message: str) -> None:
    body = json.dumps({"message": message, "pinned": True}).encode()
    curl = Exchange("POST", "/api/x", "POST /api/x", "boss", {}, body, 500, {}, b"", base_url="http://k.test").curl()
    assert len(curl) < 200
    words = curl.split("--data-raw ")[1].removesuffix(" http://k.test/api/x")
    done = processes.run(["bash", "-c", f"printf %s {words}"], check=True)
    assert json.loads(done.stdout) == json.loads(body)
