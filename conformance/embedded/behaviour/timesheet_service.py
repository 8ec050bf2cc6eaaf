"""Timesheets as a service: starting, stopping, rounding, and the checks that are the same for a form and a button."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from conformance.embedded.behaviour import datetimes, rates
from conformance.embedded.behaviour.budgets import USED_UP, Spent, overbooked, stored
from conformance.embedded.behaviour.datetimes import end_of_day, in_zone, start_of_day, to_utc, utc_now
from conformance.embedded.behaviour.lockdown import locked
from conformance.embedded.errors import ReleaseCrash, refused_by_service
from conformance.embedded.store.models import Timesheet, User
from conformance.embedded.store.state import RequestContext

OVERLAP = "You already have an entry for this time."
UNSTOPPABLE = "You have an active time record which cannot be stopped automatically."
_LONGEST = 31_536_000
"""Seconds of the longest record that is accepted: a year."""
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True)
class ValidationProblem:
    """What is wrong with a record: the message, the form field it is told at ("" for the form), the property."""

    message: str
    field: str = ""
    at: str = "begin_date"


def finalise(call: RequestContext, sheet: Timesheet) -> None:
    """Round the times of a record that has ended, by the day on which it ends, and work out duration and rates.

    Raises `ReleaseCrash` where rounding leaves the calendar.
    """
    measure(sheet)
    if sheet.end is not None:
        try:
            zone = sheet.timezone
            rounding = call.state.settings.rounding.on_the_day_of(in_zone(sheet.end, zone))
            sheet.begin = datetimes.round_begin(sheet.begin, zone, rounding)
            sheet.end = datetimes.round_end(sheet.end, zone, rounding)
            measure(sheet)
            sheet.duration = datetimes.round_duration(sheet.duration, sheet.begin, zone, rounding)
        except OverflowError:
            raise ReleaseCrash from None
    rates.calculate(sheet, call.version.internal_by_duration)
    sheet.modified_at = utc_now()


def start_time(call: RequestContext, moment: datetime) -> datetime:
    """When a record begins that is started then: rounded at once, or at the time of day that the mode begins with."""
    settings = call.state.settings
    mode, fixed = settings.text("timesheet.mode"), _CLOCK.fullmatch(settings.text("timesheet.default_begin"))
    if mode == "default":
        return datetimes.round_begin(moment, call.zone, settings.rounding)
    if mode == "punch":
        return moment
    if not fixed:
        return moment.replace(second=0)
    local = in_zone(moment, call.zone).replace(tzinfo=None)
    return to_utc(local.replace(hour=int(fixed[1]), minute=int(fixed[2]), second=0), call.zone)


def measure(sheet: Timesheet) -> None:
    """Work out the duration as it is before rounding; 0 while the record runs."""
    sheet.duration = 0
    if sheet.end is not None:
        sheet.duration = (sheet.end - sheet.begin) // timedelta(seconds=1) - (sheet.pause or 0)


def booking_problems(
    call: RequestContext, sheet: Timesheet, before: Spent | None = None
) -> Iterator[ValidationProblem]:
    """What the instance's rules have against a record, `before` being what it took of budgets; None for a new one.

    Its times are rounded only when it is kept, by `finalise`.
    """
    measure(sheet)
    yield from _about_times(call, sheet)
    if sheet.project is not None:
        project, activity = sheet.project, sheet.activity
        if activity is not None and activity.project_id not in (None, project.id):
            message = "Project mismatch, project specific activity and timesheet project are different."
            yield ValidationProblem(message, "project", "project")
        if activity is not None and activity.project_id is None and not project.global_activities:
            yield ValidationProblem("Global activities are forbidden for the selected project.", "activity", "activity")
        first = None if project.start is None else start_of_day(project.start, sheet.timezone)
        last = None if project.end is None else end_of_day(project.end, sheet.timezone)
        for moment, at in ((sheet.begin, "begin_date"), (sheet.end, "end_date")):
            if moment is not None and first is not None and moment < first:
                yield ValidationProblem("The project has not started at that time.", at=at)
            elif moment is not None and last is not None and moment > last:
                yield ValidationProblem("The project is finished at that time.", at=at)
    if not call.state.settings.rule("allow_overlapping_records") and _overlaps(call, sheet):
        yield ValidationProblem(OVERLAP)
    if not call.state.settings.rule("allow_overbooking_budget") and sheet.project is not None:
        rates.calculate(sheet, call.version.internal_by_duration)
        for field in overbooked(call.session, call.version, sheet, before):
            yield ValidationProblem(USED_UP, field, field)


def _about_times(call: RequestContext, sheet: Timesheet) -> Iterator[ValidationProblem]:
    settings, now = call.state.settings, utc_now()
    if sheet.end is not None and sheet.end < sheet.begin:
        for message, at in zip(call.version.negative_duration, ("end_date", "duration"), strict=False):
            yield ValidationProblem(message, at=at)
    if not settings.rule("allow_future_times"):
        # What is rounded up may lie ahead by as much, and by a minute.
        if sheet.begin > now + timedelta(minutes=1 + settings.rounding.begin):
            yield ValidationProblem("The begin date cannot be in the future.")
        if sheet.end is not None and sheet.end > now + timedelta(minutes=1 + settings.rounding.end):
            yield ValidationProblem("The end date cannot be in the future.", at="end_date")
    if sheet.end is not None and sheet.duration == 0 and not settings.rule("allow_zero_duration"):
        yield ValidationProblem("An empty duration is not allowed.", at="duration")
    minutes = settings.number("timesheet.rules.long_running_duration")
    if sheet.end is not None and sheet.duration > _LONGEST:
        yield ValidationProblem("Maximum duration exceeded.", at="duration")
    elif sheet.end is not None and minutes and sheet.duration > minutes * 60:
        hours, rest = divmod(minutes, 60)
        yield ValidationProblem(f"Maximum {hours}:{rest:02} hours allowed.", at="duration")
    if not call.access.sees_all and locked(settings, sheet.begin, now, sheet.timezone):
        yield ValidationProblem("This period is locked. Please choose a later date.")


def _overlaps(call: RequestContext, sheet: Timesheet) -> bool:
    """Whether the record shares time with another that has ended; it may begin when that one ends."""
    first = sheet.begin + timedelta(seconds=1)
    meets = (Timesheet.begin <= first) & (Timesheet.end >= first)
    if sheet.end is not None:
        last = sheet.end - timedelta(seconds=1)
        within = Timesheet.begin.between(first, last) | Timesheet.end.between(first, last)
        meets = meets | within | ((Timesheet.begin <= last) & (Timesheet.end >= last))
    query = select(Timesheet.id).where(Timesheet.user_id == sheet.user.id, Timesheet.end.is_not(None), meets)
    if sheet.id is not None:
        query = query.where(Timesheet.id != sheet.id)
    return call.session.scalar(query.limit(1)) is not None


def running(call: RequestContext, user: User) -> list[Timesheet]:
    """The user's running records, the oldest first."""
    query = select(Timesheet).where(Timesheet.user_id == user.id, Timesheet.end.is_(None))
    return list(call.session.scalars(query.order_by(Timesheet.begin, Timesheet.id)))


