"""What the guard does not decide: the two announced exceptions of its first rule (DESIGN, "The guard", 1).

Each request is exempt by what it is, not by who sends it: nothing can switch the guard off.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from conformance.exchange.guard.rules.origin import origin_of
from conformance.exchange.network import LOGIN

PING = "/api/ping"

_CREDENTIALS = ("authorization", "x-auth-token", "x-auth-user")


class Exemptions:
    """Knows the ping over plain HTTP, and the requests of a form login: reads, and one POST to the form's action."""

    def __init__(self, base: str) -> None:
        self._base = httpx.URL(base)
        self._action: str | None = None

    @property
    def plain_ping(self) -> httpx.URL | None:
        """The address of the ping over plain HTTP, port 80 of the instance's host; None where it is not HTTPS."""
        if self._base.scheme != "https":
            return None
        raw_path = (self._base.path.rstrip("/") + PING).encode()
        return self._base.copy_with(scheme="http", port=None, raw_path=raw_path)

    @contextmanager
    def one_post(self, action: str) -> Iterator[None]:
        """Let a login post to the action of its form."""
        self._action = action
        try:
            yield
        finally:
            self._action = None

    def is_ours(self, url: httpx.URL) -> bool:
        """Whether an address is of the instance: its origin, and below its path."""
        below = self._base.path.rstrip("/") + "/"
        return origin_of(url) == origin_of(self._base) and url.path.startswith(below)

    def cover(self, request: httpx.Request) -> bool:
        """Whether a request is exempt. None with a token is."""
        if any(name in request.headers for name in _CREDENTIALS):
            return False
        if request.method == "GET" and request.url == self.plain_ping:
            return "cookie" not in request.headers
        if LOGIN not in request.extensions or not self.is_ours(request.url):
            return False
        return request.method == "GET" or (request.method == "POST" and str(request.url) == self._action)
