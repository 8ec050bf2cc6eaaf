"""Authentication: who is let in, who is refused, on every operation, and that a refused write did nothing.

Source: REST API, Authentication. Probes with bad credentials aim at ids that no record has, at bodies that cannot be
valid, or at the run's own records.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from conformance.exchange import Credentials
from conformance.probes import Collection, Lab
from conformance.probes.credentials import (
    EXPIRED,
    LEGACY,
    LOWER_CASE,
    NONE,
    PASSWORD,
    QUERY,
    SCHEMES,
    UNKNOWN,
    UNKNOWN_TOKEN,
    Answer,
    ask,
    asked,
    attempted,
    bad_credentials,
    damage,
    near_misses,
    other_forms,
    shape_of,
    valid_tokens,
)
from conformance.probes.making import attribute
from conformance.probes.timers import clock
from conformance.probes.times import book, unbook
from conformance.probes.tokens import Pair, both_tokens
from conformance.verdict import NOT_OBSERVABLE, Judge, clause
from conformance.words import Actor, Token
from contracts.grid import at_least, plain_reads, roles, spread
from contracts.judging import actor_named, may_send_times

ME = "GET /api/users/me"

TELLING = frozenset(
    {
        "GET /api/ping", ME, "GET /api/timesheets", "GET /api/customers", "GET /api/timesheets/{id}",
        "POST /api/timesheets", "PATCH /api/timesheets/{id}", "DELETE /api/timesheets/{id}", "POST /api/customers",
        "PATCH /api/customers/{id}", "DELETE /api/customers/{id}",
    }
)  # fmt: skip
"""Operations that the smoke profile asks; standard asks all of them, these under every scheme."""

SMOKE = (ME, "PATCH /api/timesheets/{id}")
"""A read and a write: what the smoke profile asks with a valid secret in the wrong form, or past its date."""

FORMS = ("schemed", "queried", "passworded")
"""A valid secret in a wrong form: the arguments of the checks that ask operations by turns."""

BOUNDARY_SECONDS = 120
"""A token that expires within this time is waited for."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One item an operation or an actor."""
    spread(metafunc, "operation", operations)
    spread(metafunc, "expirable", expirable_operations)
    for turn, argument in enumerate(FORMS):
        spread(metafunc, argument, partial(in_turn, turn=turn))
    spread(metafunc, "plain_read", asked_reads)
    spread(metafunc, "role", token_owners)


def token_owners(known: Collection) -> list[str]:
    """Return the actors who are asked; in the smoke profile also one with a dated token that is still good."""
    dated = [actor.name for actor in known.actors if any(each.expires_at and not each.expired for each in actor.tokens)]
    return list(dict.fromkeys([*roles(known), *dated[:1]]))


def operations(known: Collection) -> Iterator[str]:
    """Return all operations; in the smoke profile the telling ones."""
    for operation in known.index.operations:
        if at_least(known, "standard") or operation.label in TELLING:
            yield operation.label


def expirable_operations(known: Collection) -> Iterator[str]:
    """Return all operations; in the smoke profile a read and a write."""
    return operations(known) if at_least(known, "standard") else iter(SMOKE)


def in_turn(known: Collection, turn: int) -> Iterator[str]:
    """Return the operations that are asked with a valid secret in one of the wrong forms.

    The telling ones are asked in all of them, each of the others in one, by turns; in the thorough profile all are
    asked in all.
    """
    if not at_least(known, "standard"):
        yield from SMOKE
        return
    for number, operation in enumerate(known.index.operations):
        if operation.label in TELLING or at_least(known, "thorough") or number % len(FORMS) == turn:
            yield operation.label


def asked_reads(known: Collection) -> list[str]:
    """Return the reads without parameters; in the smoke profile the telling ones."""
    found = [operation.label for operation in plain_reads(known)]
    return found if at_least(known, "standard") else [label for label in found if label in TELLING]


def refused(judge: Judge, answer: Answer | None, label: str, word: str) -> None:
    """Judge that an answer to bad credentials is 401."""
    if answer is None:
        judge.skip(f"no credentials of this kind were given: {word}", operation=label)
        return
    judge.check(
        answer.status == 401, operation=label, role=answer.role, value=answer.credentials,
        expected="401", got=str(answer.status), exchange=answer.exchange,
    )  # fmt: skip


