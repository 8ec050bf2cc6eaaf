"""Booleans: absent is false, false is false, anything else is true; defaults are not stable.

Source: REST API, Boolean values; DESIGN, "Rulings". Each item asks all booleans of one form at once.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from conformance.probes import Collection, ProbeContext, data_of
from conformance.probes.booleans.booleans import (
    ABSENT,
    STRUCTURES,
    Flag,
    absent_in_post,
    ask_post,
    fields_of,
    text_of,
    together,
    unseen_fields,
)
from conformance.probes.booleans.flags import BooleanResults, boolean_results
from conformance.probes.records.kinds import Resource, kind_named
from conformance.probes.times.booking_constraints import may_book_at_all
from conformance.probes.times.round_trips import POST
from conformance.verdict import EventWriter, Judge, clause
from contracts.parametrize import at_least, kind_names, parametrize_by, smoke_kinds

TELLING = ("customers", "timesheets", "teams", "tags", "projects/rates", "projects/comments")
"""Kinds that the smoke profile asks: between them they have every known way to read a boolean. Projects and activities
read theirs as customers do."""

HIDDEN = "not observable: no answer shows it"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One item a kind whose form has booleans."""
    parametrize_by(metafunc, "creatable", lambda known: kind_names(known, flagged, TELLING))
    parametrize_by(metafunc, "telling", tell)
    parametrize_by(metafunc, "changeable", lambda known: kind_names(known, changeable_flags, smoke_kinds(known)))


def tell(known: Collection) -> list[str]:
    """Return the kinds whose booleans are read in different ways, all in the thorough profile."""
    names = kind_names(known, flagged, ())
    return [name for name in names if name in ("customers", "timesheets", "teams") or at_least(known, "thorough")]


def flagged(kind: Resource) -> bool:
    """Whether the form of a kind has booleans."""
    return kind.create.body is not None and any(field.types == ("boolean",) for field in kind.create.body.all_fields)


def changeable_flags(kind: Resource) -> bool:
    """Whether a kind has booleans that can be changed."""
    return kind.change is not None and flagged(kind)


@clause("boolean.post-absent-false")
def test_absent_in_post(context: ProbeContext, judge: Judge, events: EventWriter, creatable: str) -> None:
    """A boolean that is left out of a create is false."""
    kind = named(context, creatable)
    flags = absent_in_post(context, kind)
    events.observation(f"boolean defaults {creatable}", data_of(flags))
    for flag in flags:
        # A time record shows what its project, customer and activity are: all of them billable here.
        inherits = kind.name == "timesheets" and flag.field == "billable" and flag.got == "true"
        check(context, judge, flag, "false", "inherited" if inherits else flag.got)
    for field in unseen_fields(context, kind.create):
        judge.skip(HIDDEN, operation=kind.create.label, field=field.path)
    if not fields_of(context, kind.create) and not unseen_fields(context, kind.create):
        judge.skip(HIDDEN, operation=kind.create.label, value=text_of(ABSENT))


@clause("boolean.no-stable-default")
def test_defaults_are_shown(context: ProbeContext, judge: Judge, creatable: str) -> None:
    """Which default each boolean has is reported, for it may change."""
    for flag in absent_in_post(context, named(context, creatable)):
        judge.observe(operation=flag.operation, field=flag.field, value="absent", got=flag.got, exchange=flag.exchange)


@clause("boolean.patch-absent-false")
def test_absent_in_patch(context: ProbeContext, judge: Judge, changeable: str) -> None:
    """A boolean that is left out of a change of something else is false: only one that was true can tell."""
    flags = results(context, changeable).absent
    for flag in flags:
        if flag.before == "true":
            check(context, judge, flag, "false", "unchanged" if flag.got == "true" else flag.got, "absent from true")
        elif flag.got not in ("false",):
            check(context, judge, flag, "false", flag.got, "absent from false")
        else:
            judge.observe(
                operation=flag.operation, field=flag.field, value="absent from false", got=flag.got,
                reason="from false nothing can be told",
            )  # fmt: skip
    skip_where_empty(judge, flags, changeable)


@clause("boolean.false-is-false")
def test_false_in_post(context: ProbeContext, judge: Judge, creatable: str) -> None:
    """A boolean that is created as false is false, whatever the others are."""
    flags = results(context, creatable).posted
    check_alike(context, judge, (flag for flag in flags if flag.value == "false"), "false")


