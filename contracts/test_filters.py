"""Filters and orders: a list has what was asked for, all of it, and nothing else; wrong values are refused.

Source: OpenAPI definition, query parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from conformance.exchange import Refused
from conformance.probes import Collection, Lab
from conformance.probes.answers.answers import answer_of
from conformance.probes.lists.filters import QUESTIONS, answers, swapped
from conformance.probes.lists.orders import detailed, expanded, ordered
from conformance.probes.lists.queries import ask_empty, ask_valid, ask_wrong
from conformance.probes.lists.questions import Filtered
from conformance.probes.lists.time_filters import ask_active
from conformance.verdict import Judge, clause
from contracts.grid import at_least, spread
from contracts.judging import actor_named

SMOKE = ("GET /api/timesheets",)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One item a list, or a read with query parameters."""
    spread(metafunc, "filtered_list", filtered_lists)
    spread(metafunc, "queried_read", queried_reads)
    spread(metafunc, "timer", lambda known: [known.actors[0].name], "timer")


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
    return [each for each in found if each.rows is not None and all(map(known.query, each.question.parameters))]


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
    pair = swapped(lab, filtered_list) if judge.places else ()
    if pair:
        same = set(pair[0].own) == set(pair[1].own)
        judge.check(
            same, operation=filtered_list, field=pair[0].question.parameter, value="two own ones, in either order",
            expected="the same records", got="the same records" if same else "other records", exchange=pair[1].exchange,
        )  # fmt: skip


@clause("filter.matches")
def test_running_records_are_told_apart(lab: Lab, judge: Judge, timer: str) -> None:
    """`active` has the running records, or the others, while there is one of each."""
    taken = ask_active(lab, actor_named(lab, timer)) if lab.beyond("standard") else ()
    for each in taken:
        strangers, missing = set(each.names or ()) - set(each.expected), set(each.expected) - set(each.names or ())
        for clause_id, wrong in (("filter.matches", strangers), ("filter.finds", missing)):
            judge.on(clause_id).check(
                not wrong and each.names is not None, operation=each.exchange.operation, field="active",
                value=each.window,
                expected=f"the {each.expected[0]} one", got=" and ".join(each.names or ()) or "none",
                exchange=each.exchange,
            )  # fmt: skip
    if not taken:
        judge.skip("no record could be started to ask about", operation=SMOKE[0], field="active")


@clause("filter.narrows")
def test_complements(lab: Lab, judge: Judge, filtered_list: str) -> None:
    """A yes-or-no filter parts the list: nothing is in both halves, nothing in neither."""
    found = asked(lab, judge, filtered_list)
    for name in dict.fromkeys(each.question.parameter for each in found):
        halves = [each for each in found if each.question.parameter == name and each.question.value in ("0", "1", "2")]
        if len(halves) != 2:
            continue
        one, other = (set(each.own) for each in halves)
        both, neither = one & other, set(found[0].question.expected) - one - other
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
        if each.word.isdigit():
            judge.on("definition.parameters-accepted").check(
                False, operation=filtered_list, field="orderBy", value=f"{each.by} {each.order}", expected="accepted",
                got=each.word, exchange=each.exchange,
            )  # fmt: skip
        judge.check(
            each.word == "sorted", operation=filtered_list, field="orderBy",
            value=each.asked or f"{each.by} {each.order}", expected="sorted", got=each.word, exchange=each.exchange,
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


@clause("filter.full")
def test_full_list(lab: Lab, judge: Judge, filtered_list: str) -> None:
    """In lists of other records `full` shows more, and what it shows besides is as without it."""
    try:
        found = detailed(lab, filtered_list)
    except Refused as error:
        judge.skip(str(error), operation=filtered_list)
        return
    for each in found:
        judge.check(
            each.word == "as without full", operation=each.operation, field=each.field, value=each.value,
            expected="as without full", got=each.word, exchange=each.exchange,
        )  # fmt: skip
    if not found:
        judge.skip("not observable: this list has no such parameter, or shows no own records", operation=filtered_list)


@clause("filter.own-by-default")
@pytest.mark.xdist_group("test_filters-GET /api/timesheets")
def test_own_by_default(lab: Lab, judge: Judge) -> None:
    """Without `user` a list has the caller's records; with it those of that user."""
    for each in asked(lab, judge, SMOKE[0]):
        if each.question.parameter in ("user", "users[]"):
            got = "those alone" if set(each.own) == set(each.question.expected) else "other records"
            judge.check(
                got == "those alone", operation=SMOKE[0], field=each.question.parameter, value=each.question.value,
                expected="those alone", got=got, exchange=each.exchange,
            )  # fmt: skip


@clause("definition.parameters-accepted")
def test_valid_parameters(lab: Lab, judge: Judge, queried_read: str) -> None:
    """Every parameter is accepted with the values that it is documented to take."""
    control = answer_of(lab, lab.index[queried_read])
    if control is None or control.status in (401, 403):
        judge.skip("the strongest actor may not read it, or has no record for it", operation=queried_read)
        return
    for each in ask_valid(lab, lab.index[queried_read]):
        got = "accepted" if each.exchange.ok else str(each.exchange.status)
        judge.check(
            each.exchange.ok, operation=queried_read, field=each.name, value=each.value, expected="accepted", got=got,
            exchange=each.exchange,
        )  # fmt: skip


@clause("filter.wrong-refused")
def test_wrong_parameters(lab: Lab, judge: Judge, queried_read: str) -> None:
    """Each parameter alone is refused with a value that breaks its documented pattern."""
    for each in ask_wrong(lab, lab.index[queried_read]):
        if each.exchange.status in (401, 403):
            judge.skip(f"the strongest actor is answered {each.exchange.status}", operation=queried_read)
            return
        judge.check(
            each.exchange.status == 400, operation=queried_read, field=each.name, value=each.value,
            expected="400", got=str(each.exchange.status), exchange=each.exchange,
        )  # fmt: skip
    if not judge.places:
        judge.skip("not observable: no pattern is documented", operation=queried_read)


@clause("filter.empty-value")
def test_empty_parameters(lab: Lab, judge: Judge, queried_read: str) -> None:
    """What an empty value leads to is reported; a server error is one."""
    for each in ask_empty(lab, lab.index[queried_read]):
        judge.observe(operation=queried_read, field=each.name, value="", got=str(each.exchange.status))
