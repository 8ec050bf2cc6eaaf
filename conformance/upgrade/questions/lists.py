"""How own time records are listed: filtered, ordered, paged. All on a project that holds nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from conformance.probes.context import ProbeContext
from conformance.probes.lists import sheet_lists, time_filters
from conformance.probes.lists.absent_filters import FilterFound, absent_filters, unusual_filters
from conformance.probes.lists.sheet_lists import SheetList
from conformance.probes.records.list_scopes import COLLECTION
from conformance.probes.records.specimens import apart
from conformance.upgrade.canonical import found, ordered, page_size_word
from conformance.upgrade.facts import About, Fact, fact, unseen
from conformance.upgrade.questions.unseen import facts_or_unseen

GET = f"GET {COLLECTION}"
OF_TWO = "of two records"
MODIFIED = "modified_after"
OWN = "own records"
NEAR = "minutes from the change"
_ORDERS = ("orderBy", "order")
Word = Callable[[Sequence[str]], str]


def ask(context: ProbeContext) -> Iterator[Fact]:
    """Ask lists of time records. Facts: FILTER, ORDER, PAGE, SCOPE."""
    yield from facts_or_unseen(partial(_asked, context), About.FILTER, GET)
    for ask in (absent_filters, unusual_filters):
        yield from facts_or_unseen(partial(_found, apart(context), ask), About.FILTER, GET, asked=OF_TWO)
    yield from facts_or_unseen(partial(_modified, apart(context)), About.FILTER, GET, asked=NEAR)


def _asked(context: ProbeContext) -> Iterator[Fact]:
    for item in sheet_lists.filtered(context):
        way = _as_is if item.asked == "id" else ordered if item.field in _ORDERS else found
        yield _fact(About.FILTER, item, way)
    # Those that begin together have an order where they come alike in every list; else they count as one place.
    orders = [_fact(About.ORDER, item, _as_is) for item in sheet_lists.in_default_order(context)]
    alike = len({order.answer.removeprefix(_EXPANDED) for order in orders}) == 1
    yield orders[0] if alike else replace(orders[0], answer=ordered(orders[0].answer.split()))
    for item in sheet_lists.paged(context):
        yield _fact(About.PAGE, item, page_size_word)
        if not isinstance(item.answer, str) and item.answer.ok:
            size = item.answer.headers.get("x-per-page", "absent")
            yield fact(About.PAGE, GET, size, field="x-per-page", asked=item.asked)
    for item in sheet_lists.seen_by_roles(context):
        asked = ", ".join(filter(None, ("" if item.of_others else OWN, item.asked)))
        yield _fact(About.SCOPE, replace(item, asked=asked), found)


def _fact(about: About, item: SheetList, way: Word) -> Fact:
    """Return which of the own records are listed, by the order in which they were made: "3 2 1"."""
    role = "" if about is About.PAGE else item.actor.role
    where = {"role": role, "field": item.field, "asked": item.asked}
    if isinstance(item.answer, str):
        return unseen(about, GET, item.answer, **where)
    if item.numbers is None:
        return fact(about, GET, "no list" if item.answer.ok else str(item.answer.status), **where)
    return fact(about, GET, (_EXPANDED if item.expanded else "") + way(item.numbers), **where)


_EXPANDED = "objects "


def _as_is(numbers: Sequence[str]) -> str:
    return " ".join(numbers) or "nothing"


def _found(context: ProbeContext, ask: Callable[[ProbeContext], Iterator[FilterFound]]) -> Iterator[Fact]:
    """Say which of two records filters find that ask for something absent, or ask oddly."""
    for item in ask(context):
        role, asked = context.strongest.role, f"{item.what}, {OF_TWO}"
        yield fact(About.FILTER, item.operation, item.found, role=role, field=item.field, asked=asked)


def _modified(context: ProbeContext) -> Iterator[Fact]:
    """Say whether the times of changes are asked for in UTC; an actor in UTC cannot tell."""
    if time_filters.is_in_utc(time_filters.stage(context).scope.actor):
        yield unseen(About.FILTER, GET, "every actor who may book is in UTC", field=MODIFIED, asked=NEAR)
        return
    takens = time_filters.ask_modified_near(context)
    as_utc = all(taken.names is not None and set(taken.names) == set(taken.expected) for taken in takens)
    yield fact(About.FILTER, GET, "read as UTC" if as_utc else "not read as UTC", field=MODIFIED, asked=NEAR)
