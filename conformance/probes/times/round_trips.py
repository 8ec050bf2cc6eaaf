"""The way of an actor's times: sent in POST and in PATCH, and seen in every answer that shows them.

All records of one actor are made first, looked at together, changed, looked at again, and deleted: a list then shows
them all for one request.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from conformance.model import Actor, Exchange
from conformance.probes.context import ProbeContext, once
from conformance.probes.records.creating import attribute
from conformance.probes.times import spans
from conformance.probes.times.spans import Span
from conformance.probes.times.times import COLLECTION, Booked, change, look, seen_in, send, unbook
from conformance.probes.times.zones import local, parse, readings, written

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
class SingleChange:
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
class RoundTrips:
    """Everything that an actor's times went through. `recent` is None where it was not asked for."""

    sent: list[Sent]
    shown: list[Shown]
    alone: list[SingleChange]
    recent: Recent | None = None


@dataclass(frozen=True)
class Asked:
    """Which spans an actor sends in POST, and which in PATCH; `views` are the lists to look at, by name."""

    posted: Sequence[Span]
    changed: Sequence[Span]
    views: Sequence[str]


VIEWS = ("list", "full", "entity", "other reader", "recent")


def asked(context: ProbeContext, actor: Actor) -> Asked:
    """Return what to ask of an actor: everything of the first one in a zone, what tells most of the others."""
    zone, first = actor.timezone or "UTC", spans.first_spans()
    if not context.profile_at_least("standard"):
        return Asked([*first[:3], *spans.odd_spans()[:1]], spans.edge_spans()[:2], ["list"])
    around = spans.transition_spans(zone)
    across = [span for span in around if span.what.startswith("across")]
    inside = [*spans.inside_spans(zone, gap=False), *spans.inside_spans(zone, gap=True)]
    again = spans.inside_spans(zone, gap=False, back=2)
    alike = next(item for item in context.actors if item.timezone == actor.timezone)
    if alike is not actor and not context.profile_at_least("thorough"):
        return Asked([*first[1:], *spans.odd_spans()[:1], *across], [*spans.edge_spans()[:2], *again], VIEWS[:1])
    drawn, beyond = _drawn(context, actor), [span for span in around if span not in across]
    turn = context.actors.index(actor) % 2
    # Those ahead come first: then the record that begins last is not the one that was made last.
    # What one actor sends in POST, the next sends in PATCH.
    made, moved = (spans.edge_spans(), first) if turn else (first, spans.edge_spans())
    posted = [*drawn[turn::2], *made, *spans.odd_spans()[:2], spans.long_span(), *across, *inside]
    return Asked(posted, [*moved, *spans.odd_spans()[2:], *beyond, *again, *drawn[1 - turn :: 2]], VIEWS)


def _drawn(context: ProbeContext, actor: Actor) -> list[Span]:
    """Return drawn spans over the whole range of dates, of each era two, or many."""
    zone, chance, many = (
        actor.timezone or "UTC",
        context.rng(f"spans {actor.name}"),
        context.profile_at_least("thorough"),
    )
    drawn = [*spans.drawn_spans(zone, chance, 40 if many else 2), *spans.old_spans(zone, chance, 10 if many else 2)]
    for _ in range(10 if many else 1):
        drawn += spans.drawn_transition(zone, chance)[2::3]
    if context.timesheet.get("isAllowFutureTimes", True):
        drawn += spans.later_spans(zone, chance, 10 if many else 2)
    kept: list[Span] = []
    for span in drawn:  # No two may overlap: an instance may forbid it.
        if all(span.end <= item.begin or item.end <= span.begin for item in kept):
            kept.append(span)
    return kept


@once("trips {actor.name}")
def trips(context: ProbeContext, actor: Actor) -> RoundTrips:
    """Return what came back of all spans of an actor, asked once a process. Raises Refused."""
    wanted, round_trips = asked(context, actor), RoundTrips([], [], [])
    latest: dict[int, Sent] = {}
    try:
        for number, span in enumerate(wanted.posted):
            # Every third is answered in full, which is another way of writing the record.
            params = {"full": "true"} if number % 3 == 2 else {}
            booked = send(context, actor, {"begin": written(span.begin), "end": written(span.end)}, params)
            _note(round_trips, latest, Sent(POST, span, booked))
        round_trips.shown += _looks(context, actor, latest, wanted.views)
        if "recent" in wanted.views and latest:
            _note_recent(context, actor, latest, round_trips)
        for number, span in enumerate(wanted.changed if latest else ()):
            target = list(latest.values())[number % len(latest)].booked
            answer = change(context, target, begin=written(span.begin), end=written(span.end))
            _note(round_trips, latest, Sent(PATCH, span, answer, target.ident))
        round_trips.shown += _looks(context, actor, latest, wanted.views[:1] if wanted.changed else ())
        if latest and (context.profile_at_least("standard") or actor == context.strongest):
            round_trips.alone += _alone(context, next(iter(latest.values())).booked)
    finally:
        for sent in latest.values():
            unbook(context, sent.booked)
    return round_trips


