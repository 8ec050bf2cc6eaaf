"""Authentication: who is let in, who is refused, on every operation, and that a refused write did nothing.

Source: REST API, Authentication. Probes with bad credentials aim at ids that no record has, at bodies that cannot be
valid, or at the run's own records.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from conformance.exchange import Credentials, Refused
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
    answered,
    ask,
    bad_credentials,
    near_miss,
    shape_of,
    valid_tokens,
)
from conformance.probes.kinds import kind_named
from conformance.probes.refused import attempt_change, attempt_create, attempt_delete, existing
from conformance.verdict import Judge, clause
from contracts.grid import at_least, kind_names, plain_reads, roles, spread
from contracts.judging import actor_named

TELLING = frozenset(
    {
        "GET /api/ping", "GET /api/users/me", "GET /api/timesheets", "GET /api/customers", "GET /api/timesheets/{id}",
        "POST /api/timesheets", "PATCH /api/timesheets/{id}", "DELETE /api/timesheets/{id}", "POST /api/customers",
        "PATCH /api/customers/{id}", "DELETE /api/customers/{id}",
    }
)  # fmt: skip
"""Operations that the smoke profile asks; standard asks them with every kind of bad credentials."""

CLAUSES = {
    NONE: "auth.missing-refused",
    UNKNOWN_TOKEN: "auth.unknown-token-refused",
    EXPIRED: "auth.expired-token-refused",
    PASSWORD: "auth.password-refused",
    QUERY: "auth.query-token-refused",
    **dict.fromkeys(SCHEMES, "auth.wrong-scheme-refused"),
}

BOUNDARY_SECONDS = 120
"""A token that expires within this time is waited for."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One item an operation, a kind or an actor."""
    spread(metafunc, "every_operation", every_operation)
    spread(metafunc, "telling_operation", telling_operations)
    spread(metafunc, "expirable_operation", expirable_operations)
    spread(metafunc, "plain_read", asked_reads)
    spread(metafunc, "kind", lambda known: kind_names(known, lambda kind: kind.parent is None, ("timesheets",)))
    spread(metafunc, "role", roles)


def every_operation(known: Collection) -> Iterator[str]:
    """Return all operations; in the smoke profile the telling ones."""
    for operation in known.index.operations:
        if at_least(known, "standard") or operation.label in TELLING:
            yield operation.label


def asked_reads(known: Collection) -> list[str]:
    """Return the reads without parameters; in the smoke profile the telling ones."""
    found = [operation.label for operation in plain_reads(known)]
    return found if at_least(known, "standard") else [label for label in found if label in TELLING]


def telling_operations(known: Collection) -> Iterator[str]:
    """Return the operations that are asked with every kind of bad credentials."""
    smoke = {"GET /api/users/me", "PATCH /api/timesheets/{id}"}
    for operation in known.index.operations:
        chosen = operation.label in (TELLING if at_least(known, "standard") else smoke)
        if chosen or at_least(known, "thorough"):
            yield operation.label


def expirable_operations(known: Collection) -> Iterator[str]:
    """Return the operations that are asked with an expired token: from the standard profile on all plain reads too."""
    plain = {operation.label for operation in plain_reads(known)} if at_least(known, "standard") else set()
    yield from dict.fromkeys([*telling_operations(known), *sorted(plain)])


def refused(judge: Judge, answer: Answer, operation: str = "") -> None:
    """Judge that an answer is 401."""
    judge.check(
        answer.status == 401, operation=operation or answer.operation, role=answer.role, value=answer.credentials,
        expected="401", got=str(answer.status), exchange=answer.exchange,
    )  # fmt: skip


@clause("auth.missing-refused")
def test_missing(lab: Lab, judge: Judge, every_operation: str) -> None:
    """Without credentials every operation is 401."""
    refused(judge, ask(lab, lab.index[every_operation], NONE, lab.strongest, Credentials.none()))


@clause("auth.unknown-token-refused")
def test_unknown_token(lab: Lab, judge: Judge, every_operation: str) -> None:
    """With a token that was never issued every operation is 401."""
    operation = lab.index[every_operation]
    refused(judge, ask(lab, operation, UNKNOWN_TOKEN, lab.strongest, Credentials.token(UNKNOWN)))
    near = TELLING if lab.beyond("standard") else {"GET /api/users/me"}
    if every_operation in near and not operation.body:
        ask(lab, operation, "valid token", lab.strongest, None)  # A cache of good tokens must not let a near miss in.
        refused(judge, ask(lab, operation, "valid but for its end", lab.strongest, near_miss(lab.strongest)))


