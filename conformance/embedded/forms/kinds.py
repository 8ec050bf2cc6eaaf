"""The kinds of form field: each reads one sent value, or refuses it with its message."""

from __future__ import annotations

import math
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from conformance.embedded.behaviour import datetimes, flags
from conformance.embedded.store.state import RequestContext
from conformance.model import trimmed

NOT_VALID = "This value is not valid."
NO_CHOICE = "The selected choice is invalid."
_ID = re.compile(r"0|[1-9]\d{0,17}", re.ASCII)
_MONEY = re.compile(r"[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|[+-]?\.\d+", re.ASCII)
_LARGEST = 2.0**63
"""What an amount must stay below: beyond the integers, no number is read."""
_HOURS = re.compile(r"-?\d+(?:[.,]\d+)?", re.ASCII)
_CLOCK = re.compile(r"(-?)(\d+):(\d+)(?::(\d+))?", re.ASCII)
_UNITS = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", re.IGNORECASE | re.ASCII)
_LONGEST = 315_360_000_000_000
"""Seconds of the longest duration that is read: ten million years."""
_ADDRESS = re.compile(r"[/.]|[\w+.-]+://|[^:/?@#]+@")
_WITHOUT_CENTS = 1e15
_FULL_DATE = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?.*", re.ASCII)


