"""The lists of customers, projects and activities: filters, teams, order."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from conformance.embedded.handlers.catalog import project_dates
from conformance.embedded.handlers.common import chosen, folded, matches, ordered
from conformance.embedded.interface import schema
from conformance.embedded.store.models import Activity, Customer, Project
from conformance.embedded.store.state import Reply, RequestContext
from conformance.embedded.web.serialise import answer, as_json

_DETAILS = ("vatId", "addressLine1", "addressLine2", "addressLine3", "postCode", "city")
_VISIBLE, _HIDDEN, _BOTH = "1", "2", "3"


def _customers(call: RequestContext) -> Reply:
    records = call.session.scalars(select(Customer).options(selectinload(Customer.teams)))
    shown = [
        record
        for record in records
        if _shown(call, record.visible) and call.access.lists(record) and _found(call, record, _customer_texts)
    ]
    listed = ordered(call, shown, _KEYS, "name")
    if call.query.get("full") == "1" and call.access.has("details_customer"):
        # With its address. Which attributes these are is told by kimai-mcp, a public client.
        names = {*schema(call.version.name, "CustomerCollection").names, *_DETAILS}
        whole = [as_json(call, record, "CustomerEntity") for record in listed]
        return Reply([{name: value for name, value in item.items() if name in names} for item in whole])
    return answer(call, listed)


def _projects(call: RequestContext) -> Reply:
    customers = {customer.id for customer in chosen(call, "customer", Customer, call.version.filters_guarded)}
    days = [day for day in project_dates(call) if day is not None]
    # Sent empty it is a zero, where other empty parameters are as if they were not sent.
    global_activities = call.filters("globalActivities") or call.raw_query.get("globalActivities")
    records = call.session.scalars(
        select(Project).options(selectinload(Project.teams), joinedload(Project.customer).selectinload(Customer.teams))
    )
    shown = [
        record
        for record in records
        if (not customers or record.customer_id in customers)
        and _shown(call, record.visible, record.customer.visible)
        and all(record.start is None or record.start <= day for day in days)
        and all(record.end is None or record.end >= day for day in days)
        and (global_activities is None or record.global_activities == (global_activities == "1"))
        and call.access.lists(record)
        and _found(call, record, _texts)
    ]
    return answer(call, ordered(call, shown, _KEYS, "name"))


def _activities(call: RequestContext) -> Reply:
    projects = {project.id: project for project in chosen(call, "project", Project, call.version.filters_guarded)}
    # One project alone may be closed to global activities.
    beside = len(projects) != 1 or all(project.global_activities for project in projects.values())
    present = "globals" in call.raw_query or "globals[]" in call.raw_query
    only_global = call.filters("globals") in ("1", "true") or (present and call.version.globals_by_presence)
    records = call.session.scalars(
        select(Activity).options(
            selectinload(Activity.teams),
            joinedload(Activity.project).selectinload(Project.teams),
            joinedload(Activity.project).joinedload(Project.customer).selectinload(Customer.teams),
        )
    )
    shown = [
        record
        for record in records
        if (not projects or record.project_id in projects or (record.project_id is None and (beside or only_global)))
        and not (only_global and record.project_id is not None)
        and _shown(call, record.visible, *_above(record))
        and call.access.lists(record)
        and _found(call, record, _texts)
    ]
    return answer(call, ordered(call, shown, _KEYS, "name"))


def _above(activity: Activity) -> list[bool]:
    project = activity.project
    return [] if project is None else [project.visible, project.customer.visible]


def _shown(call: RequestContext, visible: bool, *above: bool) -> bool:
    """Whether the parameter `visible` shows it: 1 what can be booked on, 2 what is hidden itself, 3 all."""
    visibility = call.filters("visible") or _VISIBLE
    return {_VISIBLE: visible and all(above), _HIDDEN: not visible and all(above), _BOTH: True}[visibility]


def _found(call: RequestContext, record: Any, texts: Any) -> bool:
    term = call.filters("term")
    return term is None or matches(term, texts(record))


def _texts(record: Any) -> list[str | None]:
    return [record.name, record.comment, record.number, getattr(record, "order_number", None)]


def _customer_texts(record: Customer) -> list[str | None]:
    more = (record.company, record.vat_id, record.contact, record.phone, record.email, record.address)
    return [*_texts(record), *more, record.invoice_email]


_KEYS = {
    "id": lambda record: record.id,
    "name": lambda record: folded(record.name),
    "customer": lambda record: (folded(record.customer.name), folded(record.name)),
    "project": lambda record: (folded(record.project.name if record.project else None), folded(record.name)),
}

HANDLERS = {
    "GET /api/customers": _customers,
    "GET /api/projects": _projects,
    "GET /api/activities": _activities,
}