@clause("auth.missing-refused")
def test_missing(lab: Lab, judge: Judge, operation: str) -> None:
    """Without credentials every operation is 401, for what does not exist and for the run's own record."""
    refused(judge, asked(lab, lab.index[operation], NONE), operation, NONE)
    there = attempted(lab, lab.index[operation], NONE)
    if there is not None:
        refused(judge, there, operation, NONE)


@clause("auth.unknown-token-refused")
def test_unknown_token(lab: Lab, judge: Judge, operation: str) -> None:
    """With a token that was never issued every operation is 401."""
    found = lab.index[operation]
    there = attempted(lab, found, UNKNOWN_TOKEN)
    refused(judge, there or asked(lab, found, UNKNOWN_TOKEN), operation, UNKNOWN_TOKEN)


@clause("auth.unknown-token-refused")
def test_near_miss(lab: Lab, judge: Judge, plain_read: str) -> None:
    """A token that is nearly a valid one is 401."""
    if plain_read not in TELLING:
        return
    operation = lab.index[plain_read]
    ask(lab, operation, "valid token", lab.strongest, None)  # A cache of good tokens must not let a near miss in.
    for word, credentials in near_misses(lab.strongest).items():
        refused(judge, ask(lab, operation, word, lab.strongest, credentials), plain_read, word)


@clause("auth.wrong-scheme-refused")
def test_wrong_scheme(lab: Lab, judge: Judge, schemed: str) -> None:
    """A valid token under another scheme, or under none, is 401."""
    for word in SCHEMES if schemed in TELLING or lab.beyond("thorough") else ("Basic",):
        refused(judge, asked(lab, lab.index[schemed], word), schemed, word)


@clause("auth.wrong-scheme-refused")
def test_other_forms(lab: Lab, judge: Judge) -> None:
    """A valid token lets nobody in where it is not in the documented place, and form."""
    for word, credentials in other_forms(lab.strongest):
        answer = ask(lab, lab.index[ME], word, lab.strongest, credentials)
        # The retired headers are answered 403 by releases that still know them.
        right = answer.status == 401 or (answer.status == 403 and word.startswith("in the header"))
        judge.check(
            right, operation=ME, role=answer.role, value=word, expected="refused",
            got="refused" if right else str(answer.status), exchange=answer.exchange,
        )  # fmt: skip


@clause("auth.expired-token-refused")
def test_expired_token(lab: Lab, judge: Judge, expirable: str) -> None:
    """A token past its date is 401."""
    operation = lab.index[expirable]
    refused(judge, attempted(lab, operation, EXPIRED) or asked(lab, operation, EXPIRED), expirable, EXPIRED)


@clause("auth.password-refused")
def test_password(lab: Lab, judge: Judge, passworded: str) -> None:
    """The account's password is no token."""
    refused(judge, asked(lab, lab.index[passworded], PASSWORD), passworded, PASSWORD)


@clause("auth.query-token-refused")
def test_token_in_query(lab: Lab, judge: Judge, queried: str) -> None:
    """A valid token in the query is not taken, under none of the names that servers know."""
    refused(judge, asked(lab, lab.index[queried], QUERY), queried, QUERY)
    for name in ("token", "api_key") if queried in (ME, "GET /api/timesheets") else ():
        credentials = Credentials.query(name, lab.strongest.token.secret)
        refused(judge, ask(lab, lab.index[queried], f"{name} in the query", lab.strongest, credentials), queried, name)


@clause("auth.valid-token-accepted")
def test_valid_token(lab: Lab, judge: Judge, plain_read: str) -> None:
    """The same requests with a valid token are let in: the positive control of the refusals."""
    answer = ask(lab, lab.index[plain_read], "valid token", lab.strongest, None)
    judge.check(
        answer.status != 401, operation=plain_read, role=answer.role, value="valid token",
        expected="let in", got=str(answer.status), exchange=answer.exchange,
    )  # fmt: skip


@clause("auth.valid-token-accepted")
def test_valid_tokens_of_every_actor(lab: Lab, judge: Judge, role: str) -> None:
    """Every configured actor is let in."""
    answer = ask(lab, lab.index[ME], "valid token", actor_named(lab, role), None)
    judge.check(
        answer.status == 200, operation=ME, role=answer.role, value="valid token",
        expected="200", got=str(answer.status), exchange=answer.exchange,
    )  # fmt: skip


