"""One moment written in several ways: what an instance makes of each as the begin of a time record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from conformance.model import Actor, Exchange
from conformance.probes.context import ProbeContext
from conformance.probes.times.times import book, unbook
from conformance.probes.times.zones import parse

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
"""Spellings of a begin by the word under which their answers are kept."""


@dataclass(frozen=True)
class Spelled:
    """What came back of a spelling: a time as answered, a status, or "another form"."""

    word: str
    sent: str
    got: str
    exchange: Exchange


def spelled(context: ProbeContext, actor: Actor) -> Iterator[Spelled]:
    """Book a record with each spelling, and delete it. Raises Refused."""
    for word, text in SPELLINGS.items():
        booked = book(context, actor, text, "2025-01-16T20:00:00")
        unbook(context, booked)
        is_time = parse(booked.begin) is not None
        yield Spelled(word, text, booked.begin if is_time or booked.ident is None else "another form", booked.exchange)
