"""What a full budget keeps out and what it lets in: of money and of time, for a life and for a month.

Everything is booked on customers, projects and activities of the run's own. Whether the instance forbids to overbook at
all is seen first: where it does not, nothing more is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from conformance.exchange import Record
from conformance.model import Actor, Exchange
from conformance.probes.context import ProbeContext
from conformance.probes.records.creating import attribute, ident
from conformance.probes.times.times import COLLECTION

POST, PATCH = f"POST {COLLECTION}", f"PATCH {COLLECTION}/{{id}}"
OVERBOOKED = "one more than the budget"
BUDGETED = ("activity", "project", "customer")


@dataclass(frozen=True)
class Booking:
    """A record that was made or changed beside a budget: `fits` is whether it stays within, None where it is not said.

    `text_alone` is whether nothing but a text was changed.
    """

    operation: str
    case: str
    fits: bool | None
    answer: Exchange
    text_alone: bool = False

    @property
    def named(self) -> set[str]:
        """The fields that a refusal names."""
        children = attribute(self.answer.json_or_none(), "errors.children")
        return {name for name, told in children.items() if told} if isinstance(children, dict) else set()

    @property
    def messages(self) -> set[str]:
        """What a refusal says, of fields with a budget and of the whole; a customer is no field of a time record."""
        errors = attribute(self.answer.json_or_none(), "errors")
        lists = [attribute(errors, f"children.{name}.errors") for name in BUDGETED] + [attribute(errors, "errors")]
        return {str(message) for told in lists if isinstance(told, list) for message in told}

    def about_budget(self, messages: set[str]) -> bool:
        """Whether a refusal is about what has a budget alone: names it, or says the same of the whole."""
        fields = bool(self.named) and self.named <= set(BUDGETED)
        whole = not self.named and bool(self.messages) and self.messages <= messages
        return self.answer.status == 400 and (fields or whole)


@dataclass(frozen=True)
class _Place:
    """Where records are booked, by whom."""

    context: ProbeContext
    actor: Actor
    project: int
    activity: int

    def book(self, case: str, fits: bool | None, begin: str, end: str, **more: Any) -> Booking:
        body = {
            "begin": begin, "end": end, "project": self.project, "activity": self.activity, "billable": True,
            "description": self.context.name("budget"), **more,
        }  # fmt: skip
        return Booking(POST, case, fits, self.context.session(self.actor).post(COLLECTION, json=body))

    def change(self, booking: Booking, case: str, fits: bool | None, **changes: Any) -> Iterator[Booking]:
        """Change what was booked; nothing where it was not."""
        number = ident(booking.answer)
        if number is not None:
            answer = self.context.session(self.actor).patch(f"{COLLECTION}/{number}", json=changes)
            yield Booking(PATCH, case, fits, answer, text_alone=changes.keys() == {"description"})

    def renamed(self, booking: Booking, case: str) -> Iterator[Booking]:
        """Change the description alone."""
        yield from self.change(booking, case, True, description=self.context.name(f"budget, {case}"))


def booker(context: ProbeContext) -> Actor:
    """Return who books: an administrator, who may send what a record costs, away from UTC where there is one."""
    able = [actor for actor in context.actors if actor.role in ("ROLE_ADMIN", "ROLE_SUPER_ADMIN")] or [
        context.strongest
    ]
    moment = datetime(2025, 4, 1, tzinfo=UTC)
    away = (actor for actor in able if actor.timezone and ZoneInfo(actor.timezone).utcoffset(moment))
    return next(away, able[0])


def bookings(context: ProbeContext) -> Iterator[Booking]:
    """Fill budgets and book beyond them. Raises Refused."""
    place, project = _place(context, budget=100)
    full = place.book("all of the budget", True, *_day("01-15"), fixedRate=100)
    yield full
    more = place.book(OVERBOOKED, None, *_day("01-16"), fixedRate=1)
    yield more
    if not full.answer.ok or more.answer.ok:
        return
    yield from _of_money(context, place, project, full)
    yield from _of_months(context)
    yield from _of_time(context)
    yield from _of_others(context)


def _place(context: ProbeContext, **budget: Any) -> tuple[_Place, Record]:
    project = context.records.project(context.records.customer(), **budget)
    return _Place(context, booker(context), project.id, context.records.activity(project).id), project


def _day(day: str, begin: str = "10:00", end: str = "11:00") -> tuple[str, str]:
    return f"2025-{day}T{begin}:00", f"2025-{day}T{end}:00"


def _of_money(context: ProbeContext, place: _Place, project: Record, full: Booking) -> Iterator[Booking]:
    yield from place.renamed(full, "a text, on a full budget")
    yield from place.change(full, "a higher price", False, fixedRate=101)
    context.session().patch(project.path, json={"budget": 50})
    yield from place.renamed(full, "a text, on an overbooked budget")
    free = place.book("free of charge, on an overbooked budget", True, *_day("01-17"), fixedRate=0)
    yield free
    yield from place.renamed(free, "a text of what is free of charge")
    yield place.book("one more, on an overbooked budget", False, *_day("01-20"), fixedRate=1)
    yield place.book("not billable, on an overbooked budget", None, *_day("01-21"), fixedRate=1, billable=False)
    yield from place.change(full, "a lower price that fits", True, fixedRate=40)
    yield place.book("what is left", True, *_day("01-22"), fixedRate=10)


def _of_months(context: ProbeContext) -> Iterator[Booking]:
    """Fill March and April of a monthly budget, at the border of the booker's own months."""
    place, _ = _place(context, budget=100, budgetType="month")
    march = place.book("all of a month", True, *_day("03-12"), fixedRate=100)
    april = place.book(
        "all of the next month, in its first minutes", True, *_day("04-01", "00:15", "00:45"), fixedRate=100
    )
    yield march
    yield april
    yield place.book("one more in a month's last minutes", False, *_day("03-31", "23:15", "23:45"), fixedRate=1)
    yield from place.renamed(april, "a text, at the border of a month")
    yield from place.change(march, "another day of its month", True, **_times("03-20"))
    yield from place.change(march, "moved to a full month", False, **_times("04-10"))


