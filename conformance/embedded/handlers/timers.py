"""The buttons on a timesheet: stop, restart, duplicate, export."""

from __future__ import annotations

from typing import Any

from conformance.embedded.behaviour import datetimes
from conformance.embedded.behaviour.timesheet_service import (
    UNSTOPPABLE,
    booking_problems,
    finalise,
    inherits_billable,
    require,
    start_time,
    stop,
    stop_excess_timers,
)
from conformance.embedded.errors import bad_request, forbidden, refused_by_service
from conformance.embedded.handlers.common import save, target
from conformance.embedded.store.models import Timesheet
from conformance.embedded.store.state import Reply, RequestContext
from conformance.embedded.web.serialise import answer

_RATES = ("fixed_rate", "hourly_rate")
_DUPLICATED = ("description", *_RATES, "billable", "begin", "end", "timezone", "pause")


def _stop(call: RequestContext) -> Reply:
    """Stop a record; one that has ended stays as it is."""
    sheet = target(call, Timesheet)
    call.access.require_timesheet("stop", sheet)
    if sheet.end is None:
        stop(call, sheet)
        call.session.flush()
    return answer(call, sheet)


def _restart(call: RequestContext) -> Reply:
    source = _bookable(call, "start")
    body = call.body if isinstance(call.body, dict) else {}
    sent, copy = body.get("begin"), body.get("copy")
    begin = datetimes.utc_now() if sent in (None, "") else None
    if isinstance(sent, str) and sent:
        begin = datetimes.read_query(sent, call.zone)
    if begin is None or copy not in (None, "", "all"):
        raise bad_request()
    sheet = _new(call, source, begin=start_time(call, begin), timezone=call.zone)
    if copy == "all":
        _copy(source, sheet, ("description", *(_RATES if call.version.restart_copies_rates else ())))
    # It is worked out anew, also where all is to be copied.
    sheet.billable = inherits_billable(sheet)
    require(list(booking_problems(call, sheet)))
    if not stop_excess_timers(call, call.user):
        raise refused_by_service({"end": [UNSTOPPABLE]})
    finalise(call, sheet)
    return answer(call, save(call, sheet))


def _duplicate(call: RequestContext) -> Reply:
    source = _bookable(call, "create")
    sheet = _new(call, source, user=source.user, timezone=source.timezone)
    _copy(source, sheet, _DUPLICATED)
    require(list(booking_problems(call, sheet)))
    if sheet.end is None and not stop_excess_timers(call, sheet.user):
        raise refused_by_service({"end": [UNSTOPPABLE]})
    finalise(call, sheet)
    return answer(call, save(call, sheet))


def _bookable(call: RequestContext, action: str) -> Timesheet:
    """The record of the path, where the caller may do this and book on its project and activity."""
    source = target(call, Timesheet)
    call.access.require_timesheet(action, source)
    if not call.access.books_on(source):
        raise forbidden()
    return source


def _new(call: RequestContext, source: Timesheet, **values: Any) -> Timesheet:
    now = datetimes.utc_now()
    base = {"user": call.user, "begin": now, "pause": 0, "duration": 0, "exported": False, "modified_at": now}
    return Timesheet(project=source.project, activity=source.activity, **{**base, **values})


def _copy(source: Timesheet, sheet: Timesheet, columns: tuple[str, ...]) -> None:
    for column in columns:
        setattr(sheet, column, getattr(source, column))
    sheet.tags = list(source.tags)


def _export(call: RequestContext) -> Reply:
    """Mark a record as exported, or take the mark away again."""
    sheet = target(call, Timesheet)
    call.access.require_timesheet("edit_export", sheet)
    # A locked period does not keep anybody from it.
    if sheet.exported and not call.access.has("edit_exported_timesheet"):
        raise forbidden()
    sheet.exported = not sheet.exported
    finalise(call, sheet)
    call.session.flush()
    return answer(call, sheet)


HANDLERS = {
    "GET /api/timesheets/{id}/stop": _stop,
    "GET /api/timesheets/{id}/restart": _restart,
    "PATCH /api/timesheets/{id}/stop": _stop,
    "PATCH /api/timesheets/{id}/restart": _restart,
    "PATCH /api/timesheets/{id}/duplicate": _duplicate,
    "PATCH /api/timesheets/{id}/export": _export,
}
