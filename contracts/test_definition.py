"""What the definition says of the answers: types, attributes, statuses; and whether it is a valid one.

Source: the instance's own OpenAPI definition. With one of another version nothing fails here; with a bundled one
nothing over `required` and `nullable` does. Each read is asked once a role that differs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import pytest

from conformance.exchange import Refused
from conformance.model import Exchange
from conformance.probes import Collection, ProbeContext
from conformance.probes.records.kinds import Resource, kinds
from conformance.probes.records.lifecycle import forbidden_fields
from conformance.probes.responses.examples import Example, ask, ask_lacking, has_examples
from conformance.probes.responses.reads import answer_of, flaws_of
from conformance.probes.responses.schema_check import departures
from conformance.verdict import NOT_OBSERVABLE, Judge, clause
from conformance.verdict.fingerprints import departure
from contracts.parametrize import at_least, parametrize_by
from contracts.passive_checks import ADMINISTRATORS, BY_PERMISSION, may_be_old

RATES = frozenset({"rate", "internalRate", "fixedRate", "hourlyRate"})
"""What rights on rates cover."""

BUDGETS = frozenset({"budget", "timeBudget", "budgetType"})
"""What rights on budgets cover."""

TELLING = ("GET /api/timesheets", "GET /api/timesheets/{id}", "GET /api/customers/{id}", "GET /api/version")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One item a read that answers JSON."""
    parametrize_by(metafunc, "documented_read", documented_reads, "data")


def documented_reads(known: Collection) -> Iterator[str]:
    """Return the reads whose success is documented."""
    for operation in known.index.operations:
        asked = at_least(known, "standard") or operation.label in TELLING
        if asked and operation.method == "GET" and operation.success and not operation.path.endswith("/download"):
            yield operation.label


def not_ours(context: ProbeContext) -> str:
    """Return why the definition can only be observed; "" where it is the instance's own version."""
    return (
        ""
        if context.definition.exact or context.definition.source != "bundled"
        else "the definition is of another version"
    )


def asked(context: ProbeContext, judge: Judge, label: str) -> Exchange | None:
    """Return the answer of a read to the strongest actor; None, with the reason, where there is none to judge."""
    exchange = answer_of(context, context.index[label])
    if exchange is None:
        judge.skip("this run has no record for its path", operation=label)
    elif not exchange.ok:
        judge.skip(f"the strongest actor is answered {exchange.status}", operation=label)
        return None
    elif context.is_truncated(exchange):
        judge.skip("the answer is longer than is read", operation=label)
        return None
    return exchange


@clause("definition.served")
def test_read_is_served(context: ProbeContext, judge: Judge, documented_read: str) -> None:
    """A documented read is there: its route is not 404 or 405."""
    operation = context.index[documented_read]
    exchange = answer_of(context, operation)
    if exchange is None:
        judge.skip("not observable: this run has no record for its path", operation=documented_read)
        return
    served = exchange.status not in (404, 405, 501)
    decide(
        context, judge, served, documented_read, "", "served", "served" if served else str(exchange.status), exchange
    )


@clause("definition.status")
def test_success_is_documented(context: ProbeContext, judge: Judge, documented_read: str) -> None:
    """A successful answer has a documented status."""
    exchange = asked(context, judge, documented_read)
    if exchange is not None:
        known = context.index[documented_read].responses
        ok = str(exchange.status) in known or "default" in known or f"{exchange.status // 100}XX" in known
        decide(context, judge, ok, documented_read, "", " or ".join(known), str(exchange.status), exchange)


@clause("definition.content-type")
def test_content_type_is_documented(context: ProbeContext, judge: Judge, documented_read: str) -> None:
    """An answer has a documented content type."""
    exchange = asked(context, judge, documented_read)
    if exchange is not None:
        response = context.index[documented_read].response(exchange.status)
        wanted = [name.partition(";")[0].strip().lower() for name in (response.media_types if response else ())]
        got = exchange.headers.get("content-type", "none").partition(";")[0].strip().lower()
        decide(context, judge, not wanted or got in wanted, documented_read, "", " or ".join(wanted), got, exchange)


