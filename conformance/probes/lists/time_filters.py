"""What the date filters of the list of time records take in: to the second, at midnight, across the edge."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from conformance.definition import Operation
from conformance.exchange import Refused
from conformance.model import Actor, Exchange
from conformance.probes.context import ProbeContext, once
from conformance.probes.records.creating import attribute, ident
from conformance.probes.records.list_scopes import COLLECTION, YEARS, ListScope, create_in, ids_of, list_scope, listed
from conformance.probes.times.timers import clock, finished
from conformance.probes.times.times import book, recognise_rounding, seen_as, unbook
from conformance.probes.times.zones import local, offsets, parse, written

RECORDS = (
    ("evening", "04-01T22:00:00", "04-01T23:00:00"),
    ("midnight", "04-02T00:00:00", "04-02T01:00:00"),
    ("winter", "01-14T10:00:00", "01-14T11:00:00"),
    ("across", "04-02T23:00:00", "04-03T02:00:00"),
)
"""Records by name, with begin and end; only their begin counts, says the definition. One is of the other half year: a
bound has the offset of its own date."""

WINDOWS = (
    ("a day up to its midnight", "04-01T00:00:00", "04-02T00:00:00"),
    ("a day without its midnight", "04-01T00:00:00", "04-01T23:59:59"),
    ("from midnight on", "04-02T00:00:00", ""),
    ("from a second after midnight", "04-02T00:00:01", ""),
    ("up to a begin", "", "01-14T10:00:00"),
    ("up to a second before a begin", "", "01-14T09:59:59"),
    ("one second", "01-14T10:00:00", "01-14T10:00:00"),
)
"""Windows by name, with begin and end: whose begin lies within is taken in, both ends included."""

_MARGIN = timedelta(seconds=10)
"""By how much the clock that a server's answers tell may differ from the one that its records are stamped with."""

_AHEAD = timedelta(minutes=1)

_BETWEEN = timedelta(seconds=2)
"""Between a change and the moment that is asked for; answers tell the time to the second."""

EDGE = ("04-03T00:00:00", "04-03T23:59:59")
"""A window that the record across midnight reaches into with its end alone."""


@dataclass(frozen=True)
class Taken:
    """What a window took in, of the records by name; None where the answer was no list."""

    window: str
    expected: tuple[str, ...]
    names: tuple[str, ...] | None
    exchange: Exchange


@dataclass(frozen=True)
class Stage:
    """Where the records are: their names by id, and their begins by name, in local time.

    `since` and `made` are when the first and the last of them was made, by the instance's clock, aware.
    """

    scope: ListScope
    names: Mapping[int, str]
    begins: Mapping[str, datetime]
    since: datetime
    made: datetime

    def within(self, begin: str, end: str) -> tuple[str, ...]:
        """Return whose begin lies between two local times, both included."""
        return tuple(name for name, moment in self.begins.items() if local(begin) <= moment <= local(end))


@once("time filters")
def stage(context: ProbeContext) -> Stage:
    """Return the scope with the records in it, made once a process. Raises Refused."""
    actor = _booker(context)
    scope = list_scope(context, "time filters", actor)
    rounding = recognise_rounding(context, context.strongest)
    names, begins, stamps = dict[int, str](), dict[str, datetime](), list[datetime]()
    for name, begin, end in RECORDS:
        exchange = create_in(context, scope, begin, end)
        stamps.append(clock(exchange))
        number = ident(exchange)
        if number is not None:
            sent = local(f"{scope.year}-{begin}")
            shown = parse(attribute(exchange.json_or_none(), "begin"))
            came = shown.replace(tzinfo=None) if shown is not None else sent
            names[number] = name
            begins[name] = came if came in rounding.survivors("begin", sent, actor.timezone or "UTC") else sent
    return Stage(scope, names, begins, stamps[0], stamps[-1])


def _booker(context: ProbeContext) -> Actor:
    """Return who makes the records: the plainest actor who may book in that year, abroad if possible. Raises Refused.

    A role may not be let send times, or only later ones.
    """
    year = YEARS["time filters"][0]
    for actor in sorted(context.actors, key=lambda each: (is_in_utc(each), -context.actors.index(each))):
        booked = book(context, actor, f"{year}-04-01T22:00:00", f"{year}-04-01T23:00:00")
        unbook(context, booked)
        if booked.ident is not None:
            return actor
    raise Refused(0, "no actor may book in a year that has passed")


def ask_windows(context: ProbeContext) -> tuple[Taken, ...]:
    """Ask for every window, of those open at one end with the other bound alone where that confines the list enough.

    Raises Refused.
    """
    at = stage(context)
    own = "begin" not in at.scope.params
    results = []
    for window, begin, end in WINDOWS:
        first = f"{at.scope.year}-{begin or '01-01T00:00:00'}"
        last = f"{at.scope.year}-{end or '12-31T23:59:59'}"
        bounds = {"begin": first if begin or not own else None, "end": last if end or not own else None}
        sent = {name: bound for name, bound in bounds.items() if bound is not None}
        exchange, ids = listed(context, at.scope.actor, {**at.scope.params, **sent})
        results.append(Taken(window, at.within(first, last), _names(ids, at.names), exchange))
    return tuple(results)


