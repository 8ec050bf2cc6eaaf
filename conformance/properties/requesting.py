"""A request as plain data, so that it can be compared, shrunk and sent again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from conformance.exchange import Session
from conformance.words import Exchange

NO_BODY = object()
"""Stands for a request without a JSON body."""

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Request:
    """Method, path, query pairs, and a decoded JSON body where there is one."""

    method: str
    path: str
    query: Pairs = ()
    body: Any = NO_BODY

    @classmethod
    def of(cls, exchange: Exchange) -> Request | None:
        """Return the request of an exchange; None where its body is not JSON, for that is not taken apart."""
        path, _, query = exchange.target.partition("?")
        pairs = tuple(parse_qsl(query, keep_blank_values=True))
        if not exchange.request_body:
            return cls(exchange.method, path, pairs)
        try:
            return cls(exchange.method, path, pairs, json.loads(exchange.request_body))
        except (ValueError, RecursionError):
            return None

    @property
    def target(self) -> str:
        """Path and query."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path

    @property
    def size(self) -> int:
        """How much there is to read: the smaller, the better."""
        body = 0 if self.body is NO_BODY else len(json.dumps(self.body))
        return len(self.target) + body

    def send(self, sender: Session) -> Exchange:
        """Send it. Raises what the door raises."""
        if self.body is NO_BODY:
            return sender.send(self.method, self.target)
        return sender.send(self.method, self.target, json=self.body)

    def smaller(self) -> Iterator[Request]:
        """Yield requests that say less: without half of the parts, without each of them, with shorter values."""
        yield from self._without_query()
        if isinstance(self.body, Mapping):
            yield from self._without_attributes(dict(self.body))
            yield from self._shorter(dict(self.body))
        elif isinstance(self.body, list) and len(self.body) > 1:
            yield from (replace(self, body=[item]) for item in self.body)

    def _without_query(self) -> Iterator[Request]:
        if len(self.query) > 1:
            yield replace(self, query=())
        for place in range(len(self.query)):
            yield replace(self, query=self.query[:place] + self.query[place + 1 :])

    def _without_attributes(self, body: dict[str, Any]) -> Iterator[Request]:
        names = list(body)
        half = len(names) // 2
        if half > 1:
            for chunk in (names[:half], names[half:]):
                yield replace(self, body={name: body[name] for name in names if name not in chunk})
        for name in names:
            yield replace(self, body={other: body[other] for other in names if other != name})

    def _shorter(self, body: dict[str, Any]) -> Iterator[Request]:
        for name, value in body.items():
            if isinstance(value, str) and len(value) > 8:
                yield replace(self, body={**body, name: value[: len(value) // 2]})
            elif isinstance(value, list) and len(value) > 1:
                yield replace(self, body={**body, name: value[:1]})
