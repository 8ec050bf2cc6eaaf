"""The way of Schemathesis to the instance: its transport, replaced by our client.

Schemathesis has no official place for this. Hooks and `session=` are bypassed by the probes of its checks, the
`transport` property of a schema is not; so the property is overridden, Schemathesis is pinned to the version this was
read in, and `verify_guard` shows at start-up that its probes really arrive at the guard.
"""

from __future__ import annotations

from collections.abc import Mapping
from http.client import responses as PHRASES
from typing import Any
from urllib.parse import urlsplit

import requests
import schemathesis
from schemathesis.checks import CheckContext
from schemathesis.config import ChecksConfig
from schemathesis.core.transport import Response
from schemathesis.specs.openapi._auth_retry import send_probe
from schemathesis.specs.openapi.schemas import OpenApiSchema
from schemathesis.transport.requests import REQUESTS_TRANSPORT, RequestsTransport

from conformance.exchange import Client, Credentials, Refused, Session, block_requests_library
from conformance.model import Exchange, GuardBrokenError
from conformance.properties.aliases import AnyCase

BASE_URL = "http://behind-the-client.invalid"
"""What Schemathesis takes for the instance. Nothing is ever sent there: only path and query reach the client."""

CANARY_PATH = "/api/kimai-conformance-canary"

CARRIED = frozenset({"accept", "content-type"})
"""Header names that a generated request may set itself, besides those that the definition lists."""


class ClientTransport(RequestsTransport):
    """Sends each case through the client: with the session of the caller, or without credentials where there is none.

    Schemathesis strips `session` from what it sends as probe, so a probe is anonymous unless it brings an
    `Authorization` header of its own.
    """

    def __init__(self, anonymous: Session) -> None:
        super().__init__()
        self._copy_serializers_from(REQUESTS_TRANSPORT)
        self._anonymous = anonymous
        self.last: Exchange | None = None

    def send(self, case: AnyCase, *, session: Any = None, **kwargs: Any) -> Response:
        """Send `case` and return its answer. Raises Refused where the guard refuses it, before anything is sent."""
        kwargs["base_url"] = BASE_URL
        prepared = prepare(self._build_request_data(case, kwargs))
        header = prepared.headers.get("Authorization")
        sender = self._anonymous if session is None else session
        if session is None and header:
            sender = sender.with_credentials(Credentials.header(str(header)))
        body = prepared.body.encode("utf-8", "surrogatepass") if isinstance(prepared.body, str) else prepared.body
        carried = CARRIED | {parameter.name.lower() for parameter in case.operation.headers}
        self.last = None
        exchange = sender.send(
            prepared.method or "GET",
            target_of(prepared),
            content=body if isinstance(body, bytes) else None,
            headers={name: str(value) for name, value in prepared.headers.items() if name.lower() in carried},
        )
        self.last = exchange
        return response_from(exchange, prepared)


def prepare(data: Mapping[str, Any]) -> requests.PreparedRequest:
    """Return the request as `requests` would send it, built from the keyword arguments of `requests.request`."""
    names = ("method", "url", "headers", "files", "data", "params", "auth", "cookies", "json")
    return requests.Request(**{name: data[name] for name in names if name in data}).prepare()


def target_of(prepared: requests.PreparedRequest) -> str:
    """Return path and query as they go over the wire."""
    parts = urlsplit(prepared.url or "")
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def response_from(exchange: Exchange, prepared: requests.PreparedRequest) -> Response:
    """Return the answer in the form that the checks of Schemathesis read.

    Built by hand: `Response.from_httpx` doubles the query of the request and joins repeated headers.
    """
    return Response(
        status_code=exchange.status,
        headers={name: [value] for name, value in exchange.headers.items()},
        content=exchange.body,
        request=prepared,
        elapsed=exchange.elapsed,
        verify=True,
        message=PHRASES.get(exchange.status, ""),
        encoding="utf-8",
    )


def send_through_client(schema: OpenApiSchema, client: Client) -> ClientTransport:
    """Make `schema`, and all that is cloned from it, send through `client`. Returns the transport."""
    block_requests_library()
    transport = ClientTransport(client.anonymous())
    base = type(schema)
    behind = type(base.__name__, (base,), {"transport": property(lambda _self: transport)})
    schema.__class__ = behind
    return transport


def verify_guard(schema: OpenApiSchema, client: Client) -> None:
    """Send a probe the way Schemathesis sends its own, and see it arrive at the guard.

    The probe is anonymous and asks for a path that no Kimai has, so it is harmless whether the guard refuses it or,
    on an instance of our own, lets it pass. Raises GuardBrokenError where it takes any other way.
    """
    case = _canary(schema)
    before = _arrivals(client)
    try:
        send_probe(_probe_context(), case, case.derive())
    except Refused:
        pass
    except Exception as error:
        raise _broken(f"the canary failed on its way: {error}") from error
    if _arrivals(client) != before + 1:
        raise _broken("the canary did not arrive there")


def _arrivals(client: Client) -> int:
    return client.requests + sum(client.refused.values())


def _broken(how: str) -> GuardBrokenError:
    return GuardBrokenError(
        f"a probe of Schemathesis {schemathesis.__version__} does not pass the guard: {how}",
        "Install the version of Schemathesis that this suite names in its dependencies.",
    )


def _canary(schema: OpenApiSchema) -> AnyCase:
    document = {
        "openapi": "3.0.0",
        "info": {"title": "canary", "version": "1"},
        "paths": {CANARY_PATH: {"delete": {"responses": {"204": {"description": ""}}}}},
    }
    canary = schemathesis.openapi.from_dict(document, config=schema.config._get_parent())
    canary.__class__ = type(schema)
    case: AnyCase = canary[CANARY_PATH]["delete"].Case()
    return case


def _probe_context() -> CheckContext:
    return CheckContext(
        override=None,
        auth=None,
        headers=None,
        config=ChecksConfig(),
        transport_kwargs=None,
        recorder=None,
        response_checks=[],
    )