@clause("auth.wrong-scheme-refused")
def test_wrong_scheme(lab: Lab, judge: Judge, telling_operation: str) -> None:
    """A valid token under another scheme, or under none, is 401."""
    for word in SCHEMES if telling_operation in TELLING or lab.beyond("thorough") else ("Basic",):
        with_bad(lab, judge, telling_operation, word)


@clause("auth.expired-token-refused")
def test_expired_token(lab: Lab, judge: Judge, expirable_operation: str) -> None:
    """A token past its date is 401."""
    with_bad(lab, judge, expirable_operation, EXPIRED)


@clause("auth.password-refused")
def test_password(lab: Lab, judge: Judge, telling_operation: str) -> None:
    """The account's password is no token."""
    with_bad(lab, judge, telling_operation, PASSWORD)


@clause("auth.query-token-refused")
def test_token_in_query(lab: Lab, judge: Judge, telling_operation: str) -> None:
    """A valid token in the query is not taken, under none of the names that servers know."""
    names = ("access_token", "token", "api_key") if telling_operation == "GET /api/users/me" else ("access_token",)
    for name in names:
        credentials = Credentials.query(name, lab.strongest.token.secret)
        answer = ask(lab, lab.index[telling_operation], f"{name} in the query", lab.strongest, credentials)
        refused(judge, answer)


def with_bad(lab: Lab, judge: Judge, label: str, word: str) -> None:
    """Ask an operation with one kind of bad credentials, and judge it."""
    found = bad_credentials(lab).get(word)
    if found is None:
        judge.skip(f"no credentials of this kind were given: {word}", operation=label)
    else:
        refused(judge, ask(lab, lab.index[label], word, *found))


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
    answer = ask(lab, lab.index["GET /api/users/me"], "valid token", actor_named(lab, role), None)
    judge.check(
        answer.status == 200, operation="GET /api/users/me", role=answer.role, value="valid token",
        expected="200", got=str(answer.status), exchange=answer.exchange,
    )  # fmt: skip


@clause("auth.future-token-accepted")
def test_future_token(lab: Lab, judge: Judge) -> None:
    """A token that has not expired yet is let in."""
    for actor in lab.actors:
        for token in valid_tokens(actor):
            if token.expires_at is not None:
                answer = ask(
                    lab, lab.index["GET /api/users/me"], "future token", actor, Credentials.token(token.secret)
                )
                judge.check(
                    answer.status == 200, operation=answer.operation, role=answer.role, value="future token",
                    expected="200", got=str(answer.status), exchange=answer.exchange,
                )  # fmt: skip


@clause("auth.expiry-boundary")
def test_expiry_boundary(lab: Lab, judge: Judge) -> None:
    """A token that expires during the run is let in before its date and refused after it."""
    now = datetime.now(UTC)
    soon = [
        (actor, token)
        for actor in lab.actors
        for token in actor.tokens
        if token.expires_at and timedelta() < token.expires_at - now < timedelta(seconds=BOUNDARY_SECONDS)
    ]
    for actor, token in soon[:1]:
        assert token.expires_at is not None
        me, credentials = lab.index["GET /api/users/me"], Credentials.token(token.secret)
        before = ask(lab, me, "about to expire", actor, credentials)
        time.sleep(max(0.0, (token.expires_at - datetime.now(UTC)).total_seconds()) + 2)
        after = ask(lab, me, "just expired", actor, credentials)
        for answer, expected in ((before, 200), (after, 401)):
            judge.check(
                answer.status == expected, operation=answer.operation, role=answer.role, value=answer.credentials,
                expected=str(expected), got=str(answer.status), exchange=answer.exchange,
            )  # fmt: skip
    if not soon:
        judge.skip("no token was given that expires during the run")


