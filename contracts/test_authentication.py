"""Authentication: who is let in, who is refused, on every operation, and that a refused write did nothing.

Source: REST API, Authentication. Probes with bad credentials aim at ids that no record has, at bodies that cannot be
valid, or at the run's own records.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from conformance.exchange import Credentials, Refused
from conformance.probes import Collection, ProbeContext
from conformance.probes.access.credentials import (
    EXPIRED,
    LEGACY,
    LOWER_CASE,
    NONE,
    PASSWORD,
    QUERY,
    SCHEMES,
    UNKNOWN_TOKEN,
    CredentialAnswer,
    ask,
    asked,
    attempted,
    bad_credentials,
    damage,
    near_misses,
    other_forms,
    shape_of,
    token_in_form,
    who_am_i,
)
from conformance.verdict import Judge, clause
from contracts.parametrize import at_least, parametrize_by, plain_reads

ME = "GET /api/users/me"

TELLING = frozenset(
    {
        "GET /api/ping", ME, "GET /api/timesheets", "GET /api/customers", "GET /api/timesheets/{id}",
        "POST /api/timesheets", "PATCH /api/timesheets/{id}", "DELETE /api/timesheets/{id}", "POST /api/customers",
        "PATCH /api/customers/{id}", "DELETE /api/customers/{id}",
    }
)  # fmt: skip
"""Operations that are asked under every scheme."""

SMOKE_OPERATIONS = frozenset(label for label in TELLING if "/customers" not in label)
"""Of them, those that the smoke profile asks: each method, below the same firewall."""

SMOKE = (ME, "PATCH /api/timesheets/{id}")
"""A read and a write: what the smoke profile asks with a valid secret in the wrong form, or past its date."""

FORMS = ("schemed", "queried", "passworded")
"""A valid secret in a wrong form: the arguments of the checks that ask operations by turns."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One item an operation."""
    parametrize_by(metafunc, "operation", operations)
    parametrize_by(metafunc, "expirable", expirable_operations)
    for turn, argument in enumerate(FORMS):
        parametrize_by(metafunc, argument, partial(in_turn, turn=turn))
    parametrize_by(metafunc, "nearly", telling_reads)


def operations(known: Collection) -> Iterator[str]:
    """Return all operations; in the smoke profile the telling ones."""
    for operation in known.index.operations:
        if at_least(known, "standard") or operation.label in SMOKE_OPERATIONS:
            yield operation.label


def telling_reads(known: Collection) -> list[str]:
    """Return the telling reads without parameters: harmless to ask with what is nearly a valid token."""
    asked = TELLING if at_least(known, "standard") else {ME}
    return [operation.label for operation in plain_reads(known) if operation.label in asked]


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


def refused(judge: Judge, answer: CredentialAnswer | None, label: str, word: str) -> None:
    """Judge that an answer to bad credentials is 401."""
    if answer is None:
        judge.skip(f"no credentials of this kind were given: {word}", operation=label)
        return
    judge.check(
        answer.status == 401, operation=label, role=answer.role, value=answer.credentials,
        expected="401", got=str(answer.status), exchange=answer.exchange,
        # What is answered to who is let in hangs on the operation.
        cause="let in" if answer.exchange.ok or answer.status in {400, 404, 409, 410} else "",
    )  # fmt: skip


@clause("auth.missing-refused")
def test_missing(context: ProbeContext, judge: Judge, operation: str) -> None:
    """Without credentials every operation is 401, for the run's own record where there is one, else for none."""
    result = context.index[operation]
    there = attempted(context, result, NONE)
    refused(judge, there or asked(context, result, NONE), operation, NONE)


@clause("auth.unknown-token-refused")
def test_unknown_token(context: ProbeContext, judge: Judge, operation: str) -> None:
    """With a token that was never issued every operation is 401."""
    result = context.index[operation]
    there = attempted(context, result, UNKNOWN_TOKEN)
    refused(judge, there or asked(context, result, UNKNOWN_TOKEN), operation, UNKNOWN_TOKEN)


@clause("auth.unknown-token-refused")
def test_near_miss(context: ProbeContext, judge: Judge, nearly: str) -> None:
    """A token that is nearly a valid one is 401."""
    operation = context.index[nearly]
    who_am_i(context, context.strongest)  # A cache of good tokens must not let a near miss in.
    misses = list(near_misses(context.strongest).items())
    turn = sorted(TELLING).index(nearly)
    for word, credentials in (
        misses if nearly == ME or context.profile_at_least("thorough") else [misses[turn % len(misses)]]
    ):
        refused(judge, ask(context, operation, word, context.strongest, credentials), nearly, word)


@clause("auth.wrong-scheme-refused")
def test_wrong_scheme(context: ProbeContext, judge: Judge, schemed: str) -> None:
    """A valid token under another scheme, or under none, is 401."""
    telling = TELLING if context.profile_at_least("standard") else {ME}
    for word in SCHEMES if schemed in telling or context.profile_at_least("thorough") else ("Basic",):
        refused(judge, asked(context, context.index[schemed], word), schemed, word)


