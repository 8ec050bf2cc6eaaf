"""Tokens: a valid one is let in until its date, all tokens of one user are alike, and each is its owner.

Source: REST API, Authentication: a user has any number of tokens, each with a name and an optional expiration date.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from conformance.exchange import Credentials
from conformance.model import Actor, Token
from conformance.probes import Collection, ProbeContext
from conformance.probes.access.credentials import CredentialAnswer, around_the_end, ask, valid_tokens, who_am_i
from conformance.probes.access.tokens import Pair, both_tokens
from conformance.probes.records.creating import attribute
from conformance.probes.responses.reads import answer_of
from conformance.probes.times.timers import clock
from conformance.probes.times.times import book, unbook
from conformance.verdict import NOT_OBSERVABLE, Judge, clause
from contracts.assertions import actor_named, may_send_times
from contracts.parametrize import at_least, parametrize_by, plain_reads, roles

ME = "GET /api/users/me"

SMOKE = ("GET /api/ping", "GET /api/timesheets", "GET /api/customers")
"""The reads that the smoke profile asks; standard asks all of them."""

BOUNDARY_SECONDS = 120
"""A token that expires within this time is waited for."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One item an actor, and one a read."""
    parametrize_by(metafunc, "plain_read", asked_reads, "data")
    parametrize_by(metafunc, "role", token_owners, together=True)


def asked_reads(known: Collection) -> list[str]:
    """Return the reads without parameters; in the smoke profile the telling ones."""
    results = [operation.label for operation in plain_reads(known)]
    return results if at_least(known, "standard") else [label for label in results if label in SMOKE]


def token_owners(known: Collection) -> list[str]:
    """Return the actors who are asked; in the smoke profile also one with a dated token that is still good."""
    dated = [
        actor.name for actor in known.actors if any(token.expires_at and not token.expired for token in actor.tokens)
    ]
    return list(dict.fromkeys([*roles(known), *dated[:1]]))


@clause("auth.valid-token-accepted")
def test_valid_token(context: ProbeContext, judge: Judge, plain_read: str) -> None:
    """The same requests with a valid token are let in: the positive control of the refusals."""
    exchange = answer_of(context, context.index[plain_read])
    assert exchange is not None, f"{plain_read} has a parameter"
    judge.check(
        exchange.status != 401, operation=plain_read, role=context.strongest.role, value="valid token",
        expected="let in", got=str(exchange.status), exchange=exchange,
    )  # fmt: skip


@clause("auth.valid-token-accepted")
def test_valid_tokens_of_every_actor(context: ProbeContext, judge: Judge, role: str) -> None:
    """Every configured actor is let in."""
    answer = who_am_i(context, actor_named(context, role))
    judge.check(
        answer.status == 200, operation=ME, role=answer.role, value="valid token",
        expected="200", got=str(answer.status), exchange=answer.exchange,
    )  # fmt: skip


@clause("auth.future-token-accepted")
def test_future_token(context: ProbeContext, judge: Judge, role: str) -> None:
    """A token that has not expired yet is let in, wherever another token of its owner is."""
    for token, pair in compared(context, role):
        if token.expires_at is not None:
            judge.check(
                pair.other.status != 401 or pair.one.status == 401, operation=pair.operation,
                role=actor_named(context, role).role, value="future token", expected="let in",
                got=str(pair.other.status), exchange=pair.other,
            )  # fmt: skip
    for token in actor_named(context, role).tokens[:1]:
        if token.expires_at is not None and not judge.places:
            answer = ask(
                context, context.index[ME], "future token", actor_named(context, role), Credentials.token(token.secret)
            )
            judge.check(
                answer.status == 200, operation=ME, role=answer.role, value="future token", expected="200",
                got=str(answer.status), exchange=answer.exchange,
            )  # fmt: skip


