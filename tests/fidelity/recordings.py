"""The recordings of released versions, and the figures that the embedded Kimai must reach on them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

SHARED = Path(__file__).resolve().parents[3] / "shared"
ACTORS = SHARED / "kimai" / "actors.json"
REPLAY = SHARED / "tools" / "replay.py"
MISSING = f"no recordings of released versions: {SHARED}/kimai and {SHARED}/tools/replay.py are not there"


@dataclass(frozen=True)
class Figures:
    """How many steps were compared, and the percentages of them with the same status, shape and values."""

    steps: int
    status: float
    shape: float
    value: float

    def reaches(self, least: Figures) -> bool:
        """Whether no percentage is below the one of `least`."""
        return all(getattr(self, name) >= getattr(least, name) for name in ("status", "shape", "value"))


@dataclass(frozen=True)
class Recording:
    """One recording, or one group of it, and how it is replayed.

    `clock` is when it was recorded: some answers hold the time of their request. `least` holds for all steps together,
    `least_group` for each group of them.
    """

    file: Path
    emulate: str
    clock: datetime
    least: Figures
    least_group: Figures
    group: str = ""
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """What people call it."""
        return self.group or self.file.name.partition(".jsonl")[0]

    def head(self, steps: int) -> str:
        """The first steps, as lines."""
        with (gzip.open if self.file.suffix == ".gz" else open)(self.file, "rt", encoding="utf-8") as lines:
            return "".join(islice(lines, steps))


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


_ANY = Figures(0, 0, 0, 0)
_SCENARIO = (Figures(0, 99.5, 99, 99), Figures(0, 0, 0, 90))
_SETTINGS = (Figures(0, 95, 95, 0), Figures(0, 95, 95, 0))
_RUN = (Figures(0, 99.5, 99, 94), _ANY)
_SCENARIOS = (
    ("2.66.0", _at("2026-11-24T08:25:30")),
    ("2.62.0", _at("2026-11-24T23:08:30")),
    ("2.24.0", _at("2026-11-24T23:08:30")),
)
_RUNS = (
    ("2.66.0", _at("2026-11-30T02:27:30")),
    ("2.62.0", _at("2026-11-30T02:32:30")),
    ("2.24.0", _at("2026-11-30T02:39:30")),
)
"""Whole runs of the suite. The clock stands at the middle of the minutes that a run took."""
_SETTINGS_CLOCK = _at("2026-11-24T23:25:50")


def available() -> bool:
    """Whether the recordings and the tool that replays them are there."""
    return ACTORS.is_file() and REPLAY.is_file()


def scenarios() -> Iterator[Recording]:
    """The recordings of whole versions that are there, the newest version first."""
    for version, clock in _SCENARIOS:
        file = SHARED / "kimai" / f"scenario-{version}.jsonl"
        if file.is_file():
            yield Recording(file, version, clock, *_SCENARIO)


def runs() -> Iterator[Recording]:
    """The recorded runs of the suite that are there, the newest version first."""
    for version, clock in _RUNS:
        file = SHARED / "kimai" / f"run-{version}.jsonl.gz"
        if file.is_file():
            yield Recording(file, version, clock, *_RUN)


def settings_groups() -> Iterator[Recording]:
    """The groups that were recorded with other settings, each for a server of its own."""
    for file in sorted((SHARED / "kimai").glob("settings-*.jsonl")):
        version = file.stem.removeprefix("settings-")
        clock = _SETTINGS_CLOCK
        for group, steps in _groups(file).items():
            settings = tuple((key, str(value)) for key, value in (steps[0].get("settings") or {}).items())
            clock = _recorded_at(steps) or clock
            yield Recording(file, version, clock, *_SETTINGS, group, settings)


def _groups(file: Path) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        step = json.loads(line)
        groups.setdefault(step["group"], []).append(step)
    return groups


def _recorded_at(steps: list[dict[str, Any]]) -> datetime | None:
    """When the group was recorded: the begin of a record that was started then; None where it is rounded to a quarter.

    58 seconds are added to a full minute, which is what the default rounding leaves of a time.
    """
    for step in steps:
        if step.get("note") == "start one" and isinstance(step["expect"]["body"], dict):
            begun = datetime.strptime(step["expect"]["body"]["begin"], "%Y-%m-%dT%H:%M:%S%z").astimezone(UTC)
            if begun.second:
                return begun
            return None if begun.minute % 15 == 0 else begun + timedelta(seconds=58)
    return None