def _note(round_trips: RoundTrips, latest: dict[int, Sent], sent: Sent) -> None:
    round_trips.sent.append(sent)
    if sent.booked.ident is not None:
        latest[sent.booked.ident] = sent


def _looks(context: ProbeContext, actor: Actor, latest: Mapping[int, Sent], views: Sequence[str]) -> Iterator[Shown]:
    """Look at all records in each view. What a view does not show is not told: it may have a limit."""
    for view in views if latest else ():
        for operation, reader, exchange in _answers(context, actor, latest, view):
            for number, sent in latest.items():
                seen = seen_in(actor, exchange, number)
                if seen is not None:
                    yield Shown(operation, f"{sent.span.what}, {view}", sent.booked, seen, reader)


def _answers(
    context: ProbeContext, actor: Actor, latest: Mapping[int, Sent], view: str
) -> Iterator[tuple[str, Actor, Exchange]]:
    own = context.session(actor)
    years = [sent.span.begin.year for sent in latest.values()]
    window = {
        "project": context.bookable[0],
        "begin": f"{min(years)}-01-01T00:00:00",
        "end": f"{max(years)}-12-31T23:59:59",
        "size": 500,
    }
    if view == "list":
        yield LIST, actor, own.get(COLLECTION, params=window)
    elif view == "full":
        yield LIST, actor, own.get(COLLECTION, params={**window, "full": 1})
    elif view == "entity":
        yield READ, actor, look(context, next(iter(latest.values())).booked).exchange
    elif view == "other reader" and actor != context.strongest:
        stranger = context.session(context.strongest)
        yield LIST, context.strongest, stranger.get(COLLECTION, params={**window, "user": actor.user_id})
        yield READ, context.strongest, look(context, list(latest.values())[-1].booked, context.strongest).exchange


def _note_recent(context: ProbeContext, actor: Actor, latest: Mapping[int, Sent], round_trips: RoundTrips) -> None:
    """Look at the recent records from the begin of one of them on."""
    # The latest of those that are there once in their zone. Of a project and an activity the list has one record, which
    # was made last: it is another without that bound.
    begins = [sent.booked.begin[:19] for sent in latest.values() if parse(sent.booked.begin) is not None]
    text = max((begin for begin in begins if len(readings(local(begin), actor.timezone or "UTC")) == 1), default=None)
    # As the instance shows it: its time zone database may be another than ours.
    bound = next((parse(sent.booked.begin) for sent in latest.values() if sent.booked.begin[:19] == text), None)
    params = {"size": 500, **({"begin": text} if text is not None else {})}
    exchange = context.session(actor).get(f"{COLLECTION}/recent", params=params)
    for number, sent in latest.items():
        seen = seen_in(actor, exchange, number)
        if seen is not None:
            round_trips.shown.append(Shown(RECENT, f"{sent.span.what}, recent", sent.booked, seen, actor))
    if text is not None and bound is not None:
        rows = exchange.json_or_none() if exchange.ok else None
        shown = [parse(attribute(row, "begin")) for row in rows] if isinstance(rows, list) else []
        early = len([begin for begin in shown if begin is not None and begin < bound])
        booked = [attribute(row, "project.id") for row in rows] if isinstance(rows, list) else []
        round_trips.recent = Recent(text, early, context.bookable[0] in booked, exchange)


ALONE = ("2019-07-17T22:00:00", "2019-07-18T03:00:00")
"""The record whose attributes are changed one by one."""


def _alone(context: ProbeContext, booked: Booked) -> Iterator[SingleChange]:
    """Change begin, end and description alone, one after the other, and look at the end."""
    before = change(context, booked, begin=ALONE[0], end=ALONE[1])
    if before.ident is None:
        return
    for sent in (
        {"begin": "2019-07-17T23:00:00"},
        {"end": "2019-07-18T02:00:00"},
        {"description": context.name("changed")},
    ):
        after = change(context, before, **sent)
        if after.ident is None:
            continue
        yield SingleChange(next(iter(sent)), before, after)
        before = after
    yield SingleChange("nothing", before, look(context, before))
