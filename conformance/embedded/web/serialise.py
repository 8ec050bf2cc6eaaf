"""Records as JSON. Attributes, their names and order are those of the definition; here is where values come from.

A schema's attribute is the column of that name, unless `_SPECIAL` knows better. What the caller may not see is left
out, not null: rates and budgets by the rights on that very record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

from conformance.embedded import interface
from conformance.embedded.behaviour import colours, datetimes
from conformance.embedded.behaviour.access import BUDGET_RIGHTS
from conformance.embedded.interface import Attribute, Shape
from conformance.embedded.store.models import (
    Activity,
    Base,
    Customer,
    CustomerComment,
    Invoice,
    Preference,
    Project,
    ProjectComment,
    Timesheet,
    User,
)
from conformance.embedded.store.state import Reply, RequestContext
from conformance.embedded.store.users import CONTRACT_PREFERENCES

LEFT_OUT = object()
"""The value of an attribute that the answer does not have."""

Getter = Callable[[RequestContext, Any], Any]

_RATES = ("rate", "internalRate", "fixedRate", "hourlyRate")
_LATE_PREFERENCES: dict[str, str | None] = {
    "hourly_rate": "0",
    "internal_rate": None,
    "first_weekday": "monday",
    "favorite_routes": "",
}
RESET = "__pw_reset__"
"""The preference that 2.24.0 keeps `requiresPasswordReset` in."""
RATE_PREFERENCES = ("hourly_rate", "internal_rate")


_SHOWN = {*CONTRACT_PREFERENCES, *_LATE_PREFERENCES, RESET}


def as_json(call: RequestContext, record: Base, schema: str) -> dict[str, Any]:
    """The record by that schema, as the caller of the call sees it."""
    result = {}
    for attribute, getter, nested in _plan(call.version.name, schema, type(record)):
        value = getter(call, record)
        if value is not LEFT_OUT:
            result[attribute.name] = _converted(call, value, attribute.shape, nested, record)
    return result


def answer(call: RequestContext, value: Base | list[Any]) -> Reply:
    """The record or records as the operation documents its answer: schema and status are the definition's."""
    documented = call.operation.answer
    shape = documented.shape
    target = None if shape is None else (shape.items or shape).target
    schema = target or f"{type(value).__name__}Entity"
    status = int(documented.status) if documented.status.isdecimal() else 200
    return Reply(as_list(call, value, schema) if isinstance(value, list) else as_json(call, value, schema), status)


def as_list(call: RequestContext, records: list[Any], schema: str) -> list[dict[str, Any]]:
    """The records by that schema."""
    return [as_json(call, record, schema) for record in records]


@cache
def _plan(version: str, schema: str, model: type[Base]) -> tuple[tuple[Attribute, Getter, str | None], ...]:
    plan = []
    for attribute in interface.schema(version, schema).attributes:
        target = (attribute.shape.items or attribute.shape).target
        plan.append((attribute, _getter(schema, model, attribute.name), target and _REAL.get(target, target)))
    return tuple(plan)


_REAL = {"User2": "User", "Team": "TeamCollection", "UserPreference2": "UserPreference"}
"""The generator's doubles, and references to a team, which never bring its members."""


def _getter(schema: str, model: type[Base], name: str) -> Getter:
    special = _SPECIAL.get((model, name)) or _SPECIAL.get((schema, name)) or _COMMON.get(name)
    if special:
        return special
    column = _column(name)
    return lambda _call, record: getattr(record, column)


def _column(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name)


def _converted(call: RequestContext, value: Any, shape: Shape, target: str | None, record: Any) -> Any:
    if isinstance(value, Base):
        return as_json(call, value, target) if target else value.id
    if isinstance(value, list) and value and isinstance(value[0], Base):
        return as_list(call, value, target) if target else [item.id for item in value]
    if isinstance(value, datetime):
        return datetimes.write(value, record.timezone if isinstance(record, Timesheet | Invoice) else "UTC")
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if shape.kind == "number" and isinstance(value, int) else value


def _colour(_call: RequestContext, record: Any) -> str:
    name = record.alias or record.username if isinstance(record, User) else record.name
    return colours.safe(record.color, name)


def _parent_title(_call: RequestContext, record: Any) -> str | None:
    parent = record.customer if isinstance(record, Project) else record.project
    return None if parent is None else parent.name


def _rate(column: str) -> Getter:
    def getter(call: RequestContext, sheet: Timesheet) -> Any:
        if call.version.rates_hidden and not call.access.timesheet("view_rate", sheet):
            return LEFT_OUT
        return getattr(sheet, column)

    return getter


def _budget(name: str, actions: tuple[str, ...]) -> Getter:
    def getter(call: RequestContext, record: Any) -> Any:
        if call.version.rates_hidden and not any(call.access.content(action, record) for action in actions):
            return LEFT_OUT
        return getattr(record, _column(name))

    return getter


def _initials(_call: RequestContext, user: User) -> str:
    words = (user.alias or user.username).replace(".", " ").split()
    letters = "".join(word[0] for word in words[:2]) if len(words) > 1 else "".join(words)[:2]
    return letters.upper()


def preferences(call: RequestContext, user: User, prepared: bool) -> list[Preference]:
    """A user's preferences as shown: the stored ones, those of the rate only to whom may see them.

    `prepared`: with the defaults that Kimai adds where it shows a profile.
    """
    shown = [p for p in user.preferences if p.name in _SHOWN]
    if prepared:
        stored = {p.name for p in shown}
        shown += [Preference(name=name, value=value) for name, value in _LATE_PREFERENCES.items() if name not in stored]
    sees_rates = call.access.profile("hourly-rate", user)
    return [p for p in shown if sees_rates or p.name not in RATE_PREFERENCES]


_PROFILES = ("GET /api/users/{id}", "PATCH /api/users/{id}/preferences")
"""The operations that show the whole profile of somebody else; one's own is always shown whole."""


_COMMON: Mapping[str, Getter] = {
    "color-safe": _colour,
    "metaFields": lambda _call, _record: [],
    "parentTitle": _parent_title,
}
_SPECIAL: dict[tuple[Any, str], Getter] = {
    (Timesheet, "tags"): lambda _call, sheet: [tag.name for tag in sheet.tags],
    (Timesheet, "break"): lambda _call, sheet: sheet.pause,
    (User, "apiToken"): lambda _call, user: user.api_password is not None,
    (User, "initials"): _initials,
    (User, "preferences"): lambda call, user: preferences(
        call, user, user.id == call.user.id or call.operation.key in _PROFILES
    ),
    (User, "teams"): lambda _call, user: [member.team for member in user.memberships],
    (User, "roles"): lambda _call, user: list(user.roles),
    (User, "locale"): lambda _call, user: user.locale or user.language or "en",
    (User, "language"): lambda _call, user: user.language or "en",
    (User, "timezone"): lambda _call, user: user.timezone or "UTC",
    (Invoice, "overdue"): lambda _call, _invoice: False,
    (Invoice, "metaFields"): lambda _call, invoice: [
        {"name": name, "value": value} for name, value in invoice.fields.items()
    ],
    (CustomerComment, "createdAt"): lambda call, note: datetimes.write(note.created_at, call.zone),
    (ProjectComment, "createdAt"): lambda call, note: datetimes.write(note.created_at, call.zone),
    **{(Timesheet, name): _rate(_column(name)) for name in _RATES},
    **{
        (model, name): _budget(name, actions)
        for model in (Customer, Project, Activity)
        for name, actions in BUDGET_RIGHTS.items()
    },
}
