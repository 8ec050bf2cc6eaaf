"""Filters and orders: a list has what was asked for, all of it, and nothing else; wrong values are refused.

Source: OpenAPI definition, query parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from conformance.exchange import Refused
from conformance.probes import Collection, ProbeContext
from conformance.probes.lists.absent_filters import (
    EVERYTHING,
    NOTHING,
    SOME,
    absent_filters,
    several_filters,
    unusual_filters,
)
from conformance.probes.lists.filter_cases import Filtered
from conformance.probes.lists.filters import QUESTIONS, answers, swapped
from conformance.probes.lists.orders import detailed, expanded, ordered
from conformance.probes.lists.queries import ask_empty, ask_valid, ask_wrong
from conformance.probes.lists.time_filters import ask_active
from conformance.probes.responses.reads import answer_of
from conformance.verdict import Judge, clause
from contracts.assertions import actor_named
from contracts.parametrize import at_least, parametrize_by

SMOKE = ("GET /api/timesheets",)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One item a list, or a read with query parameters."""
    parametrize_by(metafunc, "filtered_list", filtered_lists)
    parametrize_by(metafunc, "queried_read", queried_reads)
    parametrize_by(metafunc, "timer", lambda known: [known.actors[0].name], "timer")


def filtered_lists(known: Collection) -> Iterator[str]:
    """Return the lists with filters that the run has records for."""
    for label in QUESTIONS:
        if label in known.index and (at_least(known, "standard") or label in SMOKE):
            yield label


def queried_reads(known: Collection) -> Iterator[str]:
    """Return the reads that document query parameters."""
    for operation in known.index.operations:
        asks = at_least(known, "standard") or operation.label in SMOKE
        if asks and operation.method == "GET" and operation.query_parameters:
            yield operation.label


def asked(context: ProbeContext, judge: Judge, label: str) -> Sequence[Filtered]:
    """Return the answers about one list; none, with the reason, where the run may not make what it takes."""
    try:
        result = answers(context, label)
    except Refused as error:
        judge.skip(str(error), operation=label)
        return ()
    for entry in result:
        if entry.rows is None:
            refused(judge, entry)
    known = context.index[label]
    return [item for item in result if item.rows is not None and all(map(known.query, item.question.parameters))]


def refused(judge: Judge, filtered: Filtered) -> None:
    """Judge that a documented filter with a valid value was answered with a list."""
    got = "no list" if filtered.exchange.ok else str(filtered.exchange.status)
    judge.on("definition.parameters-accepted").check(
        False, operation=filtered.question.operation, field=filtered.question.parameter, value=filtered.question.value,
        expected="a list", got=got, exchange=filtered.exchange,
    )  # fmt: skip


@clause("filter.matches")
def test_rows_match(context: ProbeContext, judge: Judge, filtered_list: str) -> None:
    """Every row has what was asked for."""
    for item in asked(context, judge, filtered_list):
        count = len(item.unmatched)
        judge.check(
            not count, operation=filtered_list, field=item.question.parameter, value=item.question.value,
            expected="matching records", got="other records" if count else "matching records", exchange=item.exchange,
            reason=f"{count} of {len(item.rows or ())}" if count else "",
        )  # fmt: skip


@clause("filter.finds")
def test_records_are_found(context: ProbeContext, judge: Judge, filtered_list: str) -> None:
    """Every own record that has what was asked for is there, once."""
    for item in asked(context, judge, filtered_list):
        result, expected = item.own, item.question.expected
        missing = set(expected) - set(result)
        got = "records missing" if missing else "records repeated" if len(result) != len(set(result)) else "found"
        judge.check(
            got == "found", operation=filtered_list, field=item.question.parameter, value=item.question.value,
            expected="found", got=got, exchange=item.exchange,
        )  # fmt: skip
    pair = swapped(context, filtered_list) if judge.places else ()
    if pair:
        same = set(pair[0].own) == set(pair[1].own)
        judge.check(
            same, operation=filtered_list, field=pair[0].question.parameter, value="two own ones, in either order",
            expected="the same records", got="the same records" if same else "other records", exchange=pair[1].exchange,
        )  # fmt: skip


