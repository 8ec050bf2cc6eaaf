"""What the date filters of the list of time records take in: to the second, at midnight, across the edge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from conformance.probes.grounds import Ground, ground, ids_of, listed, put
from conformance.probes.lab import Lab
from conformance.probes.making import ident
from conformance.probes.timers import clock, finished
from conformance.probes.times import seen_as, unbook
from conformance.probes.zones import offsets, written
from conformance.words import Actor, Exchange

RECORDS = (
    ("evening", "04-01T22:00:00", "04-01T23:00:00"),
    ("midnight", "04-02T00:00:00", "04-02T01:00:00"),
    ("morning", "04-02T10:00:00", "04-02T11:00:00"),
    ("across", "04-02T23:00:00", "04-03T02:00:00"),
)
"""Records by name, with begin and end; only their begin counts, says the definition."""

WINDOWS = (
    ("a day up to its midnight", "04-01T00:00:00", "04-02T00:00:00", ("evening", "midnight")),
    ("a day without its midnight", "04-01T00:00:00", "04-01T23:59:59", ("evening",)),
    ("from midnight on", "04-02T00:00:00", "", ("midnight", "morning", "across")),
    ("from a second after midnight", "04-02T00:00:01", "", ("morning", "across")),
    ("up to a begin", "", "04-02T10:00:00", ("evening", "midnight", "morning")),
    ("up to a second before a begin", "", "04-02T09:59:59", ("evening", "midnight")),
    ("one second", "04-02T10:00:00", "04-02T10:00:00", ("morning",)),
)
"""Windows by name: begin, end, and whose begin lies within, both ends included."""

_HALF_AN_HOUR = timedelta(minutes=30)

EDGE = ("04-03T00:00:00", "04-03T23:59:59")
"""A window that the record across midnight reaches into with its end alone."""


@dataclass(frozen=True)
class Taken:
    """What a window took in, of the records by name; None where the answer was no list."""

    window: str
    expected: tuple[str, ...]
    names: tuple[str, ...] | None
    exchange: Exchange


def stage(lab: Lab) -> tuple[Ground, dict[int, str]]:
    """Return the ground with the records on it, and their names by id. Raises Refused."""
    return lab.once("time filters", lambda: _stage(lab))


def _stage(lab: Lab) -> tuple[Ground, dict[int, str]]:
    place = ground(lab, "time filters", abroad(lab))
    names = {}
    for name, begin, end in RECORDS:
        number = ident(put(lab, place, begin, end))
        if number is not None:
            names[number] = name
    return place, names


def ask_windows(lab: Lab) -> tuple[Taken, ...]:
    """Ask for every window. Raises Refused."""
    place, names = stage(lab)
    found = []
    for window, begin, end, expected in WINDOWS:
        params = {**place.params}
        params["begin"] = f"{place.year}-{begin}" if begin else f"{place.year}-01-01T00:00:00"
        params["end"] = f"{place.year}-{end}" if end else f"{place.year}-12-31T23:59:59"
        exchange, ids = listed(lab, place.actor, params)
        found.append(Taken(window, expected, _names(ids, names), exchange))
    return tuple(found)


def ask_edge(lab: Lab) -> Taken:
    """Ask for a window that a record reaches into with its end alone. Raises Refused."""
    place, names = stage(lab)
    begin, end = (f"{place.year}-{each}" for each in EDGE)
    exchange, ids = listed(lab, place.actor, {**place.params, "begin": begin, "end": end})
    return Taken("the day after midnight", (), _names(ids, names), exchange)


def ask_modified(lab: Lab) -> tuple[Taken, ...]:
    """Ask for what was changed since a little ago, and since a little ahead: all records, and none. Raises Refused.

    Both by UTC and less than an hour away, so that a reading in the zone of the actor answers otherwise.
    """
    place, names = stage(lab)
    exchange, _ = listed(lab, place.actor, place.params)
    now = clock(exchange).replace(tzinfo=None, microsecond=0)
    found = []
    for window, shift, expected in (
        ("changed since half an hour ago", -_HALF_AN_HOUR, tuple(name for name, *_ in RECORDS)),
        ("changed since half an hour ahead", _HALF_AN_HOUR, ()),
    ):
        exchange, ids = listed(lab, place.actor, {**place.params, "modified_after": written(now + shift)})
        found.append(Taken(window, expected, _names(ids, names), exchange))
    return tuple(found)


def abroad(lab: Lab) -> Actor:
    """Return the plainest actor whose local time is not UTC; the plainest where there is none."""
    return next((each for each in reversed(lab.actors) if not _in_utc(each)), lab.plainest)


def _in_utc(actor: Actor) -> bool:
    return offsets(datetime(2025, 1, 15), actor.timezone or "UTC") == ("+0000",)


def ask_active(lab: Lab, actor: Actor) -> tuple[Taken, ...]:
    """Ask for running, and for stopped records, while one of each is there. Raises Refused.

    Empty where none could be started. To be asked in the group of the actor's timers.
    """
    original = finished(lab, actor)
    if original.ident is None:
        return ()
    running = seen_as(actor, lab.session(actor).patch(f"{original.path}/restart", json={}), {})
    found = []
    if running.ident is not None and running.ident != original.ident:
        names = {original.ident: "stopped", running.ident: "running"}
        newest = {"project": lab.bookable[0], "size": 500, "orderBy": "id", "order": "DESC"}
        for value, expected in (("1", "running"), ("0", "stopped")):
            exchange, ids = listed(lab, actor, {"active": value, **newest})
            mine = None if ids is None else tuple(names[number] for number in ids if number in names)
            found.append(Taken(value, (expected,), mine, exchange))
        if "GET /api/timesheets/active" in lab.index:
            exchange = lab.session(actor).get("/api/timesheets/active")
            ids = ids_of(exchange)
            mine = None if ids is None else tuple(names[number] for number in ids if number in names)
            found.append(Taken("the active ones", ("running",), mine, exchange))
        unbook(lab, running)
    unbook(lab, original)
    return tuple(found)


def form_accepted(lab: Lab, path: str, parameter: str, text: str) -> Exchange:
    """Send one text in a date parameter of a read."""
    return lab.session().get(path, params={parameter: text})


def today() -> str:
    """Return a day in the guaranteed form: a fixed one, so that requests are the same every day."""
    return written(datetime(2025, 1, 15))


def _names(ids: list[int] | None, names: dict[int, str]) -> tuple[str, ...] | None:
    return None if ids is None else tuple(sorted(names.get(number, "another record") for number in ids))
