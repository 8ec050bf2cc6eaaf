"""Which kind each field of a form is. Fields and their order stand in the interface tables."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from conformance.embedded import interface
from conformance.embedded.behaviour import colours
from conformance.embedded.behaviour.datetimes import in_zone, utc_now
from conformance.embedded.forms import codes
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
    Place,
    Record,
    Records,
    TagNames,
    Text,
    Url,
)
from conformance.embedded.store.models import Activity, Base, Customer, InvoiceTemplate, Project, Team, Timesheet, User


def _find(model: type[Base]) -> Any:
    return lambda place, number: place.call.session.get(model, number)


def _user(place: Place, number: int) -> User | None:
    """A user who is enabled, no system account, and within reach; or one whom the record has already."""
    user = place.call.session.get(User, number)
    if user is None or user in _users_of(place.record):
        return user
    return user if user.enabled and not user.system_account and place.call.access.leads(user) else None


def _users_of(record: Any) -> list[User]:
    if isinstance(record, Team):
        return [member.user for member in record.members]
    return [record.user] if isinstance(record, Timesheet) else []


def _customer_of_project(place: Place, number: int) -> Customer | None:
    customer = place.call.session.get(Customer, number)
    if customer is None or (customer is place.record.customer and not customer.visible):
        return customer
    return customer if _open(place, customer) else None


def _project_of_activity(place: Place, number: int) -> Project | None:
    """One of the projects that can be chosen; an activity that has one stays with the customer."""
    project, current = place.call.session.get(Project, number), place.record.project
    if project is None or project is current:
        return project
    same_customer = current is None or project.customer is current.customer
    return project if same_customer and _open(place, project) else None


def _project_of_timesheet(place: Place, number: int) -> Project | None:
    """One that can be chosen and runs today, or the one that the record has."""
    project = place.call.session.get(Project, number)
    if project is None or project is place.record.project:
        return project
    if place.call.version.any_project_booked:
        return project if place.record.id or _visible(project) else None
    return project if _open(place, project) and _runs_today(place, project) else None


def _activity_of_timesheet(place: Place, number: int) -> Activity | None:
    """One of the project that was sent, or that the record has; a global one where that takes such; or the old one."""
    activity = place.call.session.get(Activity, number)
    if activity is None or activity is place.record.activity:
        return activity
    sent, project = place.sent.get("project"), place.record.project
    if sent not in (None, "", False):
        project = Record(_find(Project)).found(sent, place)
    elif project is None and activity.project is not None:
        return None
    fits = activity.project is project if activity.project else project is None or project.global_activities
    return activity if fits and _open(place, activity) else None


def _open(place: Place, record: Customer | Project | Activity) -> bool:
    """Whether it stands in the caller's lists, and can be booked on."""
    return _visible(record) and place.call.access.lists(record)


def _visible(record: Any) -> bool:
    above = getattr(record, "customer", None) or getattr(record, "project", None)
    return bool(record.visible) and (above is None or _visible(above))


def _runs_today(place: Place, project: Project) -> bool:
    today = in_zone(utc_now(), place.call.zone).date()
    return (project.start or today) <= today <= (project.end or today)


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
    "user": Record(_user),
    "alias": Cut(60),
    "title": Cut(50),
    "accountNumber": Cut(30),
    "supervisor": Record(_find(User)),
    "invoiceTemplate": Record(_find(InvoiceTemplate)),
    "teams": Records(_find(Team)),
    "members": Members(_user),
    "plainPassword": Password(),
    "plainApiToken": Password(),
}
_BY_FORM: Mapping[tuple[str, str], Kind] = {
    ("TimesheetEditForm", "tags"): TagNames(),
    ("TimesheetEditForm", "billable"): Billable(),
    ("TimesheetEditForm", "project"): Record(_project_of_timesheet),
    ("TimesheetEditForm", "activity"): Record(_activity_of_timesheet),
    ("ActivityEditForm", "project"): Record(_project_of_activity),
    ("ProjectEditForm", "customer"): Record(_customer_of_project),
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
