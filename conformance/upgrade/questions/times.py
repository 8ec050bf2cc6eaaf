"""What comes back of times: in each role's zone, in each spelling, and rounded how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.exchange import NoAnswer, Refused
from conformance.model import Actor
from conformance.probes.context import ProbeContext
from conformance.probes.times.spans import plain_spans
from conformance.probes.times.times import COLLECTION, book, recognise_rounding, round_trip, unbook
from conformance.probes.times.zones import parse
from conformance.upgrade.facts import About, Fact, fact, unseen
from conformance.upgrade.specimens import roles

POST = f"POST {COLLECTION}"

SPELLINGS: Mapping[str, str] = {
    "guaranteed form": "2025-01-15T10:00:00",
    "without seconds": "2025-01-15T10:00",
    "with a blank": "2025-01-15 10:00:00",
    "with a fraction": "2025-01-15T10:00:00.000",
    "with Z": "2025-01-15T10:00:00Z",
    "with an offset": "2025-01-15T10:00:00+05:00",
    "a day alone": "2025-01-15",
    "no date": "soon",
}


def ask(context: ProbeContext) -> Iterator[Fact]:
    """Ask what becomes of times in timesheets. Facts: TIME."""
    for question in (_zones, _spellings, _rounding):
        try:
            yield from question(context)
        except Refused as error:
            yield unseen(About.TIME, POST, f"the guard's rule {error.rule}", asked=question.__name__.strip("_"))
        except NoAnswer:
            yield unseen(About.TIME, POST, "no answer", asked=question.__name__.strip("_"))


def _zones(context: ProbeContext) -> Iterator[Fact]:
    for role, actor in roles(context).items():
        for span in plain_spans() if context.profile_at_least("thorough") else plain_spans()[:3]:
            for item in round_trip(context, actor, span):
                yield fact(About.TIME, POST, item.got, role=role, field=item.field, asked=f"{span.what}, {item.sent}")


def _spellings(context: ProbeContext) -> Iterator[Fact]:
    actor = context.weakest
    for word, text in SPELLINGS.items():
        yield fact(About.TIME, POST, _came_back(context, actor, text), role=actor.role, field="begin", asked=word)


def _came_back(context: ProbeContext, actor: Actor, text: str) -> str:
    booked = book(context, actor, text, "2025-01-16T20:00:00")
    unbook(context, booked)
    result = parse(booked.begin)
    return booked.begin if result is not None or booked.ident is None else "another form"


def _rounding(context: ProbeContext) -> Iterator[Fact]:
    rounding = recognise_rounding(context, context.weakest)
    for name in ("begin", "end", "duration"):
        rule = getattr(rounding, name)
        yield fact(About.TIME, POST, "none recognised" if rule is None else str(rule), field=name, asked="rounding")
