"""What time records cost: by rates of their own, and by those of what they are booked on.

A probe tells what a record shows of its money, beside the rates that it was made with. What should have come of them is
for the contracts to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from conformance.exchange import Record, Refused
from conformance.model import Actor, Exchange
from conformance.probes.context import ProbeContext
from conformance.probes.records.creating import MISSING, attribute
from conformance.probes.records.list_scopes import row_of
from conformance.probes.times.times import COLLECTION, Booked, book, unbook
from conformance.probes.times.zones import parse

POST, PATCH = f"POST {COLLECTION}", f"PATCH {COLLECTION}/{{id}}"
PREFERENCES = "PATCH /api/users/{id}/preferences"
_BEGIN = "2025-01-15T10:00:00"
_ENDS = (
    ("7 minutes", "2025-01-15T10:07:00"),
    ("20 minutes", "2025-01-15T10:20:00"),
    ("50 minutes", "2025-01-15T10:50:00"),
    ("100 hours", "2025-01-19T14:00:00"),
    ("no time", _BEGIN),
)
"""From a Wednesday on, for an instance may have other prices at weekends. What is cut off shows in thirds of hours."""

_HOURLY, _FIXED = 33.33, 100.0


@dataclass(frozen=True)
class Source:
    """The rates that a record should go by; None for what was not given, and is looked for elsewhere or not known."""

    hourly: float | None = None
    fixed: float | None = None
    internal: float | None = None
    """By the hour, or of the whole record where the source is fixed and `internal_is_fixed`."""
    internal_is_fixed: bool = False
    own: bool = False
    """Whether the record has the rate itself."""


@dataclass(frozen=True)
class Priced:
    """A time record's money as an answer shows it: `duration` in seconds, None where it is running or was refused."""

    operation: str
    case: str
    source: Source
    duration: int | None
    rate: Any
    internal: Any
    hourly: Any
    fixed: Any
    exchange: Exchange
    weekday: int | None = None
    """The day of the week on which it ends, Monday is 0: prices may differ by it."""

    @property
    def shown(self) -> bool:
        """Whether the answer shows a record that has ended, with its rate."""
        return self.duration is not None and isinstance(self.rate, int | float)


def priced(operation: str, case: str, source: Source, exchange: Exchange, row: Any = None) -> Priced:
    """Return what an answer shows of a record's money; `row` is the record where the answer is a list."""
    body = (row or exchange.json_or_none()) if exchange.ok else None
    ended = isinstance(attribute(body, "end"), str)
    seconds = attribute(body, "duration")
    rate, internal, hourly, fixed = (
        attribute(body, name) for name in ("rate", "internalRate", "hourlyRate", "fixedRate")
    )
    duration = seconds if ended and isinstance(seconds, int) else None
    end = parse(attribute(body, "end"))
    weekday = end.weekday() if end else None
    return Priced(operation, case, source, duration, rate, internal, hourly, fixed, exchange, weekday)


def preferred(context: ProbeContext) -> Mapping[str, float | None]:
    """Return the rates that the strongest actor prefers; empty where they are not shown."""
    body = context.session().get("/api/users/me").json_or_none()
    listed = attribute(body, "preferences")
    values = {item.get("name"): item.get("value") for item in listed} if isinstance(listed, list) else {}
    # Whether an internal rate of 0 is one, or none, is nowhere promised.
    return {name: _number(values[name]) or None for name in ("hourly_rate", "internal_rate") if name in values}


def _number(value: Any) -> float | None:
    try:
        return None if value in (None, "") else float(value)
    except (TypeError, ValueError):
        return None


@contextmanager
def internal_rate(context: ProbeContext, amount: float) -> Iterator[None]:
    """Let the strongest actor prefer an internal rate, where profiles may be changed, and put back what was before."""
    before = preferred(context)
    path = f"/api/users/{context.strongest.user_id}/preferences"
    changed = False
    if PREFERENCES in context.index and "internal_rate" in before and context.client.config.allows("profile"):
        changed = _prefer(context, path, amount)
    try:
        yield
    finally:
        if changed:
            _prefer(context, path, before["internal_rate"])


def _prefer(context: ProbeContext, path: str, amount: float | None) -> bool:
    value = None if amount is None else str(amount)
    return context.session().patch(path, json=[{"name": "internal_rate", "value": value}]).ok


