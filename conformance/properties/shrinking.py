"""From a request that a server answers with a 5xx to the smallest one that it answers so."""

from __future__ import annotations

from conformance.exchange import NoAnswer, Refused, Session
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
