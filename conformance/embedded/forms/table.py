"""Which kind each field of a form is. Fields and their order stand in the definition."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from conformance.embedded import interface
from conformance.embedded.behaviour import colours
from conformance.embedded.forms import choices, codes
from conformance.embedded.forms.engine import Form
from conformance.embedded.forms.kinds import (
    Billable,
    Checkbox,
    Choice,
    Choices,
    Cut,
    DateTime,
    Day,
    Duration,
    Email,
    Kind,
    Members,
    Money,
    Password,
    Phone,
    Record,
    Records,
    TagNames,
    Text,
    Url,
)
from conformance.embedded.store.models import InvoiceTemplate, Team, User

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
    "user": Record(choices.user),
    "alias": Cut(60),
    "title": Cut(50),
    "accountNumber": Cut(30),
    "supervisor": Record(choices.find(User)),
    "invoiceTemplate": Record(choices.find(InvoiceTemplate)),
    "teams": Records(choices.find(Team)),
    "members": Members(choices.user),
    "plainPassword": Password(),
    "plainApiToken": Password(),
}
_BY_FORM: Mapping[tuple[str, str], Kind] = {
    ("TimesheetEditForm", "tags"): TagNames(),
    ("TimesheetEditForm", "billable"): Billable(),
    ("TimesheetEditForm", "project"): Record(choices.project_of_timesheet),
    ("TimesheetEditForm", "activity"): Record(choices.activity_of_timesheet),
    ("ActivityEditForm", "project"): Record(choices.project_of_activity),
    ("ProjectEditForm", "customer"): Record(choices.customer_of_project),
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
