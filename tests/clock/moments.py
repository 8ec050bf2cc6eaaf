"""Moments at which a clock is likely to matter, and drawn ones."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

HOSTS = ("UTC", "Pacific/Kiritimati", "America/St_Johns", "Asia/Kathmandu", "Europe/Berlin")
"""Zones of the machine that the tests run on."""

_ACTORS = ("UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns")
"""Zones of the built-in users of the embedded Kimai."""

_DAYS = (
    "2027-01-01", "2028-02-29", "2027-12-31", "2028-03-01",
    "2027-06-16", "2027-12-01", "2028-01-01", "2027-04-01",
)  # fmt: skip
"""Days with which a year, a month, a leap day or nothing of the kind begins, for each zone in turn."""

_CHANGES = {"Europe/Berlin": ("2027-03-28T01:00", "2027-10-31T01:00"),
            "America/St_Johns": ("2027-03-14T05:30", "2027-11-07T04:30")}  # fmt: skip
"""When clocks go forward and back, in UTC."""

_FIRST, _YEARS = datetime(2026, 1, 1, tzinfo=UTC), 12


@dataclass(frozen=True)
class Moment:
    """When a test begins (aware), in which zone its machine is, and what is special about it."""

    begin: datetime
    host: str
    what: str

    def __str__(self) -> str:
        return f"{self.begin.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z@{self.host}"


def read(text: str) -> Moment:
    """A moment as it is printed. Raises `ValueError`."""
    begin, _, host = text.partition("@")
    return Moment(datetime.fromisoformat(begin), host or "UTC", "given")


def chosen(chance: random.Random) -> list[Moment]:
    """Return moments around the beginnings of days in each actor's zone and around the changes of their clocks.

    A test that begins before one is likely to be over it when it ends: how long before is drawn, as is the host's zone.
    """
    return [
        Moment(at + timedelta(seconds=seconds), chance.choice(HOSTS), what)
        for what, at in (*_midnights(), *_changes())
        for seconds in _around(what, chance)
    ]


def drawn(chance: random.Random, count: int) -> list[Moment]:
    """Return so many moments of some years, half of them just before an hour begins."""
    results = []
    for number in range(count):
        begin = _FIRST + timedelta(seconds=chance.randrange(_YEARS * 365 * 86400))
        if number % 2:
            begin = begin.replace(minute=59, second=59) - timedelta(seconds=_before(chance))
        results.append(Moment(begin, chance.choice(HOSTS), "drawn"))
    return results


def _midnights() -> Iterator[tuple[str, datetime]]:
    for place, day in enumerate(_DAYS):
        zone = _ACTORS[place % len(_ACTORS)]
        yield f"midnight of {day} in {zone}", datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _changes() -> Iterator[tuple[str, datetime]]:
    for zone, instants in _CHANGES.items():
        for instant in instants:
            yield f"change of clocks in {zone}", datetime.fromisoformat(instant).replace(tzinfo=UTC)


def _around(what: str, chance: random.Random) -> tuple[float, ...]:
    """Return seconds from the event on: into it, just after it, and for a change of clocks in the hours around it."""
    hours = (-1800, 1800) if what.startswith("change") else ()
    return (-_before(chance), chance.random(), *hours)


def _before(chance: random.Random) -> float:
    """Return seconds, the fewer the likelier: a quick test is to be under way when they are over."""
    return float(2 * chance.random() ** 3)