@clause("filter.matches")
def test_running_records_are_told_apart(context: ProbeContext, judge: Judge, timer: str) -> None:
    """`active` has the running records, or the others, while there is one of each."""
    taken = ask_active(context, actor_named(context, timer)) if context.profile_at_least("standard") else ()
    for item in taken:
        strangers, missing = set(item.names or ()) - set(item.expected), set(item.expected) - set(item.names or ())
        for clause_id, wrong in (("filter.matches", strangers), ("filter.finds", missing)):
            judge.on(clause_id).check(
                not wrong and item.names is not None, operation=item.exchange.operation, field="active",
                value=item.window,
                expected=f"the {item.expected[0]} one", got=" and ".join(item.names or ()) or "none",
                exchange=item.exchange,
            )  # fmt: skip
    if not taken:
        judge.skip("no record could be started to ask about", operation=SMOKE[0], field="active")


@clause("filter.narrows")
def test_complements(context: ProbeContext, judge: Judge, filtered_list: str) -> None:
    """A yes-or-no filter parts the list: nothing is in both halves, nothing in neither."""
    result = asked(context, judge, filtered_list)
    for name in dict.fromkeys(entry.question.parameter for entry in result):
        halves = [item for item in result if item.question.parameter == name and item.question.value in ("0", "1", "2")]
        if len(halves) != 2:
            continue
        one, other = (set(halve.own) for halve in halves)
        both, neither = one & other, set(result[0].question.expected) - one - other
        got = "in both" if both else "in neither" if neither else "in one half each"
        judge.check(
            got == "in one half each", operation=filtered_list, field=name, expected="in one half each", got=got,
            exchange=halves[0].exchange,
        )  # fmt: skip
    if not judge.places:
        judge.skip("not observable: this list has no yes-or-no filter", operation=filtered_list)


@clause("filter.order")
def test_orders(context: ProbeContext, judge: Judge, filtered_list: str) -> None:
    """ASC rises, DESC falls, for every attribute that a list can be ordered by."""
    try:
        result = ordered(context, filtered_list)
    except Refused as error:
        judge.skip(str(error), operation=filtered_list)
        return
    for item in result:
        if item.word.isdigit():
            judge.on("definition.parameters-accepted").check(
                False, operation=filtered_list, field="orderBy", value=f"{item.by} {item.order}", expected="accepted",
                got=item.word, exchange=item.exchange,
            )  # fmt: skip
        judge.check(
            item.word == "sorted", operation=filtered_list, field="orderBy",
            value=item.asked or f"{item.by} {item.order}", expected="sorted", got=item.word, exchange=item.exchange,
        )  # fmt: skip
    if not result:
        judge.skip("not observable: this list documents no order", operation=filtered_list)


@clause("filter.full")
@pytest.mark.xdist_group("test_filters-GET /api/timesheets")
def test_full(context: ProbeContext, judge: Judge) -> None:
    """`full` shows objects for ids, and changes nothing else."""
    for item in expanded(context):
        judge.check(
            item.word == "as without full", operation=item.operation, field=item.field, value=item.value,
            expected="as without full", got=item.word, exchange=item.exchange,
        )  # fmt: skip


@clause("filter.full")
def test_full_list(context: ProbeContext, judge: Judge, filtered_list: str) -> None:
    """In lists of other records `full` shows more, and what it shows besides is as without it."""
    try:
        result = detailed(context, filtered_list)
    except Refused as error:
        judge.skip(str(error), operation=filtered_list)
        return
    for item in result:
        judge.check(
            item.word == "as without full", operation=item.operation, field=item.field, value=item.value,
            expected="as without full", got=item.word, exchange=item.exchange,
        )  # fmt: skip
    if not result:
        judge.skip("not observable: this list has no such parameter, or shows no own records", operation=filtered_list)


