"""What a server error hangs on: the parts of a request that are not as usual, and the kinds of their values. Pure.

Of several guilty attributes shrinking names one, and another run another: so a new finding is told apart by what the
attribute is for and by the sort of its value, over all operations; attributes and operations are its places.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

from conformance.model import Exchange
from conformance.verdict.remote import DURATIONS
from conformance.verdict.values import ORDINARY, Kind, kind_of_value, sort_of

QUERY, BODY, PATH, WHOLE, HEADER, BEFORE = "query", "body", "path", "whole body", "header", "before"
"""Where a part of a request stands; BEFORE is what was there before it, or how it was sent."""

PLACES = (QUERY, BODY, PATH, WHOLE)
"""Where a known defect may lie."""

NOTHING: Mapping[str, Any] = {}

LISTS = frozenset({"users", "customers", "projects", "activities", "tags", "status"})
"""Parameters that are lists by their names: for any other, brackets make a list of what is one value."""

_SENSES: Mapping[str, str] = {
    **dict.fromkeys(("begin", "end", "start", "orderDate", "modified_after"), "a moment"),
    **dict.fromkeys(DURATIONS, "a duration"),
    **dict.fromkeys(("budget", "rate", "internalRate", "hourlyRate", "fixedRate"), "a number"),
    **dict.fromkeys(
        ("customer", "project", "activity", "user", "supervisor", "teams", "invoiceTemplate",
         "customers", "projects", "activities", "users"), "a reference"
    ),
    "members": "members",
    "tags": "tags",
    "term": "a search",
}  # fmt: skip
"""What attributes and parameters of these names are; a text or a choice is any other."""

LONGEST_WORD = 64
"""Characters of a word in a path that is as usual."""

_USUAL = {"accept": "application/json", "content-type": "application/json"}
_SEGMENT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, order=True)
class Part:
    """One part of a request: where it stands, its name ("" for a whole body), and the kind of its value."""

    place: str
    name: str
    kind: Kind

    @property
    def sense(self) -> str:
        """What the part is for, in canonical words."""
        return _SENSES.get(self.name, "a text" if self.place in (QUERY, BODY) else self.name)


@dataclass(frozen=True)
class Cause:
    """What a server error hangs on. No parts: it breaks whatever is sent."""

    operation: str
    status: int
    parts: tuple[Part, ...] = ()

    @classmethod
    def of(cls, exchange: Exchange, plain: Mapping[str, Any] = NOTHING, before: str = "") -> Cause:
        """Return what the answer to a request hangs on, as far as the request tells.

        Attributes at their `plain` values are no part of it; `before` says what was odd besides the request itself.
        """
        parts = set(_parts(exchange, plain))
        if before:
            parts.add(Part(BEFORE, before, Kind.TEXT))
        return cls(exchange.operation, exchange.status, tuple(sorted(parts)))

    def whatever(self) -> Cause:
        """Return the same cause, where the values of its parts were shown not to matter."""
        parts = tuple(Part(part.place, part.name, Kind.WHATEVER) for part in self.parts)
        return Cause(self.operation, self.status, parts)

    @property
    def text(self) -> str:
        """The cause in canonical words, for a fingerprint: the operation is told only where no value is to blame."""
        odd = [part for part in self.parts if part.kind not in ORDINARY] or list(self.parts)
        words = sorted({f"{part.sense} in the {part.place}: {sort_of(part.kind)}" for part in odd})
        result = all(part.place in (QUERY, BODY, PATH) and part.kind is not Kind.WHATEVER for part in odd)
        return "; ".join([str(self.status), *([] if odd and result else [self.operation]), *words])

    @property
    def words(self) -> str:
        """The cause for people."""
        odd = [part for part in self.parts if part.kind not in ORDINARY] or self.parts
        return ", ".join(dict.fromkeys(f"{part.name or part.place}: {part.kind}" for part in odd)) or "any request"


def _parts(exchange: Exchange, plain: Mapping[str, Any]) -> Iterator[Part]:
    query = exchange.target.partition("?")[2]
    yield from _in_path(exchange.operation.partition(" ")[2], exchange.path)
    for name, value in parse_qsl(query, keep_blank_values=True, errors="surrogateescape"):
        yield in_query(name, value)
    yield from _in_body(exchange, plain)
    results = {name.lower(): value for name, value in exchange.request_headers.items()}
    for name in _USUAL:
        if name in results and results[name] != _USUAL[name]:
            yield Part(HEADER, f"{name}: {results[name]}", Kind.TEXT)


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same: false is not 0, as it is in Python."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def in_query(name: str, value: str) -> Part:
    """Return the part that a parameter of a query is: brackets tell a list from one value."""
    base, bracket, rest = name.partition("[")
    if bracket and (base not in LISTS or rest != "]"):
        return Part(QUERY, base + ("[]" if base in LISTS else ""), Kind.LIST)
    return Part(QUERY, name, kind_of_value(value, name))


def _in_path(template: str, path: str) -> Iterator[Part]:
    """Yield the values of a path that are no plain ids and no plain words."""
    segments = template.split("/")
    values = path.split("/")
    if len(segments) != len(values):
        return
    for segment, value in zip(segments, values, strict=True):
        named = _SEGMENT.fullmatch(segment)
        word = unquote(value, errors="surrogateescape")
        kind = kind_of_value(word, named[1] if named else "")
        kind = Kind.LONG if kind is Kind.TEXT and len(word) > LONGEST_WORD else kind
        if named and kind not in (Kind.TEXT, Kind.NUMBER_AS_TEXT):
            yield Part(PATH, named[1], kind)


def _in_body(exchange: Exchange, plain: Mapping[str, Any]) -> Iterator[Part]:
    if not exchange.request_body:
        return
    try:
        body = json.loads(exchange.request_body)
    except (ValueError, RecursionError):
        yield Part(WHOLE, "", Kind.TEXT)
        return
    items = body if isinstance(body, list) and body else [body]
    if not all(isinstance(item, Mapping) for item in items):
        yield Part(WHOLE, "", kind_of_value(body))
        return
    for item in items:
        for name, value in item.items():
            if name not in plain or not same(plain[name], value):
                yield Part(BODY, name, kind_of_value(value, name))
