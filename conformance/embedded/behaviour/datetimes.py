"""Times: reading what clients send, writing what they get, rounding, local times that a zone has twice or not at all.

Inside, a time is a naive datetime in UTC; a zone is an IANA name.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from conformance.embedded.store.settings import Rounding

_FORM = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?", re.ASCII)
_QUERY = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2}):(\d{2})", re.ASCII)
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T.*)?", re.ASCII)
_DAY_OF_MIDNIGHT = 24


@lru_cache
def zone(name: str) -> ZoneInfo:
    """The zone of that name. Raises `ValueError` (or its kin) where there is none."""
    return ZoneInfo(name)


def is_zone(name: str) -> bool:
    """Whether there is a zone of that name."""
    return name in _zones()


@lru_cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def utc_now() -> datetime:
    """Now, to the second."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def in_zone(moment: datetime, name: str) -> datetime:
    """A stored time as an aware one in a zone; in UTC where the calendar ends before the zone gets there."""
    try:
        return moment.replace(tzinfo=UTC).astimezone(zone(name))
    except OverflowError:
        return moment.replace(tzinfo=UTC)


def write(moment: datetime, name: str) -> str:
    """A stored time as answers carry it: local, the offset without a colon (`2026-07-01T10:00:00+0200`)."""
    local = in_zone(moment, name)
    offset = local.utcoffset() or timedelta()
    sign = "-" if offset < timedelta() else "+"
    hours, minutes = divmod(abs(offset) // timedelta(minutes=1), 60)
    return f"{local.replace(tzinfo=None).isoformat(timespec='seconds')}{sign}{hours:02}{minutes:02}"


def read(text: str, name: str) -> datetime | None:
    """A time of a body as a stored one; None where it is none.

    Without an offset it is local to the zone. The `T` may be a space, seconds may be left out or have a fraction,
    24:00 is the next midnight.
    """
    match = _FORM.fullmatch(text.strip())
    if not match:
        return None
    wall = _wall(match[1], match[2], match[3], match[4] or "0")
    if wall is None:
        return None
    return _earlier(wall, _offset(match[5])) if match[5] else to_utc(wall, name)


def read_query(text: str, name: str) -> datetime | None:
    """A time of a query parameter, in its one documented form, as a stored one; None where it is none."""
    match = _QUERY.fullmatch(text)
    wall = _wall(*match.groups()) if match and match[2] != "24" else None
    return None if wall is None else to_utc(wall, name)


def read_date(text: str) -> date | None:
    """A date, whatever time follows it; None where it is none."""
    match = _DATE.fullmatch(text.strip())
    return _day(match[1]) if match else None


def to_utc(wall: datetime, name: str) -> datetime:
    """A local time as a stored one.

    Where a zone has it twice, the reading is the one whose offset also holds at that wall time read as UTC: the
    second one east of Greenwich, the first one west of it. One that is skipped moves forward by the gap.
    """
    naive = _offset_at(wall, name)
    shifted = _offset_at(_earlier(wall, naive), name)
    for offset in (shifted, naive):
        if _offset_at(_earlier(wall, offset), name) == offset:
            return _earlier(wall, offset)
    return _earlier(wall, min(naive, shifted))


def _earlier(moment: datetime, span: timedelta) -> datetime:
    """The moment before that span; the calendar's first or last one where it ends on the way."""
    try:
        return moment - span
    except OverflowError:
        return datetime.max.replace(microsecond=0) if span < timedelta() else datetime.min


def start_of_day(day: date, name: str) -> datetime:
    """The midnight that a local day begins with, as a stored time."""
    return to_utc(datetime(day.year, day.month, day.day), name)


def end_of_day(day: date, name: str) -> datetime:
    """The last second of a local day, as a stored time."""
    return to_utc(datetime(day.year, day.month, day.day, 23, 59, 59), name)


def round_begin(moment: datetime, zone_name: str, rules: Rounding) -> datetime:
    """The begin as it is kept: down to the step, or by the mode."""
    direction = {"default": "floor"}.get(rules.mode, rules.mode)
    return _rounded(moment, rules.begin, direction) if _applies(moment, zone_name, rules) else moment


def round_end(moment: datetime, zone_name: str, rules: Rounding) -> datetime:
    """The end as it is kept: up to the step, or by the mode."""
    direction = {"default": "ceil"}.get(rules.mode, rules.mode)
    return _rounded(moment, rules.end, direction) if _applies(moment, zone_name, rules) else moment


def round_duration(seconds: int, begin: datetime, zone_name: str, rules: Rounding) -> int:
    """A duration in seconds as it is kept: up to the step, or by the mode."""
    if not rules.duration or not _applies(begin, zone_name, rules):
        return seconds
    direction = {"default": "ceil"}.get(rules.mode, rules.mode)
    return _stepped(seconds, rules.duration * 60, direction)


def _applies(moment: datetime, zone_name: str, rules: Rounding) -> bool:
    return in_zone(moment, zone_name).strftime("%A").lower() in rules.days


def _rounded(moment: datetime, minutes: int, direction: str) -> datetime:
    if not minutes:
        return moment
    epoch = datetime(1970, 1, 1)
    seconds = (moment - epoch) // timedelta(seconds=1)
    return epoch + timedelta(seconds=_stepped(seconds, minutes * 60, direction))


def _stepped(value: int, step: int, direction: str) -> int:
    rest = value % step
    up = rest > step / 2 if direction == "closest" else direction == "ceil"
    return value - rest + (step if rest and up else 0)


def _wall(day: str, hour: str, minute: str, second: str) -> datetime | None:
    start = _day(day)
    if start is None or int(minute) > 59 or int(second) > 59 or int(hour) > _DAY_OF_MIDNIGHT:
        return None
    if int(hour) == _DAY_OF_MIDNIGHT and int(minute) + int(second):
        return None
    try:
        return datetime(start.year, start.month, start.day) + timedelta(
            hours=int(hour), minutes=int(minute), seconds=int(second)
        )
    except OverflowError:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _offset(text: str) -> timedelta:
    if text == "Z":
        return timedelta()
    digits = text[1:].replace(":", "")
    span = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -span if text[0] == "-" else span


def _offset_at(moment: datetime, name: str) -> timedelta:
    return in_zone(moment, name).utcoffset() or timedelta()