@clause("auth.future-token-accepted")
def test_future_token(lab: Lab, judge: Judge, role: str) -> None:
    """A token that has not expired yet is let in, wherever another token of its owner is."""
    for token, pair in compared(lab, role):
        if token.expires_at is not None:
            judge.check(
                pair.other.status != 401 or pair.one.status == 401, operation=pair.operation,
                role=actor_named(lab, role).role, value="future token", expected="let in",
                got=str(pair.other.status), exchange=pair.other,
            )  # fmt: skip
    for token in actor_named(lab, role).tokens[:1]:
        if token.expires_at is not None and not judge.places:
            answer = ask(lab, lab.index[ME], "future token", actor_named(lab, role), Credentials.token(token.secret))
            judge.check(
                answer.status == 200, operation=ME, role=answer.role, value="future token", expected="200",
                got=str(answer.status), exchange=answer.exchange,
            )  # fmt: skip


@clause("auth.expiry-boundary")
def test_expiry_boundary(lab: Lab, judge: Judge) -> None:
    """A token that expires during the run is let in before its date and refused after it, by the instance's clock."""
    me = me_of(lab, lab.strongest).exchange
    if "date" not in me.headers:
        judge.skip(f"{NOT_OBSERVABLE}: the instance does not tell its time", operation=ME)
        return
    ahead = clock(me) - datetime.now(UTC)
    for actor, token, ends in expiring(lab, ahead)[:1]:
        credentials = Credentials.token(token.secret)
        before = ask(lab, lab.index[ME], "about to expire", actor, credentials)
        time.sleep(max(0.0, (ends - datetime.now(UTC) - ahead).total_seconds()) + 2)
        after = ask(lab, lab.index[ME], "just expired", actor, credentials)
        for answer, expected in ((before, 200), (after, 401)):
            judge.check(
                answer.status == expected, operation=answer.operation, role=answer.role, value=answer.credentials,
                expected=str(expected), got=str(answer.status), exchange=answer.exchange,
            )  # fmt: skip
    if not judge.places:
        judge.skip("no token was given that expires during the run")


def expiring(lab: Lab, ahead: timedelta) -> list[tuple[Actor, Token, datetime]]:
    """Return the tokens that end soon, though not at once; `ahead` is by how much the instance's clock is ahead."""
    now = datetime.now(UTC) + ahead
    every = ((actor, token, token.expires_at) for actor in lab.actors for token in actor.tokens)
    soon, late = timedelta(seconds=5), timedelta(seconds=BOUNDARY_SECONDS)
    return [(actor, token, ends) for actor, token, ends in every if ends is not None and soon < ends - now < late]


@clause("auth.refused-write-changes-nothing")
def test_refused_write(lab: Lab, judge: Judge, operation: str) -> None:
    """A write with bad credentials, aimed at a record of the run, leaves it as it was."""
    for word, (state, answer) in damage(lab, lab.index[operation], (NONE, UNKNOWN_TOKEN, EXPIRED)).items():
        judge.check(
            state == "unchanged", operation=operation, role=answer.role, value=word, expected="unchanged", got=state,
            exchange=answer.exchange,
        )  # fmt: skip


@clause("auth.existence-hidden")
def test_existence_is_hidden(lab: Lab, judge: Judge, operation: str) -> None:
    """Bad credentials get the same answer for a record that exists and for one that does not."""
    whole = operation.startswith("GET ") and operation.endswith("/{id}")
    for word in (NONE, UNKNOWN_TOKEN) if whole else (NONE,):
        there = attempted(lab, lab.index[operation], word)
        absent = asked(lab, lab.index[operation], word) if there is not None and "{" in operation else None
        if there is None or absent is None:
            continue
        same = shape_of(there) == shape_of(absent)
        judge.check(
            same, operation=operation, value=word, expected="alike", got="alike" if same else "different",
            exchange=there.exchange,
            reason=f"{shape_of(there)} for a record that exists, {shape_of(absent)} for one that does not",
        )  # fmt: skip


def compared(lab: Lab, role: str) -> Iterator[tuple[Token, Pair]]:
    """Yield what the first token of an actor and each other one was answered."""
    actor = actor_named(lab, role)
    for token in valid_tokens(actor)[1:]:
        for pair in both_tokens(lab, actor, token):
            yield token, pair


@clause("auth.tokens-alike")
def test_tokens_of_one_user_are_alike(lab: Lab, judge: Judge, role: str) -> None:
    """Several valid tokens of one user are that user, with the same rights, reading and writing."""
    for _, pair in compared(lab, role):
        judge.check(
            pair.alike, operation=pair.operation, role=actor_named(lab, role).role, expected="alike",
            got="alike" if pair.alike else "different", exchange=pair.other,
            reason=f"{pair.one.status} with the first token, {pair.other.status} with another",
        )  # fmt: skip


