"""A tiny Kimai on one page: two users, one record, and a note of what it was asked."""

from __future__ import annotations

import json
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from conformance.embedded.faults import wrap

USERS = {
    "strong": {"id": 1, "username": "strong", "roles": ["ROLE_SUPER_ADMIN"], "timezone": "UTC"},
    "weak": {"id": 2, "username": "weak", "roles": ["ROLE_USER"], "timezone": "Asia/Kathmandu"},
}
KNOWN = [
    {
        "username": "weak",
        "password": "a-password",
        "tokens": [
            {"token": "weak", "expires_at": None},
            {"token": "past", "expires_at": "2020-01-01T00:00:00"},
            {"token": "future", "expires_at": "2099-01-01T00:00:00"},
        ],
    }
]
SHEET = {
    "id": 7,
    "begin": "2026-07-01T10:00:00+0545",
    "end": None,
    "description": "x",
    "tags": [],
    "billable": False,
    "user": 2,
}


class Tiny:
    """The app, with every request it was asked in `asked` as (method, path, query, body)."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str, Any]] = []
        self.record = dict(SHEET)
        methods = ["GET", "POST", "PATCH", "DELETE"]
        self.app = Starlette(routes=[Route("/{path:path}", self.serve, methods=methods)])

    async def serve(self, request: Request) -> Response:
        """Answer one request."""
        body = await request.body()
        value = json.loads(body) if body.startswith(b"{") else None
        self.asked.append((request.method, request.url.path, request.url.query, value))
        user = USERS.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        if user is None:
            return JSONResponse({"code": 401, "message": "Unauthorized"}, 401)
        return self._answer(request, user, value or {})

    def _answer(self, request: Request, user: dict[str, Any], value: dict[str, Any]) -> Response:
        path = request.url.path
        if path.endswith("/users/me"):
            return JSONResponse(user)
        if path.endswith("/404"):
            return JSONResponse({"code": 404, "message": "Not Found"}, 404)
        if request.method == "DELETE":
            return Response(status_code=204)
        if request.method == "PATCH":
            self.record.update(value)
        listed = {"X-Page": "1", "X-Total-Count": "1", "X-Total-Pages": "1", "X-Per-Page": "50"}
        return JSONResponse([self.record], headers=listed) if path.endswith("s") else JSONResponse(self.record)


async def ask(app: ASGIApp, method: str, path: str, token: str | None = "strong", **kwargs: Any) -> httpx.Response:
    """Ask an ASGI app, as the user of that token."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://tiny") as client:
        return await client.request(method, path, headers={**headers, **kwargs.pop("headers", {})}, **kwargs)


def planted(*names: str) -> tuple[Tiny, ASGIApp]:
    """Return a tiny Kimai and the same with faults before it."""
    tiny = Tiny()
    return tiny, wrap(tiny.app, names, users=KNOWN)
