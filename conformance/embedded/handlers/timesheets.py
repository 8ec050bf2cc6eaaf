"""Timesheets: lists, and what a form does to one."""

from __future__ import annotations

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from conformance.embedded.behaviour import datetimes
from conformance.embedded.behaviour.budgets import Spent, stored
from conformance.embedded.behaviour.timesheet_service import (
    UNSTOPPABLE,
    booking_problems,
    finalise,
    inherits_billable,
    open_to_change,
    start_time,
    stop_excess_timers,
)
from conformance.embedded.errors import bad_request, forbidden
from conformance.embedded.forms import Submitted, submit
from conformance.embedded.forms.engine import Form, apply
from conformance.embedded.forms.rules import NULL, check_columns, check_fields
from conformance.embedded.handlers.common import change_meta, chosen, form_of, remove, save, target
from conformance.embedded.handlers.paging import page_of, read_time, reply
from conformance.embedded.store.models import Activity, Customer, Project, Tag, Timesheet, User
from conformance.embedded.store.state import Reply, RequestContext
from conformance.embedded.web.serialise import answer, as_json

EXPANDED = "TimesheetExpanded"
COLLECTION, COLLECTION_EXPANDED = "TimesheetCollection", "TimesheetCollectionExpanded"
_LOADED = (
    selectinload(Timesheet.tags),
    joinedload(Timesheet.user),
    joinedload(Timesheet.activity),
    joinedload(Timesheet.project).joinedload(Project.customer),
)
_ORDER = {"id": Timesheet.id, "begin": Timesheet.begin, "end": Timesheet.end, "rate": Timesheet.rate}
_FLAGS = {"exported": Timesheet.exported, "billable": Timesheet.billable}
_RECENT = 10
_CHOSEN = frozenset({"project", "activity", "customer", "user", "full"})
"""With one of these MariaDB has found the oldest first of records that begin together, where no order is asked for."""
_MOST = 2**31
"""More than there are: what a size beyond the integers comes to."""


def _list(call: RequestContext) -> Reply:
    if not (call.access.has("view_own_timesheet") or call.access.has("view_other_timesheet")):
        raise forbidden()
    query = _filtered(call)
    total = call.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = page_of(call, total)
    by, way = call.query.get("orderBy", "begin"), call.query.get("order", "DESC")
    oldest_first = call.version.ties_by_query and "orderBy" not in call.query and bool(_CHOSEN & call.raw_query.keys())
    last = "ASC" if oldest_first else way
    query = query.order_by(
        *(column.desc() if to == "DESC" else column.asc() for column, to in ((_ORDER[by], way), (Timesheet.id, last)))
    )
    shown = call.session.scalars(query.options(*_LOADED).offset(page.start).limit(page.stop - page.start))
    expanded = call.query.get("full") in ("1", "true")
    return reply(call, page, list(shown), COLLECTION_EXPANDED if expanded else COLLECTION)


def _filtered(call: RequestContext) -> Select[tuple[Timesheet]]:
    guarded = call.version.filters_guarded
    query = _by_people(call, select(Timesheet)).where(call.access.sheets_shown())
    for name, model, column in (
        ("project", Project, Timesheet.project_id),
        ("activity", Activity, Timesheet.activity_id),
    ):
        if records := chosen(call, name, model, guarded):
            query = query.where(column.in_([record.id for record in records]))
    if customers := chosen(call, "customer", Customer, guarded):
        ids = [customer.id for customer in customers]
        query = query.where(Timesheet.project_id.in_(select(Project.id).where(Project.customer_id.in_(ids))))
    for name, flag in _FLAGS.items():
        if (value := call.filters(name)) is not None:
            query = query.where(flag.is_(value == "1"))
    if (active := call.filters("active")) is not None:
        query = query.where(Timesheet.end.is_(None) if active == "1" else Timesheet.end.is_not(None))
    begin, end = (read_time(call, name, call.zone) for name in ("begin", "end"))
    if begin is not None:
        query = query.where(Timesheet.begin >= begin)
    if end is not None:
        query = query.where(Timesheet.begin <= end)
    in_utc = call.version.modified_in_utc
    if (modified := read_time(call, "modified_after", "UTC" if in_utc else call.zone)) is not None:
        query = query.where(Timesheet.modified_at >= modified)
    elif in_utc and call.raw_query.get("modified_after") == "":
        query = query.where(Timesheet.modified_at > datetimes.utc_now())
    for word in (call.filters("term") or "").split():
        query = query.where(Timesheet.description.icontains(word, autoescape=True))
    return _by_tags(call, query)


