"""From a request that a server answers with a 5xx to the smallest one that it answers so."""

from __future__ import annotations

from dataclasses import replace

from conformance.exchange import NoAnswer, Refused, Session
from conformance.exchange.table import OPERATIONS
from conformance.properties.requesting import NO_BODY, Request
from conformance.words import Exchange

TRIES = 25
"""Requests that one shrink may cost."""


def shrink(exchange: Exchange, sender: Session, tries: int = TRIES) -> Exchange:
    """Return the smallest exchange found with the status of `exchange`, which may be itself.

    Every candidate passes the guard; what it refuses is no candidate. A body that is not JSON is left as it is.
    """
    request = Request.of(exchange)
    if request is None:
        return exchange
    best, left, seen = exchange, tries, {request.target + repr(request.body)}
    improved = True
    while improved and left > 0:
        improved = False
        for candidate in request.smaller():
            key = candidate.target + repr(candidate.body)
            if key in seen or left <= 0:
                continue
            seen.add(key)
            answer = _try(candidate, sender)
            left -= answer is not None
            if answer is not None and answer.status == exchange.status:
                best, request, improved = answer, candidate, True
                break
    return best


def without(exchange: Exchange, known: set[str], sender: Session) -> Exchange | None:
    """Return the exchange that shows whether a server error has a cause other than the `known` attributes.

    It is `exchange` itself where it has none of them, a new one without them where that breaks too, else None. What an
    operation cannot be asked without stays, so it is never taken for a cause.
    """
    request = Request.of(exchange)
    if request is None or not names_in(exchange) & known:
        return exchange
    body = request.body
    if isinstance(body, dict):
        body = {name: value for name, value in body.items() if name not in known}
    query = tuple(pair for pair in request.query if pair[0] not in known)
    answer = _try(replace(request, query=query, body=body), sender)
    return answer if answer is not None and answer.status == exchange.status else None


def names_in(exchange: Exchange) -> set[str]:
    """Return the attributes and query parameters of a request that it may be sent without."""
    request = Request.of(exchange)
    if request is None:
        return set()
    row = OPERATIONS.get(exchange.operation)
    needed = (row.required if row else frozenset()) | {"begin", "end"}
    return {
        *(set(request.body) if isinstance(request.body, dict) else ()),
        *(name for name, _ in request.query),
    } - needed


def _try(candidate: Request, sender: Session) -> Exchange | None:
    try:
        return candidate.send(sender)
    except (Refused, NoAnswer):
        return None


def signature(exchange: Exchange) -> str:
    """Return what a server error hangs on, without values: its operation, status, parameters and attributes."""
    request = Request.of(exchange)
    if request is None:
        return f"{exchange.operation} {exchange.status} body"
    query = sorted({name for name, _ in request.query})
    body = "" if request.body is NO_BODY else _names(request.body)
    return " ".join(filter(None, [exchange.operation, str(exchange.status), ",".join(query), body]))


def _names(body: object) -> str:
    if isinstance(body, dict):
        return "{" + ",".join(sorted(map(str, body))) + "}"
    return type(body).__name__
