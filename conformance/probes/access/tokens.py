"""Whether two tokens of one user are answered alike: the same questions with each of them, reads and writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.exchange import Credentials, Refused, Session
from conformance.model import Actor, Exchange, Token
from conformance.probes.context import ProbeContext
from conformance.probes.records.creating import attribute, ident
from conformance.probes.records.list_scopes import ids_of
from conformance.probes.times.times import COLLECTION, Booked, book

_ME = "GET /api/users/me"
_TIMES = ("2025-01-16T10:00:00", "2025-01-16T11:00:00")
_OTHER_TIMES = {"begin": "2025-01-16T12:00:00", "end": "2025-01-16T13:00:00"}
"""Two hours apart, for an instance may forbid records that overlap."""


@dataclass(frozen=True)
class Pair:
    """The answers to one question with two tokens of a user; `alike` is whether they can be of the same caller."""

    operation: str
    one: Exchange
    other: Exchange
    alike: bool


def both_tokens(context: ProbeContext, actor: Actor, token: Token) -> tuple[Pair, ...]:
    """Ask with the first token of an actor and with another one, once a process: plain reads, and a time record's life;
    in smoke who they are alone.

    Each question of the second is one that the first is let do.
    """

    def ask() -> tuple[Pair, ...]:
        first, second = context.session(actor), context.session(actor).with_credentials(Credentials.token(token.secret))
        writes = _writes(context, actor, second) if context.profile_at_least("standard") else ()
        return (*_reads(context, first, second), *writes)

    return context.cached(f"tokens of {actor.name} {actor.tokens.index(token)}", ask)


def _reads(context: ProbeContext, first: Session, second: Session) -> Iterator[Pair]:
    plain = [item for item in context.index.operations if item.method == "GET" and not item.path_parameters]
    for operation in plain:
        if context.profile_at_least("standard") or operation.label == _ME:
            one, other = first.get(operation.path), second.get(operation.path)
            alike = one.status == other.status and (
                operation.label != _ME or attribute(one.json_or_none(), "id") == attribute(other.json_or_none(), "id")
            )
            if alike and not _listed(one) <= _listed(other):
                # People are at work: only what was there before and afterwards should have been there in between.
                alike = _listed(one) & _listed(first.get(operation.path)) <= _listed(other)
            yield Pair(operation.label, one, other, alike)


def _listed(exchange: Exchange) -> set[int]:
    return set(ids_of(exchange) or ())


def _writes(context: ProbeContext, actor: Actor, second: Session) -> Iterator[Pair]:
    """Make, read, change and delete a time record with the second token, each as the first one can."""
    try:
        kept = book(context, actor, *_TIMES)
        made = second.post(COLLECTION, json={**kept.sent, **_OTHER_TIMES})
        makers = [attribute(answer.json_or_none(), "user") for answer in (kept.exchange, made)]
        alike = kept.exchange.status == made.status and makers[0] == makers[1]
        yield Pair(f"POST {COLLECTION}", kept.exchange, made, alike)
        if kept.ident is not None:
            yield from _changes(context, actor, second, kept)
        if ident(made) is not None:
            one = context.session(actor).delete(f"{COLLECTION}/{ident(made)}")
            other = second.delete(kept.path) if kept.ident is not None else one
            yield Pair(f"DELETE {COLLECTION}/{{id}}", one, other, one.status == other.status)
    except Refused:
        return


def _changes(context: ProbeContext, actor: Actor, second: Session, kept: Booked) -> Iterator[Pair]:
    first, item, path = context.session(actor), f"{COLLECTION}/{{id}}", kept.path
    day = {"begin": "2025-01-16T00:00:00", "end": "2025-01-16T23:59:59"}
    one, other = first.get(COLLECTION, params=day), second.get(COLLECTION, params=day)
    yield Pair(f"GET {COLLECTION}", one, other, (kept.ident in _listed(one)) == (kept.ident in _listed(other)))
    one, other = first.get(path), second.get(path)
    yield Pair(f"GET {item}", one, other, one.status == other.status)
    body = {"description": context.name("with another token")}
    one, other = first.patch(path, json=body), second.patch(path, json=body)
    yield Pair(f"PATCH {item}", one, other, one.status == other.status)