class Refused(Exception):
    """A sent value is not of the field's kind: the message, `bubbles` where it is told at the form."""

    def __init__(self, message: str, bubbles: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.bubbles = bubbles


class KeepValue(Exception):
    """The sent value leaves the field as it is."""


@dataclass(frozen=True)
class Place:
    """Where a value is read: the request, the form and field, the record with its zone, and all that was sent."""

    call: RequestContext
    form: str
    name: str
    zone: str
    record: Any
    sent: Mapping[str, Any]


class Kind:
    """A plain text: scalars become texts, an empty one null."""

    message = NOT_VALID

    def read(self, value: Any, place: Place) -> Any:
        """The value to be kept. Raises `Refused` or `KeepValue`."""
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
        return trimmed(php_text(value)) or None


def php_text(value: Any) -> str:
    """A scalar as a text: true is "1", a float has 14 digits, and an exponent where these do not suffice."""
    if value is True:
        return "1"
    if isinstance(value, float) or (isinstance(value, int) and abs(value) >= 2**63):
        infinite = math.inf if value > 0 else -math.inf
        number = value if abs(value) <= sys.float_info.max else infinite
        digits, exponent, power = f"{float(number):.14G}".partition("E")
        return f"{digits}{'' if '.' in digits else '.0'}E{int(power):+}" if exponent else digits
    return str(value)


class Text(Kind):
    """Any text."""


@dataclass(frozen=True)
class Cut(Kind):
    """A text of which no more than so many characters are kept."""

    most: int

    def convert(self, text: str, _place: Place) -> Any:
        return text[: self.most]


class Password(Kind):
    """A text that is not trimmed."""

    message = "The password is invalid."

    def text(self, value: Any) -> str | None:
        if isinstance(value, dict | list):
            raise Refused(self.message)
        return None if value in (None, False, "") else php_text(value)


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


def _several(value: Any, message: str) -> list[Any]:
    """The items of a list; false is none. Raises `Refused` for null and other scalars."""
    if value is False:
        return []
    items = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(items, list):
        raise Refused(message)
    return items


@dataclass(frozen=True)
class Choices(Kind):
    """Some of the values that `values` gives, as a list."""

    values: Callable[[Place], Iterable[str]]
    message: str = NO_CHOICE

    def read(self, value: Any, place: Place) -> Any:
        items, allowed = _several(value, self.message), set(self.values(place))
        if any(not isinstance(item, str) or item not in allowed for item in items):
            raise Refused(self.message)
        return items


@dataclass(frozen=True)
class Record(Kind):
    """The id of a record that `find` gives for it, None where the caller may not choose it."""

    find: Callable[[Place, int], Any]
    message: str = NO_CHOICE

    def convert(self, text: str, place: Place) -> Any:
        result = self.found(text, place)
        if result is None:
            raise Refused(self.message)
        return result

    def found(self, sent: Any, place: Place) -> Any:
        """The record of a sent id, None for what is no id or cannot be chosen."""
        text = "" if isinstance(sent, dict | list) else self.text(sent) or ""
        return self.find(place, int(text)) if _ID.fullmatch(text) else None


@dataclass(frozen=True)
class Records(Kind):
    """A list of ids of records. One that is named twice is there once."""

    find: Callable[[Place, int], Any]
    message: str = NO_CHOICE

    def read(self, value: Any, place: Place) -> Any:
        one = Record(self.find, self.message)
        results = (one.read(item, place) for item in _several(value, self.message))
        return list(dict.fromkeys(record for record in results if record is not None))


class Money(Kind):
    """An amount; its decimals may stand behind a point or a comma, and two of them are kept."""

    message = "Please enter a valid money amount."

    def convert(self, text: str, _place: Place) -> Any:
        # Digits of any script count as ours.
        digits = (str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)
        number = "".join(digits).replace(",", ".")
        amount = float(number) if _MONEY.fullmatch(number) else _LARGEST
        if abs(amount) >= _LARGEST:
            raise Refused(self.message)
        # Two decimals, halves rounded away from zero; what is too large to have any stays as it is.
        if abs(amount) >= _WITHOUT_CENTS:
            return amount
        return float(Decimal(str(amount)).quantize(Decimal("0.01"), ROUND_HALF_UP))


class Duration(Kind):
    """A duration in seconds from hours (`3600`, `1.5`), `2:30`, `2:30:15` or `2h30m`."""

    def convert(self, text: str, place: Place) -> Any:
        if _HOURS.fullmatch(text):
            seconds = _of_hours(text, place.call.version.hours_rounded)
        elif match := _CLOCK.fullmatch(text):
            sign, *parts = match.groups()
            seconds = -_of_parts(parts) if sign else _of_parts(parts)
        elif match := _UNITS.fullmatch(text):
            seconds = _of_parts(match.groups())
        else:
            raise Refused(self.message)
        if seconds > _LONGEST:
            raise Refused(self.message)
        return seconds


def _of_hours(text: str, rounded: bool) -> int:
    """Seconds of decimal hours, which float arithmetic can miss by a hair: rounded, or cut off."""
    seconds = float(text.replace(",", ".")) * 3600
    if abs(seconds) > _LONGEST:
        return _LONGEST + 1 if seconds > 0 else -_LONGEST
    return round(seconds) if rounded else int(seconds)


def _of_parts(parts: Iterable[str | None]) -> int:
    """Seconds of hours, minutes and seconds; more than 59 of these are taken as well."""
    return sum(int(part or 0) * weight for part, weight in zip(parts, (3600, 60, 1), strict=True))


class DateTime(Kind):
    """A time, local to the record's zone unless it has an offset."""

    message = "Please enter a valid date and time."

    def convert(self, text: str, place: Place) -> datetime:
        moment = datetimes.read(text, place.zone)
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
    """A boolean. Only false itself is false: null, 0, "" and "false" are true. Lists are refused."""

    message = "The checkbox has an invalid value."

    def read(self, value: Any, place: Place) -> Any:  # noqa: ARG002 — where it stands matters to other kinds
        if isinstance(value, dict | list):
            raise Refused(self.message)
        return value is not False


class Billable(Checkbox):
    """The boolean of a timesheet that can also be left to the record's project."""

    def read(self, value: Any, place: Place) -> Any:
        if isinstance(value, dict | list):
            raise Refused(self.message)
        read = flags.billable(value, place.call.creating)
        if read is None:
            raise KeepValue
        return read


class TagNames(Kind):
    """Names of tags, comma separated, as a list."""

    def convert(self, text: str, _place: Place) -> Any:
        return [name.strip() for name in text.split(",") if name.strip()]

    def read(self, value: Any, place: Place) -> Any:
        return super().read(value, place) or []


UNSENT: Final = object()
"""What a row of the members says of the user where it says nothing."""


@dataclass
class MemberRow:
    """One sent member of a team: its key in the collection, what was sent, what is wrong with it.

    `user` is `UNSENT`, None or a user, `teamlead` None where it was not sent, or could not be read. A row that is not
    even an object is not `valid`.
    """

    key: str
    user: Any = UNSENT
    teamlead: bool | None = None
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
        if isinstance(sent, list):
            sent = {str(index): item for index, item in enumerate(sent)}
        if not isinstance(sent, dict):
            return MemberRow(key, valid=False)
        row = MemberRow(key, extra=bool(sent.keys() - {"user", "teamlead"}))
        if "user" in sent:
            try:
                row.user = Record(self.find).read(sent["user"], place)
            except Refused as refusal:
                row.errors["user"] = [refusal.message]
        if isinstance(sent.get("teamlead"), dict | list):
            row.errors["teamlead"] = [Checkbox.message]
        elif "teamlead" in sent:
            row.teamlead = flags.teamlead(sent["teamlead"])
        return row
