"""Filters and orders: a list has what was asked for, all of it, and nothing else; wrong values are refused.

Source: OpenAPI definition, query parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from conformance.exchange import Refused
from conformance.probes import Collection, Lab
from conformance.probes.filters import QUESTIONS, Filtered, answers
from conformance.probes.orders import expanded, ordered, whose
from conformance.probes.queries import send, valid_value, wrong_value
from conformance.verdict import Judge, clause
from contracts.grid import at_least, spread

SMOKE = ("GET /api/timesheets",)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One item a list, or a read with query parameters."""
    spread(metafunc, "filtered_list", filtered_lists)
    spread(metafunc, "queried_read", queried_reads)


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


def asked(lab: Lab, judge: Judge, label: str) -> Sequence[Filtered]:
    """Return the answers about one list; none, with the reason, where the run may not make what it takes."""
    try:
        found = answers(lab, label)
    except Refused as error:
        judge.skip(str(error), operation=label)
        return ()
    for each in found:
        if each.rows is None:
            refused(judge, each)
    known = lab.index[label]
    return [each for each in found if each.rows is not None and known.query(each.question.parameter)]


def refused(judge: Judge, each: Filtered) -> None:
    """Judge that a documented filter with a valid value was answered with a list."""
    got = "no list" if each.exchange.ok else str(each.exchange.status)
    judge.on("definition.parameters-accepted").check(
        False, operation=each.question.operation, field=each.question.parameter, value=each.question.value,
        expected="a list", got=got, exchange=each.exchange,
    )  # fmt: skip


@clause("filter.matches")
def test_rows_match(lab: Lab, judge: Judge, filtered_list: str) -> None:
    """Every row has what was asked for."""
    for each in asked(lab, judge, filtered_list):
        count = len(each.strangers)
        judge.check(
            not count, operation=filtered_list, field=each.question.parameter, value=each.question.value,
            expected="matching records", got="other records" if count else "matching records", exchange=each.exchange,
            reason=f"{count} of {len(each.rows or ())}" if count else "",
        )  # fmt: skip


@clause("filter.finds")
def test_records_are_found(lab: Lab, judge: Judge, filtered_list: str) -> None:
    """Every own record that has what was asked for is there, once."""
    for each in asked(lab, judge, filtered_list):
        found, expected = each.own, each.question.expected
        missing = set(expected) - set(found)
        got = "records missing" if missing else "records repeated" if len(found) != len(set(found)) else "found"
        judge.check(
            got == "found", operation=filtered_list, field=each.question.parameter, value=each.question.value,
            expected="found", got=got, exchange=each.exchange,
        )  # fmt: skip


@clause("filter.narrows")
def test_complements(lab: Lab, judge: Judge, filtered_list: str) -> None:
    """A yes-or-no filter parts the list: nothing is in both halves, nothing in neither."""
    found = asked(lab, judge, filtered_list)
    for name in dict.fromkeys(each.question.parameter for each in found):
        halves = [each for each in found if each.question.parameter == name and each.question.value in ("0", "1", "2")]
        if len(halves) != 2:
            continue
        one, other = (set(each.own) for each in halves)
        both, neither = one & other, set(halves[0].question.own) - one - other
        got = "in both" if both else "in neither" if neither else "in one half each"
        judge.check(
            got == "in one half each", operation=filtered_list, field=name, expected="in one half each", got=got,
            exchange=halves[0].exchange,
        )  # fmt: skip
    if not judge.places:
        judge.skip("not observable: this list has no yes-or-no filter", operation=filtered_list)


@clause("filter.order")
def test_orders(lab: Lab, judge: Judge, filtered_list: str) -> None:
    """ASC rises, DESC falls, for every attribute that a list can be ordered by."""
    try:
        found = ordered(lab, filtered_list)
    except Refused as error:
        judge.skip(str(error), operation=filtered_list)
        return
    for each in found:
        judge.check(
            each.word == "sorted", operation=filtered_list, field="orderBy", value=f"{each.by} {each.order}",
            expected="sorted", got=each.word, exchange=each.exchange,
        )  # fmt: skip
    if not found:
        judge.skip("not observable: this list documents no order", operation=filtered_list)


@clause("filter.full")
@pytest.mark.xdist_group("test_filters-GET /api/timesheets")
def test_full(lab: Lab, judge: Judge) -> None:
    """`full` shows objects for ids, and changes nothing else."""
    for each in expanded(lab):
        judge.check(
            each.word == "as without full", operation=each.operation, field=each.field, value=each.value,
            expected="as without full", got=each.word, exchange=each.exchange,
        )  # fmt: skip


@clause("filter.own-by-default")
@pytest.mark.xdist_group("test_filters-GET /api/timesheets")
def test_own_by_default(lab: Lab, judge: Judge) -> None:
    """Without `user` a list has the caller's records; with it those of that user."""
    for each in whose(lab):
        judge.check(
            each.word == each.expected, operation=each.operation, field="user", value=each.value,
            expected=each.expected, got=each.word, exchange=each.exchange,
        )  # fmt: skip


@clause("definition.parameters-accepted")
def test_valid_parameters(lab: Lab, judge: Judge, queried_read: str) -> None:
    """Each parameter alone is accepted with a value that it is documented to take."""
    operation = lab.index[queried_read]
    control = send(lab, operation, operation.query_parameters[0], "control", "")
    if control is None or control.exchange.status in (401, 403):
        judge.skip("the strongest actor may not read it, or has no record for it", operation=queried_read)
        return
    for parameter in operation.query_parameters:
        value = valid_value(lab, parameter)
        sent = send(lab, operation, parameter, "valid", value) if value is not None else None
        if sent is not None:
            judge.check(
                sent.exchange.ok, operation=queried_read, field=parameter.name, value=str(value), expected="accepted",
                got="accepted" if sent.exchange.ok else str(sent.exchange.status), exchange=sent.exchange,
            )  # fmt: skip


@clause("filter.wrong-refused")
def test_wrong_parameters(lab: Lab, judge: Judge, queried_read: str) -> None:
    """Each parameter alone is refused with a value that breaks its documented pattern."""
    operation = lab.index[queried_read]
    for parameter in operation.query_parameters:
        value = wrong_value(parameter)
        sent = send(lab, operation, parameter, "wrong", value) if value is not None else None
        if sent is None:
            continue
        if sent.exchange.status in (401, 403):
            judge.skip(f"the strongest actor is answered {sent.exchange.status}", operation=queried_read)
            return
        judge.check(
            sent.exchange.status == 400, operation=queried_read, field=parameter.name, value=sent.value,
            expected="400", got=str(sent.exchange.status), exchange=sent.exchange,
        )  # fmt: skip
    if not judge.places:
        judge.skip("not observable: no pattern is documented", operation=queried_read)


@clause("filter.empty-value")
def test_empty_parameters(lab: Lab, judge: Judge, queried_read: str) -> None:
    """What an empty value leads to is reported; a server error is one."""
    operation = lab.index[queried_read]
    for parameter in operation.query_parameters:
        sent = send(lab, operation, parameter, "empty", "")
        if sent is not None:
            judge.observe(operation=queried_read, field=parameter.name, value="", got=str(sent.exchange.status))
