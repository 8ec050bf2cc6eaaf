"""What browsers see: the login form, and behind it the page that carries the API's definition."""

from __future__ import annotations

import html
import secrets
from collections.abc import Mapping
from urllib.parse import parse_qs

from sqlalchemy import or_, select
from starlette.responses import HTMLResponse, Response

from conformance.embedded.behaviour.auth import COOKIE, cookie, session_user
from conformance.embedded.behaviour.datetimes import utc_now
from conformance.embedded.openapi import page_for
from conformance.embedded.store.models import User
from conformance.embedded.store.state import BrowserSession, State
from conformance.embedded.web.dispatch import RawRequest

LOGIN, CHECK, DOC = "/en/login", "/en/login_check", "/api/doc"
_FORM = """<!DOCTYPE html>
<html lang="en"><head><title>Login</title></head><body>
<form action="{action}" method="post">
<input type="text" name="_username" value="" required>
<input type="password" name="_password" required>
<input type="hidden" name="_csrf_token" value="{csrf}">
<button type="submit">Login</button>
</form></body></html>
"""
_REDIRECT = """<!DOCTYPE html>
<html><head><title>Redirecting</title></head><body><a href="{target}">{target}</a></body></html>
"""


def answer(state: State, incoming: RawRequest) -> Response | None:
    """The answer to a browser's request, None where the path is none of its."""
    with state.lock:
        if incoming.path == DOC and incoming.method in ("GET", "HEAD"):
            return _doc(state, incoming)
        if incoming.path == LOGIN:
            key = _key(state, incoming.headers)
            page = _FORM.format(action=CHECK, csrf=html.escape(state.visits[key].csrf))
            return _with_cookie(HTMLResponse(page), key)
        if incoming.path == CHECK and incoming.method == "POST":
            return _check(state, incoming)
    return None


def _doc(state: State, incoming: RawRequest) -> Response:
    with state.storage.session() as session:
        user = session_user(state, session, incoming.headers)
    if user is None:
        key = _key(state, incoming.headers)
        state.visits[key].target = DOC
        return _with_cookie(_redirect(incoming, LOGIN), key)
    version = state.version
    return HTMLResponse(
        page_for(user.roles, version.name, flawed=state.flawed_definition, own_roles=version.roles_by_right)
    )


def _check(state: State, incoming: RawRequest) -> Response:
    """Log in, and give the browser a new session; any failure leads back to the form."""
    sent = {name: values[-1] for name, values in parse_qs(incoming.body.decode("utf-8", "replace")).items()}
    key = _key(state, incoming.headers)
    visit = state.visits[key]
    name = sent.get("_username", "")
    with state.storage.session() as session:
        user = session.scalar(select(User).where(or_(User.username == name, User.email == name)))
        known = user is not None and user.enabled and user.password is not None
        if user is None or not known or user.password != sent.get("_password") or sent.get("_csrf_token") != visit.csrf:
            return _with_cookie(_redirect(incoming, LOGIN), key)
        user.last_login = utc_now()
        number = user.id
    del state.visits[key]
    fresh = secrets.token_hex(16)
    state.visits[fresh] = BrowserSession(secrets.token_urlsafe(16), user_id=number)
    return _with_cookie(_redirect(incoming, visit.target), fresh)


def _key(state: State, headers: Mapping[str, str]) -> str:
    """The cookie of a session that exists, made where it does not."""
    key = cookie(headers)
    if key is None or key not in state.visits:
        key = secrets.token_hex(16)
        state.visits[key] = BrowserSession(secrets.token_urlsafe(16))
    return key


def _redirect(incoming: RawRequest, path: str) -> Response:
    host = incoming.headers.get("host", "127.0.0.1")
    target = f"http://{host}{path}"
    return HTMLResponse(_REDIRECT.format(target=html.escape(target)), 302, {"Location": target})


def _with_cookie(response: Response, key: str) -> Response:
    response.set_cookie(COOKIE, key, httponly=True, samesite="lax")
    return response