def own_rates(context: ProbeContext) -> Iterator[Priced]:
    """Book records with rates of their own, of no time up to a hundred hours, and change them. Raises Refused."""
    project, activity = context.bookable
    customer = attribute(context.session().get(f"/api/projects/{project}").json_or_none(), "customer")
    paths = (f"customers/{customer}", f"projects/{project}", f"activities/{activity}")
    # An internal rate would come from the rates of what is booked on: a lent project may have some.
    unpriced = all(context.session().get(f"/api/{path}/rates").json_or_none() == [] for path in paths)
    internal = preferred(context).get("internal_rate") if unpriced else None
    yield from _hourly(context, Source(hourly=_HOURLY, internal=internal, own=True))
    yield from _fixed(context, Source(fixed=_FIXED, internal=internal, own=True))


def _hourly(context: ProbeContext, source: Source) -> Iterator[Priced]:
    (case, end), *others = _ENDS
    booked = book(context, context.strongest, _BEGIN, end, hourlyRate=source.hourly)
    yield priced(POST, f"hourly, {case}", source, booked.exchange)
    for case, end in others if booked.ident is not None else ():
        answer = context.session().patch(booked.path, json={"end": end})
        yield priced(PATCH, f"hourly, {case}", source, answer)
        if case == "50 minutes" and answer.ok:
            yield from _copied(context, booked, f"hourly, {case}", source)
            text = context.session().patch(booked.path, json={"description": context.name("rates")})
            yield priced(PATCH, f"hourly, {case}, another text", source, text)
            yield from _read(context, booked, f"hourly, {case}", source)
    unbook(context, booked)


def _read(context: ProbeContext, booked: Booked, case: str, source: Source) -> Iterator[Priced]:
    """Read a record on its own and in lists, where the same money should be shown as by the answer that made it."""
    yield priced(f"GET {COLLECTION}/{{id}}", case, source, context.session().get(booked.path))
    day = {"begin": f"{_BEGIN[:10]}T00:00:00", "end": f"{_BEGIN[:10]}T23:59:59", "size": 500}
    for path, word, params in (
        (COLLECTION, "", day),
        (COLLECTION, ", full", {**day, "full": "true"}),
        (f"{COLLECTION}/recent", "", {"begin": day["begin"], "size": 500}),
    ):
        answer = context.session().get(path, params=params)
        row = row_of(answer, booked.ident) if answer.ok and booked.ident is not None else None
        if row:
            yield priced(f"GET {path}", f"{case}{word}", source, answer, row)


def _copied(context: ProbeContext, booked: Booked, case: str, source: Source) -> Iterator[Priced]:
    """Duplicate a record, where two may be at the same time."""
    label = f"PATCH {COLLECTION}/{{id}}/duplicate"
    if label in context.index and context.timesheet.get("isAllowOverlapping") is not False:
        answer = context.session().patch(f"{booked.path}/duplicate")
        yield priced(label, case, source, answer)
        copy = attribute(answer.json_or_none(), "id") if answer.ok else MISSING
        if copy not in (MISSING, booked.ident):
            context.session().delete(f"{COLLECTION}/{copy}")


def _fixed(context: ProbeContext, source: Source) -> Iterator[Priced]:
    booked = book(context, context.strongest, _BEGIN, "2025-01-15T10:30:00", fixedRate=source.fixed)
    yield priced(POST, "fixed, 30 minutes", source, booked.exchange)
    for case, change in (("fixed beside hourly", {"hourlyRate": 50}), ("fixed, no time", {"end": _BEGIN})):
        if booked.ident is not None:
            answer = context.session().patch(booked.path, json=change)
            yield priced(PATCH, case, source, answer)
    if booked.ident is not None:
        yield from _copied(context, booked, "fixed, no time", source)
        yield from _read(context, booked, "fixed, no time", source)
        free = Source(fixed=0.0, internal=source.internal, own=True)
        answer = context.session().patch(booked.path, json={"fixedRate": 0, "end": "2025-01-15T10:30:00"})
        yield priced(PATCH, "fixed, free of charge", free, answer)
    unbook(context, booked)


@dataclass(frozen=True)
class _Tree:
    """A customer with two projects and an activity of each."""

    customer: Record
    projects: tuple[Record, Record]
    activities: tuple[Record, Record]


