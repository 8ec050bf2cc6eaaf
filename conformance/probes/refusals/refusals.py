"""Every refusal of a run, whoever was refused and what for: how its body is formed, and what it tells of the server.

A listener at the client, which costs no request. What the web server before an instance refuses by itself (a path with
odd characters, a query with bytes of no text, a body that is too large) is passed over, as is what was refused for its
credentials: Kimai words those otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from conformance.definition import Index
from conformance.model import Exchange
from conformance.probes.refusals.errors import body_word, internals

_STATUSES = frozenset({400, 403, 404, 405, 409, 410, 422})
_PLAIN_PATH = re.compile(r"(/(?!\.)[\w~-][\w.~-]*)+", re.ASCII)
_ODD_BYTES = re.compile(r"%(?:00|C[01]|F[5-9A-F])", re.IGNORECASE)
"""Escaped bytes of a query that no text has: web servers and filters before an instance refuse them by themselves."""
_OTHER_CREDENTIALS = ("x-auth-user", "x-auth-token", "x-api-key")

FORMED = "code and message"


@dataclass(frozen=True)
class Refusal:
    """One way in which an operation refused: `word` is how the body is formed, `shown` what it tells of the server."""

    operation: str
    status: int
    word: str
    shown: str
    exchange: Exchange


@dataclass
class Refusals:
    """Keeps the first exchange of each way in which an operation refuses."""

    index: Index
    _seen: dict[tuple[str, int, str, bool], Refusal] = field(default_factory=dict)

    def notice(self, exchange: Exchange) -> None:
        """Look at an answer."""
        if exchange.status not in _STATUSES or exchange.truncated or self.index.get(exchange.operation) is None:
            return
        if exchange.method == "HEAD":  # Its answers have no body.
            return
        path, _, query = exchange.target.partition("?")
        names = {name.lower() for name in exchange.request_headers}
        other_credentials = "authorization" not in names or any(name in names for name in _OTHER_CREDENTIALS)
        if not _PLAIN_PATH.fullmatch(path) or _ODD_BYTES.search(query) or other_credentials or exchange.is_filtered:
            return
        word, shown = body_word(exchange), internals(exchange)
        refusal = Refusal(exchange.operation, exchange.status, word, shown, exchange)
        self._seen.setdefault((exchange.operation, exchange.status, word, bool(shown)), refusal)

    def __iter__(self) -> Iterator[Refusal]:
        """Iterate over what was seen, each way once."""
        return iter(self._seen.values())
