"""Switches an actor through other zones, and asks in each what becomes of times on its own transition days.

Only a configured actor who is not the strongest is switched, and only through the user's form, which refuses a zone
that it does not know: an unknown one, set as a preference, locks a user out for good. The strongest actor sets the
zones, so that they can put back what was before; the guard keeps it too, and compares at the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from conformance.exchange import Refused
from conformance.model import Actor, Exchange
from conformance.probes.context import ProbeContext
from conformance.probes.times import spans
from conformance.probes.times.booking_constraints import books
from conformance.probes.times.round_trips import LIST, PATCH, POST
from conformance.probes.times.spans import Span
from conformance.probes.times.times import COLLECTION, Booked, Returned, book, change, returned, seen_in, unbook
from conformance.probes.times.tzdata_agreement import SETTLED
from conformance.probes.times.zone_names import NAMES
from conformance.probes.times.zones import written

SET_ZONE = "PATCH /api/users/{id}"

TELLING = (
    "Africa/Casablanca", "America/New_York", "America/Sao_Paulo", "Asia/Tehran", "Australia/Lord_Howe",
    "Europe/Dublin", "Pacific/Apia", "Pacific/Chatham", "Pacific/Kiritimati",
)  # fmt: skip
"""Zones off the full hour, of the south, at the ends of the world, and with a summer time that is odd."""


@dataclass(frozen=True)
class ZoneResult:
    """What came back in one zone. `refused` is the answer where the instance did not take the zone."""

    zone: str
    times: tuple[Returned, ...] = ()
    records: tuple[tuple[str, Span, Booked], ...] = ()
    refused: Exchange | None = None


def zones_to_switch(context: ProbeContext) -> list[str]:
    """Return the zones to ask in: a few that tell and a few drawn; all in the thorough profile."""
    if context.profile_at_least("thorough"):
        return list(NAMES)
    chance = context.rng("zones")
    return [*chance.sample(TELLING, 2), *chance.sample([name for name in NAMES if name not in TELLING], 3)]


def switched_actor(context: ProbeContext, able: Sequence[Actor]) -> Actor | None:
    """Return who is switched: the plainest of those who are able to send times, never the strongest. Raises Refused.

    A period may be locked for some of them, so that each is asked for a plain hour of those years first.
    """
    others = (actor for actor in reversed(able) if actor != context.strongest and actor.timezone)
    return next(
        (actor for actor in others if books(context, actor, datetime(2016, 1, 12, 10), timedelta(hours=1))), None
    )


def switch_zones(context: ProbeContext, actor: Actor, zones: Sequence[str]) -> Iterator[ZoneResult]:
    """Ask in each zone, and put the actor's own back at the end, whatever happens. Raises Refused."""
    try:
        for zone in zones:
            answer = _set_zone(context, actor, zone)
            if not answer.ok:
                yield ZoneResult(zone, refused=answer)
                continue
            # Whether the actor is let in, and has the zone: before anything else is sent.
            body = context.session(actor).get("/api/users/me").json_or_none()
            if not isinstance(body, dict) or body.get("timezone") != zone:
                raise Refused(3, f"{actor.name} was set to {zone}, and is not shown there")
            yield _ask(context, actor, zone)
    finally:
        _set_zone(context, actor, actor.timezone or "UTC")


def _set_zone(context: ProbeContext, actor: Actor, zone: str) -> Exchange:
    return context.session().patch(f"/api/users/{actor.user_id}", json={"timezone": zone})


def _ask(context: ProbeContext, actor: Actor, zone: str) -> ZoneResult:
    first, *others = spans_in(zone)
    booked = book(context, actor, written(first.begin), written(first.end))
    records = [(POST, first, booked)]
    if booked.ident is not None:
        for span in others:
            records.append((PATCH, span, change(context, booked, begin=written(span.begin), end=written(span.end))))
        records += _listed(context, records[-1])
    unbook(context, booked)
    times = [
        replace(item, zone=zone)
        for operation, span, seen in records
        if operation != LIST
        for item in returned(seen, operation, span.what, "begin", "end")
    ]
    return ZoneResult(zone, tuple(times), tuple(records))


def _listed(context: ProbeContext, last: tuple[str, Span, Booked]) -> Iterator[tuple[str, Span, Booked]]:
    """Look the record up in a list, as it was changed last."""
    _, span, booked = last
    window = {"begin": f"{span.begin.year}-01-01T00:00:00", "end": f"{span.begin.year}-12-31T23:59:59"}
    params = {**window, "project": context.bookable[0], "size": 500}
    listing = context.session(booked.actor).get(COLLECTION, params=params)
    seen = seen_in(booked.actor, listing, booked.ident) if booked.ident is not None else None
    if seen is not None:
        yield LIST, span, seen


def spans_in(zone: str) -> list[Span]:
    """Return what to ask in a zone: winter and summer, across its transitions, and a local time that it has twice."""
    plain = [
        Span("winter", datetime(2016, 1, 13, 10), datetime(2016, 1, 13, 15)),
        Span("summer", datetime(2015, 7, 15, 10), datetime(2015, 7, 15, 15)),
    ]
    across = [span for span in spans.transition_spans(zone, SETTLED) if span.what.startswith("across")]
    return [*plain, *across, *spans.inside_spans(zone, gap=False, years=SETTLED)]
