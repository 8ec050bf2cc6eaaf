"""What may stand in the way of a time record besides its times: asked only where one was refused.

An instance may forbid that two records of a person overlap, and people use such tokens too; a borrowed project may have
a begin, an end and a budget; a tracking mode may leave times to some roles, and a period may be locked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from conformance.probes.lab import Lab
from conformance.probes.records.grounds import row_of
from conformance.probes.records.making import attribute
from conformance.probes.times.times import COLLECTION, book, unbook
from conformance.probes.times.zones import parse, readings, written
from conformance.words import Actor

_AROUND = timedelta(days=2)
"""How far before a refused record others are looked for that may last until then."""

_ROUNDED = timedelta(hours=1)
"""By how much rounding may bring two records together."""


def may_book_at_all(lab: Lab, actor: Actor) -> bool:
    """Whether an actor may send begin and end: tried with a plain hour, once a process. Raises Refused."""
    return lab.once(f"may book {actor.name}", lambda: books(lab, actor, datetime(2025, 1, 15, 16), timedelta(hours=1)))


def may_book_lately(lab: Lab, actor: Actor, now: datetime) -> bool:
    """Whether an actor may book yesterday or just now, later than any locked period; asked once a process.

    `now` is the instance's, aware. Raises Refused.
    """
    local = now.astimezone(ZoneInfo(actor.timezone or "UTC")).replace(tzinfo=None, second=0, microsecond=0)
    yesterday, minute = local.replace(hour=10, minute=0) - timedelta(days=1), timedelta(minutes=1)
    # The last minute is yesterday's at midnight, and the next one may be too far ahead.
    moments = ((yesterday, timedelta(hours=1)), (local - minute, minute), (local, minute))
    return lab.once(f"may book lately {actor.name}", lambda: any(books(lab, actor, *each) for each in moments))


def books(lab: Lab, actor: Actor, begin: datetime, length: timedelta) -> bool:
    """Whether an actor may book from this local time on for so long: tried, and deleted. Raises Refused."""
    booked = book(lab, actor, written(begin), written(begin + length))
    unbook(lab, booked)
    return booked.ident is not None


def obstacle(lab: Lab, actor: Actor, begin: datetime, end: datetime, but: int | None = None) -> str | None:
    """Return what stands in the way of a record of an actor at these local times, None where nothing is known to.

    `but` is the record that was to be changed. Raises Refused.
    """
    if lab.timesheet.get("isAllowOverlapping") is False and any(_meetings(lab, actor, begin, end, but)):
        return "the instance forbids that records overlap, and there is another one at that time"
    return _of_project(project_of(lab), begin, end)


def _meetings(lab: Lab, actor: Actor, begin: datetime, end: datetime, but: int | None) -> Iterator[bool]:
    """Yield for each other record of an actor whether it shares time with these local times."""
    window = {"begin": written(begin - _AROUND), "end": written(end + _ROUNDED), "size": 500}
    rows = lab.session(actor).get(COLLECTION, params=window).json_or_none()
    starts = [each.astimezone(UTC) - _ROUNDED for each in readings(begin, actor.timezone or "UTC")]
    for row in rows if isinstance(rows, list) else ():
        until = parse(attribute(row, "end"))
        yield attribute(row, "id") != but and (until is None or any(until > start for start in starts))


def project_of(lab: Lab) -> Mapping[str, Any]:
    """Return the project that is booked on, as it is shown; asked once a process. Raises Refused."""
    return lab.once("booked project", lambda: _project(lab, lab.bookable[0]))


def _project(lab: Lab, number: int) -> Mapping[str, Any]:
    """Read a project, or find it in the list, which plain users see as well."""
    read = lab.session().get(f"/api/projects/{number}").json_or_none()
    if attribute(read, "id") == number:
        return dict(read)
    listing = lab.session().get("/api/projects", params={"visible": 3, "ignoreDates": 1})
    return row_of(listing, number) or {}


def _of_project(project: Mapping[str, Any], begin: datetime, end: datetime) -> str | None:
    first, last = (str(project.get(name) or "")[:10] for name in ("start", "end"))
    if (first and written(begin)[:10] <= first) or (last and written(end)[:10] >= last):
        return "the project that is booked on has not begun then, or has ended"
    if project.get("budget") or project.get("timeBudget"):
        return "the project that is booked on has a budget, which may be spent"
    return None