def best_rates(context: ProbeContext) -> Iterator[Priced]:
    """Give a customer, a project and an activity a rate one after the other, for all and for the user, and book
    each time; then move the record, and let it run. Raises Refused.
    """
    tree = _tree(context)
    user = context.strongest.user_id
    other = context.weakest
    if other != context.strongest:
        # Whoever else has a rate, it is not the strongest actor's.
        for parent in (tree.customer, tree.projects[0], tree.activities[0]):
            context.records.rate(parent, rate=500, internalRate=400, user=other.user_id)
    steps: tuple[tuple[str, Record, dict[str, Any]], ...] = (
        ("of the customer", tree.customer, {"rate": 10, "internalRate": 4}),
        ("of the customer for the user", tree.customer, {"rate": 20, "user": user}),
        ("of the project", tree.projects[0], {"rate": 30, "internalRate": 12}),
        ("of the project for the user", tree.projects[0], {"rate": 40, "internalRate": 16, "user": user}),
        ("of the activity", tree.activities[0], {"rate": 50, "internalRate": 20}),
        ("of the activity for the user", tree.activities[0], {"rate": 60, "internalRate": 24, "user": user}),
    )
    internal = preferred(context).get("internal_rate")
    for week, (case, parent, terms) in enumerate(steps):
        context.records.rate(parent, **terms)
        source = Source(hourly=float(terms["rate"]), internal=terms.get("internalRate", internal))
        yield _booked_on(context, tree, case, source, week)[1]
    yield from _of_another(context, tree, other)
    yield from _moved(context, tree)
    yield from _fixed_activity(context, tree)


def _of_another(context: ProbeContext, tree: _Tree, other: Actor) -> Iterator[Priced]:
    """Book as somebody else, who has no part in the strongest actor's rates; the strongest looks at it."""
    project, activity = tree.projects[0], tree.activities[0]
    if other == context.strongest:
        return
    third = next((actor for actor in context.actors[1:] if actor != other), None)
    for actor, terms in ((third, (50.0, 20.0)), (other, (500.0, 400.0))):
        if actor is not None and actor.user_id is not None:
            times = ("2025-03-19T10:00:00", "2025-03-19T11:30:00")
            booked = book(context, actor, *times, project=project.id, activity=activity.id)
            if booked.ident is not None:
                source = Source(hourly=terms[0], internal=terms[1])
                seen = context.session().get(booked.path)
                yield priced(f"GET {COLLECTION}/{{id}}", f"of somebody else, at {terms[0]:g}", source, seen)


def _tree(context: ProbeContext) -> _Tree:
    customer = context.records.customer()
    one, other = context.records.project(customer), context.records.project(customer)
    return _Tree(customer, (one, other), (context.records.activity(one), context.records.activity(other)))


def _booked_on(
    context: ProbeContext, tree: _Tree, case: str, source: Source, week: int, number: int = 0, **more: Any
) -> tuple[Booked, Priced]:
    """Book an hour and a half on a Wednesday of its own, for records may not overlap."""
    day = f"2025-{1 + week // 4:02}-{1 + 7 * (week % 4):02}"
    place = {"project": tree.projects[number].id, "activity": tree.activities[number].id}
    booked = book(context, context.strongest, f"{day}T10:00:00", f"{day}T11:30:00", **place, **more)
    return booked, priced(POST, case, source, booked.exchange)


def _moved(context: ProbeContext, tree: _Tree) -> Iterator[Priced]:
    """Move a record to a project with a rate of its own; restart it there, and stop what runs."""
    context.records.rate(tree.projects[1], rate=120, internalRate=48)
    booked, _ = _booked_on(context, tree, "", Source(), 7)
    if booked.ident is None:
        return
    apart = context.records.activity(tree.projects[0])
    context.records.rate(apart, rate=75, internalRate=25)
    changed = context.session().patch(booked.path, json={"activity": apart.id})
    yield priced(PATCH, "moved to another activity", Source(hourly=75.0, internal=25.0), changed)
    place = {"project": tree.projects[1].id, "activity": tree.activities[1].id}
    there = Source(hourly=120.0, internal=48.0)
    yield priced(PATCH, "moved to another project", there, context.session().patch(booked.path, json=place))
    try:
        started = context.session().patch(f"{booked.path}/restart", json={})
    except Refused:  # The actor has something running, so there is nothing to tell.
        return
    number = attribute(started.json_or_none(), "id") if started.ok else MISSING
    if number not in (MISSING, booked.ident):
        stopped = context.session().patch(f"{COLLECTION}/{number}/stop")
        yield priced(f"PATCH {COLLECTION}/{{id}}/stop", "restarted and stopped", there, stopped)


def _fixed_activity(context: ProbeContext, tree: _Tree) -> Iterator[Priced]:
    """Book on an activity with a fixed rate; a rate of the record's own wins over it."""
    context.records.rate(tree.activities[1], rate=90, internalRate=45, isFixed=True)
    source = Source(fixed=90.0, internal=45.0, internal_is_fixed=True)
    yield _booked_on(context, tree, "fixed, of the activity", source, 9, 1)[1]
    own = Source(fixed=70.0, internal=45.0, internal_is_fixed=True, own=True)
    yield _booked_on(context, tree, "fixed, of the record", own, 10, 1, fixedRate=70)[1]
