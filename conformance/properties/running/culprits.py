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

_HUGE = 2**31
_NUMBER = re.compile(r"[-+]?[\d.,:]+(?:e[-+]?\d+)?", re.IGNORECASE)
_DATE = re.compile(r"-?\d{4,}-\d\d")
_ODD = {"Cc", "Cs", "Cn", "Co"}
"""Unicode's categories of control characters, surrogates, and what is not assigned."""


def sort_of_error(exchange: Exchange, plain: Mapping[str, Any]) -> str:
    """Return operation, status, and the sorts of the odd values: query parameters by name, attributes without theirs.

    Attributes at their `plain` values are no culprits.
    """
    request = Request.of(exchange)
    if request is None:
        return f"{exchange.operation} {exchange.status} a body that is not JSON"
    found = {f"{name}={sort_of_value(value)}" for name, value in request.query}
    if isinstance(request.body, Mapping):
        found |= {sort_of_value(v) for name, v in request.body.items() if name not in plain or plain[name] != v}
    elif request.body is not NO_BODY:
        found.add(f"{sort_of_value(request.body)} as the body")
    found |= {f"{name}: {value}" for name, value in request.headers}
    return f"{exchange.operation} {exchange.status} {', '.join(sorted(found))}".rstrip()


def sort_of_value(value: Any) -> str:
    """Return what sort of JSON value it is, in canonical words."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return _sort_of_text(value)
    if isinstance(value, int | float):
        return _sort_of_number(value)
    return ("a list" if isinstance(value, list) else "an object") if value else "nothing in brackets"


def _sort_of_text(text: str) -> str:
    sorts = {
        "an empty text": not text,
        "a blank text": not text.strip(),
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
