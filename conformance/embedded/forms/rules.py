"""Checks on what a form made of a record: blank, too long, not unique, and their messages."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import func, select

from conformance.embedded.forms.engine import Submitted
from conformance.embedded.forms.kinds import NOT_VALID
from conformance.embedded.store.models import LIMIT, User
from conformance.embedded.store.state import RequestContext

BLANK = "This value should not be blank."
NULL = "This value should not be null."
USED = "This value is already used."
_TOO_SHORT = "This value is too short. It should have {} characters or more."
TOO_LONG = "This value is too long. It should have {} characters or less."
_EMAIL = re.compile(
    r"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)+"
)
_URL = re.compile(
    r"https?://(?:[\w.:-]+@)?(?:[a-z0-9_-]+|(?:[\w-]+\.)+\w+|\[[0-9a-f:.]+\])\.?(?::\d+)?"
    r"(?:/[^\s<>\"{}|\\^`?#]*)?(?:\?[^\s<>\"{}|\\^`#]*)?(?:#[^\s<>\"{}|\\^`]*)?",
    re.IGNORECASE,
)


def _length(value: Any, *limits: str) -> str | None:
    least, most = map(int, limits if len(limits) > 1 else ("0", *limits))
    if not isinstance(value, str) or least <= len(value) <= most:
        return None
    return _TOO_SHORT.format(least) if len(value) < least else TOO_LONG.format(most)


def _between(value: Any, least: str, most: str) -> str | None:
    within = value is None or int(least) <= value <= int(most)
    return None if within else f"This value should be between {least} and {most}."


def _unless(holds: Callable[[Any], object], message: str) -> Callable[..., str | None]:
    return lambda value: None if holds(value) else message


def _without(pattern: str, message: str) -> Callable[..., str | None]:
    return _unless(lambda value: not isinstance(value, str) or not re.search(pattern, value), message)


def _like(pattern: re.Pattern[str], message: str) -> Callable[..., str | None]:
    return _unless(lambda value: not value or pattern.fullmatch(value), message)


_WORDS: Mapping[str, Callable[..., str | None]] = {
    "null": _unless(lambda value: value is not None, NULL),
    "blank": _unless(lambda value: value not in (None, ""), BLANK),
    "length": _length,
    "positive": _unless(lambda value: value is None or value >= 0, "This value should be greater than or equal to 0."),
    "between": _between,
    "markup": _without(r'[<>"=]', 'The following characters are not allowed: < > " ='),
    "slash": _without("/", NOT_VALID),
    "comma": _without(",", "Tag name cannot contain comma"),
    "email": _like(_EMAIL, "This value is not a valid email address."),
    "url": _like(_URL, "This value is not a valid URL."),
}
"""What the words of `constraints.toml` mean: each gives the message for a value that they do not hold for."""

Constraint = Callable[[Any], str | None]


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files(__package__).joinpath("constraints.toml").read_text(encoding="utf-8"))


@cache
def _constraints(version: str, form: str) -> Mapping[str, tuple[Constraint, ...]]:
    fields = _table().get(form, {})
    return {name: tuple(_meant(rule) for rule in rules if _holds(rule, version)) for name, rules in fields.items()}


def _holds(rule: str, version: str) -> bool:
    since, plus, _ = rule.partition("+ ")
    return not plus or _numbers(version) >= _numbers(since)


def _numbers(version: str) -> list[int]:
    return [int(number) for number in version.split(".")]


def _meant(rule: str) -> Constraint:
    word, *arguments = rule.rpartition("+ ")[2].split()
    return lambda value: _WORDS[word](value, *arguments)


def check_fields(call: RequestContext, result: Submitted, record: Any) -> None:
    """Check every field of the form on the record by itself."""
    constraints = _constraints(call.version.name, result.form.name)
    for name in result.form.kinds:
        value = getattr(record, result.form.column(name))
        if wrong := [message for rule in constraints.get(name, ()) if (message := rule(value))]:
            result.reject(name, *wrong)


def check_columns(call: RequestContext, result: Submitted, record: Any) -> None:
    """Refuse a text that is longer than its column in a released database, or cut it as a lenient one does.

    Asked last: a release only crashes then.
    """
    for name in result.form.kinds:
        column, value = result.form.column(name), getattr(record, result.form.column(name))
        limit = record.__table__.columns[column].info.get(LIMIT) if isinstance(value, str) else None
        if limit is None or len(value.encode()) <= limit:
            continue
        if call.state.settings.strict:
            raise result.crash(name, TOO_LONG.format(limit))
        setattr(record, column, value.encode()[:limit].decode(errors="ignore"))


def check_unique_user(call: RequestContext, result: Submitted, user: User) -> None:
    """No two users may share a name or e-mail address, not even crosswise."""
    for name, word in (("username", "username"), ("email", "e-mail address")):
        value, column = getattr(user, name), getattr(User, name)
        other = User.email if name == "username" else User.username
        if not value:
            continue
        if _other_user(call, user, other, value):
            result.reject(name, f"An equal {'email' if name == 'username' else 'username'} is already used.")
        if _other_user(call, user, column, value):
            twice = [USED] if call.version.email_twice or name == "username" else []
            result.reject(name, f"This {word} is already in use.", *twice)


def _other_user(call: RequestContext, user: User, column: Any, value: str) -> bool:
    query = select(func.count()).where(func.lower(column) == value.lower())
    if user.id is not None:
        query = query.where(User.id != user.id)
    return bool(call.session.scalar(query))


def check_unique_name(call: RequestContext, result: Submitted, record: Any) -> None:
    """No two teams, or tags, may share a name."""
    model = type(record)
    query = select(func.count()).where(func.lower(model.name) == (record.name or "").lower())
    if record.id is not None:
        query = query.where(model.id != record.id)
    if record.name and call.session.scalar(query):
        result.reject("name", USED)
