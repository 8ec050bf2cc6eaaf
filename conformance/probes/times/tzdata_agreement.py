"""For which years two zone databases tell the same. Pure.

An instance reads PHP's own zone database, which may be years older or newer than ours: rules change, and the past is
corrected. Before 1970 databases differ by design, and a PHP before 8.2 knows no summer time after 2037. So an offset
is held against ours only where no database that a Kimai may run with tells otherwise; elsewhere against the offsets
that a zone had in those years at all, or not.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from conformance.probes.times.zones import offset, offsets

SETTLED = range(2009, 2020)
"""The years of which every database since 2020 tells the same, in every zone of `zone_names`."""

_EVEN = range(1997, 2026)
_KNOWN = range(1971, 2038)
_OFFSETS_BEFORE_AND_AFTER = 2


def right_offsets(time: datetime, zone: str) -> tuple[str, ...] | None:
    """Return the offsets that a local time may come back with; None where databases may differ too much to say."""
    if time.year in SETTLED or (time.year in _EVEN and is_even(zone)):
        return offsets(time, zone)
    if time.year not in _KNOWN:
        return None
    # An older database expects the laws of its day to go on.
    years = range(SETTLED.stop - 1, _EVEN.stop) if time.year >= _EVEN.stop else ()
    return tuple(sorted({*seen_offsets(zone, time.year), *(item for one in years for item in _offsets_in(zone, one))}))


@lru_cache
def is_even(zone: str) -> bool:
    """Whether a zone had the same offsets in every year since 1997: nobody has changed its law since."""
    first, *others = (_offsets_in(zone, year) for year in _EVEN)
    return all(other == first for other in others)


@lru_cache
def seen_offsets(zone: str, year: int) -> tuple[str, ...]:
    """Return every offset that a zone had from two years before a year to two years after it."""
    near = range(year - _OFFSETS_BEFORE_AND_AFTER, year + _OFFSETS_BEFORE_AND_AFTER + 1)
    return tuple(sorted({item for one in near for item in _offsets_in(zone, one)}))


@lru_cache(maxsize=4096)
def _offsets_in(zone: str, year: int) -> frozenset[str]:
    info, first = ZoneInfo(zone), datetime(year, 1, 1, tzinfo=UTC)
    return frozenset(offset((first + timedelta(days=day)).astimezone(info)) for day in range(0, 366, 7))
