"""Customers, projects and activities: the same operations on three kinds of record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import func, select

from conformance.embedded.behaviour.access import BUDGET_RIGHTS
from conformance.embedded.behaviour.datetimes import in_zone, read_date, read_query, utc_now
from conformance.embedded.errors import bad_request, gone, refused_by_service
from conformance.embedded.forms import Submitted
from conformance.embedded.forms.rules import TOO_LONG
from conformance.embedded.handlers.common import change_meta, fill, form_of, remove, save, target
from conformance.embedded.store.models import Activity, Customer, Member, Project, Team
from conformance.embedded.store.state import Reply, RequestContext
from conformance.embedded.web.serialise import answer

Content = Customer | Project | Activity


@dataclass(frozen=True)
class Kind:
    """One of the three kinds: its model, and the names that its operations and schemas are made of."""

    model: type[Any]
    word: str
    path: str

    @property
    def form(self) -> str:
        """The name of its form."""
        return f"{self.model.__name__}EditForm"


KINDS = (
    Kind(Customer, "customer", "/api/customers"),
    Kind(Project, "project", "/api/projects"),
    Kind(Activity, "activity", "/api/activities"),
)


def _create(kind: Kind, call: RequestContext) -> Reply:
    call.access.require(f"create_{kind.word}")
    hidden = [
        field
        for field, actions in BUDGET_RIGHTS.items()
        if not any(call.access.has(f"{action}_{kind.word}") for action in actions)
    ]
    record = kind.model(visible=True, billable=True, budget=0.0, time_budget=0)
    if call.version.numbers:
        # One that is sent as null stays without.
        record.number = _next_number(call, kind.model)
    if isinstance(record, Project):
        record.global_activities = True
    if isinstance(record, Customer):
        record.name = "" if call.version.blank_customer else None
        record.language = call.state.settings.text("defaults.customer.language")
        if call.version.customer_defaults:
            for name in ("country", "currency", "timezone"):
                setattr(record, name, call.state.settings.text(f"defaults.customer.{name}"))
    return answer(call, save(call, fill(call, record, form_of(call, kind.form, hidden), _check)))


def _next_number(call: RequestContext, model: type[Any]) -> str:
    """The next free number: one above the count of records there will be."""
    counter = (call.session.scalar(select(func.count()).select_from(model)) or 0) + 2
    while call.session.scalar(select(model.id).where(model.number == f"{counter:04}").limit(1)):
        counter += 1
    return f"{counter:04}"


def _check(call: RequestContext, result: Submitted, record: Any) -> None:
    record.budget, record.time_budget = record.budget or 0.0, record.time_budget or 0
    if isinstance(record, Project) and record.start and record.end and record.end < record.start:
        result.reject("end", call.version.negative_duration[0])
    if isinstance(record, Customer | Project | Activity) and record.number and call.version.numbers:
        query = select(type(record).id).where(type(record).number == record.number, type(record).id != record.id)
        if record.id is None:
            query = select(type(record).id).where(type(record).number == record.number)
        if call.session.scalar(query.limit(1)):
            result.reject("number", "This value is already used.")


def _read(kind: Kind, call: RequestContext) -> Reply:
    record = target(call, kind.model)
    call.access.require_content(["view"], record)
    return answer(call, record)


def _change(kind: Kind, call: RequestContext) -> Reply:
    record = target(call, kind.model)
    call.access.require_content(["edit"], record)
    hidden = [
        field
        for field, actions in BUDGET_RIGHTS.items()
        if not any(call.access.content(action, record) for action in actions)
    ]
    hidden.append("teams")
    if isinstance(record, Activity) and record.project is None:
        hidden.append("project")
    fill(call, record, form_of(call, kind.form, hidden), _check)
    call.session.flush()
    return answer(call, record)


def _delete(kind: Kind, call: RequestContext) -> Reply:
    record = target(call, kind.model)
    call.access.require_content(["delete"], record)
    return remove(call, record)


def _meta(kind: Kind, call: RequestContext) -> Reply:
    call.access.require_content(["edit"], target(call, kind.model))
    return change_meta(call)


def _make_team(kind: Kind, call: RequestContext) -> Reply:
    """What `POST …/team` did until it was removed: a team of the record's name, led by the caller.

    A team that has the name already is taken, whoever is in it.
    """
    if call.operation.answer.status == "410":
        raise gone('This endpoint was removed, use "POST /api/teams/" instead.')
    record = target(call, kind.model)
    call.access.require("create_team")
    call.access.require_content(["permissions"], record)
    if len(record.name) > _LONGEST_TEAM:
        raise refused_by_service({"name": [TOO_LONG.format(_LONGEST_TEAM)]})
    named = call.session.scalar(select(Team).where(func.lower(Team.name) == record.name.lower()))
    team = named or save(call, Team(name=record.name))
    member = next((member for member in team.members if member.user is call.user), None) or Member(user=call.user)
    member.teamlead = True
    if member not in team.members:
        team.members.append(member)
    if team not in record.teams:
        record.teams.append(team)
    call.session.flush()
    call.session.refresh(team)
    return answer(call, team)


_LONGEST_TEAM = 100


def _duplicate_project(call: RequestContext) -> Reply:
    """A copy of a project, with its teams, rates and the activities that can be booked on. It starts as that ends."""
    source = target(call, Project)
    call.access.require_content(["edit"], source)
    call.access.require("create_project", "create_activity")
    name = f"{source.name} [COPY]"
    if len(name) > _LONGEST_NAME:
        raise refused_by_service({"name": [TOO_LONG.format(_LONGEST_NAME)]})
    start, number = source.end or source.start, _next_number(call, Project)
    copy = save(call, _copied(source, name=name, number=number, customer=source.customer, start=start))
    for activity in source.activities:
        if activity.visible and source.visible and source.customer.visible:
            save(call, _copied(activity, project=copy))
    call.session.flush()
    return answer(call, copy)


_LONGEST_NAME = 150
_NOT_COPIED = ("id", "number", "start", "end", "customer_id", "project_id")


def _copied(source: Any, **changes: Any) -> Any:
    model = type(source)
    columns = {c.key: getattr(source, c.key) for c in model.__table__.columns if c.key not in _NOT_COPIED}
    copy = model(**{**columns, **changes}, teams=list(source.teams))
    copy.rates = [
        type(rate)(user=rate.user, rate=rate.rate, internal_rate=rate.internal_rate, is_fixed=rate.is_fixed)
        for rate in source.rates
    ]
    return copy


def project_dates(call: RequestContext) -> tuple[datetime | date | None, datetime | date | None]:
    """The days within each of which listed projects must be, as far as they have days: today by default."""
    if call.query.get("ignoreDates", "1") != "1":
        raise bad_request()
    if call.filters("ignoreDates"):
        return None, None
    start, end = (_day_of(call.filters(name)) for name in ("start", "end"))
    if start is None and end is None:
        today = in_zone(utc_now(), call.zone).date()
        return today, today
    return start, end


def _day_of(text: str | None) -> date | None:
    if text is None:
        return None
    moment = read_query(text, "UTC") if "T" in text else None
    day = moment.date() if moment else read_date(text) if "T" not in text else None
    if day is None:
        raise bad_request()
    return day


_OPERATIONS: Mapping[tuple[str, str], Callable[[Kind, RequestContext], Reply]] = {
    ("POST", ""): _create,
    ("GET", "/{id}"): _read,
    ("PATCH", "/{id}"): _change,
    ("DELETE", "/{id}"): _delete,
    ("PATCH", "/{id}/meta"): _meta,
    ("POST", "/{id}/team"): _make_team,
}

HANDLERS = {
    f"{method} {kind.path}{rest}": partial(action, kind)
    for kind in KINDS
    for (method, rest), action in _OPERATIONS.items()
} | {"POST /api/projects/{id}/duplicate": _duplicate_project}