@clause("auth.expiry-boundary")
def test_expiry_boundary(context: ProbeContext, judge: Judge) -> None:
    """A token that expires during the run is let in before its date and refused after it, by the instance's clock."""
    me = who_am_i(context, context.strongest).exchange
    if "date" not in me.headers:
        judge.skip(f"{NOT_OBSERVABLE}: the instance does not tell its time", operation=ME)
        return
    ahead = clock(me) - datetime.now(UTC)
    for actor, token, ends in expiring(context, ahead)[:1]:
        answers = around_the_end(context, context.index[ME], actor, token, ends - ahead)
        for answer, expected in zip(answers, (200, 401), strict=True):
            judge.check(
                answer.status == expected, operation=answer.operation, role=answer.role, value=answer.credentials,
                expected=str(expected), got=str(answer.status), exchange=answer.exchange,
            )  # fmt: skip
    if not judge.places:
        judge.skip("no token was given that expires during the run")


def expiring(context: ProbeContext, ahead: timedelta) -> list[tuple[Actor, Token, datetime]]:
    """Return the tokens that end soon, though not at once; `ahead` is by how much the instance's clock is ahead."""
    now = datetime.now(UTC) + ahead
    every = ((actor, token, token.expires_at) for actor in context.actors for token in actor.tokens)
    soon, late = timedelta(seconds=5), timedelta(seconds=BOUNDARY_SECONDS)
    return [(actor, token, ends) for actor, token, ends in every if ends is not None and soon < ends - now < late]


def compared(context: ProbeContext, role: str) -> Iterator[tuple[Token, Pair]]:
    """Yield what the first token of an actor and each other one was answered."""
    actor = actor_named(context, role)
    for token in valid_tokens(actor)[1:]:
        for pair in both_tokens(context, actor, token):
            yield token, pair


@clause("auth.tokens-alike")
def test_tokens_of_one_user_are_alike(context: ProbeContext, judge: Judge, role: str) -> None:
    """Several valid tokens of one user are that user, with the same rights, reading and writing."""
    for _, pair in compared(context, role):
        judge.check(
            pair.alike, operation=pair.operation, role=actor_named(context, role).role, expected="alike",
            got="alike" if pair.alike else "different", exchange=pair.other, beside=[pair.one],
            reason=f"{pair.one.status} with the first token, {pair.other.status} with another",
        )  # fmt: skip


@clause("auth.token-is-its-owner")
def test_token_is_its_owner(context: ProbeContext, judge: Judge, role: str) -> None:
    """The caller of a token is its owner, and nobody else."""
    shown = {actor.name: who_am_i(context, actor) for actor in context.actors}
    answer = shown[role]
    others = {user_of(entry) for name, entry in shown.items() if name != role}
    # An actor may have been given any name; where another's is their user name, this one's should be too.
    by_user_name = any(name_of(item) == name.casefold() for name, item in shown.items())
    right = user_of(answer) not in (None, *others) and (not by_user_name or name_of(answer) == role.casefold())
    judge.check(
        right, operation=answer.operation, role=answer.role, expected="its owner",
        got="its owner" if right else "another user", exchange=answer.exchange,
    )  # fmt: skip


@clause("auth.token-is-its-owner")
def test_what_is_made_is_its_owners(context: ProbeContext, judge: Judge, role: str) -> None:
    """A time record that is made with a token belongs to its owner."""
    actor = actor_named(context, role)
    made = (
        book(context, actor, "2025-01-15T10:00:00", "2025-01-15T11:00:00") if may_send_times(context, actor) else None
    )
    if made is None or made.ident is None:
        judge.skip("this actor could not book a time record", operation="POST /api/timesheets", role=actor.role)
        return
    owner = attribute(made.exchange.json_or_none(), "user")
    right = (owner.get("id") if isinstance(owner, dict) else owner) == actor.user_id
    judge.check(
        right, operation="POST /api/timesheets", role=actor.role, expected="its owner",
        got="its owner" if right else "another user", exchange=made.exchange,
    )  # fmt: skip
    unbook(context, made)


def name_of(answer: CredentialAnswer) -> object:
    """Return the user name in an answer of users/me, whose case means nothing."""
    body = answer.exchange.json_or_none()
    return str(body.get("username")).casefold() if isinstance(body, dict) else None


def user_of(answer: CredentialAnswer) -> object:
    """Return the id in an answer of users/me."""
    body = answer.exchange.json_or_none()
    return body.get("id") if isinstance(body, dict) else None
