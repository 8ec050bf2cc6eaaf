"""How an instance rounds begin and end: recognised from what came back, never assumed.

Source: Kimai's documentation, Time tracking, Rounding: steps of minutes, for begin, end and duration each; modes
`default` (begin down, end up), `closest`, `floor` and `ceil`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

STEPS = (0, 1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60)
"""Steps in minutes that are recognised, 0 for none; each divides the hour, so that full hours stay as they are."""

_START = datetime(1970, 1, 1)


@dataclass(frozen=True)
class Rule:
    """Rounding of one end of a record: to `step` minutes, "down", "up" or to the "nearest"."""

    step: int
    way: str = "down"

    def apply(self, time: datetime) -> datetime:
        """Return the local time that this rule makes of another."""
        if self.step == 0:
            return time
        step = timedelta(minutes=self.step)
        rest = (time - _START) % step
        if not rest or self.way == "down":
            return time - rest
        if self.way == "up":
            return time - rest + step
        return time - rest + (step if rest * 2 >= step else timedelta())

    def __str__(self) -> str:
        return "none" if self.step == 0 else f"{self.step} min {self.way}"


RULES = (Rule(0), *(Rule(step, way) for way in ("down", "up", "nearest") for step in STEPS[1:]))

Pair = tuple[datetime, datetime]


def recognise(pairs: Iterable[Pair]) -> Rule | None:
    """Return the first rule that explains every (sent, came back) pair of local times; None where none does."""
    seen = tuple(pairs)
    if not seen:
        return None
    return next((rule for rule in RULES if all(rule.apply(sent) == got for sent, got in seen)), None)


@dataclass(frozen=True)
class Rounding:
    """How an instance rounds; a part is None where no rule explains it."""

    begin: Rule | None
    end: Rule | None
    duration: Rule | None

    def rule(self, field: str) -> Rule | None:
        """Return the rule for `begin` or `end`."""
        return self.begin if field == "begin" else self.end

    def survives(self, field: str, time: datetime) -> datetime | None:
        """Return what should come back of a local time; None where that cannot be said."""
        if time.minute == 0 and time.second == 0:
            return time
        rule = self.rule(field)
        return rule.apply(time) if rule else None


def recognise_duration(seen: Sequence[tuple[int, int]]) -> Rule | None:
    """Return the rule that explains every (seconds between begin and end, duration) pair; None where none does."""
    return recognise((_START + timedelta(seconds=real), _START + timedelta(seconds=told)) for real, told in seen)
