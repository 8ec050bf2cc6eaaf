"""Filters by date: which forms they take, and that they are exact to the second.

Source: OpenAPI definition, `begin`, `end`, `modified_after`; REST API, Date and time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

from conformance.probes import Collection, ProbeContext
from conformance.probes.lists.time_filters import (
    Taken,
    ask_edge,
    ask_modified,
    ask_windows,
    form_accepted,
    guaranteed_form,
    plain_answer,
    today,
)
from conformance.probes.times.times import COLLECTION
from conformance.verdict import Judge, clause
from contracts.parametrize import at_least, parametrize_by

OTHER_FILTER_FORMS = ("2025-01-15", "2025-01-15T10:00", "2025-01-15T10:00:00Z", "2025-01-15T10:00:00+00:00", "now", "")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One item a date parameter."""
    parametrize_by(metafunc, "date_filter", date_filters, together=True)


def date_filters(known: Collection) -> Iterator[str]:
    """Return the date parameters of all reads, as "GET /api/timesheets begin"."""
    for operation in known.index.operations:
        if operation.method == "GET" and not operation.path_parameters:
            for parameter in known.index.datetime_query_parameters(operation):
                if at_least(known, "standard") or operation.label == f"GET {COLLECTION}":
                    yield f"{operation.label} {parameter.name}"


@clause("datetime.filter-form")
def test_filter_takes_the_guaranteed_form(context: ProbeContext, judge: Judge, date_filter: str) -> None:
    """Every date parameter takes the guaranteed form."""
    label, _, name = date_filter.rpartition(" ")
    path = label.removeprefix("GET ")
    exchange = guaranteed_form(context, context.index[label], name)
    control = exchange if exchange.ok else plain_answer(context, path)
    if not control.ok:
        judge.skip(f"this actor is answered {control.status} without the parameter too", operation=label, field=name)
        return
    judge.check(
        exchange.ok, operation=label, field=name, value=today(), expected="accepted",
        got="accepted" if exchange.ok else str(exchange.status), exchange=exchange,
    )  # fmt: skip


@clause("datetime.filter-other-forms")
def test_filter_other_forms(context: ProbeContext, judge: Judge, date_filter: str) -> None:
    """What other forms lead to in a date parameter is reported; of some other lists in the thorough profile alone."""
    label, _, name = date_filter.rpartition(" ")
    if label != f"GET {COLLECTION}" and not context.profile_at_least("thorough"):
        judge.skip("not observable: asked in the thorough profile", operation=label, field=name)
        return
    for form in OTHER_FILTER_FORMS if context.profile_at_least("thorough") else OTHER_FILTER_FORMS[:2]:
        exchange = form_accepted(context, label.removeprefix("GET "), name, form)
        judge.observe(operation=label, field=name, value=form, got=str(exchange.status))


@clause("datetime.filter-bounds")
@pytest.mark.xdist_group("time-filters")
def test_filter_bounds(context: ProbeContext, judge: Judge) -> None:
    """Windows take in what begins within them, both ends included, to the second and at midnight."""
    for taken in ask_windows(context):
        judge.check(
            taken.names == tuple(sorted(taken.expected)), operation=f"GET {COLLECTION}", field="begin, end",
            value=taken.window, expected=names(taken.expected), got=names(taken.names), exchange=taken.exchange,
        )  # fmt: skip
        as_a_filter(judge, taken)


def as_a_filter(judge: Judge, taken: Taken) -> None:
    """Judge a window by what is promised of every filter, too: it has what was asked for, and nothing else."""
    result, wanted = set(taken.names or ()), set(taken.expected)
    for clause_id, wrong in (("filter.finds", wanted - result), ("filter.matches", result - wanted)):
        judge.on(clause_id).check(
            not wrong and taken.names is not None, operation=f"GET {COLLECTION}", field="begin, end",
            value=taken.window, expected=names(taken.expected), got=names(taken.names), exchange=taken.exchange,
        )  # fmt: skip


@clause("datetime.filter-edge")
@pytest.mark.xdist_group("time-filters")
def test_filter_edge(context: ProbeContext, judge: Judge) -> None:
    """Whether a record that only ends in a window is in it is reported."""
    taken = ask_edge(context)
    judge.observe(operation=f"GET {COLLECTION}", field="begin, end", value=taken.window, got=names(taken.names))


@clause("datetime.modified-after")
@pytest.mark.xdist_group("time-filters")
def test_modified_after(context: ProbeContext, judge: Judge) -> None:
    """What was changed since then is in the list, what was not is left out."""
    for taken in ask_modified(context):
        judge.check(
            taken.names == tuple(sorted(taken.expected)), operation=f"GET {COLLECTION}", field="modified_after",
            value=taken.window, expected=names(taken.expected), got=names(taken.names), exchange=taken.exchange,
        )  # fmt: skip


def names(values: Iterable[str] | None) -> str:
    """Return records by name as a canonical word."""
    return "no list" if values is None else ", ".join(sorted(values)) or "none"
