"""From a request that a server answers with a 5xx to the smallest one that it answers so."""

from __future__ import annotations

from conformance.exchange import NoAnswer, Refused, Session
from conformance.model import Exchange
from conformance.properties.execution.requesting import Request

TRIES = 60
"""Requests that one shrink may cost."""


def shrink(exchange: Exchange, request: Request | None, sender: Session, tries: int = TRIES) -> Exchange:
    """Return the smallest exchange found with the status of `exchange`, which may be itself.

    `request` is what was sent; None for what cannot be taken apart, which stays as it is. Every candidate passes the
    guard; what it refuses is no candidate.
    """
    if request is None:
        return exchange
    best, left, seen = exchange, tries, {request.key}
    improved = True
    while improved and left > 0:
        improved = False
        for candidate in request.smaller():
            if candidate.key in seen or left <= 0:
                continue
            seen.add(candidate.key)
            answer = attempt(candidate, sender)
            left -= answer is not None
            if answer is not None and answer.status == exchange.status:
                best, request, improved = answer, candidate, True
                break
    return best


def attempt(candidate: Request, sender: Session) -> Exchange | None:
    """Return what a request is answered; None where the guard refuses it, or nothing comes."""
    try:
        return candidate.send(sender)
    except (Refused, NoAnswer):
        return None