def _by_people(call: RequestContext, query: Select[tuple[Timesheet]]) -> Select[tuple[Timesheet]]:
    """The caller's records, or those of the asked users; unknown ids are as if they were not asked for.

    Whoever may not see others' records gets the own ones, whatever users are asked for. That is as kimai-mcp, a public
    client, tells it of released versions; no recording asks it.
    """
    if not call.access.has("view_other_timesheet"):
        return query.where(Timesheet.user_id == call.user.id)
    if call.filters("user") == "all" and call.access.sees_all:
        return query
    if call.filters("user") == "all":
        # The caller's, and those of the members of the teams that they lead.
        led = [member.team for member in call.user.memberships if member.teamlead]
        members = [member.user_id for team in led for member in team.members]
        return query.where(Timesheet.user_id.in_([call.user.id, *members]))
    user_ids = [n for n in [call.filters("user"), *(call.filters("users[]") or [])] if n is not None]
    users = [user for n in dict.fromkeys(user_ids) if len(n) < 19 and (user := call.session.get(User, int(n)))]
    if call.version.filters_guarded and not all(call.access.reaches(user) for user in users):
        raise forbidden()
    return query.where(Timesheet.user_id.in_([user.id for user in users] or [call.user.id]))


def _by_tags(call: RequestContext, query: Select[tuple[Timesheet]]) -> Select[tuple[Timesheet]]:
    """The records with one of the tags that are known of those that were asked for; hidden ones are found by none.

    Raises 400 where none is known, in versions that refuse it; all records are listed in others.
    """
    names = call.raw_query.get("tags[]")
    if not names:
        return query
    tags = [tag for name in names if isinstance(name, str) and (tag := find_tag(call, name))]
    if not tags and call.version.unknown_tags_refused:
        raise bad_request()
    return query.where(Timesheet.tags.any(Tag.id.in_([tag.id for tag in tags]))) if tags else query


def find_tag(call: RequestContext, name: str) -> Tag | None:
    """The visible tag of that name, in any case."""
    return call.session.scalar(select(Tag).where(func.lower(Tag.name) == name.lower(), Tag.visible))


def _recent(call: RequestContext) -> Reply:
    """The last record that was made of each pair of project and activity, those that ended last first."""
    call.access.require("view_own_timesheet")
    begin = read_time(call, "begin", call.zone)
    if call.raw_query.get("begin") == "":
        begin = datetimes.utc_now()
    query = select(func.max(Timesheet.id)).where(Timesheet.user_id == call.user.id)
    if begin is not None:
        query = query.where(Timesheet.begin >= begin)
    newest = query.group_by(Timesheet.project_id, Timesheet.activity_id).order_by(func.max(Timesheet.id).desc())
    ids = call.session.scalars(newest.limit(min(int(call.query.get("size", _RECENT)), _MOST))).all()
    order = (Timesheet.end.is_(None), Timesheet.end.desc(), Timesheet.id.desc())
    shown = select(Timesheet).where(Timesheet.id.in_(ids), call.access.sheets_shown()).order_by(*order)
    return answer(call, list(call.session.scalars(shown.options(*_LOADED))))


def _active(call: RequestContext) -> Reply:
    call.access.require("view_own_timesheet")
    query = select(Timesheet).where(Timesheet.user_id == call.user.id, Timesheet.end.is_(None))
    sheets = call.session.scalars(query.order_by(Timesheet.begin.desc(), Timesheet.id.desc()).options(*_LOADED))
    return answer(call, list(sheets))


def _read(call: RequestContext) -> Reply:
    sheet = target(call, Timesheet)
    call.access.require_timesheet("view", sheet)
    return answer(call, sheet)


def _create(call: RequestContext) -> Reply:
    call.access.require("create_own_timesheet")
    sheet = Timesheet(
        user=call.user,
        begin=start_time(call, datetimes.utc_now()),
        timezone=call.zone,
        pause=0,
        duration=0,
        exported=False,
        modified_at=datetimes.utc_now(),
    )
    result = submit(call, _form(call, sheet), sheet)
    _apply(call, result, sheet)
    sheet.timezone = sheet.user.timezone or call.zone
    sheet.billable = result.values.get("billable", inherits_billable(sheet))
    _check(call, result, sheet)
    if sheet.end is None and not stop_excess_timers(call, sheet.user):
        result.reject_form(UNSTOPPABLE)
        result.finish()
    finalise(call, sheet)
    save(call, sheet)
    expanded = "full" in call.raw_query
    return Reply(as_json(call, sheet, EXPANDED)) if expanded else answer(call, sheet)


