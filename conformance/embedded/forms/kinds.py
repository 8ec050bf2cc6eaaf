"""The kinds of form field: each reads one sent value, or refuses it with its message."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from conformance.embedded.behaviour import datetimes
from conformance.embedded.store.state import Call

NOT_VALID = "This value is not valid."
NO_CHOICE = "The selected choice is invalid."
_MONEY = re.compile(r"[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|[+-]?\.\d+", re.ASCII)
_CLOCK = re.compile(r"(-?)(\d+):([0-5]?\d)(?::([0-5]?\d))?", re.ASCII)
_UNITS = re.compile(r"(-?)(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", re.IGNORECASE | re.ASCII)
_LONGEST = 2**31 - 1
"""Seconds that the database column holds."""
_ADDRESS = re.compile(r"[/.]|[\w+.-]+://|[^:/?@#]+@")
_WITHOUT_CENTS = 1e15
_FULL_DATE = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?.*", re.ASCII)


class Refused(Exception):
    """A sent value is not of the field's kind: the message, `bubbles` where it is told at the form."""

    def __init__(self, message: str, bubbles: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.bubbles = bubbles


class Keep(Exception):
    """The sent value leaves the field as it is."""


@dataclass(frozen=True)
class Place:
    """Where a value is read: the request, the form and field, and the record's zone."""

    call: Call
    form: str
    name: str
    zone: str


class Kind:
    """A plain text: scalars become texts, an empty one null."""

    message = NOT_VALID

    def read(self, value: Any, place: Place) -> Any:
        """The value to be kept. Raises `Refused` or `Keep`."""
        text = self.text(value)
        return None if text is None else self.convert(text, place)

    def convert(self, text: str, _place: Place) -> Any:
        """The value of a text that is not empty."""
        return text

    def text(self, value: Any) -> str | None:
        """The text of a scalar as a PHP form sees it, None where nothing is left of it. Lists are refused."""
        if isinstance(value, dict | list):
            raise Refused(self.message)
        if value is None or value is False:
            return None
        return _php_text(value).strip() or None


def _php_text(value: Any) -> str:
    if value is True:
        return "1"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


class Text(Kind):
    """Any text."""


class Password(Kind):
    """A text that is not trimmed."""

    message = "The password is invalid."

    def text(self, value: Any) -> str | None:
        if isinstance(value, dict | list):
            raise Refused(self.message)
        return None if value in (None, False, "") else _php_text(value)


class Url(Kind):
    """An address; one without a scheme gets one."""

    message = "Please enter a valid URL."

    def convert(self, text: str, _place: Place) -> Any:
        return text if _ADDRESS.match(text) else f"https://{text}"


class Phone(Kind):
    """A text with a message of its own."""

    message = "Please provide a valid phone number."


class Email(Kind):
    """A text with a message of its own."""

    message = "Please enter a valid email address."


@dataclass(frozen=True)
class Choice(Kind):
    """One of the values that `values` gives."""

    values: Callable[[Place], Iterable[str]]
    message: str = NO_CHOICE

    def convert(self, text: str, place: Place) -> Any:
        if text not in self.values(place):
            raise Refused(self.message)
        return text


@dataclass(frozen=True)
class Choices(Kind):
    """Some of the values that `values` gives, as a list."""

    values: Callable[[Place], Iterable[str]]
    message: str = NO_CHOICE

    def read(self, value: Any, place: Place) -> Any:
        if value in (None, False, ""):
            return []
        items = list(value.values()) if isinstance(value, dict) else value
        allowed = set(self.values(place))
        if not isinstance(items, list) or any(not isinstance(item, str) or item not in allowed for item in items):
            raise Refused(self.message)
        return items


@dataclass(frozen=True)
class Record(Kind):
    """The id of a record that `find` gives for it, None where the caller may not choose it."""

    find: Callable[[Place, int], Any]
    message: str = NO_CHOICE

    def convert(self, text: str, place: Place) -> Any:
        found = self.find(place, int(text)) if text.isdecimal() and len(text) < 19 else None
        if found is None:
            raise Refused(self.message)
        return found


@dataclass(frozen=True)
class Records(Kind):
    """A list of ids of records. One that is named twice is there once."""

    find: Callable[[Place, int], Any]
    message: str = NO_CHOICE

    def read(self, value: Any, place: Place) -> Any:
        one = Record(self.find, self.message)
        if value in (None, False, ""):
            return []
        items = list(value.values()) if isinstance(value, dict) else value
        if not isinstance(items, list):
            raise Refused(self.message)
        return list(dict.fromkeys(found for item in items if (found := one.read(item, place)) is not None))


class Money(Kind):
    """An amount; its decimals may stand behind a point or a comma, and two of them are kept."""

    message = "Please enter a valid money amount."

    def convert(self, text: str, _place: Place) -> Any:
        number = text.replace(",", ".")
        amount = float(number) if _MONEY.fullmatch(number) else math.inf
        if not math.isfinite(amount):
            raise Refused(self.message)
        return _in_cents(amount)


def _in_cents(amount: float) -> float:
    """An amount with two decimals, halves rounded away from zero; one too large to have any as it is."""
    if abs(amount) >= _WITHOUT_CENTS:
        return amount
    return float(Decimal(str(amount)).quantize(Decimal("0.01"), ROUND_HALF_UP))


class Duration(Kind):
    """A duration in seconds from hours (`3600`, `1.5`), `2:30`, `2:30:15` or `2h30m`."""

    def convert(self, text: str, _place: Place) -> Any:
        seconds = _read_duration(text)
        if seconds is None or abs(seconds) > _LONGEST:
            raise Refused(self.message)
        return int(seconds)


def _read_duration(text: str) -> float | None:
    hours = text.replace(",", ".")
    if _MONEY.fullmatch(hours):
        return float(hours) * 3600
    match = _CLOCK.fullmatch(text) or _UNITS.fullmatch(text)
    return _seconds(*match.groups()) if match and any(match.groups()[1:]) else None


def _seconds(sign: str, hours: str | None, minutes: str | None, seconds: str | None) -> int:
    total = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return -total if sign else total


class DateTime(Kind):
    """A time, local to the record's zone unless it has an offset."""

    message = "Please enter a valid date and time."

    def convert(self, text: str, place: Place) -> datetime:
        moment = place.call.habits.read_datetime(text, place.zone)
        if moment is None:
            raise Refused(self.message)
        return moment


class Day(Kind):
    """A date; a PATCH takes it only with a time behind it."""

    message = "Please enter a valid date."

    def convert(self, text: str, place: Place) -> date:
        day = datetimes.read_date(text)
        if day is None or not (place.call.creating or _FULL_DATE.fullmatch(text)):
            raise Refused(self.message)
        return day


class Checkbox(Kind):
    """A boolean. What a scalar means is a habit; lists are refused."""

    message = "The checkbox has an invalid value."

    def read(self, value: Any, place: Place) -> Any:
        if isinstance(value, dict | list):
            raise Refused(self.message)
        return place.call.habits.checkbox(place.name, value, place.call.creating)


class Billable(Checkbox):
    """The boolean of a timesheet that can also be left to the record's project."""

    def read(self, value: Any, place: Place) -> Any:
        if isinstance(value, dict | list):
            raise Refused(self.message)
        read = place.call.habits.billable(value, place.call.creating)
        if read is None:
            raise Keep
        return read


class TagNames(Kind):
    """Names of tags, comma separated, as a list."""

    def convert(self, text: str, _place: Place) -> Any:
        return [name.strip() for name in text.split(",") if name.strip()]

    def read(self, value: Any, place: Place) -> Any:
        return super().read(value, place) or []


@dataclass
class MemberRow:
    """One sent member of a team: its key in the collection, the user (None where refused), what is wrong."""

    key: str
    user: Any = None
    teamlead: bool = False
    errors: dict[str, list[str]] = field(default_factory=dict)
    extra: bool = False
    valid: bool = True


@dataclass(frozen=True)
class Members(Kind):
    """The members of a team: a list of objects with `user` and `teamlead`."""

    find: Callable[[Place, int], Any]
    message: str = "The collection is invalid."

    def read(self, value: Any, place: Place) -> list[MemberRow]:
        if value is False:
            return []
        if not isinstance(value, dict | list):
            raise Refused(self.message, bubbles=True)
        rows = value.items() if isinstance(value, dict) else enumerate(value)
        return [self._row(str(key), row, place) for key, row in rows]

    def _row(self, key: str, sent: Any, place: Place) -> MemberRow:
        if not isinstance(sent, dict):
            return MemberRow(key, valid=False)
        row = MemberRow(key, extra=bool(sent.keys() - {"user", "teamlead"}))
        try:
            row.user = Record(self.find).read(sent.get("user"), place)
            if row.user is None:
                row.errors["user"] = ["This value should not be null."]
        except Refused as refusal:
            row.errors["user"] = [refusal.message]
        lead = sent.get("teamlead", False)
        if isinstance(lead, dict | list):
            row.errors["teamlead"] = [Checkbox.message]
        else:
            row.teamlead = place.call.habits.teamlead(lead)
        return row
