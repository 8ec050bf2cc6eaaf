"""Refusals: with the right status, as JSON, naming the field, without the server's internals, and never a 5xx.

Source: REST API, Errors; RFC 9110. The property tests ask for server errors far more widely.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from conformance.exchange import Refused
from conformance.probes import Collection, ProbeContext
from conformance.probes.access.credentials import asked, bad_credentials
from conformance.probes.access.methods import WRITES, other_methods
from conformance.probes.records.kinds import Resource, kind_named, kinds
from conformance.probes.refusals.errors import (
    ErrorAnswer,
    absent,
    absent_below,
    bad_bodies,
    bad_changes,
    below_another,
    body_word,
    ends_first,
    hidden_restart,
    internals,
    makes,
    malformed,
    malformed_changes,
    plain_refusals,
    unknown_attribute,
    unknown_paths,
    wrong_types,
)
from conformance.probes.refusals.refusals import Refusal
from conformance.verdict import Judge, clause
from contracts.parametrize import at_least, parametrize_by
from contracts.refusals import body_is_formed, shows_no_internals

SMOKE = ("timesheets", "customers")

SMOKE_ITEMS = ("GET /api/timesheets/{id}", "PATCH /api/customers/{id}")

EXEMPT = ("users/roles", "api-token", "/dashboard/", "/export/", "/documents/", "/templates/", "/favorites/")
"""Paths whose records the run cannot prove to be absent, or that belong to people."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One item a kind that can be created, or an operation on one record."""
    parametrize_by(metafunc, "creatable", creatable, "errors")
    parametrize_by(metafunc, "item_operation", item_operations)


def creatable(known: Collection) -> Iterator[str]:
    """Return the kinds that the run may create."""
    for kind in kinds(known.index):
        if kind.name != "users" and (at_least(known, "standard") or kind.name in SMOKE):
            yield kind.name


def item_operations(known: Collection) -> Iterator[str]:
    """Return the operations on one record."""
    for operation in known.index.operations:
        asks = at_least(known, "standard") or operation.label in SMOKE_ITEMS
        gone = "410" in operation.responses and operation.success is None
        if asks and not gone and operation.path_parameters and not any(word in operation.path for word in EXEMPT):
            yield operation.label


def named(context: ProbeContext, name: str) -> Resource:
    """Return the kind of an item's label."""
    kind = kind_named(context.index, name)
    assert kind is not None
    return kind


def every_refusal(judge: Judge, rebuff: ErrorAnswer) -> None:
    """Judge what holds for every refusal: no server error, a body as documented, no internals."""
    exchange = rebuff.exchange
    judge.on("error.no-server-error").check(
        exchange.status < 500, operation=rebuff.operation, field=rebuff.field, value=rebuff.what,
        expected="no server error", got=str(exchange.status) if exchange.status >= 500 else "no server error",
        exchange=exchange,
    )  # fmt: skip
    seen = Refusal(rebuff.operation, exchange.status, body_word(exchange), internals(exchange), exchange)
    if 400 <= exchange.status < 500:
        body_is_formed(judge.on("error.body"), seen, field=rebuff.field, what=rebuff.what)
    if exchange.status >= 400:
        shows_no_internals(judge.on("error.no-internals"), seen, field=rebuff.field, what=rebuff.what)


def is_400(judge: Judge, rebuff: ErrorAnswer) -> None:
    """Judge that a request was refused with 400, and what holds for every refusal."""
    judge.check(
        rebuff.exchange.status == 400, operation=rebuff.operation, value=rebuff.what, expected="400",
        got=str(rebuff.exchange.status), exchange=rebuff.exchange,
    )  # fmt: skip
    every_refusal(judge, rebuff)


@clause("error.names-field")
def test_bad_value_is_named(context: ProbeContext, judge: Judge, creatable: str) -> None:
    """A bad value is refused with 400, and its field is named."""
    for rebuff in (*bad_bodies(context, named(context, creatable)), *bad_changes(context, named(context, creatable))):
        right = rebuff.exchange.status == 400 and rebuff.named
        status = rebuff.exchange.status
        got = "400, named" if right else "400, not named" if status == 400 else str(status)
        judge.check(
            right, operation=rebuff.operation, field=rebuff.field, value=rebuff.what, expected="400, named", got=got,
            exchange=rebuff.exchange,
        )  # fmt: skip
        every_refusal(judge, rebuff)


@clause("error.unknown-attribute")
def test_unknown_attribute(context: ProbeContext, judge: Judge, creatable: str) -> None:
    """An attribute that no form has is refused with 400, in POST and in PATCH."""
    for rebuff in unknown_attribute(context, named(context, creatable)):
        is_400(judge, rebuff)


@clause("error.malformed-body")
def test_malformed_body(context: ProbeContext, judge: Judge, creatable: str) -> None:
    """A body that is no JSON object is refused with 400."""
    for rebuff in (
        *malformed(context, named(context, creatable)),
        *malformed_changes(context, named(context, creatable)),
    ):
        is_400(judge, rebuff)


