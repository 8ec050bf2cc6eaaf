"""Attributes go by their names: in any order, in the same set, under one name, by role alike.

Source: REST API, Order of attributes; OpenAPI definition; Permissions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from conformance.model import Actor, Exchange
from conformance.probes import Collection, ProbeContext
from conformance.probes.records.bodies import Subject
from conformance.probes.records.comparing import differences
from conformance.probes.records.creating import MISSING, attribute, create_least
from conformance.probes.records.kinds import kind_named, kinds
from conformance.probes.records.lifecycle import created
from conformance.probes.records.samples import minimal, writable
from conformance.probes.responses.attributes import extras, permutations, sets_of, spellings
from conformance.probes.responses.reads import answer_of
from conformance.verdict import Judge, clause
from contracts.assertions import actor_named, check_same_set
from contracts.parametrize import at_least, distinct_roles, parametrize_by, plain_reads, smoke_kinds
from contracts.passive_checks import ADMINISTRATORS, BY_PERMISSION

ME = "GET /api/users/me"

USER_VIEWS = ("GET /api/users", "GET /api/users/{id}")

User = Mapping[str, Any]

RATES = ("fixedRate", "hourlyRate")
"""Attributes that one right covers."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One item a kind, a list, or an actor."""
    parametrize_by(metafunc, "permuted", permutable, "data")
    parametrize_by(metafunc, "listing", lists, "data")
    parametrize_by(metafunc, "named", named_kinds, "data")
    parametrize_by(metafunc, "role", distinct_roles, "extras")


def permutable(known: Collection) -> Iterator[str]:
    """Return the kinds whose records can be made several times over."""
    for kind in kinds(known.index):
        single = "user" in {field.name for field in kind.fields(kind.create)} and kind.name != "timesheets"
        if kind.name != "users" and not single and (at_least(known, "standard") or kind.name in smoke_kinds(known)):
            yield kind.name


def lists(known: Collection) -> Iterator[str]:
    """Return the lists of records."""
    for operation in plain_reads(known):
        success = operation.success
        items = success.shape.items if success is not None and success.shape is not None else None
        smoke = operation.label in ("GET /api/timesheets", "GET /api/customers")
        if items is not None and "id" in items.attributes and (smoke or at_least(known, "standard")):
            yield operation.label


def named_kinds(known: Collection) -> Iterator[str]:
    """Return the kinds with a form of names to spell: customers, projects, activities."""
    for kind in kinds(known.index):
        if kind.parent is None and kind.name in ("customers", "projects", "activities"):
            yield kind.name


def subject(context: ProbeContext, name: str) -> Subject:
    """Return a kind as the strongest actor."""
    kind = kind_named(context.index, name)
    assert kind is not None
    return Subject(name, kind, context.strongest)


@clause("attribute.sent-order")
def test_order_of_sent_attributes(context: ProbeContext, judge: Judge, permuted: str) -> None:
    """The same attributes in another order make the same record."""
    about = subject(context, permuted)
    for permutation in permutations(context, about):
        for name in permutation.different:
            judge.check(
                False, operation=about.kind.create.label, field=name, value=permutation.order, expected="the same",
                got="different", exchange=permutation.exchange,
            )  # fmt: skip
        if not permutation.different:
            same = permutation.status == permutation.first_status
            judge.check(
                same, operation=about.kind.create.label, value=permutation.order, expected="the same",
                got="the same" if same else str(permutation.status), exchange=permutation.exchange,
            )  # fmt: skip


@clause("attribute.same-set")
def test_same_set_of_attributes(context: ProbeContext, judge: Judge, listing: str) -> None:
    """All records in one list have the same attributes, and so has one that is read again."""
    sets = sets_of(context, listing)
    if sets is None or sets.exchange is None:
        judge.skip("the strongest actor sees no records in this list", operation=listing)
        return
    names = [set(names) - by_permission(context) for names in sets.names]
    most, least = set().union(*names), names[0].intersection(*names)
    check_same_set(judge, most, least, operation=listing, exchange=sets.exchange)


