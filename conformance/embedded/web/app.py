"""The embedded Kimai as an ASGI application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from conformance.embedded.behaviour.versions import version
from conformance.embedded.errors import ApiError
from conformance.embedded.interface import NEWEST
from conformance.embedded.store.settings import Settings
from conformance.embedded.store.state import State
from conformance.embedded.store.storage import Storage
from conformance.embedded.store.users import UserData, built_in, load, seed
from conformance.embedded.web import browser, dispatch
from conformance.embedded.web.dispatch import RawRequest

_METHODS = ["GET", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "HEAD"]


@dataclass(frozen=True)
class Built:
    """An application, the state behind it, and the users that it was started with."""

    app: ASGIApp
    state: State
    users: list[UserData]


def build(
    users: Path | None = None,
    database: Path | None = None,
    emulate: str = NEWEST,
    settings: Mapping[str, str] | None = None,
    faults: Sequence[str] = (),
    flawed_definition: bool = True,
) -> Built:
    """Make an instance.

    Raises `EmbeddedError` for a bad users file, an unknown setting or version, an unusable database.

    `users` is a file in the format of `people`, built-in users without it; `database` keeps the records, in memory
    without it. A database that has users already keeps those.
    """
    who = built_in() if users is None else load(users)
    behaviour = version(emulate)
    configured = Settings(settings)
    state = State(behaviour, configured, Storage(database), flawed_definition=flawed_definition)
    try:
        with state.storage.session() as session:
            seed(session, who, behaviour.user_preferences)
        return Built(_with_faults(_starlette(state), faults, who), state, who)
    except BaseException:
        state.storage.close()
        raise


def _with_faults(app: ASGIApp, names: Sequence[str], users: list[UserData]) -> ASGIApp:
    """The application with planted faults around it; their room is only needed where there are any."""
    if not names:
        return app
    from conformance.embedded.faults import wrap

    wrapped: ASGIApp = wrap(app, names, users=users)
    return wrapped


def _starlette(state: State) -> Starlette:
    async def endpoint(request: Request) -> Response:
        headers = dict(request.headers.items())
        path = request.scope["raw_path"].decode("ascii", "replace").partition("?")[0]
        incoming = RawRequest(request.method, path, request.url.query, headers, await request.body())
        response = browser.answer(state, incoming)
        if response is None and incoming.path.startswith("/api/"):
            response = dispatch.answer(state, incoming)
        return response or JSONResponse(ApiError(404).body, 404)

    return Starlette(routes=[Route("/{path:path}", endpoint, methods=_METHODS)])
