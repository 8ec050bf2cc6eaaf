"""Which kind each field of a form is. Fields and their order stand in the interface tables."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from conformance.embedded import interface
from conformance.embedded.behaviour import colours
from conformance.embedded.forms import codes
from conformance.embedded.forms.engine import Form
from conformance.embedded.forms.kinds import (
    Billable,
    Checkbox,
    Choice,
    Choices,
    DateTime,
    Day,
    Duration,
    Email,
    Kind,
    Members,
    Money,
    Password,
    Phone,
    Place,
    Record,
    Records,
    TagNames,
    Text,
    Url,
)
from conformance.embedded.store.models import Activity, Base, Customer, InvoiceTemplate, Project, Team, User

_BOOKABLE: dict[str, type[Base]] = {"project": Project, "activity": Activity, "customer": Customer}


def _find(model: type[Base]) -> Any:
    return lambda place, number: place.call.session.get(model, number)


def _reachable_user(place: Place, number: int) -> User | None:
    user = place.call.session.get(User, number)
    return user if user is not None and place.call.access.leads(user) else None


def _listed(name: str) -> Any:
    """A customer, project or activity of the caller's lists; on a timesheet it must be visible as well."""

    def find(place: Place, number: int) -> Any:
        record: Any = place.call.session.get(_BOOKABLE[name], number)
        if record is None or not place.call.access.lists(record):
            return None
        return record if place.form != "TimesheetEditForm" or _visible(record) else None

    return find


def _visible(record: Any) -> bool:
    above = getattr(record, "customer", None) or getattr(record, "project", None)
    return bool(record.visible) and (above is None or _visible(above))


_BY_NAME: Mapping[str, Kind] = {
    "color": Choice(lambda _: colours.CHOICES.values()),
    "country": Choice(lambda _: codes.COUNTRIES, "Please select a valid country."),
    "currency": Choice(lambda _: codes.CURRENCIES, "Please select a valid currency."),
    "timezone": Choice(lambda _: codes.timezones(), "Please select a valid timezone."),
    "budget": Money(),
    "timeBudget": Duration(),
    "homepage": Url(),
    "phone": Phone(),
    "fax": Phone(),
    "mobile": Phone(),
    "email": Email(),
    "invoiceEmail": Email(),
    "customer": Record(_listed("customer")),
    "project": Record(_listed("project")),
    "activity": Record(_listed("activity")),
    "user": Record(_reachable_user),
    "supervisor": Record(_find(User)),
    "invoiceTemplate": Record(_find(InvoiceTemplate)),
    "teams": Records(_find(Team)),
    "members": Members(_find(User)),
    "plainPassword": Password(),
    "plainApiToken": Password(),
}
_BY_FORM: Mapping[tuple[str, str], Kind] = {
    ("TimesheetEditForm", "tags"): TagNames(),
    ("TimesheetEditForm", "billable"): Billable(),
}
_BY_SHAPE: Mapping[tuple[str, str | None], Kind] = {
    ("boolean", None): Checkbox(),
    ("number", None): Money(),
    ("string", "date-time"): DateTime(),
    ("string", "date"): Day(),
}
_COLUMNS = {
    "plainPassword": "password",
    "plainApiToken": "api_password",
    "addressLine1": "address_line1",
    "addressLine2": "address_line2",
    "addressLine3": "address_line3",
}
_RECORD_BOOLEANS = ("visible", "billable", "globalActivities")
_RECORD_FORMS = ("CustomerEditForm", "ProjectEditForm", "ActivityEditForm")


@cache
def form(version: str, name: str, record_defaults: bool) -> Form:
    """The form of that name with all its fields. `record_defaults`: see `versions`."""
    fields = interface.form(version, name).fields
    kinds = {field.name: _kind(name, field) for field in fields}
    defaults = {field: False for field, kind in kinds.items() if isinstance(kind, Checkbox)}
    if record_defaults and name in _RECORD_FORMS:
        defaults.update({field: True for field in defaults if field in _RECORD_BOOLEANS})
    if name == "TimesheetEditForm":
        del defaults["billable"]
    return Form(name, kinds, _COLUMNS, defaults)


def _kind(form_name: str, field: interface.Attribute) -> Kind:
    if field.enum:
        several = field.shape.kind == "array"
        return Choices(lambda _: field.enum) if several else Choice(lambda _: field.enum)
    return (
        _BY_FORM.get((form_name, field.name))
        or _BY_NAME.get(field.name)
        or _BY_SHAPE.get((field.shape.kind, field.shape.format))
        or Text()
    )
