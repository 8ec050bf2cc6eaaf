"""Whether a record goes beyond the budget of its activity, project or customer, where the instance forbids that.

Lifetime budgets count all records, monthly ones those of the record's month in its zone; only what is billable and has
ended counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from conformance.embedded.behaviour.datetimes import in_zone, to_utc
from conformance.embedded.behaviour.versions import Version
from conformance.embedded.store.models import Project, Timesheet

USED_UP = "The budget is completely used."


@dataclass(frozen=True)
class Spent:
    """What a record took of budgets when it was stored last, and what it was booked on."""

    rate: float
    duration: int
    billable: bool
    begin: datetime
    project: int
    activity: int | None
    customer: int


def stored(sheet: Timesheet) -> Spent:
    """Return what a record takes as it is."""
    project = sheet.project
    activity = sheet.activity.id if sheet.activity is not None else None
    return Spent(sheet.rate, sheet.duration, sheet.billable, sheet.begin, project.id, activity, project.customer_id)


def overbooked(session: Session, version: Version, sheet: Timesheet, before: Spent | None) -> Iterator[str]:
    """Yield the fields whose budgets a record goes beyond: activity, project, customer. `before` is None for a new one.

    The record has its rate and duration already.
    """
    if sheet.end is None or not sheet.billable or (before is not None and _same(version, sheet, before)):
        return
    owners: list[tuple[str, Any]] = [("activity", sheet.activity), ("project", sheet.project)]
    for field, owner in [*owners, ("customer", sheet.project.customer)]:
        if (
            owner is not None
            and (owner.budget or owner.time_budget)
            and _beyond(session, version, sheet, before, owner)
        ):
            yield field


def _same(version: Version, sheet: Timesheet, before: Spent) -> bool:
    """Whether nothing changed that a budget hangs on. Older versions compare the local day with that in UTC."""
    now = stored(sheet)
    day = in_zone(before.begin, sheet.timezone if version.budget_months else "UTC").date()
    same_place = (now.project, now.activity, now.billable) == (before.project, before.activity, before.billable)
    return (
        same_place
        and (now.rate, now.duration) == (before.rate, before.duration)
        and (in_zone(sheet.begin, sheet.timezone).date() == day)
    )


def _beyond(session: Session, version: Version, sheet: Timesheet, before: Spent | None, owner: Any) -> bool:
    monthly = owner.budget_type == "month"
    # The first and last second of the month in the record's zone, as naive UTC.
    first = in_zone(sheet.begin, sheet.timezone).replace(tzinfo=None, day=1, hour=0, minute=0, second=0, microsecond=0)
    following = (first + timedelta(days=32)).replace(day=1)
    first, last = to_utc(first, sheet.timezone), to_utc(following, sheet.timezone) - timedelta(seconds=1)
    kind = type(owner).__name__
    columns: dict[str, Any] = {"Customer": Project.customer_id, "Project": Timesheet.project_id}
    query = select(func.sum(Timesheet.rate), func.sum(Timesheet.duration)).join(Project)
    query = query.where(columns.get(kind, Timesheet.activity_id) == owner.id, Timesheet.id != (sheet.id or 0))
    query = query.where(Timesheet.billable, Timesheet.end.is_not(None))
    if monthly:
        query = query.where(Timesheet.begin.between(first, last))
    with session.no_autoflush:
        rate, duration = session.execute(query).one()
    ids = {"Customer": before.customer, "Project": before.project} if before is not None else {}
    was_here = before is not None and before.billable and ids.get(kind, before.activity) == owner.id
    in_window = was_here and (not monthly or first <= before.begin <= last)  # type: ignore[union-attr]
    # Older versions take off what a record had, though another month does not have it.
    less = before if was_here and not in_window and not version.budget_months else None
    money = (rate or 0.0) + sheet.rate - (less.rate if less else 0.0)
    time = (duration or 0) + sheet.duration - (less.duration if less else 0)
    costs, lasts = (sheet.rate > 0, sheet.duration > 0) if version.free_is_no_overbooking else (True, True)
    return bool(
        (costs and owner.budget and money > owner.budget) or (lasts and owner.time_budget and time > owner.time_budget)
    )
