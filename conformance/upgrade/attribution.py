"""What a difference comes from: another version, or the two instances with their settings, rights and plugins.

What the definition lists for a weaker role than for a stronger one comes from who read it.

Two ways tell: a setting that is seen to differ explains what hangs on it; and where both versions are ones of which the
unmodified releases are known, what these answer alike is none of the version's doing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from conformance.definition.operations import normal_label
from conformance.upgrade.changes import Change
from conformance.upgrade.facts import About, Fact, State
from conformance.upgrade.snapshot import Snapshot

ROUNDING = "rounding"
Place = tuple[str, str, str, str]
"""Rule, direction, operation and field of a documented change."""


@dataclass(frozen=True)
class Setting:
    """A setting that the two instances have with other values."""

    name: str
    before: str
    after: str


def settings_that_differ(old: Snapshot, new: Snapshot) -> tuple[Setting, ...]:
    """Return the settings with other values: those that the instances show, and the rounding that was recognised."""
    before, after = _settings(old), _settings(new)
    both = sorted(before.keys() & after.keys())
    return tuple(Setting(name, before[name], after[name]) for name in both if before[name] != after[name])


def _settings(snapshot: Snapshot) -> dict[str, str]:
    shown = {name: str(value) for name, value in snapshot.circumstances.timesheet.items()}
    recognised = {
        f"{ROUNDING} of {fact.field}": fact.answer for fact in snapshot.facts
        if is_rounding(fact) and fact.state is State.OBSERVED
    }  # fmt: skip
    return shown | recognised


def is_rounding(fact: Fact) -> bool:
    """Whether a fact is a setting rather than what a setting leads to."""
    return fact.about is About.TIME and fact.asked == ROUNDING


def _of_timesheets(fact: Fact) -> bool:
    return "/timesheets" in fact.operation and fact.about not in (About.ATTRIBUTE, About.SHOWN, About.HEADER)


_EXPLAINS: Mapping[str, Callable[[Fact], bool]] = {
    ROUNDING: lambda fact: fact.about is About.TIME or (fact.about is About.VALUE and fact.field != "billable"),
    "trackingMode": _of_timesheets,
    "activeEntriesHardLimit": lambda fact: fact.about is About.EFFECT,
    "isAllowOverlapping": lambda fact: _of_timesheets(fact) and fact.about is not About.TIME,
    "isAllowFutureTimes": lambda fact: _of_timesheets(fact) and fact.about in (About.EFFECT, About.STATUS),
}
"""Which facts hang on a setting, by the first word of its name."""


def explaining(fact: Fact, settings: tuple[Setting, ...]) -> str:
    """Return the setting that explains a difference, "" where none does."""
    for item in settings:
        explains = _EXPLAINS.get(item.name.partition(" ")[0])
        if explains is not None and explains(fact):
            return item.name
    return ""


def readers_differ(old: Snapshot, new: Snapshot) -> bool:
    """Whether the two definitions are, or may be, what the page /api/doc shows to users of different roles.

    Exported files say nothing of who exported them, nor do the kept releases: both sides are taken as read by the same
    where that is not known of either.
    """
    from_pages = old.definition.source == new.definition.source == "instance"
    return from_pages and old.definition.reader != new.definition.reader


def is_of_reader(change: Change) -> bool:
    """Whether a documented change is in what hangs on who reads: the roles that forms list are those one may give."""
    values = [value for word in (change.before, change.after) for value in _VALUE.findall(word) if value != "none"]
    return change.rule_id == "form-enum" and all(value.startswith("ROLE_") for value in values)


_VALUE = re.compile(r"\w+(?=,|$)")
READER = "reader of the definition"
"""Stands where else the name of a setting does."""


@dataclass(frozen=True)
class Baseline:
    """The unmodified releases of the two versions; what they answer, and what differs between their documents."""

    old: Mapping[tuple[str, ...], str]
    new: Mapping[tuple[str, ...], str]
    changes: Callable[[], Iterator[Change]]

    def is_alike(self, fact: Fact) -> bool:
        """Whether both releases were asked this and answered the same, so that the version did not change it."""
        key = fact_key(fact)
        return key in self.old and self.old[key] == self.new.get(key)

    def documents(self, change: Change) -> bool:
        """Whether the releases' own documents differ in the same."""
        return place_of(change) in self._places

    @cached_property
    def _places(self) -> frozenset[Place]:
        return frozenset(map(place_of, self.changes()))


def fact_key(fact: Fact) -> tuple[str, ...]:
    """Return what was asked, whatever the parameters in its path are called."""
    return fact.about, normal_label(fact.operation), fact.role, fact.field, fact.asked


def place_of(change: Change) -> Place:
    """Return where a document says something, and what of it changed."""
    return change.rule_id, str(change.direction), normal_label(change.operation), change.field