@clause("auth.refused-write-changes-nothing")
def test_refused_write(lab: Lab, judge: Judge, kind: str) -> None:
    """A write with bad credentials is 401, and the record is as it was."""
    found = kind_named(lab.index, kind)
    assert found is not None
    words = [NONE, EXPIRED, *([UNKNOWN_TOKEN] if kind == "timesheets" else [])]
    words += bad_credentials(lab) if lab.beyond("thorough") else []
    for word in dict.fromkeys(word for word in words if word in bad_credentials(lab)):
        for attempt in (attempt_change, attempt_delete, attempt_create):
            try:
                tried = attempt(lab, found, word, *bad_credentials(lab)[word])
            except Refused as error:
                judge.skip(str(error), operation=kind, value=word)
                continue
            if tried is None:
                continue
            refused(judge.on(CLAUSES[word]), tried.answer)
            judge.check(
                tried.afterwards == "unchanged", operation=tried.answer.operation, role=tried.answer.role, value=word,
                expected="unchanged", got=tried.afterwards, exchange=tried.answer.exchange,
            )  # fmt: skip


@clause("auth.existence-hidden")
def test_existence_is_hidden(lab: Lab, judge: Judge, kind: str) -> None:
    """Bad credentials get the same answer for a record that exists and for one that does not."""
    found = kind_named(lab.index, kind)
    number = existing(lab, found) if found is not None and found.read is not None else None
    if found is None or found.read is None or number is None:
        judge.skip("no record of this kind can be made and read", operation=f"GET /api/{kind}/{{id}}")
        return
    for word in [NONE, EXPIRED if EXPIRED in bad_credentials(lab) else UNKNOWN_TOKEN]:
        actor, credentials = bad_credentials(lab)[word]
        exchange = lab.session(actor).with_credentials(credentials).get(found.path(found.read, number))
        there = answered(found.read.label, word, actor, exchange)
        absent = ask(lab, found.read, word, actor, credentials)
        judge.check(
            shape_of(there) == shape_of(absent), operation=found.read.label, value=word,
            expected="alike", got="alike" if shape_of(there) == shape_of(absent) else "different", exchange=exchange,
            reason=f"{shape_of(there)} for a record that exists, {shape_of(absent)} for one that does not",
        )  # fmt: skip


@clause("auth.tokens-alike")
def test_tokens_of_one_user_are_alike(lab: Lab, judge: Judge) -> None:
    """Several valid tokens of one user are that user, with the same rights."""
    labels = ["GET /api/users/me", "GET /api/customers", "GET /api/users", "GET /api/teams"]
    for actor in lab.actors:
        for token in valid_tokens(actor)[1:]:
            for label in labels if lab.beyond("standard") else labels[:1]:
                one = ask(lab, lab.index[label], "first token", actor, None)
                other = ask(lab, lab.index[label], "another token", actor, Credentials.token(token.secret))
                same = one.status == other.status and (label != labels[0] or user_of(one) == user_of(other))
                judge.check(
                    same, operation=label, role=actor.role, expected="alike", got="alike" if same else "different",
                    exchange=other.exchange,
                )  # fmt: skip


@clause("auth.token-is-its-owner")
def test_token_is_its_owner(lab: Lab, judge: Judge, role: str) -> None:
    """The caller of a token is its owner, and nobody else."""
    actor = actor_named(lab, role)
    shown = {each.name: ask(lab, lab.index["GET /api/users/me"], "valid token", each, None) for each in lab.actors}
    answer = shown[role]
    others = {user_of(each) for name, each in shown.items() if name != role}
    # An actor may have been given any name; where another's is his user name, this one's should be too.
    by_user_name = any(name_of(each) == name for name, each in shown.items())
    right = user_of(answer) not in (None, *others) and (not by_user_name or name_of(answer) == role)
    judge.check(
        right, operation=answer.operation, role=actor.role, expected="its owner",
        got="its owner" if right else "another user", exchange=answer.exchange,
    )  # fmt: skip


@clause("auth.header-lost")
def test_lost_header_is_told_apart(lab: Lab, judge: Judge) -> None:
    """Whether a missing header and a wrong token get different answers is reported."""
    me = lab.index["GET /api/users/me"]
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


def name_of(answer: Answer) -> object:
    """Return the user name in an answer of users/me."""
    body = answer.exchange.json_or_none()
    return body.get("username") if isinstance(body, dict) else None


def user_of(answer: Answer) -> object:
    """Return the id in an answer of users/me."""
    body = answer.exchange.json_or_none()
    return body.get("id") if isinstance(body, dict) else None
