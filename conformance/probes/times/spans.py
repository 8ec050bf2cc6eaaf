"""Which local times tell most about an instance's treatment of them. Pure.

Most lie in the past of 2026, on fixed dates, so that a run asks the same every day and no instance that forbids future
times refuses them; those ahead are apart. Times off the full hour end on Wednesdays: there the rounding is recognised
(`rounding`), and a record is rounded by the day on which it ends. No two spans of one actor overlap, for an instance
may forbid that.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from conformance.probes.times.tzdata_agreement import SETTLED, is_even
from conformance.probes.times.zones import Transition, readings, transitions

RECOGNISED = date(2025, 1, 29)
"""The Wednesday on which rounding is recognised."""
OTHER_WEEKDAYS = (date(2025, 2, 1), date(2025, 2, 3))
"""A Saturday and a Monday, for instances that do not round on Wednesdays."""

_ODD = date(2025, 1, 22)
HOUR = timedelta(hours=1)
_YEARS = range(2019, 2026)
ASKED_UNTIL = datetime(_YEARS.stop, 1, 1)
"""Before this lie all spans but those that are ahead."""


@dataclass(frozen=True)
class Span:
    """A begin and an end to send, in local time, with a word for what is special about them."""

    what: str
    begin: datetime
    end: datetime


def first_spans() -> tuple[Span, ...]:
    """Return spans that tell in every zone: in winter and summer, from, over and up to midnight, on a leap day."""
    return (
        Span("winter", datetime(2025, 1, 16, 10), datetime(2025, 1, 16, 11)),
        Span("summer", datetime(2025, 7, 16, 10), datetime(2025, 7, 16, 11)),
        Span("midnight", datetime(2025, 3, 12), datetime(2025, 3, 12, 1)),
        Span("over midnight", datetime(2025, 5, 14, 23), datetime(2025, 5, 15, 1)),
        Span("up to midnight", datetime(2025, 4, 15, 22), datetime(2025, 4, 16)),
        Span("leap day", datetime(2020, 2, 29, 12), datetime(2020, 2, 29, 13)),
    )


def plain_spans() -> tuple[Span, ...]:
    """Return all spans on fixed dates that are round and short."""
    return (*first_spans(), *edge_spans())


def long_span() -> Span:
    """Return a span of more than a day: an instance may have a limit."""
    return Span("more than a day", datetime(2025, 2, 4, 8), datetime(2025, 2, 5, 10))


def edge_spans() -> tuple[Span, ...]:
    """Return spans at the edges of day, month, year and century, and on leap days."""
    return (
        Span("late evening", datetime(2025, 9, 17, 22, 30), datetime(2025, 9, 17, 23, 30)),
        Span("up to midnight", datetime(2025, 6, 10, 22), datetime(2025, 6, 11)),
        Span("noon", datetime(2025, 6, 12, 12), datetime(2025, 6, 12, 13)),
        Span("month's end", datetime(2025, 9, 30, 23, 30), datetime(2025, 10, 1, 0, 30)),
        Span("year's end", datetime(2024, 12, 31, 23), datetime(2025, 1, 1, 1)),
        Span("leap day", datetime(2024, 2, 29, 12), datetime(2024, 2, 29, 13)),
        Span("century's end", datetime(1999, 12, 31, 22), datetime(2000, 1, 1, 2)),
        Span("century's leap day", datetime(2000, 2, 29, 9), datetime(2000, 2, 29, 11)),
    )


def odd_spans() -> tuple[Span, ...]:
    """Return spans whose minutes and seconds are not round, on a Wednesday."""
    at = datetime.combine(_ODD, time())
    return (
        Span("odd minutes", at.replace(hour=14, minute=7, second=37), at.replace(hour=15, minute=22, second=14)),
        Span("odd minutes", at.replace(hour=7, minute=14), at.replace(hour=9, minute=21)),
        Span("odd minutes", at.replace(hour=10, minute=49, second=5), at.replace(hour=11, minute=56, second=55)),
    )


def zone_transitions(zone: str, years: range = _YEARS) -> tuple[Transition, ...]:
    """Return the latest gap and the latest overlap of a zone in those years; none where its clocks do not change."""
    results = [transition for year in reversed(years) for transition in transitions(zone, year)]
    gap = next((element for element in results if element.is_gap), None)
    overlap = next((entry for entry in results if not entry.is_gap), None)
    return tuple(item for item in (gap, overlap) if item is not None)


def steady_years(zone: str) -> range:
    """Return the years whose transitions of a zone every database knows."""
    return _YEARS if is_even(zone) else SETTLED


def transition_spans(zone: str, years: range | None = None) -> tuple[Span, ...]:
    """Return spans around the transitions of a zone: before, after and across them, none of them inside."""
    spans = []
    for transition in zone_transitions(zone, years or steady_years(zone)):
        name = "gap" if transition.is_gap else "overlap"
        low, high = sorted((transition.before, transition.after))
        spans += [
            Span(f"before the {name}", low - 3 * HOUR, low - 2 * HOUR),
            Span(f"after the {name}", high + 2 * HOUR, high + 3 * HOUR),
            Span(f"across the {name}", low - HOUR, high + HOUR),
        ]
    return tuple(spans)


def inside_spans(zone: str, *, gap: bool, back: int = 1, years: range | None = None) -> tuple[Span, ...]:
    """Return spans that begin inside a gap, or inside an overlap, of a zone; `back` years before the latest."""
    known = years or steady_years(zone)
    result = zone_transitions(zone, range(known.start, known.stop - back))
    kind = "gap" if gap else "overlap"
    return tuple(Span(kind, item.inside, item.inside + 3 * HOUR) for item in result if item.is_gap is gap)


def drawn_transition(zone: str, chance: random.Random) -> tuple[Span, ...]:
    """Return spans around the transitions of one year, drawn from those of which databases agree."""
    years = range(1997, 2018) if is_even(zone) else range(SETTLED.start, SETTLED.stop - 2)
    telling = [year for year in years if transitions(zone, year)]
    if not telling:
        return ()
    year = chance.choice(telling)
    spans = transition_spans(zone, range(year, year + 1))
    return tuple(Span(f"{span.what} drawn", span.begin, span.end) for span in spans)


def drawn_spans(zone: str, chance: random.Random, count: int) -> tuple[Span, ...]:
    """Return spans at full hours, drawn from the years of which databases agree, none inside a gap or an overlap."""
    years = range(1997, 2025) if is_even(zone) else SETTLED
    return _drawn("drawn", zone, count, partial(_at, chance, years, range(24)), chance)


def old_spans(zone: str, chance: random.Random, count: int) -> tuple[Span, ...]:
    """Return spans drawn from 1950 to 1996, by day: databases differ there, but no clocks were changed by day."""
    eras = (range(1950, 1970), range(1970, 1997))
    return _of_eras("long ago", zone, count, eras, chance)


def later_spans(zone: str, chance: random.Random, count: int) -> tuple[Span, ...]:
    """Return spans that lie ahead, by day: half of them up to 2037, half beyond."""
    return _of_eras("ahead", zone, count, (range(2028, 2038), range(2039, 2100)), chance)


def _of_eras(what: str, zone: str, count: int, eras: Sequence[range], chance: random.Random) -> tuple[Span, ...]:
    spans: tuple[Span, ...] = ()
    for years in eras:
        spans += _drawn(what, zone, count // len(eras), partial(_at, chance, years, range(8, 17)), chance)
    return spans


def _at(chance: random.Random, years: range, hours: range) -> datetime:
    day = datetime(chance.choice(years), 1, 1) + timedelta(days=chance.randrange(365))
    return day + timedelta(hours=chance.choice(hours))


def _drawn(what: str, zone: str, count: int, draw: Callable[[], datetime], chance: random.Random) -> tuple[Span, ...]:
    spans: list[Span] = []
    while len(spans) < count:
        begin = draw()
        end = begin + timedelta(hours=chance.choice((1, 2, 5)))
        if len(readings(begin, zone)) == 1 and len(readings(end, zone)) == 1 and whole_minutes(begin, zone):
            spans.append(Span(what, begin, end))
    return tuple(spans)


def whole_minutes(moment: datetime, zone: str) -> bool:
    """Whether the offset at this time is one of whole minutes: the old local mean times are not."""
    shift = readings(moment, zone)[0].utcoffset() or timedelta()
    return shift % timedelta(minutes=1) == timedelta()
