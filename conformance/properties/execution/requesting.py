"""A request as plain data, so that it can be compared, shrunk and sent again."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from conformance.exchange import Session
from conformance.model import Exchange
from conformance.probes.records.paths import USUAL_WORDS
from conformance.verdict.causes import same
from conformance.verdict.values import FIELDS, LONGEST_COLUMN, Kind, kind_of_value

NO_BODY = object()
"""Stands for a request without a JSON body."""

Pairs = tuple[tuple[str, str], ...]

CARRIED = ("accept", "content-type")
"""Headers that a request may say itself."""

USUAL = {"accept": "application/json", "content-type": "application/json"}

LAST_DAY = "9999-12-31"

ENDS = frozenset({"end"})
"""A time record without it would run on: only its own plain value takes the place of an odd one."""

SHORTEST = 8
"""Texts up to this long are not shortened: there is nothing to read in them."""
LONG_VALUE = 24
"""The same for values of parameters, which may be dates."""


@dataclass(frozen=True)
class Request:
    """Method, path, query pairs, and a body: decoded JSON, or `content` that is none. `headers` are unusual ones.

    Bytes of the query that are no UTF-8 are kept as surrogates, and sent as they were. `plain` has valid values of
    attributes: to say less, an attribute goes back to its plain value rather than out. `template` is the path with the
    names of its parameters.
    """

    method: str
    path: str
    query: Pairs = ()
    body: Any = NO_BODY
    content: bytes | None = None
    headers: Pairs = ()
    plain: Mapping[str, Any] = field(default_factory=dict, compare=False)
    template: str = field(default="", compare=False)

    @classmethod
    def of(cls, exchange: Exchange) -> Request | None:
        """Return the request of an exchange; None where its body is not JSON, for that is not taken apart."""
        path, query = exchange.path, exchange.target.partition("?")[2]
        pairs = tuple(parse_qsl(query, keep_blank_values=True, errors="surrogateescape"))
        sent = {name.lower(): value for name, value in exchange.request_headers.items()}
        headers = tuple((name, sent[name]) for name in CARRIED if name in sent and sent[name] != USUAL[name])
        template = exchange.operation.partition(" ")[2]
        if not exchange.request_body:
            return cls(exchange.method, path, pairs, headers=headers, template=template)
        try:
            body = json.loads(exchange.request_body)
        except (ValueError, RecursionError):
            return None
        return cls(exchange.method, path, pairs, body, headers=headers, template=template)

    @classmethod
    def of_form(cls, exchange: Exchange) -> Request | None:
        """Return a request for JSON with the attributes of one that was sent as a form; None where it was none."""
        results = {name.lower(): value for name, value in exchange.request_headers.items()}
        if not results.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return None
        query = exchange.target.partition("?")[2]
        text = (exchange.request_body or b"").decode("utf-8", "replace")
        pairs = tuple(parse_qsl(query, keep_blank_values=True))
        return cls(exchange.method, exchange.path, pairs, dict(parse_qsl(text, True)))

    @property
    def target(self) -> str:
        """Path and query."""
        return f"{self.path}?{urlencode(self.query, errors='surrogateescape')}" if self.query else self.path

    @property
    def size(self) -> int:
        """How much there is to read: the smaller, the better."""
        body = 0 if self.body is NO_BODY else len(json.dumps(self.body))
        return len(self.target) + body

    @property
    def key(self) -> str:
        """What makes two requests the same."""
        return repr((self.method, self.target, self.body, self.content, self.headers))

    def send(self, sender: Session) -> Exchange:
        """Send it. Raises what the client raises."""
        headers = dict(self.headers)
        if self.content is not None:
            return sender.send(self.method, self.target, content=self.content, headers=headers)
        if self.body is NO_BODY:
            return sender.send(self.method, self.target, headers=headers)
        return sender.send(self.method, self.target, json=self.body, headers=headers)

    def smaller(self) -> Iterator[Request]:
        """Yield requests that say less: without half of the parts, without each of them, with shorter values."""
        if self.headers:
            yield replace(self, headers=())
        yield from self._plainer_path()
        yield from self._without_query()
        if isinstance(self.body, Mapping):
            yield from self._without_attributes(dict(self.body))
            yield from self._simpler(dict(self.body))
        elif isinstance(self.body, list) and len(self.body) > 1:
            yield from (replace(self, body=[item]) for item in self.body)

    def _plainer_path(self) -> Iterator[Request]:
        """Yield the path with a usual word for each parameter that takes one."""
        names, values = self.template.split("/"), self.path.split("/")
        for at, name in enumerate(names) if len(names) == len(values) else ():
            word = USUAL_WORDS.get(name[1:-1]) if name.startswith("{") else None
            if word is not None and values[at] != word:
                yield replace(self, path="/".join([*values[:at], word, *values[at + 1 :]]))

    def _without_query(self) -> Iterator[Request]:
        if len(self.query) > 1:
            yield replace(self, query=())
            half = len(self.query) // 2
            if half > 1:
                yield replace(self, query=self.query[half:])
                yield replace(self, query=self.query[:half])
        for place in range(len(self.query)):
            yield replace(self, query=self.query[:place] + self.query[place + 1 :])
        for at, (name, value) in enumerate(self.query):
            parts = _halves(value) if len(value) > LONG_VALUE else ()
            for part in (*parts, *milder(value, name)):
                yield replace(self, query=(*self.query[:at], (name, part), *self.query[at + 1 :]))

    def without(self, names: Collection[str]) -> Request:
        """Return the request without these parameters; attributes go back to their plain values, or out."""
        query = tuple(pair for pair in self.query if pair[0] not in names)
        body = self.body
        if isinstance(body, Mapping):
            kept = {name: self.plain.get(name) if name in names else value for name, value in body.items()}
            body = {name: value for name, value in kept.items() if name not in names or name in self.plain}
        return replace(self, query=query, body=body)

    def with_value(self, name: str, value: Any) -> Request:
        """Return the request with another value of a parameter or an attribute that it has."""
        if isinstance(self.body, Mapping) and name in self.unusual and name not in dict(self.query):
            return replace(self, body={**self.body, name: value})
        return replace(self, query=tuple((key, str(value) if key == name else old) for key, old in self.query))

    @property
    def unusual(self) -> frozenset[str]:
        """The parameters and attributes that are not at their plain values."""
        attributes = self.body.items() if isinstance(self.body, Mapping) else ()
        odd = {name for name, value in attributes if name not in self.plain or not same(self.plain[name], value)}
        return frozenset(odd) | {name for name, _ in self.query}

    def _without_attributes(self, body: dict[str, Any]) -> Iterator[Request]:
        names = [name for name in body if name in self.unusual]
        half = len(names) // 2
        if half > 1:
            yield self.without(names[:half])
            yield self.without(names[half:])
        yield from (self.without((name,)) for name in names)
        kept = {name: value for name, value in body.items() if name in names or name in ENDS}
        if len(kept) < len(body):
            yield replace(self, body=kept)
        for left in [name for name in body if name not in kept]:
            yield replace(self, body={name: value for name, value in body.items() if name != left})

    def _simpler(self, body: dict[str, Any]) -> Iterator[Request]:
        earlier = {name: a_day_earlier(value) for name, value in body.items()}
        if earlier != body:
            yield replace(self, body=earlier)
        for name, value in body.items():
            for other in (*_simpler_value(value), *milder(value, name)) if name not in ENDS else ():
                yield replace(self, body={**body, name: other})


def _halves(text: str) -> tuple[str, str]:
    middle = len(text) // 2
    return text[:middle], text[middle:]


def _simpler_value(value: Any) -> Iterator[Any]:
    """Yield values that say less: half of a text, one item of a list, an item without one of its parts."""
    if isinstance(value, str) and len(value) > SHORTEST:
        yield from _halves(value)
    elif isinstance(value, list):
        if len(value) > 1:
            yield from ([item] for item in value)
        elif value and isinstance(value[0], dict) and len(value[0]) > 1:
            item = value[0]
            yield from ([{key: item[key] for key in item if key != left}] for left in item)


def milder(value: Any, name: str) -> Iterator[Any]:
    """Yield the value as it is just not of its kind any more: what breaks all the same breaks for something else."""
    match kind_of_value(value, name):
        case Kind.BYTES:
            yield value.encode("utf-8", "replace")[:LONGEST_COLUMN].decode("utf-8", "ignore")
        case Kind.MANY_FIELDS:
            yield " ".join(value.split()[:FIELDS])
        case Kind.NUL:
            yield value.replace("\0", "")
        case Kind.HOURS_64:
            yield f"{2**48 // 3600}:00"
        case Kind.KEYED:
            yield {str(number): item for number, item in enumerate(value.values())}


def a_day_earlier(value: Any) -> Any:
    """Return a moment on the last day of the calendar a day earlier; anything else as it is."""
    last = isinstance(value, str) and value.startswith(LAST_DAY)
    return value.replace(LAST_DAY, f"{LAST_DAY[:-1]}0", 1) if last else value
