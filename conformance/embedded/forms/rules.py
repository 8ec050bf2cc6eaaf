"""Checks on what a form made of a record: blank, too long, not unique, and their messages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import func, select

from conformance.embedded import interface
from conformance.embedded.forms.engine import Submitted
from conformance.embedded.forms.kinds import NOT_VALID
from conformance.embedded.store.models import Team, User
from conformance.embedded.store.state import Call

BLANK = "This value should not be blank."
NULL = "This value should not be null."
NEGATIVE = "This value should be greater than or equal to 0."
USED = "This value is already used."
_MARKUP = re.compile(r'[<>"=]')
_EMAIL = re.compile(
    r"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)+"
)
_PASSWORD_LENGTH = (8, 60)

_ENTITIES = {
    "CustomerEditForm": "CustomerEntity",
    "ProjectEditForm": "ProjectEntity",
    "ActivityEditForm": "ActivityEntity",
    "UserCreateForm": "UserEntity",
    "UserEditForm": "UserEntity",
    "TagEditForm": "TagEntity",
    "TeamEditForm": "Team",
}
_REQUIRED = {
    "CustomerEditForm": dict.fromkeys(("name", "country", "language", "currency", "timezone"), BLANK),
    "ProjectEditForm": {"name": NULL, "customer": NULL},
    "ActivityEditForm": {"name": BLANK},
    "UserCreateForm": {"username": BLANK, "email": BLANK, "plainPassword": BLANK},
    "UserEditForm": {"email": BLANK},
    "TagEditForm": {"name": BLANK},
    "TeamEditForm": {"name": BLANK},
    "CommentForm": {"message": NULL},
    "TimesheetEditForm": {"project": NULL, "activity": NULL},
}
_NO_MARKUP = ("name", "username")
_NOT_NEGATIVE = ("rate", "internalRate", "fixedRate", "hourlyRate", "budget", "timeBudget")


@dataclass(frozen=True)
class Limits:
    """How many characters a text may have, and the pattern that it must match as a whole."""

    least: int | None = None
    most: int | None = None
    pattern: str | None = None


@cache
def _limits(version: str, form: str) -> dict[str, Limits]:
    if form not in _ENTITIES:
        return {}
    schema = interface.schema(version, _ENTITIES[form])
    return {a.name: Limits(a.min_length, a.max_length, a.pattern) for a in schema.attributes}


def check_fields(call: Call, result: Submitted, record: Any) -> None:
    """Check every field of the form on the record by itself."""
    required = _REQUIRED.get(result.form.name, {})
    for name in result.form.kinds:
        value = getattr(record, result.form.column(name))
        if name in required and (value is None or (value == "" and required[name] == BLANK)):
            result.reject(name, required[name])
        if isinstance(value, str):
            _check_text(call, result, name, value)
        if name in _NOT_NEGATIVE and value is not None and value < 0:
            result.reject(name, NEGATIVE)


def _check_text(call: Call, result: Submitted, name: str, value: str) -> None:
    limits = _limits(call.version.name, result.form.name).get(name, Limits())
    if name == "plainPassword":
        limits = Limits(*_PASSWORD_LENGTH)
    if name == "email" and not call.version.email_length:
        limits = Limits()
    _check_length(result, name, value, limits)
    if limits.pattern and not re.fullmatch(limits.pattern, value, re.DOTALL):
        result.reject(name, NOT_VALID)
    if name in _NO_MARKUP and call.version.markup_refused and _MARKUP.search(value):
        result.reject(name, 'The following characters are not allowed: < > " =')
    if name in ("email", "invoiceEmail") and value and not _EMAIL.fullmatch(value):
        result.reject(name, "This value is not a valid email address.")


def _check_length(result: Submitted, name: str, value: str, limits: Limits) -> None:
    if limits.least is not None and len(value) < limits.least:
        result.reject(name, f"This value is too short. It should have {limits.least} characters or more.")
    if limits.most is not None and len(value) > limits.most:
        result.reject(name, f"This value is too long. It should have {limits.most} characters or less.")


def check_unique_user(call: Call, result: Submitted, user: User) -> None:
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


def _other_user(call: Call, user: User, column: Any, value: str) -> bool:
    query = select(func.count()).where(func.lower(column) == value.lower())
    if user.id is not None:
        query = query.where(User.id != user.id)
    return bool(call.session.scalar(query))


def check_unique_name(call: Call, result: Submitted, record: Any) -> None:
    """No two teams, or tags, may share a name."""
    model = type(record)
    query = select(func.count()).where(func.lower(model.name) == (record.name or "").lower())
    if record.id is not None:
        query = query.where(model.id != record.id)
    if record.name and call.session.scalar(query):
        result.reject("name", USED)


def check_members(result: Submitted, team: Team) -> None:
    """A team has a member, and one who leads it."""
    if "members" in result.refused:
        return
    rows = result.values.get("members")
    leads = [member.teamlead for member in team.members] if rows is None else [r.teamlead for r in rows if r.valid]
    if not any(leads):
        result.reject_form("At least one team leader must be assigned to the team.")
    if not leads:
        result.reject_form("This collection should contain 1 element or more.")
    if any(not row.valid for row in rows or []):
        result.reject_form(NOT_VALID)
