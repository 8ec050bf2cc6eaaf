"""Kinds of values: what a server error is told apart by, whichever value of the kind showed it. Pure.

The kinds are the words of `contracts/known_defects.toml`. Each value is of one kind, the most telling one; the limits
are those of the columns, numbers and calendars that servers are made of.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any


class Kind(enum.StrEnum):
    """The kind of a JSON value, or of the text of a parameter."""

    NOTHING = "null or an empty text"
    FALSE = "false"
    TRUE = "true"
    EMPTY = "an empty list or object"
    LIST = "a list"
    OBJECT = "an object"
    KEYED = "an object with names that no form can have"
    BYTES = "a text of more than 65,535 bytes"
    LONG = "a text of more than 255 characters"
    NUL = "a text with NUL"
    CONTROL = "a text with control characters"
    ASTRAL = "a text with characters beyond the basic plane"
    LAST_DAY = "a moment on the last day of the year 9999"
    EARLY = "a moment before 1900"
    LATE = "a moment after 2100"
    MOMENT = "a date as text"
    HOURS_64 = "hours and minutes beyond 64 bits"
    BEYOND_64 = "a number beyond 64 bits"
    BEYOND_32 = "a number beyond 32 bits"
    NEGATIVE = "a negative number"
    FRACTION = "a fraction"
    NUMBER = "a number"
    NUMBER_AS_TEXT = "a number as text"
    MANY_FIELDS = "a search of more than 35 fields"
    UNSET_FIELDS = "a search of several fields for no value"
    NO_LOCALE = "a text that is no locale"
    SIGNS = "a text with signs"
    TEXT = "a text"
    WHATEVER = "whatever it holds"


ORDINARY = frozenset(
    {
        Kind.FALSE, Kind.TRUE, Kind.MOMENT, Kind.FRACTION, Kind.NUMBER, Kind.NUMBER_AS_TEXT, Kind.SIGNS, Kind.TEXT,
    }
)  # fmt: skip
"""Kinds that any valid request has too: alone, they are to blame for nothing that is known."""

SORTS: Mapping[Kind, str] = {
    Kind.FALSE: "nothing", Kind.NOTHING: "nothing",
    **dict.fromkeys((Kind.EMPTY, Kind.LIST, Kind.OBJECT, Kind.KEYED), "a list or an object"),
}  # fmt: skip
"""Kinds that are one sort: most forms take each of them for the same, so a new finding is not told once for each."""

LONGEST_COLUMN = 65_535
"""Bytes that the largest usual column of text takes."""
LONG_TEXT = 255
"""Characters that a usual column of text takes."""
FIELDS = 35
"""So many searched fields are joined in one query by every database that Kimai runs on."""
LONGEST_LOCALE = 64

_NUMBER = re.compile(r"[-+]?[\d.,:]+(?:e[-+]?\d+)?", re.IGNORECASE)
_DATE = re.compile(r"[-+]?(\d{4,})-(\d\d)(?:-(\d\d))?")
_LOCALE = re.compile(r"[A-Za-z0-9@_.-]*\Z")
_FORM_NAME = re.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9_:-]*)?\Z")
_FIELD = re.compile(r"(?<!\S)[^\s:]*:\S*")
_UNSET = re.compile(r"(?<!\S)[^\s:]*:~?(?!\S)")
_ODD = {"Cc", "Cs", "Cn", "Co"}
"""Unicode's categories of control characters, surrogates, and what is not assigned."""


def sort_of(kind: Kind) -> str:
    """Return the sort of a kind: what new findings are told apart by."""
    return SORTS.get(kind, str(kind))


def kind_of_value(value: Any, name: str = "") -> Kind:
    """Return the kind of a JSON value. `name` is that of its attribute or parameter, where it says what is odd."""
    if value is True or value is False:
        return Kind.TRUE if value else Kind.FALSE
    if value is None:
        return Kind.NOTHING
    if isinstance(value, str):
        return _kind_of_text(value, name)
    if isinstance(value, int | float):
        return size_of(abs(value)) or (Kind.NEGATIVE if value < 0 else Kind.FRACTION if value % 1 else Kind.NUMBER)
    if not value:
        return Kind.EMPTY
    if not isinstance(value, Mapping):
        return Kind.LIST
    return Kind.OBJECT if all(_FORM_NAME.match(str(name)) for name in value) else Kind.KEYED


def _kind_of_text(text: str, name: str) -> Kind:
    if not text.strip():
        return Kind.NOTHING
    result = next(_telling(text, name), None)
    if kind := result or _kind_of_moment(text) or _kind_of_digits(text):
        return kind
    return Kind.TEXT if all(sign.isalnum() or sign in " .-" for sign in text) else Kind.SIGNS


def _telling(text: str, name: str) -> Iterator[Kind]:
    """Yield the kinds that tell most, the most telling first."""
    if name == "locale" and (len(text) > LONGEST_LOCALE or not _LOCALE.match(text)):
        yield Kind.NO_LOCALE
    if name == "term" and len(_FIELD.findall(text)) > FIELDS:
        yield Kind.MANY_FIELDS
    if name == "term" and len(_UNSET.findall(text)) > 1:
        yield Kind.UNSET_FIELDS
    if len(text.encode("utf-8", "replace")) > LONGEST_COLUMN:
        yield Kind.BYTES
    if "\0" in text:
        yield Kind.NUL
    if any(unicodedata.category(sign) in _ODD for sign in text):
        yield Kind.CONTROL
    if any(ord(sign) > 0xFFFF for sign in text):
        yield Kind.ASTRAL
    if len(text) > LONG_TEXT:
        yield Kind.LONG


def _kind_of_moment(text: str) -> Kind | None:
    date = _DATE.match(text)
    if date is None:
        return None
    year = -int(date[1]) if text.startswith("-") else int(date[1])
    if year < EARLIEST or year > LATEST:
        last = year > 9999 or (year, date[2], date[3]) == (9999, "12", "31")
        return Kind.EARLY if year < EARLIEST else Kind.LAST_DAY if last else Kind.LATE
    return Kind.MOMENT


def _kind_of_digits(text: str) -> Kind | None:
    if not _NUMBER.fullmatch(text):
        return None
    kind = size_of(magnitude(text))
    if kind is Kind.BEYOND_64 and ":" in text:
        return Kind.HOURS_64
    return Kind.NUMBER_AS_TEXT if kind is None else kind


EARLIEST, LATEST = 1900, 2100
"""Years that a client may well send. Source: DESIGN, "Input that no client would send"."""


def size_of(number: float) -> Kind | None:
    """Return the kind of a number that is too large for usual columns; None for any other, NaN included."""
    if number >= 2**63:
        return Kind.BEYOND_64
    return Kind.BEYOND_32 if number >= 2**31 else None


def magnitude(text: str) -> float:
    """Return the size of a number that is written as text; of a duration (hours:minutes:seconds) its seconds."""
    parts = [_size(part) for part in text.replace(",", ".").split(":")]
    return sum(part * unit for part, unit in zip(parts, (3600, 60, 1), strict=False)) if len(parts) > 1 else parts[0]


def _size(text: str) -> float:
    try:
        return abs(float(text))
    except ValueError:
        return 0.0