@clause("boolean.false-is-false")
def test_false_in_patch(context: ProbeContext, judge: Judge, changeable: str) -> None:
    """A boolean that is changed to false is false, whatever it was and the others are."""
    flags = results(context, changeable).patched
    check_alike(context, judge, (flag for flag in flags if flag.value == "false"), "false")
    skip_where_empty(judge, flags, changeable)


@clause("boolean.anything-else-true")
def test_anything_else_in_post(context: ProbeContext, judge: Judge, creatable: str) -> None:
    """A boolean that is created as true, null, a text or a number is true."""
    flags = results(context, creatable).posted
    check_alike(context, judge, (flag for flag in flags if flag.value != "false"), "true")


@clause("boolean.anything-else-true")
def test_anything_else_in_patch(context: ProbeContext, judge: Judge, changeable: str) -> None:
    """A boolean that is changed to true, null, a text or a number is true, whatever it was."""
    flags = results(context, changeable).patched
    check_alike(context, judge, (flag for flag in flags if flag.value != "false"), "true")
    skip_where_empty(judge, flags, changeable)


@clause("boolean.structures")
def test_structures_in_post(context: ProbeContext, judge: Judge, telling: str) -> None:
    """What a list or an object leads to is reported, of the kinds that tell; of all in the thorough profile."""
    for value in STRUCTURES if context.profile_at_least("thorough") else STRUCTURES[:1]:
        for flag in ask_post(context, named(context, telling), value):
            judge.observe(operation=flag.operation, field=flag.field, value=flag.value, got=flag.got)


def named(context: ProbeContext, name: str) -> Resource:
    """Return the kind of an item's label."""
    kind = kind_named(context.index, name)
    assert kind is not None
    return kind


def results(context: ProbeContext, name: str) -> BooleanResults:
    """Return what became of the booleans of a kind; in smoke only the kinds that are asked to are changed."""
    changing = context.profile_at_least("standard") or name in smoke_kinds(context)
    return boolean_results(context, named(context, name), changing=changing)


def check(context: ProbeContext, judge: Judge, flag: Flag, expected: str, got: str, value: str = "") -> None:
    """Judge one boolean; one that a weaker role may not send is left to the roles that may."""
    if got.isdigit() and (reason := barred(context, flag, got)):
        judge.skip(reason, operation=flag.operation, field=flag.field, value=value or flag.value)
        return
    judge.check(
        got == expected, operation=flag.operation, field=flag.field, value=value or flag.value,
        expected=expected, got=got, exchange=flag.exchange,
    )  # fmt: skip


def barred(context: ProbeContext, flag: Flag, status: str) -> str | None:
    """Return why a body with a boolean may have been refused for something else; None where nothing is known."""
    if status == "403":
        return "this role may not do it: an exported record, say, is closed to some"
    if context.strongest.role in ("ROLE_USER", "ROLE_TEAMLEAD"):
        return "this role may not send it"
    if flag.operation == POST and not may_book_at_all(context, context.strongest):
        return "this actor may not send times here at all"
    if flag.operation == POST and context.timesheet.get("isAllowOverlapping") is False:
        return "the instance forbids that records overlap, and there may be another one at that time"
    return None


def check_alike(context: ProbeContext, judge: Judge, flags: Iterable[Flag], expected: str) -> None:
    """Judge booleans, one place a field and value, however often and from whatever state they were asked."""
    by_value: dict[tuple[str, str], list[Flag]] = {}
    for flag in flags:
        by_value.setdefault((flag.field, flag.value), []).append(flag)
    for (field, _), alike in by_value.items():
        # What was not expected comes last, and so is what is told.
        ordered = sorted(alike, key=lambda flag: flag.got != expected)
        result = together(ordered)[field] if ordered[-1].before else ordered[-1].got
        check(context, judge, ordered[-1], expected, result)


def skip_where_empty(judge: Judge, flags: Iterable[Flag], name: str) -> None:
    """Say where no record could be made to change."""
    if not list(flags):
        judge.skip("no record of this kind could be made to ask with", operation=f"PATCH /api/{name}/{{id}}")
