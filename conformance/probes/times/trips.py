"""The way of an actor's times: sent in POST and in PATCH, and seen in every answer that shows them.

All records of one actor are made first, looked at together, changed, looked at again, and deleted: a list then shows
them all for one request.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from conformance.probes.lab import Lab
from conformance.probes.records.making import attribute
from conformance.probes.times import days
from conformance.probes.times.days import Span
from conformance.probes.times.times import COLLECTION, Booked, change, look, seen_in, send, unbook
from conformance.probes.times.zones import local, parse, readings, written
from conformance.words import Actor, Exchange

POST, PATCH = f"POST {COLLECTION}", f"PATCH {COLLECTION}/{{id}}"
READ, LIST, RECENT = f"GET {COLLECTION}/{{id}}", f"GET {COLLECTION}", f"GET {COLLECTION}/recent"


@dataclass(frozen=True)
class Sent:
    """A span that was sent, and the answer. `target` is the record that it was to change, None for a new one."""

    operation: str
    span: Span
    booked: Booked
    target: int | None = None


@dataclass(frozen=True)
class Shown:
    """A record as another answer shows it, beside the answer to the write that came last. `reader` is who read it."""

    operation: str
    what: str
    written: Booked
    seen: Booked
    reader: Actor


@dataclass(frozen=True)
class Alone:
    """One attribute changed alone: the record before and after."""

    sent: str
    before: Booked
    after: Booked


@dataclass(frozen=True)
class Recent:
    """The list of recent records from a begin on, in local time: how many rows begin before it, and whether there is
    one of the project that was booked on.
    """

    begin: str
    early: int
    found: bool
    exchange: Exchange


@dataclass
class Trips:
    """Everything that an actor's times went through. `recent` is None where it was not asked for."""

    sent: list[Sent]
    shown: list[Shown]
    alone: list[Alone]
    recent: Recent | None = None


@dataclass(frozen=True)
class Asked:
    """Which spans an actor sends in POST, and which in PATCH; `views` are the lists to look at, by name."""

    posted: Sequence[Span]
    changed: Sequence[Span]
    views: Sequence[str]


VIEWS = ("list", "full", "entity", "other reader", "recent")


def trips(lab: Lab, actor: Actor) -> Trips:
    """Return what came back of all spans of an actor, asked once a process. Raises Refused."""
    return lab.once(f"trips {actor.name}", lambda: _travel(lab, actor, asked(lab, actor)))


def asked(lab: Lab, actor: Actor) -> Asked:
    """Return what to ask of an actor: everything of the first one in a zone, what tells most of the others."""
    zone, first = actor.timezone or "UTC", days.first_spans()
    if not lab.beyond("standard"):
        return Asked([*first[:3], *days.odd_spans()[:1]], days.edge_spans()[:2], ["list"])
    around = days.transition_spans(zone)
    across = [span for span in around if span.what.startswith("across")]
    inside = [*days.inside_spans(zone, gap=False), *days.inside_spans(zone, gap=True)]
    again = days.inside_spans(zone, gap=False, back=2)
    alike = next(each for each in lab.actors if each.timezone == actor.timezone)
    if alike is not actor and not lab.beyond("thorough"):
        return Asked([*first[1:], *days.odd_spans()[:1], *across], [*days.edge_spans()[:2], *again], VIEWS[:1])
    drawn, beyond = _drawn(lab, actor), [span for span in around if span not in across]
    turn = lab.actors.index(actor) % 2
    # Those ahead come first: then the record that begins last is not the one that was made last.
    # What one actor sends in POST, the next sends in PATCH.
    made, moved = (days.edge_spans(), first) if turn else (first, days.edge_spans())
    posted = [*drawn[turn::2], *made, *days.odd_spans()[:2], days.long_span(), *across, *inside]
    return Asked(posted, [*moved, *days.odd_spans()[2:], *beyond, *again, *drawn[1 - turn :: 2]], VIEWS)


def _drawn(lab: Lab, actor: Actor) -> list[Span]:
    """Return drawn spans over the whole range of dates, of each era two, or many."""
    zone, chance, many = actor.timezone or "UTC", lab.drawn(f"spans {actor.name}"), lab.beyond("thorough")
    spans = [*days.drawn_spans(zone, chance, 40 if many else 2), *days.old_spans(zone, chance, 10 if many else 2)]
    for _ in range(10 if many else 1):
        spans += days.drawn_transition(zone, chance)[2::3]
    if lab.timesheet.get("isAllowFutureTimes", True):
        spans += days.later_spans(zone, chance, 10 if many else 2)
    return _apart(spans)


def _apart(spans: Sequence[Span]) -> list[Span]:
    """Return spans of which no two overlap: an instance may forbid it."""
    kept: list[Span] = []
    for span in spans:
        if all(span.end <= each.begin or each.end <= span.begin for each in kept):
            kept.append(span)
    return kept


