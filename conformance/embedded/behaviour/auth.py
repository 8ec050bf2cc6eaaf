"""Who is calling: bearer tokens, the old X-AUTH headers, and what each kind of failure answers."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from conformance.embedded.behaviour.datetimes import utc_now
from conformance.embedded.errors import ApiError
from conformance.embedded.store.models import Token, User
from conformance.embedded.store.state import State

_CHALLENGE = 'Bearer error="invalid_token",error_description="Invalid credentials."'
_TO_LOGIN = {"Location": "/en/login", "Content-Type": "text/html; charset=utf-8"}
_USAGE_EVERY = timedelta(seconds=60)
_LEGACY_TRIES = 5
_LEGACY_WINDOW = 60.0
NO_BODY: Final = b""
COOKIE = "KIMAI_SESSION"


def authenticate(state: State, session: Session, headers: Mapping[str, str]) -> User:
    """The caller by the headers (lower case names). Raises what Kimai answers where they name none."""
    legacy_user, legacy_token = headers.get("x-auth-user"), headers.get("x-auth-token")
    if legacy_user is not None and legacy_token is not None:
        if not legacy_user:
            raise ApiError(403, body={"message": "Authentication required, missing user header: X-AUTH-USER"})
        if not legacy_token:
            raise ApiError(403, body={"message": "Authentication required, missing token header: X-AUTH-TOKEN"})
        now = time.monotonic()
        state.legacy_failures[:] = [moment for moment in state.legacy_failures if now - moment < _LEGACY_WINDOW]
        if len(state.legacy_failures) > _LEGACY_TRIES and state.version.user_preferences:
            raise ApiError(400)
        user = session.scalar(select(User).where(or_(User.username == legacy_user, User.email == legacy_user)))
        if user is None or not user.enabled or user.api_password is None or user.api_password != legacy_token:
            state.legacy_failures.append(now)
            raise ApiError(403, body={"message": "Invalid credentials"})
        return user
    token = bearer(headers.get("authorization", ""))
    if token is not None:
        return _bearer(session, token)
    if cookie(headers) is not None:
        user = session_user(state, session, headers)
        if user is not None:
            return user
        if headers.get("x-requested-with") == "XMLHttpRequest":
            raise ApiError(403, body=b"Access denied", headers={"Content-Type": "text/plain; charset=utf-8"})
        raise ApiError(302, body=b"Redirecting to /en/login", headers=_TO_LOGIN)
    raise ApiError(401)


def bearer(header: str) -> str | None:
    """The token after `Bearer `, which is written just so; None for other schemes and for what cannot be a token."""
    prefix, _, token = header.partition(" ")
    token = token.lstrip(" ")
    legal = all(char.isascii() and (char.isalnum() or char in "-._~+/=") for char in token)
    return token if prefix == "Bearer" and token and legal else None


def _bearer(session: Session, text: str) -> User:
    token = session.scalar(select(Token).where(Token.token == text))
    if token is None or (token.expires_at is not None and token.expires_at <= utc_now()) or not token.user.enabled:
        raise ApiError(401, body=NO_BODY, headers={"WWW-Authenticate": _CHALLENGE})
    now = utc_now()
    if token.last_usage is None or now - token.last_usage >= _USAGE_EVERY:
        token.last_usage = now
        session.commit()
    return token.user


def session_user(state: State, session: Session, headers: Mapping[str, str]) -> User | None:
    """The user who logged in with the session cookie, None where there is none."""
    visit = state.visits.get(cookie(headers) or "")
    return session.get(User, visit.user_id) if visit and visit.user_id is not None else None


def cookie(headers: Mapping[str, str]) -> str | None:
    """The value of the session cookie, None without one."""
    for part in headers.get("cookie", "").split(";"):
        name, _, value = part.strip().partition("=")
        if name == COOKIE:
            return value
    return None