@clause("auth.token-is-its-owner")
def test_token_is_its_owner(lab: Lab, judge: Judge, role: str) -> None:
    """The caller of a token is its owner, and nobody else."""
    actor = actor_named(lab, role)
    shown = {each.name: lab.once(f"me {each.name}", partial(me_of, lab, each)) for each in lab.actors}
    answer = shown[role]
    others = {user_of(each) for name, each in shown.items() if name != role}
    # An actor may have been given any name; where another's is his user name, this one's should be too.
    by_user_name = any(name_of(each) == name for name, each in shown.items())
    right = user_of(answer) not in (None, *others) and (not by_user_name or name_of(answer) == role)
    judge.check(
        right, operation=answer.operation, role=actor.role, expected="its owner",
        got="its owner" if right else "another user", exchange=answer.exchange,
    )  # fmt: skip


@clause("auth.token-is-its-owner")
def test_what_is_made_is_its_owners(lab: Lab, judge: Judge, role: str) -> None:
    """A time record that is made with a token belongs to its owner."""
    actor = actor_named(lab, role)
    made = book(lab, actor, "2025-01-15T10:00:00", "2025-01-15T11:00:00") if may_send_times(lab, actor) else None
    if made is None or made.ident is None:
        judge.skip("this actor could not book a time record", operation="POST /api/timesheets", role=actor.role)
        return
    owner = attribute(made.exchange.json_or_none(), "user")
    right = (owner.get("id") if isinstance(owner, dict) else owner) == actor.user_id
    judge.check(
        right, operation="POST /api/timesheets", role=actor.role, expected="its owner",
        got="its owner" if right else "another user", exchange=made.exchange,
    )  # fmt: skip
    unbook(lab, made)


@clause("auth.header-lost")
def test_lost_header_is_told_apart(lab: Lab, judge: Judge) -> None:
    """Whether a missing header and a wrong token get different answers is reported."""
    me = lab.index[ME]
    missing = ask(lab, me, NONE, lab.strongest, Credentials.none())
    wrong = ask(lab, me, UNKNOWN_TOKEN, lab.strongest, Credentials.token(UNKNOWN))
    apart = shape_of(missing) != shape_of(wrong)
    judge.observe(
        operation=me.label, got="told apart" if apart else "alike", exchange=missing.exchange,
        reason=f"header missing: {shape_of(missing)}; token wrong: {shape_of(wrong)}",
    )  # fmt: skip


@clause("auth.challenge")
def test_challenge(lab: Lab, judge: Judge) -> None:
    """The challenge of each refusal is reported."""
    for word, (actor, credentials) in bad_credentials(lab).items():
        answer = ask(lab, lab.index["GET /api/ping"], word, actor, credentials)
        judge.observe(operation=answer.operation, value=word, got=answer.challenge or "no challenge")


@clause("auth.scheme-case")
def test_scheme_in_lower_case(lab: Lab, judge: Judge) -> None:
    """Whether `bearer` is taken for `Bearer` is reported."""
    answer = ask(lab, lab.index["GET /api/ping"], LOWER_CASE, lab.strongest, Credentials.scheme("bearer"))
    judge.observe(operation=answer.operation, value="bearer", got=str(answer.status), exchange=answer.exchange)


@clause("auth.legacy-headers")
def test_legacy_headers(lab: Lab, judge: Judge) -> None:
    """What the retired headers lead to is reported; asked once, for servers count wrong ones."""
    credentials = Credentials.legacy(lab.strongest.name, UNKNOWN)
    answer = ask(lab, lab.index["GET /api/ping"], LEGACY, lab.strongest, credentials)
    judge.observe(operation=answer.operation, value=LEGACY, got=str(answer.status), exchange=answer.exchange)


def me_of(lab: Lab, actor: Actor) -> Answer:
    """Ask who an actor is."""
    return ask(lab, lab.index[ME], "valid token", actor, None)


def name_of(answer: Answer) -> object:
    """Return the user name in an answer of users/me."""
    body = answer.exchange.json_or_none()
    return body.get("username") if isinstance(body, dict) else None


def user_of(answer: Answer) -> object:
    """Return the id in an answer of users/me."""
    body = answer.exchange.json_or_none()
    return body.get("id") if isinstance(body, dict) else None
