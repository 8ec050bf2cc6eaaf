"""What may stand in the way of a time record besides its times: asked only where one was refused.

An instance may forbid that two records of a person overlap, and people use such tokens too; a borrowed project may have
a begin, an end and a budget; a tracking mode may leave times to some roles, and a period may be locked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from conformance.model import Actor
from conformance.probes.context import ProbeContext, once
from conformance.probes.records.creating import attribute
from conformance.probes.records.list_scopes import row_of
from conformance.probes.times.times import COLLECTION, book, unbook
from conformance.probes.times.zones import parse, readings, written

_AROUND = timedelta(days=2)
"""How far before a refused record others are looked for that may last until then."""

_ROUNDED = timedelta(hours=1)
"""By how much rounding may bring two records together."""


@once("may book {actor.name}")
def may_book_at_all(context: ProbeContext, actor: Actor) -> bool:
    """Whether an actor may send begin and end: tried with a plain hour, once a process. Raises Refused."""
    return books(context, actor, datetime(2025, 1, 15, 16), timedelta(hours=1))


@once("may book lately {actor.name}")
def may_book_lately(context: ProbeContext, actor: Actor, now: datetime) -> bool:
    """Whether an actor may book yesterday or just now, later than any locked period; asked once a process.

    `now` is the instance's, aware. Raises Refused.
    """
    local = now.astimezone(ZoneInfo(actor.timezone or "UTC")).replace(tzinfo=None, second=0, microsecond=0)
    yesterday, minute = local.replace(hour=10, minute=0) - timedelta(days=1), timedelta(minutes=1)
    # The last minute is yesterday's at midnight, and the next one may be too far ahead.
    moments = ((yesterday, timedelta(hours=1)), (local - minute, minute), (local, minute))
    return any(books(context, actor, *moment) for moment in moments)


def books(context: ProbeContext, actor: Actor, begin: datetime, length: timedelta) -> bool:
    """Whether an actor may book from this local time on for so long: tried, and deleted. Raises Refused."""
    booked = book(context, actor, written(begin), written(begin + length))
    unbook(context, booked)
    return booked.ident is not None


def obstacle(context: ProbeContext, actor: Actor, begin: datetime, end: datetime, but: int | None = None) -> str | None:
    """Return what stands in the way of a record of an actor at these local times, None where nothing is known to.

    `but` is the record that was to be changed. Raises Refused.
    """
    if context.timesheet.get("isAllowOverlapping") is False:
        window = {"begin": written(begin - _AROUND), "end": written(end + _ROUNDED), "size": 500}
        rows = context.session(actor).get(COLLECTION, params=window).json_or_none()
        starts = [reading.astimezone(UTC) - _ROUNDED for reading in readings(begin, actor.timezone or "UTC")]
        for row in rows if isinstance(rows, list) else ():
            until = parse(attribute(row, "end"))
            if attribute(row, "id") != but and (until is None or any(until > start for start in starts)):
                return "the instance forbids that records overlap, and there is another one at that time"
    project = project_of(context)
    first, last = (str(project.get(name) or "")[:10] for name in ("start", "end"))
    if (first and written(begin)[:10] <= first) or (last and written(end)[:10] >= last):
        return "the project that is booked on has not begun then, or has ended"
    if project.get("budget") or project.get("timeBudget"):
        return "the project that is booked on has a budget, which may be spent"
    return None


@once("booked project")
def project_of(context: ProbeContext) -> Mapping[str, Any]:
    """Return the project that is booked on, as it is shown; asked once a process. Raises Refused.

    It is read, or found in the list, which plain users see as well.
    """
    number = context.bookable[0]
    read = context.session().get(f"/api/projects/{number}").json_or_none()
    if attribute(read, "id") == number:
        return dict(read)
    listing = context.session().get("/api/projects", params={"visible": 3, "ignoreDates": 1})
    return row_of(listing, number) or {}
