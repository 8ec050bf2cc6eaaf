"""Favourite timesheets, and the widgets of a dashboard."""

from __future__ import annotations

from conformance.embedded.errors import forbidden, not_found
from conformance.embedded.handlers.common import target
from conformance.embedded.store.models import Timesheet
from conformance.embedded.store.state import Reply, RequestContext
from conformance.embedded.web.serialise import answer

_WIDGETS = """
ActiveTimesheets ActiveUsersMonth ActiveUsersToday ActiveUsersTotal ActiveUsersWeek ActiveUsersYear
AmountMonth AmountToday AmountTotal AmountWeek AmountYear DailyWorkingTimeChart DurationMonth DurationToday
DurationTotal DurationWeek DurationYear PaginatedWorkingTimeChart TotalsActivity TotalsCustomer
TotalsProject TotalsUser UserAmountMonth UserAmountToday UserAmountTotal UserAmountWeek UserAmountYear
UserDurationMonth UserDurationToday UserDurationTotal UserDurationWeek UserDurationYear UserTeamProjects
UserTeams WorkingTimeChart
"""
WIDGETS = frozenset(_WIDGETS.split())
"""The widgets that can be put on a dashboard."""


def _list(call: RequestContext) -> Reply:
    call.access.require("start_own_timesheet")
    return answer(call, call.user.favourites)


def _own(call: RequestContext) -> Timesheet:
    sheet = target(call, Timesheet)
    call.access.require("start_own_timesheet")
    if sheet.user_id != call.user.id:
        raise forbidden()
    return sheet


def _add(call: RequestContext) -> Reply:
    sheet = _own(call)
    if sheet not in call.user.favourites:
        call.user.favourites.append(sheet)
    return Reply(status=204)


def _remove(call: RequestContext) -> Reply:
    sheet = _own(call)
    if sheet in call.user.favourites:
        call.user.favourites.remove(sheet)
    return Reply(status=204)


def _add_widget(call: RequestContext) -> Reply:
    if call.parameters["widget"] not in WIDGETS:
        raise not_found()
    return Reply(status=204)


HANDLERS = {
    "GET /api/favorites/timesheets": _list,
    "POST /api/favorites/timesheets/{id}": _add,
    "DELETE /api/favorites/timesheets/{id}": _remove,
    "POST /api/dashboard/widgets/{widget}": _add_widget,
    "DELETE /api/dashboard/widgets": lambda _call: Reply(status=204),
}