def judge_aspect(context: ProbeContext, judge: Judge, label: str, aspect: str) -> None:
    """Judge one aspect of an answer: one place where it holds, one an attribute where not."""
    exchange = asked(context, judge, label)
    if exchange is None:
        return
    response = context.index[label].response(exchange.status)
    if response is None or response.shape is None:
        judge.skip("not observable: no JSON is documented", operation=label)
        return
    if exchange.json_or_none() is None:
        decide(context, judge, aspect != "type", label, "", "JSON", "not JSON", exchange)
        return
    matching = [entry for entry in departures(response.shape, exchange.json_or_none()) if entry.aspect == aspect]
    matching = [item for item in matching if not may_be_old(item, exchange)]
    for element in matching:
        if aspect == "present" and may_be_withheld(context, element.field.rpartition(".")[2]):
            judge.observe(operation=label, field=element.field, got=element.got, reason="may be withheld by permission")
        else:
            decide(context, judge, False, label, element.field, element.expected, element.got, exchange)
    if not matching:
        decide(context, judge, True, label, "", "as documented", "as documented", exchange)


def may_be_withheld(context: ProbeContext, name: str) -> bool:
    """Whether rights may keep an attribute from the strongest actor: by its role, or as its own creates showed.

    A bundled definition does not tell which lists of this very build have it.
    """
    if name not in BY_PERMISSION:
        return False
    if context.definition.source == "bundled":
        return True
    kept = forbidden_fields(context)
    together = next((group for group in (RATES, BUDGETS) if name in group), frozenset())
    return context.strongest.role not in ADMINISTRATORS or not kept.isdisjoint(together)


def decide(
    context: ProbeContext, judge: Judge, ok: bool, label: str, field: str, expected: str, got: str, exchange: Exchange
) -> None:
    """Judge one place of a definition clause; observe it where the definition is of another version."""
    reason = not_ours(context)
    lenient = context.definition.source == "bundled" and judge.clause.id in (
        "definition.required",
        "definition.nullable",
    )
    if reason or lenient:
        judge.observe(operation=label, field=field, got=got, reason=reason or "a bundled definition does not tell this")
        return
    judge.check(
        ok, operation=label, field=field, role=context.strongest.role, expected=expected, got=got, exchange=exchange,
        cause=departure(field, expected, got),
    )  # fmt: skip


@clause("definition.types")
def test_types(context: ProbeContext, judge: Judge, documented_read: str) -> None:
    """Values have their documented types, dates their documented form."""
    judge_aspect(context, judge, documented_read, "type")


@clause("definition.nullable")
def test_nullable(context: ProbeContext, judge: Judge, documented_read: str) -> None:
    """What is not documented as nullable is not null."""
    judge_aspect(context, judge, documented_read, "null")


@clause("definition.required")
def test_required(context: ProbeContext, judge: Judge, documented_read: str) -> None:
    """Required attributes are there."""
    judge_aspect(context, judge, documented_read, "required")


@clause("definition.attributes-present")
def test_documented_attributes_are_there(context: ProbeContext, judge: Judge, documented_read: str) -> None:
    """Documented attributes are there."""
    judge_aspect(context, judge, documented_read, "present")


@clause("definition.attributes-documented")
def test_attributes_are_documented(context: ProbeContext, judge: Judge, documented_read: str) -> None:
    """What is there is documented."""
    judge_aspect(context, judge, documented_read, "documented")


@clause("definition.values")
def test_values(context: ProbeContext, judge: Judge, documented_read: str) -> None:
    """Values keep to enumerations, bounds, lengths and patterns."""
    judge_aspect(context, judge, documented_read, "value")