def stop_excess_timers(call: RequestContext, user: User) -> bool:
    """Stop running records until the user may start one more; False where one of them cannot be stopped."""
    limit = call.state.settings.number("timesheet.active_entries.hard_limit")
    started = running(call, user)
    return all(not _stop(call, sheet) for sheet in started[: max(0, len(started) - limit + 1)])


def stop(call: RequestContext, sheet: Timesheet) -> None:
    """Stop a running record now. Raises 400 where the result would not be accepted."""
    require(_stop(call, sheet))


def _stop(call: RequestContext, sheet: Timesheet) -> list[ValidationProblem]:
    before, sheet.end = stored(sheet), utc_now()
    result = list(booking_problems(call, sheet, before))
    finalise(call, sheet)
    return result


def require(result: list[ValidationProblem]) -> None:
    """Raise the 400 of a service where there is a problem."""
    if result:
        places: dict[str, list[str]] = {}
        for problem in result:
            places.setdefault(problem.at, []).append(problem.message)
        raise refused_by_service(places)


def inherits_billable(sheet: Timesheet) -> bool:
    """Whether a record is billable that does not say so: unless activity, project or customer is not."""
    parts: list[Any] = [sheet.activity, sheet.project, sheet.project.customer if sheet.project else None]
    return all(part is None or part.billable for part in parts)


def open_to_change(call: RequestContext, sheet: Timesheet) -> bool:
    """Whether neither an export nor a locked period keeps the caller from changing the record."""
    if sheet.exported and not call.access.has("edit_exported_timesheet"):
        return False
    return call.access.sees_all or not locked(call.state.settings, sheet.begin, utc_now(), sheet.timezone)