def by_permission(context: ProbeContext) -> frozenset[str]:
    """Return the attributes that permissions may withhold from the strongest actor, record by record."""
    return frozenset() if context.strongest.role in ADMINISTRATORS else BY_PERMISSION


@clause("attribute.no-stable-order")
def test_order_of_attributes_is_shown(context: ProbeContext, judge: Judge, listing: str) -> None:
    """The order in which attributes come back is reported: no client may rely on it."""
    sets = sets_of(context, listing)
    if sets is None:
        judge.skip("the strongest actor sees no records in this list", operation=listing)
        return
    judge.observe(operation=listing, got=", ".join(sets.order[:12]))


@clause("attribute.same-set")
def test_same_set_whatever_the_values(context: ProbeContext, judge: Judge, permuted: str) -> None:
    """A record with every field set has the attributes of one with the required fields alone."""
    about = subject(context, permuted)
    full = created(context, about).made
    least = create_least(context, about.kind) if not about.kind.parent else None
    if least is None or not (full.ok and least.ok):
        judge.skip("not both of the records could be made", operation=about.kind.create.label)
        return
    one, other = (set(item.json_or_none() or ()) - by_permission(context) for item in (full, least))
    check_same_set(judge, one, other, operation=about.kind.create.label, exchange=least)


@clause("attribute.forms-agree")
def test_users_agree(context: ProbeContext, judge: Judge) -> None:
    """A user is the same in the list, on its own, and as oneself."""
    if not {*USER_VIEWS, ME} <= {operation.label for operation in context.index}:
        judge.skip("not observable: this version does not show users in all these ways", operation=ME)
        return
    for actor in context.actors if context.profile_at_least("standard") else (context.strongest,):
        for label in USER_VIEWS:
            exchange, row, me = views(context, label, actor)
            if differences(row, me):  # What is kept may be old: people, and other checks, change their zone.
                exchange, row, me = views(context, label, actor, again=True)
            for name in differences(row, me):
                judge.check(
                    False, operation=label, field=name, role=context.strongest.role, expected="as in the record",
                    got="different", exchange=exchange,
                )  # fmt: skip
            if row and me and not differences(row, me):
                judge.check(True, operation=label, role=context.strongest.role, expected="as there", got="as there")
    if not judge.places:
        judge.skip("the strongest actor is not shown users", operation="GET /api/users")


def views(
    context: ProbeContext, label: str, actor: Actor, *, again: bool = False
) -> tuple[Exchange | None, User, User]:
    """Return an answer that shows users, an actor's user in it, and the same as oneself; as kept, or asked again."""
    other, me = (
        answer_of(context, context.index[item], who, again=again) for item, who in ((label, None), (ME, actor))
    )
    return other, user_in(other, actor.user_id), user_in(me, actor.user_id)


def user_in(exchange: Exchange | None, number: int | None) -> Mapping[str, Any]:
    """Return what is no list of the user of this id, in a list or an answer; {} where there is none."""
    body = exchange.json_or_none() if exchange is not None and exchange.ok else None
    rows = body if isinstance(body, list) else [body]
    values: dict[str, Any] = next((row for row in rows if isinstance(row, dict) and row.get("id") == number), {})
    return {name: value for name, value in values.items() if not isinstance(value, list)}


@clause("attribute.one-name")
def test_written_name_is_read(context: ProbeContext, judge: Judge, named: str) -> None:
    """What is written under a name is read back under it, and under no other."""
    about = subject(context, named)
    life = created(context, about)
    body, entity = life.made.json_or_none(), about.kind.create.success
    shape = entity.shape if entity is not None else None
    if not isinstance(body, dict) or shape is None:
        judge.skip("the record could not be made", operation=about.kind.create.label)
        return
    for name in writable(context, about.kind):
        if name in shape.attributes and name not in life.withheld:
            there = attribute(body, name) is not MISSING
            judge.check(
                there, operation=about.kind.create.label, field=name, expected="there",
                got="there" if there else "missing", exchange=life.made,
            )  # fmt: skip


