"""Which local times tell most about an instance's treatment of them. Pure.

All lie in the past of 2026, on fixed dates, so that a run asks the same every day and no instance that forbids future
times refuses them. Times off the half hour are on Wednesdays only: there the rounding is recognised (`rounding`).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from conformance.probes.zones import Transition, readings, transitions

RECOGNISED = date(2025, 1, 22)
"""The Wednesday on which rounding is recognised."""

_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Span:
    """A begin and an end to send, in local time, with a word for what is special about them."""

    what: str
    begin: datetime
    end: datetime


def plain_spans() -> tuple[Span, ...]:
    """Return spans that tell in every zone: winter, summer, edges of day, month and year, the leap day."""
    return (
        Span("winter", datetime(2025, 1, 15, 10), datetime(2025, 1, 15, 11)),
        Span("summer", datetime(2025, 7, 16, 10), datetime(2025, 7, 16, 11)),
        Span("midnight", datetime(2025, 3, 12), datetime(2025, 3, 12, 1)),
        Span("late evening", datetime(2025, 9, 17, 22, 30), datetime(2025, 9, 17, 23, 30)),
        Span("over midnight", datetime(2025, 5, 14, 23), datetime(2025, 5, 15, 1)),
        Span("year's end", datetime(2024, 12, 31, 23), datetime(2025, 1, 1, 1)),
        Span("leap day", datetime(2024, 2, 29, 12), datetime(2024, 2, 29, 13)),
        Span("month's end", datetime(2025, 4, 30, 23, 30), datetime(2025, 5, 1, 0, 30)),
    )


def odd_span() -> Span:
    """Return a span whose minutes and seconds are not round, on the day on which rounding is recognised."""
    at = datetime.combine(RECOGNISED, datetime.min.time())
    return Span("odd minutes", at.replace(hour=14, minute=7, second=37), at.replace(hour=15, minute=22, second=14))


def other_odd_spans() -> tuple[Span, ...]:
    """Return further spans of that day, with minutes from the whole hour."""
    at = datetime.combine(RECOGNISED, datetime.min.time())
    return (
        Span("odd minutes", at.replace(hour=7, minute=14), at.replace(hour=9, minute=21)),
        Span("odd minutes", at.replace(hour=10, minute=49, second=5), at.replace(hour=11, minute=56, second=55)),
    )


def zone_transitions(zone: str, years: range = range(2021, 2026)) -> tuple[Transition, ...]:
    """Return the latest gap and the latest overlap of a zone in those years; none where its clocks do not change."""
    found = [each for year in reversed(years) for each in transitions(zone, year)]
    gap = next((each for each in found if each.is_gap), None)
    overlap = next((each for each in found if not each.is_gap), None)
    return tuple(each for each in (gap, overlap) if each is not None)


def transition_spans(zone: str) -> tuple[Span, ...]:
    """Return spans around the transitions of a zone: before, after and across them, none of them inside."""
    spans = []
    for each in zone_transitions(zone):
        name = "gap" if each.is_gap else "overlap"
        low, high = sorted((each.before, each.after))
        spans += [
            Span(f"before the {name}", low - 2 * _HOUR, low - _HOUR),
            Span(f"after the {name}", high + _HOUR, high + 2 * _HOUR),
            Span(f"across the {name}", low - _HOUR, high + _HOUR),
        ]
    return tuple(spans)


def inside_spans(zone: str, *, gap: bool) -> tuple[Span, ...]:
    """Return spans that begin inside a gap, or inside an overlap, of a zone."""
    found = [each for each in zone_transitions(zone) if each.is_gap is gap]
    return tuple(Span("gap" if gap else "overlap", each.inside, each.inside + 3 * _HOUR) for each in found)


def drawn_spans(zone: str, chance: random.Random, count: int) -> tuple[Span, ...]:
    """Return spans at full hours drawn from 1971 to 2003, none inside a gap or an overlap of the zone."""
    spans: list[Span] = []
    while len(spans) < count:
        begin = datetime(1971, 1, 2) + timedelta(hours=chance.randrange(32 * 365 * 24))
        end = begin + timedelta(hours=chance.choice((1, 2, 5, 10)))
        if len(readings(begin, zone)) == 1 and len(readings(end, zone)) == 1 and whole_minutes(begin, zone):
            spans.append(Span("drawn", begin, end))
    return tuple(spans)


def whole_minutes(time: datetime, zone: str) -> bool:
    """Whether the offset at this time is one of whole minutes: the old local mean times are not."""
    shift = readings(time, zone)[0].utcoffset() or timedelta()
    return shift % timedelta(minutes=1) == timedelta()
