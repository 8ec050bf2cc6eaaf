"""Planting: the ASGI middleware that puts faults between a client and any ASGI app, embedded Kimai or proxy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from conformance.embedded.faults.messages import Answer, Record, Request, read_query
from conformance.embedded.faults.registry import Fault, Handler, find
from conformance.model import ROLES, UsageError

Users = Sequence[Mapping[str, Any]]


def wrap(app: ASGIApp, names: Iterable[str], users: Users | None = None) -> ASGIApp:
    """Return `app` with the faults and variations of these names planted before it, the first one outermost.

    `users` is the list of an actors file ("username", "password", "tokens"), for faults that must know whose a refused
    token or password is. Raises UsageError for an unknown name, or where such a fault is not told.
    """
    faults = find(names)
    if blind := [fault.id for fault in faults if fault.needs_users and not users]:
        raise UsageError(f"{', '.join(blind)} must know the users of the instance", "Give their file with --users.")
    return FaultMiddleware(app, faults, users or ()) if faults else app


class FaultMiddleware:
    """An ASGI app that asks another one through a chain of faults. Whole bodies are read; nothing is streamed."""

    def __init__(self, app: ASGIApp, faults: Sequence[Fault], users: Users) -> None:
        self._app = app
        self._acquaintances = KnownUsers(users)
        self._faults = [(fault, dict[Any, Any]()) for fault in faults]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection; what is not HTTP is passed on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        query, headers = read_query(scope["query_string"].decode("latin-1")), MutableHeaders(raw=list(scope["headers"]))
        request = Request(scope["method"], scope["path"], query, headers, await _read(receive))
        bottom = _Bottom(self._app, scope, self._acquaintances)
        handler: Handler = bottom
        for fault, memory in reversed(self._faults):
            handler = _planted(fault, Layer(handler, bottom.ask, memory, self._acquaintances))
        await _send(await handler(request), send, head=request.method == "HEAD")


class KnownUsers:
    """Who was seen: the callers behind tokens, asked once each, and the users that were told of."""

    def __init__(self, users: Users) -> None:
        self.users = users
        self.callers: dict[str, Record] = {}

    async def caller(self, request: Request, ask: Handler) -> Record:
        """Return the user behind a request's token; empty where it is no good."""
        if request.token is None:
            return {}
        if request.token not in self.callers:
            answer = await ask(request.read("/api/users/me"))
            self.callers[request.token] = answer.record
        return self.callers[request.token]

    def strongest(self) -> str | None:
        """Return the token of the strongest caller seen."""
        return max((token for token, user in self.callers.items() if user), key=self._rank, default=None)

    def _rank(self, token: str) -> int:
        roles = [role for role in self.callers[token].get("roles", ()) if role in ROLES]
        return max(map(ROLES.index, roles), default=0)


class Layer:
    """What lies behind one fault: see `registry.Inner`."""

    def __init__(self, handler: Handler, ask: Handler, memory: dict[Any, Any], acquaintances: KnownUsers) -> None:
        self._handler = handler
        self._ask = ask
        self._acquaintances = acquaintances
        self.memory = memory

    async def __call__(self, request: Request) -> Answer:
        """Send a request on."""
        return await self._handler(request)

    async def caller(self, request: Request) -> Record:
        """Return the user behind a request's token."""
        return await self._acquaintances.caller(request, self._ask)

    def strongest(self) -> str | None:
        """Return the token of the strongest user seen so far."""
        return self._acquaintances.strongest()

    def owner(self, text: str) -> Mapping[str, Any] | None:
        """Return the known user who has this token or password."""
        for user in self._acquaintances.users:
            if text == user.get("password") or any(text == token["token"] for token in user.get("tokens", ())):
                return user
        return None


def _planted(fault: Fault, behind: Layer) -> Handler:
    return lambda request: fault.apply(request, behind)


class _Bottom:
    """Asks the app itself, and gets acquainted with each token it lets in."""

    def __init__(self, app: ASGIApp, scope: Scope, acquaintances: KnownUsers) -> None:
        self._app = app
        self._scope = scope
        self._acquaintances = acquaintances

    async def __call__(self, request: Request) -> Answer:
        answer = await self.ask(request)
        if answer.ok and request.token is not None:
            await self._acquaintances.caller(request, self.ask)
        return answer

    async def ask(self, request: Request) -> Answer:
        """Ask the app itself, and nothing more."""
        messages: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": request.body, "more_body": False}

        async def send(message: Message) -> None:
            messages.append(message)

        await self._app(_scope(self._scope, request), receive, send)
        start = next(message for message in messages if message["type"] == "http.response.start")
        body = b"".join(message.get("body", b"") for message in messages if message["type"] == "http.response.body")
        return Answer(start["status"], MutableHeaders(raw=list(start.get("headers", ()))), body)


def _scope(before: Scope, request: Request) -> Scope:
    headers = MutableHeaders(raw=list(request.headers.raw))
    if request.body or "content-length" in headers:
        headers["content-length"] = str(len(request.body))
    same = read_query(before["query_string"].decode("latin-1")) == request.query
    return {
        **before,
        "method": request.method,
        "path": request.path,
        # What nobody changed goes on byte for byte: an escape written otherwise may mean something else to the server.
        "raw_path": before["raw_path"] if request.path == before["path"] else request.path.encode(),
        "query_string": before["query_string"] if same else request.query_string.encode(),
        "headers": headers.raw,
    }


async def _read(receive: Receive) -> bytes:
    parts, more = [], True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


async def _send(answer: Answer, send: Send, *, head: bool) -> None:
    headers = MutableHeaders(raw=list(answer.headers.raw))
    bodiless = head or answer.status in {204, 304}
    if answer.status in {204, 304}:
        del headers["content-length"]
    elif not head:
        headers["content-length"] = str(len(answer.body))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers.raw})
    await send({"type": "http.response.body", "body": b"" if bodiless else answer.body})
