"""The login form, and the page that carries the definition."""

from __future__ import annotations

import json
import re

import httpx
import pytest

from conformance.embedded.openapi import definition
from tests.embedded.conftest import BOSS, Start


def log_in(client: httpx.Client, password: str) -> httpx.Response:
    form = client.get("/en/login").text
    token = re.search(r'name="_csrf_token" value="([^"]+)"', form)
    assert token
    sent = {"_username": BOSS, "_password": password, "_csrf_token": token[1]}
    return client.post("/en/login_check", data=sent)


@pytest.mark.parametrize("emulate", ["2.24.0", "2.66.0"])
def test_a_login_opens_the_page(start: Start, emulate: str) -> None:
    kimai = start(emulate=emulate)
    client = kimai.client
    answer = client.get("/api/doc")
    assert answer.status_code == 302
    assert answer.headers["location"] == f"{kimai.kimai.url}/en/login"
    assert log_in(client, "wrong").headers["location"].endswith("/en/login")
    password = kimai.kimai.users[0]["password"]
    assert log_in(client, password).headers["location"].endswith("/api/doc")
    page = client.get("/api/doc").text
    marker = "swagger-data" if emulate == "2.24.0" else "docs.apiDescriptionDocument"
    assert marker in page
    start_of = page.index("{", page.index(marker))
    document, _ = json.JSONDecoder().raw_decode(page[start_of:])
    assert document["spec"] == definition(emulate)


def test_a_bearer_token_does_not_open_it(start: Start) -> None:
    kimai = start()
    assert kimai.ask(BOSS, "GET", "doc").status_code == 302
    kimai.client.cookies.clear()
    assert kimai.ask(BOSS, "GET", "doc.json").status_code == 404


def test_a_cookie_makes_an_api_call_a_browsers_call(start: Start) -> None:
    kimai = start()
    cookie = {"Cookie": "KIMAI_SESSION=unknown"}
    assert kimai.ask(None, "GET", "ping", headers=cookie).status_code == 302
    ajax = kimai.ask(None, "GET", "ping", headers={**cookie, "X-Requested-With": "XMLHttpRequest"})
    assert (ajax.status_code, ajax.text) == (403, "Access denied")
    answer = kimai.ask(BOSS, "GET", "ping", headers=cookie)
    assert answer.status_code == 200
    assert "KIMAI_SESSION=deleted" in answer.headers["set-cookie"]
