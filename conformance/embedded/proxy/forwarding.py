"""Forwarding: an ASGI app that passes each request on to another origin, and its answer back as it came."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_OF_A_CONNECTION = {b"connection", b"keep-alive", b"te", b"trailer", b"transfer-encoding", b"upgrade"}
_ASKED = _OF_A_CONNECTION | {b"host", b"accept-encoding"}
_ANSWERED = _OF_A_CONNECTION | {b"content-encoding", b"content-length"}

Headers = list[tuple[bytes, bytes]]


def forwarding(upstream: httpx.URL, timeout: float = 60.0) -> Starlette:
    """Return an app that forwards to the origin of `upstream`; `timeout` in seconds.

    Paths, queries and bodies go on byte for byte. Bodies come back unpacked, and a Location on that origin becomes one
    on the app's own, so that a client stays with it. An origin that cannot be reached is answered 502.
    """
    transport = httpx.AsyncHTTPTransport()

    async def forward(request: Request) -> Response:
        asked = _asked(request, upstream, await request.body(), timeout)
        try:
            answer = await transport.handle_async_request(asked)
            body = await answer.aread()
        except httpx.TransportError as error:
            message = f"{upstream} cannot be reached: {type(error).__name__}"
            return JSONResponse({"code": 502, "message": message}, status_code=502)
        response = Response(body, answer.status_code)
        theirs = f"{upstream.scheme}://{upstream.netloc.decode()}".encode()
        ours = f"{request.url.scheme}://{request.url.netloc}".encode()
        answered = [
            (name.lower(), value.replace(theirs, ours, 1) if name.lower() == b"location" else value)
            for name, value in _kept(answer.headers.raw, _ANSWERED)
        ]
        response.raw_headers = [*answered, *_length(body, answer, request)]
        return response

    @asynccontextmanager
    async def closing(_app: Starlette) -> AsyncIterator[None]:
        async with transport:
            yield

    return Starlette(routes=[Route("/{path:path}", forward, methods=list(_METHODS))], lifespan=closing)


def _asked(request: Request, upstream: httpx.URL, body: bytes, timeout: float) -> httpx.Request:
    path, query = request.scope["raw_path"], request.scope["query_string"]
    url = upstream.copy_with(raw_path=path + (b"?" + query if query else b""))
    # An answer that comes packed could not be changed; a Host of this machine could be another site's over there.
    headers = [*_kept(request.headers.raw, _ASKED), (b"host", upstream.netloc), (b"accept-encoding", b"identity")]
    limits = dict.fromkeys(("connect", "read", "write", "pool"), timeout)
    return httpx.Request(request.method, url, headers=headers, content=body, extensions={"timeout": limits})


def _kept(headers: Iterable[tuple[bytes, bytes]], dropped: set[bytes]) -> Headers:
    return [(name, value) for name, value in headers if name.lower() not in dropped]


def _length(body: bytes, response: httpx.Response, request: Request) -> Headers:
    if response.status_code in {204, 304}:
        return []
    result = response.headers.get("content-length", "0") if request.method == "HEAD" else str(len(body))
    return [(b"content-length", result.encode())]
