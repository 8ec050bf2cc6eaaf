"""Which records a value can mean to a lenient server. Whatever could mean more than it says is unclear.

PHP reads "5", " 5", "05", "5abc", "5.0" and 5.0 as 5, true as 1, and a database may read other digits too. So only a
plain positive integer, as a number or in ASCII digits, has a meaning here; text without any digit has none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

LARGEST = 2**31 - 1
"""The largest id of Kimai's databases. Larger numbers may wrap around, so they are unclear."""

CANONICAL = re.compile(r"[1-9][0-9]{0,9}\Z", re.ASCII)
_NO_RECORD = frozenset({"", "0"})


class AmbiguousRequest(Exception):
    """A part of a request that cannot be understood; the message says which and why."""


def has_digit(text: str) -> bool:
    """Whether any character counts as a number in any script."""
    return any(unicodedata.category(character).startswith("N") for character in text)


def parse_ids(value: Any, where: str) -> frozenset[int]:
    """Return the ids that a value means: none for null, false, "" and text without digits.

    Raises AmbiguousRequest for what another program might read as an id: floats, signs, leading zeros, other digits,
    true, numbers out of range, and objects that hold any of these.
    """
    if value is None or value is False:
        return frozenset()
    if isinstance(value, bool):
        raise AmbiguousRequest(f"{where} is true, which may be read as the id 1")
    if isinstance(value, int):
        return _number(value, where)
    if isinstance(value, str):
        if value in _NO_RECORD or not has_digit(value):
            return frozenset()
        if not CANONICAL.match(value):
            raise AmbiguousRequest(f"{where} is {value[:40]!r}, which may be read as an id")
        return _number(int(value), where)
    if isinstance(value, list):
        return frozenset().union(*(parse_ids(item, where) for item in value))
    if isinstance(value, dict):
        return frozenset().union(*(parse_ids(item, where) for pair in value.items() for item in pair))
    raise AmbiguousRequest(f"{where} is {value!r}, which may be read as an id")


def _number(value: int, where: str) -> frozenset[int]:
    if value == 0:
        return frozenset()
    if not 0 < value <= LARGEST:
        raise AmbiguousRequest(f"{where} is {value}, which is not a plain id")
    return frozenset({value})


def id_of(value: Any) -> int | None:
    """Return the id of a reference, given as a number, as digits, or as an object."""
    if isinstance(value, Mapping):
        value = value.get("id")
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def listed_ids(answer: Any) -> list[int]:
    """Return the ids of the records in a decoded list, in its order; none where it is no list."""
    return (
        [item["id"] for item in answer if isinstance(item, dict) and "id" in item] if isinstance(answer, list) else []
    )


def id_in(answer: Any) -> int | None:
    """Return the id of the record that a decoded answer is, None where it is none."""
    ident = answer.get("id") if isinstance(answer, dict) else None
    return ident if isinstance(ident, int) and not isinstance(ident, bool) else None
