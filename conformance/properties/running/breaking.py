"""Server errors of one operation, taken apart one after the other: each cause once, with its smallest request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.exchange import Session
from conformance.properties.running.culprits import sort_of_error
from conformance.properties.running.requesting import Request
from conformance.properties.running.shrinking import attempt, shrink, signature
from conformance.words import Exchange

ERRORS_TRIED = 12
"""Server errors of one operation that are looked at for another cause; the rest are counted."""

EMPTY: tuple[Any, ...] = (None, [], [None])
"""Bodies that are no object, and are a cause of their own."""


@dataclass
class Breaks:
    """What broke so far: the smallest exchange of each cause, by its signature.

    `said` has what an exchange does not show, `sorts` the sort of value that a cause hangs on.
    """

    smallest: dict[str, Exchange] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    sorts: dict[str, str] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)
    _tried: int = 0
    _hopeless: bool = False

    def taken_apart(
        self, exchange: Exchange, plain: Mapping[str, Any], sender: Session, elsewhere: str | None = None
    ) -> frozenset[str]:
        """Return the parameters and attributes that a server error hangs on; none where it cannot be told.

        `plain` has valid values for attributes that the operation cannot be asked without; `elsewhere` says what is
        odd where that lies in neither of them, but in the path or in what was there before.
        """
        request = Request.of(exchange)
        request = None if request is None else replace(request, plain=plain)
        known = request.unusual & self._known if request else frozenset[str]()
        if self._hopeless or self._tried >= ERRORS_TRIED:
            return known
        if request is not None and known:
            request = request.without(known)
            answer = attempt(request, sender)
            if answer is None or answer.status != exchange.status:
                return known
            exchange = answer
        self._tried += 1
        return self._keep(shrink(exchange, request, sender), plain, elsewhere)

    def _keep(self, smallest: Exchange, plain: Mapping[str, Any], elsewhere: str | None) -> frozenset[str]:
        cause = signature(smallest, plain)
        self.smallest.setdefault(cause, smallest)
        self.said.setdefault(cause, elsewhere or "")
        self.sorts.setdefault(cause, " ".join(filter(None, (sort_of_error(smallest, plain), elsewhere))))
        request = Request.of(smallest)
        causes = replace(request, plain=plain).unusual if request else frozenset[str]()
        self._known |= causes
        # Where it breaks without anything being said, every other request breaks for the same cause.
        self._hopeless = not (
            elsewhere is not None or request is None or causes or request.headers or request.body in EMPTY
        )
        return causes
