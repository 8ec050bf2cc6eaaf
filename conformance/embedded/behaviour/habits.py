"""The seams: each thing the embedded Kimai does that a fault may do otherwise, as one replaceable function.

`Habits()` is a released Kimai. A fault replaces one attribute, mostly by a wrapper round the original:

    original = habits.checkbox
    habits.checkbox = lambda field, value, creating: value != "false" and original(field, value, creating)

What can be replaced, each an attribute that holds a function:

    checkbox(field, value, creating) -> bool          what a scalar sent for a top-level boolean means
    teamlead(value) -> bool                           the same for a team member's `teamlead`
    billable(value, creating) -> bool | None          the same for a timesheet's `billable`; None leaves it as it is
                                                      where nothing else changes, and is false otherwise
    absent_in_post(form, field, default) -> bool      a boolean that a POST leaves out; `default` is Kimai's value
    absent_in_patch(form, field, current) -> Any      any field that a PATCH leaves out; `current` is its value
    write_datetime(moment, zone) -> str               naive UTC → the text of an answer
    read_datetime(text, zone) -> datetime | None      the text of a body → naive UTC, None where it is refused
    read_query_datetime(text, zone) -> datetime | None  the same for query parameters
    round_begin(moment, zone, rounding), round_end(…), round_duration(seconds, begin, zone, rounding)
    scheme(header) -> str | None                      the bearer token of an Authorization header, or None
    find_token(session, text) -> Token | None         the stored token
    token_valid(token, now) -> bool                   whether it may still be used
    allows(user, right, subject, decision) -> bool    the last word on a permission; `subject` is a record or None
    visible(user, record, decision) -> bool           the last word on whether a record stands in the caller's lists
    filters(operation, name, value) -> bool           whether a query parameter filters ("GET /api/timesheets", "begin")
    orders(operation, orderby, direction) -> tuple    by what, and which way, a list is ordered
    page(number, size, total) -> Page                 which records of a list are shown, and what the headers say
    deletes(record) -> bool                           whether an accepted DELETE removes the record
    keeps_refused(operation) -> bool                  whether what a refused request had changed is kept
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from conformance.embedded.behaviour import datetimes
from conformance.embedded.store.models import Token, User
from conformance.embedded.store.settings import Rounding

_FALSE_WORDS = ("", "0", "false")


@dataclass(frozen=True)
class Page:
    """A page of a list: the slice [start:stop], and the four numbers of the headers."""

    start: int
    stop: int
    number: int
    size: int
    total: int
    pages: int


def checkbox(_field: str, value: Any, _creating: bool) -> bool:
    """False only for false itself: null, 0, "", "false" are true."""
    return value is not False


def teamlead(value: Any) -> bool:
    """False for false, null, 0, "0", "" and "false"."""
    return value is not None and value is not False and _text(value) not in _FALSE_WORDS


def billable(value: Any, creating: bool) -> bool | None:
    """False for false; null, 0, "0" and "" are false in POST, and in a PATCH that changes something else as well."""
    if value is False:
        return False
    if value is None or _text(value) in ("", "0"):
        return False if creating else None
    return True


def scheme(header: str) -> str | None:
    """The token after `Bearer `, which is written just so; None for other schemes and for what cannot be a token."""
    prefix, _, token = header.partition(" ")
    token = token.lstrip(" ")
    legal = all(char.isascii() and (char.isalnum() or char in "-._~+/=") for char in token)
    return token if prefix == "Bearer" and token and legal else None


def find_token(session: Session, text: str) -> Token | None:
    """The stored token of that text, compared exactly."""
    return session.scalar(select(Token).where(Token.token == text))


def token_valid(token: Token, now: datetime) -> bool:
    """Whether the token has not expired."""
    return token.expires_at is None or token.expires_at > now


def page(number: int, size: int, total: int) -> Page:
    """The page of that number (from 1) and size."""
    pages = max(1, -(-total // size))
    return Page((number - 1) * size, number * size, number, size, total, pages)


def _text(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


@dataclass
class Habits:
    """The behaviour of one instance. See the module for what each function is asked."""

    checkbox: Callable[[str, Any, bool], bool] = checkbox
    teamlead: Callable[[Any], bool] = teamlead
    billable: Callable[[Any, bool], bool | None] = billable
    absent_in_post: Callable[[str, str, bool], bool] = lambda _form, _field, default: default
    absent_in_patch: Callable[[str, str, Any], Any] = lambda _form, _field, current: current
    write_datetime: Callable[[datetime, str], str] = datetimes.write
    read_datetime: Callable[[str, str], datetime | None] = datetimes.read
    read_query_datetime: Callable[[str, str], datetime | None] = datetimes.read_query
    round_begin: Callable[[datetime, str, Rounding], datetime] = datetimes.round_begin
    round_end: Callable[[datetime, str, Rounding], datetime] = datetimes.round_end
    round_duration: Callable[[int, datetime, str, Rounding], int] = datetimes.round_duration
    scheme: Callable[[str], str | None] = scheme
    find_token: Callable[[Session, str], Token | None] = find_token
    token_valid: Callable[[Token, datetime], bool] = token_valid
    allows: Callable[[User, str, Any, bool], bool] = lambda _user, _right, _subject, decision: decision
    visible: Callable[[User, Any, bool], bool] = lambda _user, _record, decision: decision
    filters: Callable[[str, str, Any], bool] = lambda _operation, _name, _value: True
    orders: Callable[[str, str, str], tuple[str, str]] = lambda _operation, by, direction: (by, direction)
    page: Callable[[int, int, int], Page] = page
    deletes: Callable[[Any], bool] = lambda _record: True
    keeps_refused: Callable[[str], bool] = lambda _operation: False
