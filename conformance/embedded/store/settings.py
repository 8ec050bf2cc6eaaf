"""The settings of an instance that change what its API accepts, under Kimai's own names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from conformance.embedded.errors import EmbeddedError
from conformance.model import ROLES
from conformance.nearest import suggestion

_BOOLEAN = ("0", "1")
_MODES = ("default", "punch", "duration_fixed_begin")
_ROUNDING = ("default", "closest", "ceil", "floor")
_WEEKDAYS = "monday,tuesday,wednesday,thursday,friday,saturday,sunday"
_ALL_DAYS = frozenset(_WEEKDAYS.split(","))
_NUMBER = "number"
_TEXT = "text"
_RIGHTS = "rights"

_TABLE: dict[str, tuple[str, tuple[str, ...] | str]] = {
    "crashes": ("none", ("none", "real")),
    "sql_mode": ("strict", ("strict", "lenient")),
    "timesheet.mode": ("default", _MODES),
    "timesheet.default_begin": ("now", _TEXT),
    "timesheet.active_entries.hard_limit": ("1", _NUMBER),
    "timesheet.rules.allow_future_times": ("1", _BOOLEAN),
    "timesheet.rules.allow_zero_duration": ("1", _BOOLEAN),
    "timesheet.rules.allow_overlapping_records": ("1", _BOOLEAN),
    "timesheet.rules.allow_overbooking_budget": ("1", _BOOLEAN),
    "timesheet.rules.require_activity": ("1", _BOOLEAN),
    "timesheet.rules.long_running_duration": ("0", _NUMBER),
    "timesheet.rules.lockdown_period_start": ("", _TEXT),
    "timesheet.rules.lockdown_period_end": ("", _TEXT),
    "timesheet.rules.lockdown_grace_period": ("", _TEXT),
    "timesheet.rules.lockdown_period_timezone": ("", _TEXT),
    "timesheet.rounding.default.begin": ("1", _NUMBER),
    "timesheet.rounding.default.end": ("1", _NUMBER),
    "timesheet.rounding.default.duration": ("0", _NUMBER),
    "timesheet.rounding.default.mode": ("default", _ROUNDING),
    "timesheet.rounding.default.days": (_WEEKDAYS, _TEXT),
    **{f"rights.{role}": ("", _RIGHTS) for role in ROLES},
    "defaults.customer.country": ("DE", _TEXT),
    "defaults.customer.currency": ("EUR", _TEXT),
    "defaults.customer.timezone": ("UTC", _TEXT),
    "defaults.customer.language": ("en", _TEXT),
    "defaults.user.currency": ("EUR", _TEXT),
    "defaults.user.language": ("en", _TEXT),
    "defaults.user.timezone": ("UTC", _TEXT),
}

NAMES = tuple(_TABLE)
"""Every setting that can be made. `crashes` and `sql_mode` are no settings of Kimai's, but say how a release is run."""


_MEANT: Mapping[str, str] = {
    "crashes": "`real`: fail with 500 where the release does; by default such requests are refused",
    "sql_mode": "`lenient`: the database cuts a text to its column, `strict`: it refuses one that is longer",
    "timesheet.default_begin": "`now`, or a time like `08:30` for `duration_fixed_begin`",
    "timesheet.active_entries.hard_limit": "how many records of a user may run at once",
    "timesheet.rules.long_running_duration": "minutes, 0 for no limit",
    "timesheet.rules.lockdown_period_start": "like `first day of last month`",
    "timesheet.rules.lockdown_period_end": "like `last day of last month`",
    "timesheet.rules.lockdown_grace_period": "like `+1 day`",
    "timesheet.rules.lockdown_period_timezone": "a zone; the record's own without it",
    "timesheet.rounding.default.begin": "minutes, 0 for none",
    "timesheet.rounding.default.end": "minutes, 0 for none",
    "timesheet.rounding.default.duration": "minutes, 0 for none",
    "timesheet.rounding.default.days": "English names, comma separated",
}
"""What values of a setting mean, where its name and kind do not say it."""

_KINDS: Mapping[str, str] = {
    _NUMBER: "a number",
    _TEXT: "a text",
    _RIGHTS: "rights that the role has beside its default ones (`+view_team`), or lacks (`-view_other_timesheet`), "
    "separated by blanks",
}


def described() -> list[tuple[str, str, str]]:
    """Return name, default and possible values of each setting, in words for people."""
    rows = []
    for name, (default, kind) in _TABLE.items():
        words = _KINDS[kind] if isinstance(kind, str) else ", ".join(f"`{word}`" for word in kind)
        rows.append((name, default, _MEANT.get(name, words)))
    return rows


@dataclass(frozen=True)
class Rounding:
    """How begin, end and duration are rounded: minutes (0 for not at all), the mode, English names of weekdays."""

    begin: int
    end: int
    duration: int
    mode: str
    days: frozenset[str]

    def on_the_day_of(self, end: datetime) -> Rounding:
        """The rounding of a record that ends then (local): the day of its end decides for all of it."""
        return replace(self, days=_ALL_DAYS if f"{end:%A}".lower() in self.days else frozenset())


class Settings:
    """The settings in effect. Raises `EmbeddedError` for an unknown name or a value that does not fit."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self._values = {name: default for name, (default, _) in _TABLE.items()}
        for name, value in (values or {}).items():
            if name not in _TABLE:
                raise EmbeddedError(f"there is no setting {name!r}. {suggestion(name, NAMES)}")
            allowed = _TABLE[name][1]
            if isinstance(allowed, tuple) and value not in allowed:
                raise EmbeddedError(
                    f"setting {name}: {value!r} is none of {', '.join(allowed)}. {suggestion(value, allowed)}"
                )
            if allowed == _RIGHTS and not all(re.fullmatch(r"[+-][a-z_-]+", word) for word in value.split()):
                raise EmbeddedError(
                    f"setting {name}: give rights as +name or -name, separated by blanks, not {value!r}"
                )
            if allowed == _NUMBER and not value.isdecimal():
                raise EmbeddedError(f"setting {name}: {value!r} is not a number")
            self._values[name] = value
        self.rounding = Rounding(
            self.number("timesheet.rounding.default.begin"),
            self.number("timesheet.rounding.default.end"),
            self.number("timesheet.rounding.default.duration"),
            self.text("timesheet.rounding.default.mode"),
            frozenset(self.text("timesheet.rounding.default.days").replace(" ", "").lower().split(",")),
        )

    def text(self, name: str) -> str:
        """The value as it was given."""
        return self._values[name]

    def number(self, name: str) -> int:
        """The value as a number."""
        return int(self._values[name])

    def flag(self, name: str) -> bool:
        """Whether the value is "1"."""
        return self._values[name] == "1"

    def changed_rights(self, role: str, rights: frozenset[str]) -> frozenset[str]:
        """The rights of a role with those that `rights.<role>` adds (`+view_team`) and takes (`-view_team`)."""
        words = self.text(f"rights.{role}").split()
        added = {word[1:] for word in words if word.startswith("+")}
        return rights.union(added).difference(word[1:] for word in words if word.startswith("-"))

    @property
    def strict(self) -> bool:
        """Whether the database refuses what does not fit its columns."""
        return self.text("sql_mode") == "strict"

    def rule(self, name: str) -> bool:
        """The flag `timesheet.rules.<name>`."""
        return self.flag(f"timesheet.rules.{name}")
