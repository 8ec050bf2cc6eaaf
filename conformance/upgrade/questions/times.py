"""What comes back of times: in each role's zone, in each spelling, and rounded how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.exchange import NoAnswer, Refused
from conformance.probes.lab import Lab
from conformance.probes.times.days import plain_spans
from conformance.probes.times.times import COLLECTION, book, recognise_rounding, round_trip, unbook
from conformance.probes.times.zones import parse
from conformance.upgrade.facts import About, Fact, fact, unseen
from conformance.upgrade.specimens import roles
from conformance.words import Actor

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


def ask(lab: Lab) -> Iterator[Fact]:
    """Ask what becomes of times in timesheets. Facts: TIME."""
    for question in (_zones, _spellings, _rounding):
        try:
            yield from question(lab)
        except Refused as error:
            yield unseen(About.TIME, POST, f"the guard's rule {error.rule}", asked=question.__name__.strip("_"))
        except NoAnswer:
            yield unseen(About.TIME, POST, "no answer", asked=question.__name__.strip("_"))


def _zones(lab: Lab) -> Iterator[Fact]:
    for role, actor in roles(lab).items():
        for span in plain_spans() if lab.beyond("thorough") else plain_spans()[:3]:
            for each in round_trip(lab, actor, span):
                yield fact(About.TIME, POST, each.got, role=role, field=each.field, asked=f"{span.what}, {each.sent}")


def _spellings(lab: Lab) -> Iterator[Fact]:
    actor = lab.plainest
    for word, text in SPELLINGS.items():
        yield fact(About.TIME, POST, _came_back(lab, actor, text), role=actor.role, field="begin", asked=word)


def _came_back(lab: Lab, actor: Actor, text: str) -> str:
    booked = book(lab, actor, text, "2025-01-16T20:00:00")
    unbook(lab, booked)
    found = parse(booked.begin)
    return booked.begin if found is not None or booked.ident is None else "another form"


def _rounding(lab: Lab) -> Iterator[Fact]:
    found = recognise_rounding(lab, lab.plainest)
    for name in ("begin", "end", "duration"):
        rule = getattr(found, name)
        yield fact(About.TIME, POST, "none recognised" if rule is None else str(rule), field=name, asked="rounding")