def _travel(lab: Lab, actor: Actor, wanted: Asked) -> Trips:
    found = Trips([], [], [])
    latest: dict[int, Sent] = {}
    try:
        for number, span in enumerate(wanted.posted):
            # Every third is answered in full, which is another way of writing the record.
            params = {"full": "true"} if number % 3 == 2 else {}
            _note(found, latest, Sent(POST, span, _post(lab, actor, span, params)))
        found.shown += _looks(lab, actor, latest, wanted.views)
        if "recent" in wanted.views and latest:
            _note_recent(lab, actor, latest, found)
        for number, span in enumerate(wanted.changed if latest else ()):
            target = list(latest.values())[number % len(latest)].booked
            answer = change(lab, target, begin=written(span.begin), end=written(span.end))
            _note(found, latest, Sent(PATCH, span, answer, target.ident))
        found.shown += _looks(lab, actor, latest, wanted.views[:1] if wanted.changed else ())
        found.alone += _alone(lab, next(iter(latest.values())).booked) if latest else ()
    finally:
        for sent in latest.values():
            unbook(lab, sent.booked)
    return found


def _post(lab: Lab, actor: Actor, span: Span, params: Mapping[str, Any]) -> Booked:
    return send(lab, actor, {"begin": written(span.begin), "end": written(span.end)}, params)


def _note(found: Trips, latest: dict[int, Sent], sent: Sent) -> None:
    found.sent.append(sent)
    if sent.booked.ident is not None:
        latest[sent.booked.ident] = sent


def _looks(lab: Lab, actor: Actor, latest: Mapping[int, Sent], views: Sequence[str]) -> Iterator[Shown]:
    """Look at all records in each view. What a view does not show is not told: it may have a limit."""
    for view in views if latest else ():
        for operation, reader, exchange in _answers(lab, actor, latest, view):
            for number, sent in latest.items():
                seen = seen_in(actor, exchange, number)
                if seen is not None:
                    yield Shown(operation, f"{sent.span.what}, {view}", sent.booked, seen, reader)


def _answers(lab: Lab, actor: Actor, latest: Mapping[int, Sent], view: str) -> Iterator[tuple[str, Actor, Exchange]]:
    own = lab.session(actor)
    window = _window(lab, [sent.span for sent in latest.values()])
    if view == "list":
        yield LIST, actor, own.get(COLLECTION, params=window)
    elif view == "full":
        yield LIST, actor, own.get(COLLECTION, params={**window, "full": 1})
    elif view == "entity":
        yield READ, actor, look(lab, next(iter(latest.values())).booked).exchange
    elif view == "other reader" and actor != lab.strongest:
        stranger = lab.session(lab.strongest)
        yield LIST, lab.strongest, stranger.get(COLLECTION, params={**window, "user": actor.user_id})
        yield READ, lab.strongest, look(lab, list(latest.values())[-1].booked, lab.strongest).exchange


def _bound(actor: Actor, latest: Mapping[int, Sent]) -> str | None:
    """Return the latest local begin of the records, of those that are there once in their zone.

    Of a project and an activity the list has one record, which was made last: it is another without that bound.
    """
    begins = [sent.booked.begin[:19] for sent in latest.values() if parse(sent.booked.begin) is not None]
    return max((text for text in begins if len(readings(local(text), actor.timezone or "UTC")) == 1), default=None)


def _note_recent(lab: Lab, actor: Actor, latest: Mapping[int, Sent], found: Trips) -> None:
    """Look at the recent records from the begin of one of them on."""
    text = _bound(actor, latest)
    params = {"size": 500, **({"begin": text} if text is not None else {})}
    exchange = lab.session(actor).get(f"{COLLECTION}/recent", params=params)
    for number, sent in latest.items():
        seen = seen_in(actor, exchange, number)
        if seen is not None:
            found.shown.append(Shown(RECENT, f"{sent.span.what}, recent", sent.booked, seen, actor))
    if text is not None:
        (bound,) = readings(local(text), actor.timezone or "UTC")
        rows = exchange.json_or_none() if exchange.ok else None
        begins = [parse(attribute(row, "begin")) for row in rows] if isinstance(rows, list) else []
        early = len([begin for begin in begins if begin is not None and begin < bound])
        booked = [attribute(row, "project.id") for row in rows] if isinstance(rows, list) else []
        found.recent = Recent(text, early, lab.bookable[0] in booked, exchange)


def _window(lab: Lab, spans: Sequence[Span]) -> dict[str, Any]:
    """Return parameters that confine a list to the years of these spans."""
    project, _ = lab.bookable
    years = [span.begin.year for span in spans]
    return {
        "project": project,
        "begin": written(datetime(min(years), 1, 1)),
        "end": written(datetime(max(years), 12, 31, 23, 59, 59)),
        "size": 500,
    }


ALONE = ("2019-07-17T22:00:00", "2019-07-18T03:00:00")
"""The record whose attributes are changed one by one."""


def _alone(lab: Lab, booked: Booked) -> Iterator[Alone]:
    """Change begin, end and description alone, one after the other, and look at the end."""
    before = change(lab, booked, begin=ALONE[0], end=ALONE[1])
    if before.ident is None:
        return
    for sent in (
        {"begin": "2019-07-17T23:00:00"},
        {"end": "2019-07-18T02:00:00"},
        {"description": lab.name("changed")},
    ):
        after = change(lab, before, **sent)
        if after.ident is None:
            continue
        yield Alone(next(iter(sent)), before, after)
        before = after
    yield Alone("nothing", before, look(lab, before))