def _times(day: str) -> dict[str, str]:
    begin, end = _day(day)
    return {"begin": begin, "end": end}


def _of_time(context: ProbeContext) -> Iterator[Booking]:
    place, _ = _place(context, timeBudget="1:00")
    hour = place.book("all of a time budget", True, *_day("05-14"), fixedRate=0)
    yield hour
    yield place.book("some minutes more than a time budget", False, *_day("05-15", "10:00", "10:10"), fixedRate=0)
    yield from place.change(hour, "longer than a time budget", False, end="2025-05-14T11:10:00")
    yield from place.renamed(hour, "a text, on a full time budget")


def _of_others(context: ProbeContext) -> Iterator[Booking]:
    """Fill the budget of an activity and of a customer."""
    customer = context.records.customer(budget=100)
    project = context.records.project(customer)
    activity = context.records.activity(project, budget=50)
    place = _Place(context, booker(context), project.id, activity.id)
    yield place.book("all of an activity's budget", True, *_day("06-11"), fixedRate=50)
    yield place.book("one more than an activity's budget", False, *_day("06-12"), fixedRate=1)
    other = _Place(context, place.actor, project.id, context.records.activity(project).id)
    yield other.book("one more than a customer's budget", False, *_day("06-13"), fixedRate=51)


def text_edits(context: ProbeContext) -> Iterator[Booking]:
    """Change a record's description in each of several states that the instance has accepted. Raises Refused."""
    project, activity = context.bookable
    place = _Place(context, context.strongest, project, activity)
    booking = place.book("", None, *_day("04-01", "00:15", "00:45"))
    states: tuple[tuple[str, dict[str, Any]], ...] = (
        ("at the border of a month", {}),
        ("of no time", {"end": "2025-04-01T00:15:00"}),
        ("of a hundred hours", {"end": "2025-04-05T04:15:00"}),
        ("not billable", {"billable": False}),
        ("of a fixed rate", {"fixedRate": 100}),
    )
    for state, changes in states:
        if all(item.answer.ok for item in place.change(booking, "", None, **changes)):
            yield from place.renamed(booking, f"a text, {state}")
    number = ident(booking.answer)
    if number is not None:
        context.session().delete(f"{COLLECTION}/{number}")
