"""All that Schemathesis sends goes through the client, its own probes included."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest
import requests
from schemathesis.transport.requests import RequestsTransport

from conformance.exchange import Client, Refused
from conformance.model import GuardBrokenError
from conformance.properties.execution.runner import PropertyRunner
from conformance.properties.execution.schema import configuration, load
from conformance.properties.execution.transport import send_through_client, verify_guard

from .conftest import Fake


def as_requests(workshop: PropertyRunner) -> requests.Session:
    """Return the session that stands where Schemathesis says one of `requests`."""
    return cast(requests.Session, workshop.session)


def test_a_probe_arrives_at_the_guard(client: Client, make_workshop: Callable[..., PropertyRunner]) -> None:
    assert make_workshop().transport is not None
    assert sum(client.refused.values()) == 1


def test_a_probe_that_goes_another_way_breaks_the_guard(
    client: Client, make_workshop: Callable[..., PropertyRunner]
) -> None:
    schema = make_workshop().schema
    send_through_client(schema, client)
    schema.__class__ = type("Bypass", (type(schema),), {"transport": property(lambda _self: RequestsTransport())})
    with pytest.raises(GuardBrokenError, match="does not pass the guard"):
        verify_guard(schema, client)


def test_a_transport_that_swallows_requests_is_noticed(
    client: Client, make_workshop: Callable[..., PropertyRunner]
) -> None:
    class Silent(RequestsTransport):
        def send(self, _case: object, **_kwargs: object) -> None:  # type: ignore[override]
            return None

    schema = make_workshop().schema
    schema.__class__ = type("Bypass", (type(schema),), {"transport": property(lambda _self: Silent())})
    with pytest.raises(GuardBrokenError, match="did not arrive"):
        verify_guard(schema, client)


def test_requests_cannot_send_beside_the_client(make_workshop: Callable[..., PropertyRunner]) -> None:
    assert make_workshop().transport
    with pytest.raises(GuardBrokenError):
        requests.get("http://127.0.0.1:1/", timeout=1)


def test_a_case_goes_out_as_it_was_generated(fake: Fake, make_workshop: Callable[..., PropertyRunner]) -> None:
    workshop = make_workshop()
    case = workshop.operation("GET /api/customers").Case(query={"term": "a b&c", "visible": "3"})
    workshop.transport.last = None
    response = case.call(session=as_requests(workshop))
    assert fake.log[-1] == "GET /api/customers?term=a+b%26c&visible=3"
    assert response.status_code == 200
    assert response.headers["content-type"] == ["application/json"]
    assert workshop.transport.last is not None
    assert workshop.transport.last.operation == "GET /api/customers"


def test_without_a_session_no_credentials_are_sent(
    client: Client, make_workshop: Callable[..., PropertyRunner]
) -> None:
    seen: list[object] = []
    workshop = make_workshop()
    assert workshop.transport
    client.listeners.append(lambda exchange: seen.append("authorization" in exchange.request_headers))
    workshop.operation("GET /api/ping").Case().call()
    workshop.operation("GET /api/ping").Case().call(session=as_requests(workshop))
    assert seen == [False, True]


def test_the_guard_refuses_what_schemathesis_sends(fake: Fake, make_workshop: Callable[..., PropertyRunner]) -> None:
    workshop = make_workshop()
    assert workshop.transport
    case = workshop.operation("DELETE /api/customers/{id}").Case(path_parameters={"id": "1"})
    with pytest.raises(Refused):
        case.call(session=as_requests(workshop))
    assert not [line for line in fake.log if line.startswith("DELETE")]


def test_no_outside_configuration_is_read(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(str(tmp_path))
    (tmp_path / "schemathesis.toml").write_text("seed = 7\n")  # type: ignore[operator]
    monkeypatch.setenv("SCHEMATHESIS_HOOKS", "no_such_module_anywhere")
    assert configuration(3).seed == 3
    document = {"openapi": "3.0.0", "info": {"title": "", "version": ""}, "paths": {}}
    assert load(document, 4).config.seed == 4