def ask_edge(context: ProbeContext) -> Taken:
    """Ask for a window that a record reaches into with its end alone. Raises Refused."""
    at = stage(context)
    begin, end = (f"{at.scope.year}-{item}" for item in EDGE)
    exchange, ids = listed(context, at.scope.actor, {**at.scope.params, "begin": begin, "end": end})
    return Taken("the day after midnight", (), _names(ids, at.names), exchange)


def ask_modified(context: ProbeContext) -> tuple[Taken, ...]:
    """Ask for what was changed since all were made, since a little ahead, and since one was. Raises Refused."""
    at = stage(context)
    results = ask_modified_near(context)
    if context.profile_at_least("standard") and at.names:
        results += tuple(_changed_alone(context, at, clock(results[-1].exchange)))
    return results


def ask_modified_near(context: ProbeContext) -> tuple[Taken, ...]:
    """Ask for what was changed since all were made, and since a little ahead: all records, and none. Raises Refused.

    Both by UTC and much less than an hour away, so that a reading in the zone of the actor answers otherwise.
    """
    at = stage(context)
    exchange, _ = listed(context, at.scope.actor, at.scope.params)
    now = clock(exchange)
    results = []
    for window, moment, expected in (
        ("changed since they were made", at.since - _MARGIN, tuple(at.begins)),
        ("changed since a minute ahead", now + _AHEAD, ()),
    ):
        results.append(_modified(context, at, window, moment, expected))
    return tuple(results)


def _changed_alone(context: ProbeContext, at: Stage, now: datetime) -> list[Taken]:
    """Change one record some seconds after the last was made, and ask for what was changed in between.

    Where that is not as it should be, once more after some more seconds: two clocks may be apart. None where the record
    could not be changed.
    """
    number, name = next(iter(at.names.items()))
    takens: list[Taken] = []
    for between in (_BETWEEN, _MARGIN):
        time.sleep(max(0.0, (at.made + 2 * between - now).total_seconds()))
        path, body = f"{COLLECTION}/{number}", {"description": context.name("changed")}
        changed = context.session(at.scope.actor).patch(path, json=body)
        if not changed.ok:
            return []
        takens = [_modified(context, at, "one changed since", at.made + between, (name,))]
        now = clock(takens[0].exchange)
        if takens[0].names == (name,):
            break
    return takens


def _modified(context: ProbeContext, at: Stage, window: str, since: datetime, expected: tuple[str, ...]) -> Taken:
    moment = since.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    exchange, ids = listed(context, at.scope.actor, {**at.scope.params, "modified_after": written(moment)})
    return Taken(window, expected, _names(ids, at.names), exchange)


def is_in_utc(actor: Actor) -> bool:
    """Whether an actor's zone is that of UTC, so that it tells nothing of which of both a time was read in."""
    return offsets(datetime(2025, 1, 15), actor.timezone or "UTC") == ("+0000",)


def ask_active(context: ProbeContext, actor: Actor) -> tuple[Taken, ...]:
    """Ask for running, and for stopped records, while one of each is there. Raises Refused.

    Empty where none could be started. To be asked in the group of the actor's timers.
    """
    original = finished(context, actor)
    if original.ident is None:
        return ()
    running = seen_as(actor, context.session(actor).patch(f"{original.path}/restart", json={}), {})
    results = []
    if running.ident is not None and running.ident != original.ident:
        names = {original.ident: "stopped", running.ident: "running"}
        newest = {"project": context.bookable[0], "size": 500, "orderBy": "id", "order": "DESC"}
        for value, expected in (("1", "running"), ("0", "stopped")):
            exchange, ids = listed(context, actor, {"active": value, **newest})
            mine = None if ids is None else tuple(names[number] for number in ids if number in names)
            results.append(Taken(value, (expected,), mine, exchange))
        if "GET /api/timesheets/active" in context.index:
            exchange = context.session(actor).get("/api/timesheets/active")
            ids = ids_of(exchange)
            mine = None if ids is None else tuple(names[number] for number in ids if number in names)
            results.append(Taken("the active ones", ("running",), mine, exchange))
        unbook(context, running)
    unbook(context, original)
    return tuple(results)


def form_accepted(context: ProbeContext, path: str, parameter: str, text: str) -> Exchange:
    """Send one text in a date parameter of a read."""
    return context.session().get(path, params={parameter: text})


def guaranteed_form(context: ProbeContext, operation: Operation, parameter: str) -> Exchange:
    """Send a day in the guaranteed form in a date parameter of a read: in all of them at once, once a process, and in
    this one alone where that is not accepted.
    """
    names = [item.name for item in context.index.datetime_query_parameters(operation)]
    together = context.cached(
        f"form in all of {operation.label}",
        lambda: context.session().get(operation.path, params=dict.fromkeys(names, today())),
    )
    return together if together.ok else form_accepted(context, operation.path, parameter, today())


def plain_answer(context: ProbeContext, path: str) -> Exchange:
    """Ask a read without any parameter."""
    return context.session().get(path)


def today() -> str:
    """Return a day in the guaranteed form: a fixed one, so that requests are the same every day."""
    return written(datetime(2025, 1, 15))


def _names(ids: list[int] | None, names: Mapping[int, str]) -> tuple[str, ...] | None:
    return None if ids is None else tuple(sorted(names.get(number, "another record") for number in ids))