@clause("auth.wrong-scheme-refused")
def test_other_forms(context: ProbeContext, judge: Judge) -> None:
    """A valid token lets nobody in where it is not in the documented place, and form."""
    forms = list(other_forms(context.strongest))
    forms = forms if context.profile_at_least("standard") else forms[::3]
    answers = [ask(context, context.index[ME], word, context.strongest, item) for word, item in forms]
    for answer in (*answers, with_legacy_headers(context)):
        # The retired headers are answered 403 by releases that still know them, and 400 where there were many.
        odd = {403, 400} if answer.credentials.startswith(("in the header", LEGACY)) else set()
        right = answer.status in {401, *odd}
        judge.check(
            right, operation=answer.operation, role=answer.role, value=answer.credentials, expected="refused",
            got="refused" if right else str(answer.status), exchange=answer.exchange,
        )  # fmt: skip
    if "POST /api/timesheets" in context.index and context.profile_at_least("standard"):
        try:
            refused(judge, token_in_form(context), "POST /api/timesheets", "in a form")
        except Refused as error:
            judge.skip(str(error), operation="POST /api/timesheets", value="in a form")


@clause("auth.expired-token-refused")
def test_expired_token(context: ProbeContext, judge: Judge, expirable: str) -> None:
    """A token past its date is 401."""
    operation = context.index[expirable]
    refused(judge, attempted(context, operation, EXPIRED) or asked(context, operation, EXPIRED), expirable, EXPIRED)


@clause("auth.password-refused")
def test_password(context: ProbeContext, judge: Judge, passworded: str) -> None:
    """The account's password is no token."""
    refused(judge, asked(context, context.index[passworded], PASSWORD), passworded, PASSWORD)


@clause("auth.query-token-refused")
def test_token_in_query(context: ProbeContext, judge: Judge, queried: str) -> None:
    """A valid token in the query is not taken, under none of the names that servers know."""
    refused(judge, asked(context, context.index[queried], QUERY), queried, QUERY)
    for name in ("token", "api_key") if queried in (ME, "GET /api/timesheets") else ():
        credentials = Credentials.query(name, context.strongest.token.secret)
        refused(
            judge,
            ask(context, context.index[queried], f"{name} in the query", context.strongest, credentials),
            queried,
            name,
        )


@clause("auth.refused-write-changes-nothing")
def test_refused_write(context: ProbeContext, judge: Judge, operation: str) -> None:
    """A write with bad credentials, aimed at a record of the run, leaves it as it was."""
    for word, (state, answer) in damage(context, context.index[operation], (NONE, UNKNOWN_TOKEN, EXPIRED)).items():
        judge.check(
            state == "unchanged", operation=operation, role=answer.role, value=word, expected="unchanged", got=state,
            exchange=answer.exchange,
        )  # fmt: skip


@clause("auth.existence-hidden")
def test_existence_is_hidden(context: ProbeContext, judge: Judge, operation: str) -> None:
    """Bad credentials get the same answer for a record that exists and for one that does not."""
    whole = operation.startswith("GET ") and operation.endswith("/{id}")
    for word in (NONE, UNKNOWN_TOKEN) if whole else (NONE,):
        there = attempted(context, context.index[operation], word)
        absent = asked(context, context.index[operation], word) if there is not None and "{" in operation else None
        if there is None or absent is None:
            continue
        same = shape_of(there) == shape_of(absent)
        judge.check(
            same, operation=operation, value=word, expected="alike", got="alike" if same else "different",
            exchange=there.exchange, beside=[absent.exchange],
            reason=f"{shape_of(there)} for a record that exists, {shape_of(absent)} for one that does not",
        )  # fmt: skip


@clause("auth.header-lost")
def test_lost_header_is_told_apart(context: ProbeContext, judge: Judge) -> None:
    """Whether a missing header and a wrong token get different answers is reported."""
    me = context.index[ME]
    missing, wrong = asked(context, me, NONE), asked(context, me, UNKNOWN_TOKEN)
    assert missing is not None
    assert wrong is not None
    apart = shape_of(missing) != shape_of(wrong)
    judge.observe(
        operation=me.label, got="told apart" if apart else "alike", exchange=missing.exchange,
        reason=f"header missing: {shape_of(missing)}; token wrong: {shape_of(wrong)}",
    )  # fmt: skip


@clause("auth.challenge")
def test_challenge(context: ProbeContext, judge: Judge) -> None:
    """The challenge of each refusal is reported."""
    for word in bad_credentials(context):
        answer = asked(context, context.index[ME], word)
        if answer is not None:
            judge.observe(operation=answer.operation, value=word, got=answer.challenge or "no challenge")


@clause("auth.scheme-case")
def test_scheme_in_lower_case(context: ProbeContext, judge: Judge) -> None:
    """Whether `bearer` is taken for `Bearer` is reported."""
    answer = ask(context, context.index["GET /api/ping"], LOWER_CASE, context.strongest, Credentials.scheme("bearer"))
    judge.observe(operation=answer.operation, value="bearer", got=str(answer.status), exchange=answer.exchange)


@clause("auth.legacy-headers")
def test_legacy_headers(context: ProbeContext, judge: Judge) -> None:
    """What the retired headers lead to is reported."""
    answer = with_legacy_headers(context)
    judge.observe(operation=answer.operation, value=LEGACY, got=str(answer.status), exchange=answer.exchange)


def with_legacy_headers(context: ProbeContext) -> CredentialAnswer:
    """Send a token as the password of the retired headers; once a process, for servers count wrong ones."""
    credentials = Credentials.legacy(context.strongest.name, context.strongest.token.secret)
    operation = context.index["GET /api/ping"]
    return context.cached("legacy headers", lambda: ask(context, operation, LEGACY, context.strongest, credentials))