@clause("attribute.alternative-names")
def test_snake_case(context: ProbeContext, judge: Judge, named: str) -> None:
    """Whether a name in snake case is taken is reported."""
    about = subject(context, named)
    values = {name: pair[0] for name, pair in writable(context, about.kind).items() if isinstance(pair[0], str)}
    names: tuple[str, ...] = ("addressLine1", "vatId", "orderNumber", "invoiceText")
    chosen: dict[str, object] = {name: values[name] for name in names if name in values}
    for spelling in spellings(context, about.kind, chosen, minimal(context, about.kind)):
        judge.observe(
            operation=about.kind.create.label, field=spelling.field, value=spelling.spelling, got=spelling.got
        )
    if not judge.places:
        judge.skip("not observable: no name of this form has two words", operation=about.kind.create.label)


@clause("attribute.role-refused-alike")
def test_refused_attributes_are_refused_alike(context: ProbeContext, judge: Judge, role: str) -> None:
    """Every attribute that a role may not send gets the same refusal."""
    actor = actor_named(context, role)
    result = extras(context, actor)
    if result[0].status >= 400:
        judge.skip("this actor may not book the least here", operation="POST /api/timesheets")
        return
    refused = [each for each in result if each.status >= 400]
    first = next((item for item in refused if item.status == 400), None)
    for each in refused:
        alike = first is not None and (each.status, each.form_errors) == (first.status, first.form_errors)
        judge.check(
            alike, operation="POST /api/timesheets", field=each.field, role=actor.role, expected="refused alike",
            got="refused alike" if alike else f"{each.status}, otherwise", exchange=each.exchange,
        )  # fmt: skip
    rates = [element for element in result if element.field in RATES]
    if any(rate.status >= 400 for rate in rates):
        for entry in rates:
            judge.check(
                entry.status >= 400, operation="POST /api/timesheets", field=entry.field, role=actor.role,
                expected="refused alike", got="refused alike" if entry.status >= 400 else "accepted",
                exchange=entry.exchange, reason="one right covers both rates",
            )  # fmt: skip
    if not refused:
        judge.skip("not observable: this role may send every attribute", operation="POST /api/timesheets")


@clause("attribute.role-writes")
def test_attributes_that_a_role_sends(context: ProbeContext, judge: Judge, role: str) -> None:
    """Which attributes a role may send is reported as a matrix."""
    actor = actor_named(context, role)
    for extra in extras(context, actor):
        got = "accepted" if extra.status == 200 else f"{extra.status} {extra.form_errors}".strip()
        judge.observe(operation="POST /api/timesheets", field=extra.field, role=actor.role, got=got)


@clause("attribute.role-reads")
def test_attributes_that_a_role_sees(context: ProbeContext, judge: Judge, role: str) -> None:
    """Which documented attributes a role is not shown is reported as a matrix."""
    actor = actor_named(context, role)
    for label in ("GET /api/timesheets", "GET /api/customers", "GET /api/projects", "GET /api/users/me"):
        if label not in context.index:
            continue
        operation = context.index[label]
        exchange = answer_of(context, operation, actor)
        body = exchange.json_or_none() if exchange is not None and exchange.ok else None
        row = body[0] if isinstance(body, list) and body else body
        shape = operation.success.shape if operation.success else None
        inner = (shape.items or shape) if shape is not None else None
        if isinstance(row, dict) and inner is not None:
            missing = ", ".join(sorted(inner.attributes.keys() - row.keys())) or "none"
            judge.observe(operation=label, role=actor.role, got=f"not shown: {missing}")
    if not judge.places:
        judge.skip("this role sees no records", role=actor.role)
