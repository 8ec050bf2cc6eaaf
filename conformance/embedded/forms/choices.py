"""What the caller of a form can choose: each function gives the record of an id, None where it cannot be chosen."""

from __future__ import annotations

from typing import Any

from conformance.embedded.behaviour.datetimes import in_zone, utc_now
from conformance.embedded.forms.kinds import Place, Record
from conformance.embedded.store.models import Activity, Base, Customer, Project, Team, Timesheet, User


def find(model: type[Base]) -> Any:
    """Any record of the model."""
    return lambda place, number: place.call.session.get(model, number)


def user(place: Place, number: int) -> User | None:
    """A user who is enabled, no system account, and within reach; or one whom the record has already."""
    answer = place.call.session.get(User, number)
    if answer is None:
        return None
    record = place.record
    if isinstance(record, Team) and answer in [member.user for member in record.members]:
        return answer
    if isinstance(record, Timesheet) and answer == record.user:
        return answer
    return answer if answer.enabled and not answer.system_account and place.call.access.leads(answer) else None


def customer_of_project(place: Place, number: int) -> Customer | None:
    """One that can be booked on, or the hidden one that the project has."""
    customer = place.call.session.get(Customer, number)
    if customer is None or (customer is place.record.customer and not customer.visible):
        return customer
    return customer if _open(place, customer) else None


def project_of_activity(place: Place, number: int) -> Project | None:
    """One of the projects that can be chosen; an activity that has one stays with the customer."""
    project, current = place.call.session.get(Project, number), place.record.project
    if project is None or project is current:
        return project
    same_customer = current is None or project.customer is current.customer
    return project if same_customer and _open(place, project) else None


def project_of_timesheet(place: Place, number: int) -> Project | None:
    """One that can be chosen and runs today, or the one that the record has."""
    project = place.call.session.get(Project, number)
    if project is None or project is place.record.project:
        return project
    if place.call.version.any_project_booked:
        return project if place.record.id or _visible(project) else None
    today = in_zone(utc_now(), place.call.zone).date()
    runs_today = (project.start or today) <= today <= (project.end or today)
    return project if _open(place, project) and runs_today else None


def activity_of_timesheet(place: Place, number: int) -> Activity | None:
    """One of the project that was sent, or that the record has; a global one where that takes such; or the old one."""
    activity = place.call.session.get(Activity, number)
    if activity is None or activity is place.record.activity:
        return activity
    sent, project = place.sent.get("project"), place.record.project
    if sent not in (None, "", False):
        project = Record(find(Project)).found(sent, place)
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
