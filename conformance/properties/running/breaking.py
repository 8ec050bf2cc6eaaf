"""Server errors of one operation, taken apart one after the other: each cause once, with its smallest request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.exchange import Session
from conformance.properties.running.culprits import WHATEVER, sort_of_error, sorts_of
from conformance.properties.running.requesting import Request
from conformance.properties.running.shrinking import attempt, shrink, signature
from conformance.words import Exchange

ERRORS_TRIED = 16
"""Server errors of one operation that are looked at for another cause; the rest are counted."""

EMPTY: tuple[Any, ...] = (None, [], [None])
"""Bodies that are no object, and are a cause of their own."""

NOTHING: Mapping[str, Any] = {}


@dataclass
class Breaks:
    """What broke so far: the smallest exchange of each cause, by its signature.

    `said` has what an exchange does not show, `sorts` the sort of value that a cause hangs on.
    """

    smallest: dict[str, Exchange] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    sorts: dict[str, str] = field(default_factory=dict)
    _known: set[tuple[str, str]] = field(default_factory=set)
    _tried: int = 0
    _hopeless: bool = False

    def taken_apart(
        self,
        exchange: Exchange,
        plain: Mapping[str, Any],
        sender: Session,
        elsewhere: str | None = None,
        ordinary: Mapping[str, Any] = NOTHING,
    ) -> frozenset[str]:
        """Return the parameters and attributes that a server error hangs on; none where it cannot be told.

        `plain` has valid values for attributes that the operation cannot be asked without, `ordinary` one for any
        attribute or parameter; `elsewhere` says what is odd where that lies in neither of them, but in the path or in
        what was there before.
        """
        request = Request.of(exchange)
        request = None if request is None else replace(request, plain=plain)
        known = self._known_in(request) if request else frozenset[str]()
        if self._hopeless or self._tried >= ERRORS_TRIED:
            return known
        if request is not None and known:
            request = request.without(known)
            answer = attempt(request, sender)
            if answer is None or answer.status != exchange.status:
                return known
            exchange = answer
        self._tried += 1
        if request is not None:
            exchange, request = self._suspected(exchange, request, sender)
        return self._keep(shrink(exchange, request, sender), plain, elsewhere, ordinary, sender)

    def _known_in(self, request: Request) -> frozenset[str]:
        """The names that are known to break what carries them, by the sorts of their values."""
        found = sorts_of(request).items()
        return frozenset(name for name, sort in found if {(name, sort), (name, WHATEVER)} & self._known)

    def _suspected(self, exchange: Exchange, request: Request, sender: Session) -> tuple[Exchange, Request]:
        """Return the request with nothing but what broke others before, where that is enough for this one too."""
        suspects = request.unusual & {name for name, _ in self._known}
        if not suspects or suspects == request.unusual:
            return exchange, request
        fewer = request.without(request.unusual - suspects)
        answer = attempt(fewer, sender)
        return (answer, fewer) if answer is not None and answer.status == exchange.status else (exchange, request)

    def _keep(
        self,
        smallest: Exchange,
        plain: Mapping[str, Any],
        elsewhere: str | None,
        ordinary: Mapping[str, Any],
        sender: Session,
    ) -> frozenset[str]:
        request = Request.of(smallest)
        request = None if request is None else replace(request, plain=plain)
        sorts = sorts_of(request) if request else {}
        if request is not None and len(sorts) == 1 and not elsewhere:
            (name,) = sorts
            if name in ordinary and _breaks(request.with_value(name, ordinary[name]), smallest, sender):
                sorts = {name: WHATEVER}
        what = sort_of_error(smallest, plain, WHATEVER if WHATEVER in sorts.values() else None)
        cause = ": ".join(filter(None, [signature(smallest, plain), ", ".join(sorted({*sorts.values()}))]))
        self.smallest.setdefault(cause, smallest)
        self.said.setdefault(cause, elsewhere or "")
        self.sorts.setdefault(cause, " ".join(filter(None, (what, elsewhere))))
        self._known |= set(sorts.items())
        # Where it breaks without anything being said, every other request breaks for the same cause.
        self._hopeless = not (
            elsewhere is not None or request is None or sorts or request.headers or request.body in EMPTY
        )
        return frozenset(sorts)


def _breaks(request: Request, like: Exchange, sender: Session) -> bool:
    answer = attempt(request, sender)
    return answer is not None and answer.status == like.status
