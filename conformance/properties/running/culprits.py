"""What sort of value a server error hangs on: what its finding is told apart by, whichever attribute showed it.

Of several guilty attributes shrinking names one, and another run another: so the finding is the sort of value, and the
attributes are its places. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from conformance.properties.running.requesting import NO_BODY, Request
from conformance.words import Exchange

LONG = 255
"""Characters that a usual column of text takes."""

WHATEVER = "whatever it holds"
"""The sort of a value where an ordinary one breaks the operation as well."""

_HUGE = 2**31
_NUMBER = re.compile(r"[-+]?[\d.,:]+(?:e[-+]?\d+)?", re.IGNORECASE)
_DATE = re.compile(r"-?\d{4,}-\d\d")
_ODD = {"Cc", "Cs", "Cn", "Co"}
"""Unicode's categories of control characters, surrogates, and what is not assigned."""


def sorts_of(request: Request) -> dict[str, str]:
    """Return the sorts of all odd values of a request, by the names of parameters and attributes."""
    body = request.body if isinstance(request.body, Mapping) else {}
    sorts: dict[str, str] = {}
    for name, value in (*request.query, *body.items()):
        if name in request.unusual:
            sorts[name] = ", ".join(sorted({*filter(None, sorts.get(name, "").split(", ")), sort_of_value(value)}))
    return sorts


def sort_of_error(exchange: Exchange, plain: Mapping[str, Any], whatever: str | None = None) -> str:
    """Return operation, status, and the sorts of the odd values: query parameters by name, attributes without theirs.

    Attributes at their `plain` values are no culprits. `whatever` stands for the sort of a value that does not matter.
    """
    request = Request.of(exchange)
    if request is None:
        return f"{exchange.operation} {exchange.status} a body that is not JSON"
    found = {f"{name}={whatever or sort_of_value(value)}" for name, value in request.query}
    if isinstance(request.body, Mapping):
        odd = [value for name, value in request.body.items() if name not in plain or plain[name] != value]
        found |= {whatever or sort_of_value(value) for value in odd}
    elif request.body is not NO_BODY:
        found.add(f"{sort_of_value(request.body)} as the body")
    found |= {f"{name}: {value}" for name, value in request.headers}
    return f"{exchange.operation} {exchange.status} {', '.join(sorted(found))}".rstrip()


def sort_of_value(value: Any) -> str:
    """Return what sort of JSON value it is, in canonical words.

    Null, false and a blank text are one sort, a list and an object another: forms take each of them for the same.
    """
    if value is True:
        return "true"
    if value is None or value is False or (isinstance(value, str) and not value.strip()):
        return "nothing"
    if isinstance(value, str):
        return _sort_of_text(value)
    return _sort_of_number(value) if isinstance(value, int | float) else "a list or an object"


def _sort_of_text(text: str) -> str:
    sorts = {
        "a text with characters beyond the basic plane": any(ord(sign) > 0xFFFF for sign in text),
        "a text with control characters": any(unicodedata.category(sign) in _ODD for sign in text),
        "a long text": len(text) > LONG,
        "a date as text": bool(_DATE.match(text)),
        "a number as text": bool(_NUMBER.fullmatch(text)),
        "a text with signs": not all(sign.isalnum() or sign in " .-" for sign in text),
    }
    return next((sort for sort, holds in sorts.items() if holds), "a text")


def _sort_of_number(number: float) -> str:
    if abs(number) >= _HUGE:
        return "a huge number"
    return "a negative number" if number < 0 else "a fraction" if number % 1 else "a number"
