"""From a request that a server answers with a 5xx to the smallest one that it answers so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.exchange import NoAnswer, Refused, Session
from conformance.properties.running.requesting import NO_BODY, Request
from conformance.words import Exchange

TRIES = 40
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


def signature(exchange: Exchange, plain: Mapping[str, Any]) -> str:
    """Return what a server error hangs on, without values: its operation, status, parameters and attributes.

    Attributes at their `plain` values are there because the operation cannot be asked without them.
    """
    request = Request.of(exchange)
    if request is None:
        return f"{exchange.operation} {exchange.status} body"
    query = sorted({name for name, _ in request.query})
    body = "" if request.body is NO_BODY else _names(request.body, plain)
    return " ".join(filter(None, [exchange.operation, str(exchange.status), ",".join(query), body]))


def _names(body: object, plain: Mapping[str, Any]) -> str:
    if isinstance(body, dict):
        return "{" + ",".join(sorted(name for name in body if name not in plain or plain[name] != body[name])) + "}"
    return type(body).__name__
