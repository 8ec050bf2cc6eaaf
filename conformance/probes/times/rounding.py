"""How an instance rounds begin and end: recognised from what came back, never assumed.

Source: Kimai's documentation, Time tracking, Rounding: steps of minutes, for begin, end and duration each; modes
`default` (begin down, end up), `closest`, `floor` and `ceil`. Whether steps are counted in local time or in UTC, which
differ where a zone is half an hour off, and on which weekdays an instance rounds, is not known: each is allowed for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from conformance.probes.times.zones import readings

STEPS = (0, 1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60)
"""Steps in minutes that are looked for first, 0 for none; each divides the hour, so full hours stay as they are."""

_START = datetime(1970, 1, 1)
_WEDNESDAY = 2


@dataclass(frozen=True)
class Rule:
    """Rounding of one end of a record: to `step` minutes, "down", "up" or to the "nearest"."""

    step: int
    way: str = "down"
    others: tuple[tuple[int, str], ...] = ()
    """Steps and ways of rules that explain what was seen as well: three times do not tell all uneven steps apart."""

    def apply(self, time: datetime) -> datetime:
        """Return the time that this rule makes of another."""
        if self.step == 0:
            return time
        step = timedelta(minutes=self.step)
        rest = (time - _START) % step
        if not rest or self.way == "down":
            return time - rest
        if self.way == "up":
            return time - rest + step
        return time - rest + (step if rest * 2 > step else timedelta())

    @property
    def coarsest(self) -> int:
        """The longest step in minutes that may have been rounded to."""
        return max([self.step, *(step for step, _ in self.others)])

    def results(self, time: datetime) -> frozenset[datetime]:
        """Return what may become of a time: both neighbours for half a step, and before 1970, where a remainder is
        negative for some.
        """
        rest = (time - _START) % timedelta(minutes=self.step) if self.step else timedelta()
        either = rest and (time < _START or (self.way == "nearest" and rest * 2 == timedelta(minutes=self.step)))
        down = Rule(self.step).apply(time)
        own = {down, down + timedelta(minutes=self.step)} if either else {self.apply(time)}
        return frozenset(own).union(*(Rule(*other).results(time) for other in self.others))

    def __str__(self) -> str:
        own = "none" if self.step == 0 else f"{self.step} min {self.way}"
        return " or ".join((own, *(str(Rule(*other)) for other in self.others)))


_WAYS = ("down", "up", "nearest")
RULES = (Rule(0), *(Rule(step, way) for way in _WAYS for step in STEPS[1:]))
UNEVEN = tuple(Rule(step, way) for step in range(7, 121) if 60 % step for way in _WAYS)
"""Rules whose steps divide no hour: they are counted from 1970, in UTC, and move full hours too."""

Pair = tuple[datetime, datetime]


def recognise(pairs: Iterable[Pair]) -> Rule | None:
    """Return the first rule that explains every (sent, came back) pair of times; None where none does."""
    return next(iter(_explaining(RULES, pairs)), None)


def recognise_uneven(pairs: Iterable[Pair]) -> Rule | None:
    """Return the rule of steps that divide no hour that explains every pair of times (UTC), with all others that do."""
    rules = _explaining(UNEVEN, pairs)
    return replace(rules[0], others=tuple((rule.step, rule.way) for rule in rules[1:])) if rules else None


def _explaining(rules: Iterable[Rule], pairs: Iterable[Pair]) -> list[Rule]:
    seen = tuple(pairs)
    return [rule for rule in rules if seen and all(got in rule.results(sent) for sent, got in seen)]


@dataclass(frozen=True)
class Rounding:
    """How an instance rounds; a part is None where no rule explains it."""

    begin: Rule | None
    end: Rule | None
    duration: Rule | None
    on_wednesdays: bool = True
    """Whether it was seen on a Wednesday, so that times of one that are not rounded are wrong."""

    @property
    def is_none(self) -> bool:
        """Whether nothing is rounded."""
        return self.begin == self.end == self.duration == Rule(0)

    def rule(self, field: str) -> Rule | None:
        """Return the rule for `begin` or `end`."""
        return self.begin if field == "begin" else self.end

    def survivors(self, field: str, time: datetime, zone: str) -> frozenset[datetime]:
        """Return the local times that may come back of one; none where that cannot be said."""
        rule = self.rule(field)
        real = readings(time, zone)
        if rule is None:
            hours = all(not (item.utcoffset() or timedelta()) % timedelta(hours=1) for item in real)
            return frozenset({time} if hours and time.minute == time.second == 0 else ())
        result = set(rule.results(time))
        for entry in real:
            instant = entry.astimezone(UTC).replace(tzinfo=None)
            result |= {time + (moved - instant) for moved in rule.results(instant)}
        return frozenset(result if self.on_wednesdays and time.weekday() == _WEDNESDAY else result | {time})

    def durations(self, seconds: int) -> frozenset[int]:
        """Return the durations that a record may show, whose begin and end are so far apart; none where unknown."""
        if self.duration is None:
            return frozenset() if seconds % 3600 else frozenset({seconds})
        results = self.duration.results(_START + timedelta(seconds=seconds))
        return frozenset({seconds, *(int((item - _START).total_seconds()) for item in results)})


def recognise_duration(seen: Sequence[tuple[int, int]]) -> Rule | None:
    """Return the rule that explains every (seconds between begin and end, duration) pair; None where none does."""
    pairs = [(_START + timedelta(seconds=real), _START + timedelta(seconds=reported)) for real, reported in seen]
    return recognise(pairs) or recognise_uneven(pairs)
