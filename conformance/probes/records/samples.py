"""Bodies that an instance should accept, made from what the fields of a form mean.

Two values a field, so that a change can be told from what was there. A field is known by its name, else by its type;
what has neither (an id of something that the run did not make) is left out.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from conformance.definition import Field
from conformance.definition.sample_values import KNOWN, TEXT, Pair
from conformance.model import Secret
from conformance.probes.context import USUAL_HOUR, ProbeContext, once
from conformance.probes.records.kinds import Resource

__all__ = ["KNOWN", "TEXT", "Pair", "colours", "minimal", "pair_for", "writable"]

NOT_SENT = frozenset(
    {"teams", "invoiceTemplate", "supervisor", "roles", "user", "members", "tags", "project", "customer", "activity"}
)
"""Fields that decide who sees a record, or point at records: they come from the run's own records, or not at all."""


def pair_for(context: ProbeContext, field: Field) -> Pair | None:
    """Return two valid values for a field; None where nothing is known that would be valid and harmless."""
    if field.name in NOT_SENT or field.types in (("boolean",), ("array",), ("object",)):
        return None
    if field.name == "color":
        return colours(context)
    if field.name in KNOWN:
        return KNOWN[field.name]
    if field.enum:
        return field.enum[0], field.enum[-1]
    if field.types == ("number",):
        return 1.5, 2.5
    if field.types == ("string",) and not field.format and not field.pattern:
        return "text one", "text two"
    return None


@once("colours")
def colours(context: ProbeContext) -> Pair | None:
    """Return two colours of the instance's palette; None where it does not tell one."""
    palette = context.session().get("/api/config/colors").json_or_none()
    result = sorted(map(str, palette.values())) if isinstance(palette, dict) else []
    return (result[0], result[-1]) if len(result) > 1 else None


def writable(context: ProbeContext, kind: Resource) -> dict[str, Pair]:
    """Return the fields of a kind's form that may be sent at will, each with two valid values."""
    results = {field.name: pair_for(context, field) for field in kind.fields(kind.create)}
    apart = {"name", "budgetType"} if kind.name != "timesheets" else {"begin", "end"}
    return {name: pair for name, pair in results.items() if pair is not None and name not in apart}


def minimal(context: ProbeContext, kind: Resource, *, owner: int | None = None) -> dict[str, Any]:
    """Return a body with the required fields alone. `owner` is the user id that a team gets as its lead.

    Raises Refused where the parents that it needs may not be made.
    """
    body: dict[str, Any] = {}
    for field in kind.fields(kind.create):
        needed = field.required or field.name in ALWAYS.get(kind.name, ())
        value = _required(context, kind, field, owner) if needed else None
        if value is not None:
            body[field.name] = value
    if {"begin", "end"} <= body.keys():
        body["begin"], body["end"] = context.hour()
    return body


ALWAYS: Mapping[str, tuple[str, ...]] = {"timesheets": ("begin", "end", "description")}
"""Fields that a minimal body has although they are optional: an end, lest it runs, and the run's mark."""


def _required(context: ProbeContext, kind: Resource, field: Field, owner: int | None) -> Any:
    if field.name in ("project", "activity") and kind.name == "timesheets":
        project, activity = context.bookable
        return project if field.name == "project" else activity
    special: dict[str, Callable[[], Any]] = {
        "name": lambda: context.name(kind.singular),
        "username": lambda: context.name("user"),
        "email": lambda: f"{context.name('user').replace(' ', '.')}@example.com",
        "plainPassword": lambda: context.cached("invented password", lambda: Secret(secrets.token_urlsafe(18))),
        "customer": lambda: context.parent("customers"),
        "members": lambda: [{"user": owner or context.strongest.user_id, "teamlead": True}],
        "description": lambda: context.name("time"),
        "begin": lambda: USUAL_HOUR[0],
        "end": lambda: USUAL_HOUR[1],
    }
    if field.name in special:
        return special[field.name]()
    pair = pair_for(context, field)
    return pair[0] if pair else None
