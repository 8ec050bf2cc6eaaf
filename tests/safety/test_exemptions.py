"""What the guard does not decide is told by each request itself, and is no more than two announced exceptions."""

from __future__ import annotations

import httpx
import pytest

from conformance.exchange.network import LOGIN
from conformance.exchange.network.exemptions import Exemptions

BASE = "https://kimai.test/sub"
FORM = f"{BASE}/en/login_check"


def of_login(method: str, url: str, **headers: str) -> httpx.Request:
    return httpx.Request(method, url, headers=headers, extensions={LOGIN: True})


@pytest.mark.parametrize(
    "request_",
    [
        httpx.Request("GET", "http://kimai.test/sub/api/ping"),
        of_login("GET", f"{BASE}/api/doc"),
        of_login("POST", FORM, cookie="a=b"),
    ],
    ids=("ping", "page", "form"),
)
def test_the_announced_exceptions_pass(request_: httpx.Request) -> None:
    exemptions = Exemptions(BASE)
    with exemptions.one_post(FORM):
        assert exemptions.cover(request_)


@pytest.mark.parametrize(
    "request_",
    [
        httpx.Request("GET", "http://kimai.test/sub/api/version"),
        httpx.Request("POST", "http://kimai.test/sub/api/ping"),
        httpx.Request("GET", "http://kimai.test/sub/api/ping", headers={"authorization": "Bearer x"}),
        httpx.Request("GET", "http://kimai.test/sub/api/ping", headers={"cookie": "a=b"}),
        httpx.Request("GET", f"{BASE}/api/doc"),
        of_login("GET", f"{BASE}/api/doc", authorization="Bearer x"),
        of_login("GET", "https://other.test/sub/api/doc"),
        of_login("GET", "https://kimai.test/api/doc"),
        of_login("POST", f"{BASE}/api/customers"),
        of_login("DELETE", FORM),
    ],
)
def test_nothing_else_does(request_: httpx.Request) -> None:
    exemptions = Exemptions(BASE)
    with exemptions.one_post(FORM):
        assert not exemptions.cover(request_)


def test_a_form_is_posted_to_only_while_it_is_sent() -> None:
    exemptions = Exemptions(BASE)
    with exemptions.one_post(FORM):
        pass
    assert not exemptions.cover(of_login("POST", FORM))


def test_an_instance_without_https_has_no_plain_ping() -> None:
    assert Exemptions("http://kimai.test").plain_ping is None
    assert not Exemptions("http://kimai.test").cover(httpx.Request("GET", "http://kimai.test/api/ping"))