@clause("error.no-server-error")
def test_wrong_types(context: ProbeContext, judge: Judge, creatable: str) -> None:
    """A list or an object in the place of a scalar is no server error, nor is an end that comes first."""
    backwards = ends_first(context, named(context, creatable))
    if backwards is not None:
        every_refusal(judge, backwards)
    for rebuff in wrong_types(context, named(context, creatable)):
        every_refusal(judge, rebuff)
        status = rebuff.exchange.status
        if status < 500:
            judge.on("definition.bodies-refused").check(
                status == 400, operation=rebuff.operation, field=rebuff.field, value=rebuff.what, expected="400",
                got=str(status), exchange=rebuff.exchange,
            )  # fmt: skip


@clause("error.not-found")
def test_absent_record(context: ProbeContext, judge: Judge, item_operation: str) -> None:
    """An operation on a record that does not exist is 404, as is one on what does not exist below one that does."""
    operation = context.index[item_operation]
    for rebuff in (absent(context, operation), absent_below(context, operation)):
        if rebuff is None:
            continue
        status = rebuff.exchange.status
        if status == 403 and not makes(context, operation):
            judge.skip("the strongest actor may not do this", operation=item_operation)
            continue
        judge.check(
            status == 404, operation=item_operation, value=rebuff.what, expected="404", got=str(status),
            exchange=rebuff.exchange,
        )  # fmt: skip
        every_refusal(judge, rebuff)


@clause("error.not-found")
def test_what_hangs_elsewhere(context: ProbeContext, judge: Judge, item_operation: str) -> None:
    """What hangs below another record is not there below this one: 404, or 403."""
    rebuff = below_another(context, context.index[item_operation])
    if rebuff is not None:
        status = rebuff.exchange.status
        judge.check(
            status in (403, 404), operation=item_operation, value=rebuff.what, expected="404 or 403", got=str(status),
            exchange=rebuff.exchange,
        )  # fmt: skip
        every_refusal(judge, rebuff)


@clause("error.unknown-path")
def test_unknown_path(context: ProbeContext, judge: Judge) -> None:
    """A path that no version has is 404, as JSON."""
    for rebuff in unknown_paths(context):
        right = rebuff.exchange.status == 404 and rebuff.exchange.json_or_none() is not None
        judge.check(
            right, operation=rebuff.operation, expected="404, JSON",
            got=f"{rebuff.exchange.status}, {'JSON' if rebuff.exchange.json_or_none() is not None else 'no JSON'}",
            exchange=rebuff.exchange,
        )  # fmt: skip
        every_refusal(judge, rebuff)


@clause("error.body")
def test_refusals_are_formed(context: ProbeContext, judge: Judge) -> None:
    """A refusal of each sort is JSON with its code and a message: what is absent, what is wrong, what is forbidden."""
    for rebuff in plain_refusals(context):
        every_refusal(judge, rebuff)


@clause("error.no-internals")
def test_refusals_tell_nothing(context: ProbeContext, judge: Judge) -> None:
    """A refusal of each sort tells nothing of the server's inside."""
    for rebuff in plain_refusals(context):
        every_refusal(judge, rebuff)


@clause("error.no-internals")
@pytest.mark.xdist_group("timer-internals")
def test_refused_restart(context: ProbeContext, judge: Judge) -> None:
    """Restarting a record whose activity is hidden is refused without internals."""
    try:
        rebuff = hidden_restart(context)
    except Refused as error:
        judge.skip(str(error), operation="PATCH /api/timesheets/{id}/restart")
        return
    if rebuff is None:
        judge.skip("no record could be made on an activity to hide", operation="PATCH /api/timesheets/{id}/restart")
        return
    every_refusal(judge, rebuff)
    if rebuff.exchange.ok:
        judge.observe(operation=rebuff.operation, got="accepted", reason="this instance restarts on hidden activities")


@clause("error.body")
def test_refused_credentials(context: ProbeContext, judge: Judge) -> None:
    """Refusals of credentials have a body too; what released versions leave out is a known deviation."""
    for word in bad_credentials(context):
        answer = asked(context, context.index["GET /api/users/me"], word)
        if answer is None:
            continue
        got = body_word(answer.exchange)
        judge.check(
            got == "code and message", operation=answer.operation, value=word, expected="code and message", got=got,
            exchange=answer.exchange,
        )  # fmt: skip


@pytest.mark.alone
@clause("error.other-methods")
def test_other_methods(context: ProbeContext, judge: Judge) -> None:
    """What PUT, TRACE, and GET of what is written are answered is reported; a GET that writes is named."""
    if not context.profile_at_least("standard"):
        judge.skip("not observable: asked from the standard profile on")
        return
    try:
        for item in other_methods(context, context.weakest):
            safe = item.operation.startswith(("GET", "TRACE"))
            judge.observe(
                operation=item.operation, role=item.by.role, value=item.what, got=item.got, exchange=item.exchange,
                reason="a method that only reads has written" if safe and item.got.endswith(WRITES) else "",
            )  # fmt: skip
    except Refused as error:
        judge.skip(error.reason)
