"""Input that no client would send: the one place that says what it is, and what it can fail. Pure.

Source: DESIGN, "Rulings on what is promised": years before 1900 or after 2100 and numbers near the limits of 32 bits or
of a double fail a clause only by a server error, an answer that is not JSON, or harm to other records.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from conformance.model import Exchange, decoded
from conformance.verdict.fingerprints import leaf
from conformance.verdict.values import EARLIEST, LATEST, magnitude

REASON = "no client would send this, so nothing is promised of what comes of it"

HARM = ("auth.", "permission.", "data.reads-are-safe", "data.refused-changes-nothing")
"""Beginnings of the clauses that are about harm to others: they hold whatever was sent."""

NOT_JSON = "not JSON"

LARGEST = 2**31 - 1
"""Up to here ids are absent ones of the suite's own, which a client may well send."""
SMALLEST_DOUBLE = 1e-300

DURATIONS = frozenset({"timeBudget", "duration", "break"})
"""Attributes that take a duration as Kimai's forms write it: in these a number is one of hours."""

_YEAR = re.compile(r"([-+]?)(\d{4,})-\d\d(?:-\d\d)?(?:\D|\Z)")
_DIGITS = re.compile(r"[-+]?\d[\d.,:]*(?:e[-+]?\d+)?", re.IGNORECASE)
_ISO = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d))?\Z")

_DEEPEST = 12


def excused(clause: str, exchange: Exchange | None, field: str, got: str) -> bool:
    """Whether a departure at a place fails nothing, because of what was sent or what is stored from it."""
    if exchange is None or clause.startswith(HARM) or exchange.status >= 500 or got == NOT_JSON:
        return False
    return sent_remote(exchange) or answers_remote(exchange, field)


def sent_remote(exchange: Exchange) -> bool:
    """Whether the query or the body of a request holds input that no client would send."""
    query = parse_qsl(exchange.target.partition("?")[2], keep_blank_values=True, errors="surrogateescape")
    return any(is_remote(value, name) for name, value in (*query, *_leaves(decoded(exchange.request_body))))


def answers_remote(exchange: Exchange, field: str) -> bool:
    """Whether an attribute of an answer is no ISO 8601 only where it holds a year that no client would send."""
    name = leaf(field)
    results = [text for key, text in _leaves(exchange.json_or_none()) if key == name and isinstance(text, str)]
    remote = [text for text in results if _remote_year(text)]
    return bool(remote) and all(text in remote or _ISO.match(text) for text in results)


def is_remote(value: Any, name: str = "") -> bool:
    """Whether a value is one that no client would send. `name` is that of its attribute or parameter."""
    if isinstance(value, str):
        return _remote_year(value) or (bool(_DIGITS.fullmatch(value)) and _remote_number(magnitude(value), name))
    return isinstance(value, int | float) and not isinstance(value, bool) and _remote_number(abs(value), name)


def _remote_year(text: str) -> bool:
    match = _YEAR.match(text)
    return match is not None and (match[1] == "-" or not EARLIEST <= int(match[2]) <= LATEST)


def _remote_number(number: float, name: str) -> bool:
    hours = name in DURATIONS and number * 3600 > LARGEST * 0.99
    return number > LARGEST or hours or 0 < number < SMALLEST_DOUBLE


def _leaves(value: Any, name: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Yield the scalars of a JSON value with the names of their attributes."""
    if depth > _DEEPEST:
        return
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, str(key), depth + 1)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, name, depth + 1)
    else:
        yield name, value