@clause("datetime.iso-8601")
def test_every_datetime_is_iso_8601(context: ProbeContext, judge: Judge, documented_read: str) -> None:
    """Every attribute of format date-time is ISO 8601 with seconds and an offset, or a day."""
    try:
        exchange = asked(context, judge, documented_read)
    except Refused as error:
        judge.skip(f"{NOT_OBSERVABLE}: no record may be made to show: {error}", operation=documented_read)
        return
    response = context.index[documented_read].response(exchange.status) if exchange is not None else None
    if exchange is None or response is None or response.shape is None:
        return
    if not any(inner.format == "date-time" for _, inner in response.shape.leaves()):
        judge.skip(f"{NOT_OBSERVABLE}: it shows no times", operation=documented_read)
        return
    if exchange.json_or_none() == []:
        judge.skip(f"{NOT_OBSERVABLE}: it lists nothing", operation=documented_read)
        return
    matching = [entry for entry in departures(response.shape, exchange.json_or_none()) if entry.expected == "date-time"]
    wrong = [item for item in matching if item.got not in ("null", "date")]
    for element in wrong:
        judge.check(
            False, operation=documented_read, field=element.field, expected="date-time", got=element.got,
            exchange=exchange,
            cause=departure(element.field, "date-time", element.got),
        )  # fmt: skip
    if not wrong:
        judge.check(True, operation=documented_read, expected="date-time", got="as documented")


@clause("definition.valid")
def test_definition_needs_no_repair(context: ProbeContext, judge: Judge) -> None:
    """The definition is valid as it is served; each kind of repair it needed is one place."""
    counter = Counter(repair.what for repair in flaws_of(context).others)
    for what, count in sorted(counter.items()):
        decide_document(judge, False, what, "valid", "repaired", f"{count} places")
    if not counter:
        decide_document(judge, True, "", "valid", "valid")


def decide_document(judge: Judge, ok: bool, field: str, expected: str, got: str, reason: str = "") -> None:
    """Judge the definition as a document."""
    judge.check(ok, operation="GET /api/doc", field=field, expected=expected, got=got, reason=reason)


@clause("definition.operation-ids")
def test_operation_ids(context: ProbeContext, judge: Judge) -> None:
    """Operation ids are there and unique."""
    bad = flaws_of(context).ids
    for repair in bad:
        decide_document(judge, False, repair.pointer, "unique", "missing or repeated", str(repair.before))
    if not bad:
        decide_document(judge, True, "", "unique", "unique")


@clause("definition.examples-accepted")
def test_examples_are_accepted(context: ProbeContext, judge: Judge) -> None:
    """The examples of body fields are accepted as they are written."""
    for kind, item in asked_of_kinds(context, judge, lambda kind: ask(context, kind) if has_examples(kind) else ()):
        if item.withheld:
            judge.skip("the rights of this instance keep it from this actor", operation=kind.create.label)
            continue
        judge.check(
            item.exchange.ok, operation=kind.create.label, field=item.field, value=item.value,
            expected="accepted", got="accepted" if item.exchange.ok else str(item.exchange.status),
            exchange=item.exchange,
        )  # fmt: skip
    if not judge.places:
        judge.skip("not observable: the definition has no examples of texts in bodies")


@clause("definition.bodies-refused")
def test_bodies_without_a_required_field(context: ProbeContext, judge: Judge) -> None:
    """A create without a field that the definition requires, and that no default can stand for, is refused."""
    for kind, item in asked_of_kinds(context, judge, lambda kind: ask_lacking(context, kind)):
        judge.check(
            item.exchange.status == 400, operation=kind.create.label, field=item.field, value=item.value,
            expected="400", got=str(item.exchange.status), exchange=item.exchange,
        )  # fmt: skip
    if not judge.places:
        judge.skip("not observable: the definition requires nothing")


def asked_of_kinds(
    context: ProbeContext, judge: Judge, send: Callable[[Resource], Iterable[Example]]
) -> Iterator[tuple[Resource, Example]]:
    """Yield what was sent of each kind that a run may make; skip, with the reason, where it may not."""
    for kind in kinds(context.index):
        if kind.name != "users":
            try:
                yield from ((kind, item) for item in send(kind))
            except Refused as error:
                judge.skip(str(error), operation=kind.create.label)


@clause("definition.methods")
def test_undocumented_method(context: ProbeContext, judge: Judge) -> None:
    """What HEAD, which the definition does not list, is answered is reported."""
    for label in ("GET /api/ping", "GET /api/version"):
        try:
            exchange = context.session().send("HEAD", label.removeprefix("GET "))
        except Refused as error:
            judge.skip(str(error), operation=label)
            continue
        judge.observe(operation=label.replace("GET", "HEAD"), got=str(exchange.status))