@clause("filter.own-by-default")
@pytest.mark.xdist_group("test_filters-GET /api/timesheets")
def test_own_by_default(context: ProbeContext, judge: Judge) -> None:
    """Without `user` a list has the caller's records; with it those of that user."""
    for item in asked(context, judge, SMOKE[0]):
        if item.question.parameter in ("user", "users[]"):
            got = "those alone" if set(item.own) == set(item.question.expected) else "other records"
            judge.check(
                got == "those alone", operation=SMOKE[0], field=item.question.parameter, value=item.question.value,
                expected="those alone", got=got, exchange=item.exchange,
            )  # fmt: skip


@clause("definition.parameters-accepted")
def test_valid_parameters(context: ProbeContext, judge: Judge, queried_read: str) -> None:
    """Every parameter is accepted with the values that it is documented to take."""
    control = answer_of(context, context.index[queried_read])
    if control is None or control.status in (401, 403):
        judge.skip("the strongest actor may not read it, or has no record for it", operation=queried_read)
        return
    for item in ask_valid(context, context.index[queried_read]):
        got = "accepted" if item.exchange.ok else str(item.exchange.status)
        judge.check(
            item.exchange.ok, operation=queried_read, field=item.name, value=item.value, expected="accepted", got=got,
            exchange=item.exchange,
        )  # fmt: skip


@clause("filter.wrong-refused")
def test_wrong_parameters(context: ProbeContext, judge: Judge, queried_read: str) -> None:
    """Each parameter alone is refused with a value that breaks its documented pattern."""
    for item in ask_wrong(context, context.index[queried_read]):
        if item.exchange.status in (401, 403):
            judge.skip(f"the strongest actor is answered {item.exchange.status}", operation=queried_read)
            return
        judge.check(
            item.exchange.status == 400, operation=queried_read, field=item.name, value=item.value,
            expected="400", got=str(item.exchange.status), exchange=item.exchange,
        )  # fmt: skip
    if not judge.places:
        judge.skip("not observable: no pattern is documented", operation=queried_read)


@clause("filter.empty-value")
def test_empty_parameters(context: ProbeContext, judge: Judge, queried_read: str) -> None:
    """What an empty value leads to is reported; a server error is one."""
    for item in ask_empty(context, context.index[queried_read]):
        judge.observe(operation=queried_read, field=item.name, value="", got=str(item.exchange.status))


@clause("filter.matches")
def test_absent_ids(context: ProbeContext, judge: Judge) -> None:
    """A filter for an id that does not exist finds nothing, or is refused: it does not find everything."""
    for item in absent_filters(context):
        wanted = SOME if item.what.startswith("the own one") else NOTHING
        refused = item.found in ("400", "403", "404")
        judge.check(
            refused or item.found == wanted, operation=item.operation, field=item.field, value=item.what,
            expected=wanted, got=wanted if refused else item.found, exchange=item.exchange,
            cause="a filter for something absent",
        )  # fmt: skip
    if not judge.places:
        judge.skip("not observable: no records could be made on a day of their own", operation="GET /api/timesheets")


@clause("filter.matches")
def test_several_values(context: ProbeContext, judge: Judge) -> None:
    """A filter for several values finds no record that has none of them, whatever joins the values."""
    for item in several_filters(context):
        if item.found.isdigit():
            judge.skip(f"answered {item.found}", operation=item.operation, field=item.field, value=item.what)
            continue
        wanted = NOTHING if item.what.endswith("activity") else EVERYTHING if "of both" in item.what else SOME
        # A record has one project and one activity, of several tags it may have to have all.
        right = item.found == wanted or (item.field == "tags[]" and item.found == NOTHING)
        judge.check(
            right, operation=item.operation, field=item.field, value=item.what, expected=wanted,
            got=wanted if right else item.found, exchange=item.exchange, cause="a filter for several values",
        )  # fmt: skip
    if not judge.places:
        judge.skip("not observable: no records could be made on a day of their own", operation="GET /api/timesheets")


@clause("filter.unusual")
def test_unusual_filters(context: ProbeContext, judge: Judge) -> None:
    """What empty, repeated, unknown and otherwise spelled values find is reported."""
    for item in unusual_filters(context):
        judge.observe(operation=item.operation, field=item.field, value=item.what, got=item.found)
    if not judge.places:
        judge.skip("not observable: no records could be made on a day of their own", operation="GET /api/timesheets")
