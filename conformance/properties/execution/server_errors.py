"""Server errors of one operation, taken apart one after the other: each cause once, with its smallest request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.exchange import BudgetSpent, Session
from conformance.model import Exchange
from conformance.properties.execution.requesting import Request
from conformance.properties.execution.shrinking import attempt, shrink
from conformance.verdict.causes import BODY, NOTHING, QUERY, Cause, Part, in_query
from conformance.verdict.values import Kind, kind_of_value

ERRORS_TRIED = 24
"""Server errors of one operation that are looked at for another cause; the rest are counted."""

EMPTY: tuple[Any, ...] = (None, [], [None])
"""Bodies that are no object, and are a cause of their own."""


@dataclass(frozen=True)
class Broken:
    """One cause, with the smallest exchange that shows it. `said` has what an exchange does not show."""

    cause: Cause
    exchange: Exchange
    said: str = ""


@dataclass
class ServerErrors:
    """What broke so far: each cause once."""

    found: dict[Cause, Broken] = field(default_factory=dict)
    _known: set[Part] = field(default_factory=set)
    _tried: int = 0
    _hopeless: bool = False

    def minimise(
        self,
        exchange: Exchange,
        plain: Mapping[str, Any],
        sender: Session,
        elsewhere: str | None = None,
        ordinary: Mapping[str, Any] = NOTHING,
    ) -> frozenset[str]:
        """Return the parameters and attributes that a server error hangs on; none where it cannot be told.

        `plain` has valid values for attributes that the operation cannot be asked without, `ordinary` one for any
        attribute or parameter; `elsewhere` says what is odd where that lies in neither of them, but in what was there
        before. What is left without a cause is looked at for another one: a request may break for several.
        """
        exchange = _as_json(exchange, sender)
        request = Request.of(exchange)
        if request is None:
            self._keep(exchange, plain, elsewhere, ordinary, sender)
            return frozenset()
        request = replace(request, plain=plain)
        # What is known to break whatever carries it does so with any kind of value.
        whatever = {part for part in self._known if part.kind is Kind.WHATEVER}
        known = self._known | {replace(part, kind=kind) for part in whatever for kind in Kind}
        blamed = frozenset(name for name, parts in _parts(request).items() if parts & known)
        while not self._hopeless and self._tried < ERRORS_TRIED:
            left = request.without(blamed)
            answer = attempt(left, sender) if blamed else exchange
            if answer is None or answer.status != exchange.status:
                break
            self._tried += 1
            smallest = shrink(*self._suspected(answer, left, sender), sender)
            more = self._keep(smallest, plain, elsewhere, ordinary, sender)
            if not more - blamed:
                break
            blamed |= more
        return blamed

    def _suspected(self, exchange: Exchange, request: Request, sender: Session) -> tuple[Exchange, Request]:
        """Return the request with nothing but what broke others before, where that is enough for this one too."""
        known = {(part.place, part.name) for part in self._known}
        items = _parts(request).items()
        suspects = frozenset(name for name, parts in items if any((part.place, part.name) in known for part in parts))
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
        """Keep a cause, and return the names of its parts."""
        request = Request.of(smallest)
        request = None if request is None else replace(request, plain=plain)
        result = Cause.of(smallest, plain)
        cause = result if result.parts else Cause.of(smallest, plain, elsewhere or "")
        if len(result.parts) == 1 and request is not None and not elsewhere:
            (part,) = result.parts
            usual = _with_usual(request, part, ordinary)
            answer = attempt(usual, sender) if usual is not None else None
            cause = result.whatever() if answer is not None and answer.status == smallest.status else result
        self.found.setdefault(cause, Broken(cause, smallest, elsewhere or ""))
        self._known |= set(cause.parts)
        # Where it breaks without anything being said, every other request breaks for the same cause.
        self._hopeless = not (elsewhere is not None or request is None or cause.parts or request.body in EMPTY)
        return frozenset(_parts(request)) if request is not None else frozenset()


def _as_json(exchange: Exchange, sender: Session) -> Exchange:
    """Return the same attributes sent as JSON where a form was sent, and where they break it as well."""
    request = Request.of_form(exchange)
    answer = attempt(request, sender) if request is not None else None
    return answer if answer is not None and answer.status == exchange.status else exchange


def _parts(request: Request) -> dict[str, set[Part]]:
    """Return the parts of a request by the names that it writes them with."""
    body = request.body if isinstance(request.body, Mapping) else {}
    sets: dict[str, set[Part]] = {}
    for name, value in request.query:
        sets.setdefault(name, set()).add(in_query(name, value))
    for name in request.unusual & body.keys():
        sets.setdefault(name, set()).add(Part(BODY, name, kind_of_value(body[name], name)))
    return sets


def _with_usual(request: Request, part: Part, ordinary: Mapping[str, Any]) -> Request | None:
    """Return the request with an ordinary value for its only part; None where there is none."""
    if part.name not in ordinary:
        return None
    if part.place == QUERY:
        return replace(request, query=((part.name, str(ordinary[part.name])),))
    return request.with_value(part.name, ordinary[part.name])


def reduced(exchange: Exchange, sender: Session) -> Exchange:
    """Return the smallest exchange with the server error of a read that somebody else sent; it costs a few requests."""
    request = Request.of(exchange) if exchange.method == "GET" else None
    try:
        return shrink(exchange, request, sender)
    except BudgetSpent:
        return exchange
