"""What an odd request is, and how those who make them talk with the engine that sends them.

A script is a generator: it yields an odd request and is given the answer, so that what it tries next may go by it.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.model import Exchange
from conformance.properties.execution.requesting import NO_BODY, Pairs


@dataclass(frozen=True)
class FuzzRequest:
    """A request with something odd in it.

    `attributes` are laid over a valid body; `body` or `content` stand for the whole of it. `path` holds values for
    parameters of the path, all others are those of records of the run; with `absent` they are absent ids. With `ready`
    it is a valid request, and what it takes away is put there first; with `keep` what it did is not put right after it.
    `prior` are attributes that the record in the path is given before.
    """

    what: str
    attributes: Mapping[str, Any] | None = None
    body: Any = NO_BODY
    content: bytes | None = None
    query: Pairs = ()
    path: Mapping[str, str] = field(default_factory=dict)
    headers: Pairs = ()
    method: str = ""
    absent: bool = False
    ready: bool = False
    keep: bool = False
    prior: Mapping[str, Any] | None = None

    @property
    def elsewhere(self) -> bool:
        """Whether what is odd lies neither in the query nor in the body, but in the path or in what was before."""
        return bool(self.path or self.method or self.absent or self.prior) or self.what == AGAIN


AGAIN = "once more"
"""What a request is called whose oddness is that it was sent before."""


@dataclass(frozen=True)
class FuzzResult:
    """What came of an odd request: an exchange, or none where the guard refused it or nothing answered.

    `causes` are the attributes and parameters that a server error hangs on.
    """

    exchange: Exchange | None = None
    causes: frozenset[str] = frozenset()

    @property
    def status(self) -> int:
        """The status, 0 without an answer."""
        return self.exchange.status if self.exchange else 0

    @property
    def broken(self) -> bool:
        """Whether it was a server error."""
        return self.status >= 500

    @property
    def ok(self) -> bool:
        """Whether it was accepted."""
        return self.exchange is not None and self.exchange.ok


FuzzScript = Generator[FuzzRequest, FuzzResult, None]