def _change(call: RequestContext) -> Reply:
    sheet = _changeable(call, "edit")
    before, spent = (sheet.project_id, sheet.activity_id, sheet.user_id), stored(sheet)
    result = submit(call, _form(call, sheet), sheet, sheet.timezone)
    _apply(call, result, sheet)
    if "billable" in result.values:
        sheet.billable = result.values["billable"]
    elif "billable" in result.kept and call.session.is_modified(sheet):
        sheet.billable = False
    # A record that moves to another project, activity or user gets rates and billable from there, unless rates were
    # sent.
    after = (sheet.project.id if sheet.project else None, sheet.activity.id if sheet.activity else None, sheet.user.id)
    if after != before and not {"fixedRate", "hourlyRate"} & result.values.keys():
        sheet.fixed_rate = sheet.hourly_rate = None
        sheet.billable = inherits_billable(sheet)
    _check(call, result, sheet, spent)
    # What runs beside a record that is opened again goes on: only a start makes room.
    finalise(call, sheet)
    call.session.flush()
    shown = answer(call, sheet)
    sheet.timezone = sheet.user.timezone or sheet.timezone
    return shown


def _form(call: RequestContext, sheet: Timesheet) -> Form:
    """The form as the caller gets it for that record."""
    hidden = []
    if not call.access.timesheet("edit_rate", sheet):
        hidden += ["fixedRate", "hourlyRate"]
    if not call.access.timesheet("edit_export", sheet):
        hidden.append("exported")
    if not call.access.timesheet("edit_billable", sheet):
        hidden.append("billable")
    if call.creating and not call.access.has("create_other_timesheet"):
        hidden.append("user")
    free = call.version.times_by_right and call.access.has("view_other_timesheet")
    if call.state.settings.text("timesheet.mode") != "default" and not free:
        hidden += ["begin", "end"]
    return form_of(call, "TimesheetEditForm", hidden)


def _apply(call: RequestContext, result: Submitted, sheet: Timesheet) -> None:
    """Put the fields into the record. Begin and user cannot be emptied."""
    values = dict(result.values)
    tags = values.pop("tags", None)
    for name in ("begin", "user"):
        if name in values and values[name] is None:
            del values[name]
            result.reject(name, NULL)
    shown = Submitted(result.form.without(["tags", "billable"]), values, refused=result.refused)
    apply(call, shown, sheet)
    if "begin" in result.refused and call.version.bare_dates:
        # The midnight of a begin that was sent as a date alone.
        sent = str(call.body["begin"])
        day = None if "T" in sent else datetimes.read_date(sent)
        bare_day = None if day is None else datetimes.start_of_day(day, call.zone)
        sheet.begin = bare_day or sheet.begin
    if tags is not None:
        sheet.tags = list(dict.fromkeys(tag for name in tags if (tag := find_tag(call, name))))


def _check(call: RequestContext, result: Submitted, sheet: Timesheet, spent: Spent | None = None) -> None:
    settings = call.state.settings
    result_without = Submitted(result.form.without(["tags", "billable"]), {}, result.problems, result.children)
    result_without.refused = result.refused
    if sheet.project is None:
        result.reject("project", "A project needs to be selected.")
    if sheet.activity is None and settings.rule("require_activity"):
        result.reject("activity", "An activity needs to be selected.")
    check_fields(call, result_without, sheet)
    for problem in booking_problems(call, sheet, spent):
        if problem.field:
            result.reject(problem.field, problem.message)
        else:
            result.reject_form(problem.message)
    result.finish()
    check_columns(call, result, sheet)


def _changeable(call: RequestContext, action: str) -> Timesheet:
    sheet = target(call, Timesheet)
    call.access.require_timesheet(action, sheet)
    if not open_to_change(call, sheet):
        raise forbidden()
    return sheet


def _meta(call: RequestContext) -> Reply:
    _changeable(call, "edit")
    return change_meta(call)


HANDLERS = {
    "GET /api/timesheets": _list,
    "GET /api/timesheets/recent": _recent,
    "GET /api/timesheets/active": _active,
    "POST /api/timesheets": _create,
    "GET /api/timesheets/{id}": _read,
    "PATCH /api/timesheets/{id}": _change,
    "DELETE /api/timesheets/{id}": lambda call: remove(call, _changeable(call, "delete")),
    "PATCH /api/timesheets/{id}/meta": _meta,
}
