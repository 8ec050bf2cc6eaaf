"""From an HTTP request to a handler and back: the order in which Kimai finds what is wrong with a request.

The route first, then the body, then the caller, then what the handler does: so an unknown path is 404 to everybody,
and broken JSON is 400 before anybody asks who sends it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from conformance.embedded.behaviour import crashes, datetimes
from conformance.embedded.behaviour.access import Access
from conformance.embedded.behaviour.auth import COOKIE, authenticate, cookie
from conformance.embedded.errors import ApiError, ReleaseCrash
from conformance.embedded.forms.decode import decode
from conformance.embedded.handlers import HANDLERS
from conformance.embedded.store.state import Reply, RequestContext, State
from conformance.embedded.web.queries import parse
from conformance.embedded.web.routing import router

_LOG = logging.getLogger(__name__)
_EXPOSED = "X-Page, X-Total-Count, X-Total-Pages, X-Per-Page"
_WRITES = ("POST", "PATCH", "PUT", "DELETE")


@dataclass(frozen=True)
class RawRequest:
    """A request as it came: header names are in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


def answer(state: State, incoming: RawRequest) -> Response:
    """The answer of the API to a request, CORS headers included."""
    try:
        reply = _reply(state, incoming)
    except ApiError as error:
        reply = Reply(error.body, error.status, error.headers)
    except Exception:
        _LOG.exception("%s %s failed", incoming.method, incoming.path)
        reply = Reply(ApiError(500).body, 500)
    headers = {"Cache-Control": "max-age=0, must-revalidate, private", **reply.headers}
    if incoming.headers.get("origin"):
        headers["Access-Control-Allow-Origin"] = incoming.headers["origin"]
        if state.version.paging_exposed:
            headers["Access-Control-Expose-Headers"] = _EXPOSED
    if reply.status == 204:
        return Response(status_code=204, headers=headers)
    content = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
    headers.setdefault("Content-Type", "application/json")
    return Response(content, reply.status, headers)


def _reply(state: State, incoming: RawRequest) -> Reply:
    routes = router(state.version.name)
    if incoming.method == "OPTIONS" and "access-control-request-method" in incoming.headers:
        return Reply(b"", headers=_PREFLIGHT)
    if incoming.path.endswith("/") and incoming.method in ("GET", "HEAD"):
        bare = incoming.path.rstrip("/")
        if routes.knows("GET", bare):
            return Reply(b"", 301, {"Location": bare, "Content-Type": "text/html; charset=utf-8"})
    match = routes.match(incoming.method, incoming.path)
    body = decode(incoming.body, incoming.headers.get("content-type", "")) if incoming.method in _WRITES else None
    with state.lock:
        # What the handler changed is kept, unless it refused.
        with state.storage.session() as session:
            user = authenticate(state, session, incoming.headers)
            access = Access(user, state.rights, state.version)
            access.require("api_access")
            # A user whose zone is none cannot be served, as on a real instance.
            if not datetimes.is_zone(user.timezone or ""):
                raise ApiError(500)
            call = RequestContext(
                state, session, match.operation, access, match.parameters, parse(incoming.query), body
            )
            try:
                reply = HANDLERS[call.operation.key](call)
            except ApiError as error:
                _crash(call, 200 if isinstance(error, ReleaseCrash) else error.status)
                raise
            _crash(call, reply.status)
        if cookie(incoming.headers) is not None and cookie(incoming.headers) not in state.visits:
            reply.headers["Set-Cookie"] = f"{COOKIE}=deleted; Max-Age=0; path=/"
        return reply


def _crash(call: RequestContext, status: int) -> None:
    """Fail as the release does, where that is asked for."""
    if call.state.settings.text("crashes") == "real":
        asked = crashes.asked(call.parameters, call.raw_query, call.body)
        if crashes.crashes(call.version.name, call.operation.key, asked, status, call.state.settings.strict):
            raise ApiError(500)


_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, OPTIONS, POST, PUT, PATCH, DELETE",
    "Access-Control-Allow-Headers": "content-type, authorization, x-auth-user, x-auth-token",
    "Access-Control-Max-Age": "3600",
    "Content-Type": "text/html; charset=utf-8",
}
