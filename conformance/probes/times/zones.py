"""What a local time means in a zone. Pure: no request, no clock.

Local times are naive datetimes, instants aware ones. Zones are IANA names, read by zoneinfo.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

FORM = "%Y-%m-%dT%H:%M:%S"
"""The guaranteed form of the documentation, HTML5's datetime-local with seconds."""

_WEEK = timedelta(days=7)
"""No zone changes its offset twice in so short a time."""

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,]\d+)?(Z|[+-]\d\d(?::?\d\d)?)", re.ASCII)


def written(local: datetime) -> str:
    """Return a local time in the guaranteed form."""
    return local.strftime(FORM)


def local(text: str) -> datetime:
    """Return the local time that a text in the guaranteed form stands for."""
    return datetime.strptime(text, FORM)


def parse(text: object) -> datetime | None:
    """Return the instant that an answer shows, keeping its offset; None where it is not ISO 8601 with an offset.

    The offset may be written with or without a colon, or as Z: all are ISO 8601.
    """
    result = _ISO.fullmatch(text) if isinstance(text, str) else None
    if result is None:
        return None
    shift = result[7].replace(":", "")
    shift = "+0000" if shift == "Z" else shift.ljust(5, "0")
    try:
        return datetime.strptime("".join(result.group(1, 2, 3, 4, 5, 6)) + shift, "%Y%m%d%H%M%S%z")
    except ValueError:
        return None


def offset(instant: datetime) -> str:
    """Return an instant's offset as in Kimai's answers, "+0200"."""
    return instant.strftime("%z")[:5]


def readings(time: datetime, zone: str) -> tuple[datetime, ...]:
    """Return the instants that a local time stands for: none in a gap, two in an overlap, else one."""
    info = ZoneInfo(zone)
    both = (time.replace(tzinfo=info, fold=0), time.replace(tzinfo=info, fold=1))
    real = [entry for entry in both if entry.astimezone(UTC).astimezone(info).replace(tzinfo=None) == time]
    return tuple({item.utcoffset(): item for item in real}.values())


def offsets(time: datetime, zone: str) -> tuple[str, ...]:
    """Return the offsets that a local time can have in a zone, as "+0200"."""
    return tuple(offset(reading) for reading in readings(time, zone))


@dataclass(frozen=True)
class Transition:
    """A change of a zone's offset. `before` and `after` are the local times on both sides of it.

    `gap` are local times that do not exist, from `before` up to `after`; an overlap runs from `after` to `before`.
    """

    before: datetime
    after: datetime

    @property
    def is_gap(self) -> bool:
        """Whether clocks go forward."""
        return self.after > self.before

    @property
    def inside(self) -> datetime:
        """The local time in the middle of the gap or the overlap."""
        return min(self.before, self.after) + abs(self.after - self.before) / 2

    @property
    def day(self) -> date:
        """The day on which it happens."""
        return min(self.before, self.after).date()


def transitions(zone: str, year: int) -> tuple[Transition, ...]:
    """Return the changes of offset in a year, in order."""
    info, results = ZoneInfo(zone), list[Transition]()
    day, last = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    while day < last:
        following = min(day + _WEEK, last)
        if day.astimezone(info).utcoffset() != following.astimezone(info).utcoffset():
            results.append(_exact(info, day, following))
        day = following
    return tuple(results)


def _exact(info: ZoneInfo, low: datetime, high: datetime) -> Transition:
    """Narrow a change of offset down to the second."""
    old = low.astimezone(info).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        low, high = (middle, high) if middle.astimezone(info).utcoffset() == old else (low, middle)
    new = high.astimezone(info)
    return Transition((high + (old or timedelta())).replace(tzinfo=None), new.replace(tzinfo=None, fold=0))
