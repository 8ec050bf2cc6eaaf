"""Bodies that an instance should accept, made from what the fields of a form mean.

Two values a field, so that a change can be told from what was there. A field is known by its name, else by its type;
what has neither (an id of something that the run did not make) is left out.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from conformance.definition import Field
from conformance.model import Secret
from conformance.probes.context import ProbeContext
from conformance.probes.records.kinds import Resource

Pair = tuple[Any, Any]

TEXT = "Zoë & Söhne, “quoted”, <b>bold</b>\nand a second line" + ", so that it is longer than a short column" * 6
"""A text that tells: other letters than ASCII, an ampersand, a tag, a line break, some length; and no digit."""

KNOWN: Mapping[str, Pair] = {
    "comment": (f"conformance test: {TEXT}", f"conformance test, changed: {TEXT}"),
    "description": (f"conformance test: {TEXT}", f"conformance test, changed: {TEXT}"),
    "invoiceText": ("text one", "text two"),
    "message": (f"conformance test note: {TEXT}", f"conformance test note, changed: {TEXT}"),
    "number": ("KC-1", "KC-2"),
    "orderNumber": ("PO-7", "PO-8"),
    "company": ("Example Company", "Other Company"),
    "vatId": ("AT1", "DE2"),
    "contact": ("Ada Example", "Bea Example"),
    "addressLine1": ("Street 1", "Street 2"),
    "addressLine2": ("Door 3", "Door 4"),
    "addressLine3": ("Floor 5", "Floor 6"),
    "postCode": ("1010", "8010"),
    "city": ("Vienna", "Graz"),
    "country": ("AT", "DE"),
    "currency": ("EUR", "USD"),
    "phone": ("+43 1 1", "+43 1 2"),
    "fax": ("+43 1 3", "+43 1 4"),
    "mobile": ("+43 1 5", "+43 1 6"),
    "email": ("one@example.com", "two@example.com"),
    "invoiceEmail": ("three@example.com", "four@example.com"),
    "homepage": ("https://example.com/one", "https://example.com/two"),
    "timezone": ("Europe/Vienna", "Asia/Tokyo"),
    "language": ("en", "de"),
    "locale": ("en", "de"),
    "buyerReference": ("R-1", "R-2"),
    "budget": (1200.55, 800.25),
    "timeBudget": ("01:30", "02:30"),
    "orderDate": ("2025-01-15", "2025-02-16"),
    "start": ("2019-03-17", "2019-04-18"),
    "end": ("2035-10-19", "2035-11-20"),
    "rate": (12.35, 13.75),
    "internalRate": (3.15, 4.45),
    "hourlyRate": (42.55, 43.45),
    "fixedRate": (99.45, 98.55),
}
"""Two valid values for a field of this name, wherever it stands."""

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


def colours(context: ProbeContext) -> Pair | None:
    """Return two colours of the instance's palette; None where it does not tell one."""

    def ask() -> Pair | None:
        palette = context.session().get("/api/config/colors").json_or_none()
        result = sorted(map(str, palette.values())) if isinstance(palette, dict) else []
        return (result[0], result[-1]) if len(result) > 1 else None

    return context.cached("colours", ask)


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
        "begin": lambda: "2025-01-15T10:00:00",
        "end": lambda: "2025-01-15T11:00:00",
    }
    if field.name in special:
        return special[field.name]()
    pair = pair_for(context, field)
    return pair[0] if pair else None
