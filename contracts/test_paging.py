"""Paging: headers are true, pages hold everything once, the end is a 404.

Source: Kimai's documentation, Pagination. All lists are confined to the run's own records.
"""

from __future__ import annotations

import re

import pytest

from conformance.probes import ProbeContext
from conformance.probes.lists.pages import (
    EQUAL,
    HEADERS,
    Page,
    default_page,
    equal_pages,
    everything,
    other_collections,
    page,
    paged_collections,
    read_pages,
    stage,
    whole_word,
)
from conformance.probes.records.list_scopes import COLLECTION, ListScope
from conformance.verdict import Judge, clause

GET = f"GET {COLLECTION}"

pytestmark = pytest.mark.xdist_group("paging")


def staged(context: ProbeContext, judge: Judge) -> ListScope | None:
    """Return the scope with its records; None, with the reason, where too few of them could be made."""
    scope = stage(context)
    if len(scope.ids) < 5:
        judge.skip(f"only {len(scope.ids)} records could be made to page through", operation=GET)
        return None
    return scope


@clause("paging.headers")
def test_headers_are_true(context: ProbeContext, judge: Judge) -> None:
    """The four headers are there, and tell what the pages show: of the whole list, and of a filtered one."""
    scope = staged(context, judge)
    if scope is None:
        return
    total = len(scope.ids)
    judge_headers(judge, default_page(context, scope), total, 50)
    for size, order in read_through(context):
        for seen in read_pages(context, scope, size, order):
            if seen.number <= -(-total // size):
                judge_headers(judge, seen, total, size, f"by id {order}, ")
    if context.profile_at_least("standard"):
        judge_headers(judge, page(context, scope, 1, size=largest(context)), total, largest(context))
    equal = min(EQUAL, total)
    for size, order in by_begin(context):
        for seen in equal_pages(context, scope, size, order):
            if seen.number <= -(-equal // size):
                judge_headers(judge, seen, equal, size, f"filtered, by begin {order}, ")
    none = page(context, scope, 1, exported="1")
    result = none.headers["x-total-count"]
    judge.check(
        result == 0, operation=GET, field="x-total-count", value="filtered, nothing left", expected="0",
        got=str(result),
        exchange=none.exchange, cause="x-total-count wrong",
    )  # fmt: skip


def largest(context: ProbeContext) -> int:
    """Return the largest size that the definition allows, 500 where it tells none."""
    size = context.index[GET].query("size")
    result = re.search(r"max: (\d+)", size.description) if size is not None else None
    return int(result[1]) if result else 500


def judge_headers(judge: Judge, seen: Page, total: int, size: int, word: str = "") -> None:
    """Judge the headers of one page of a list of `total` records."""
    true = {"x-page": seen.number, "x-total-count": total, "x-total-pages": -(-total // size), "x-per-page": size}
    for name in HEADERS:
        got = seen.headers[name]
        judge.check(
            got == true[name], operation=GET, field=name, value=f"{word}page {seen.number} of size {size}",
            expected=str(true[name]), got="missing" if got is None else str(got), exchange=seen.exchange,
            cause=f"{name} {'missing' if got is None else 'wrong'}",
        )  # fmt: skip


@clause("paging.default-size")
def test_default_size(context: ProbeContext, judge: Judge) -> None:
    """Without a size a page has fifty records, whatever else is asked."""
    scope = staged(context, judge)
    if scope is None:
        return
    wanted = min(50, len(scope.ids))
    for word, seen in (
        ("", default_page(context, scope)),
        (", full and filtered", page(context, scope, None, full="true", exported="0")),
    ):
        result = seen.headers["x-per-page"]
        judge.check(
            result == 50, operation=GET, field="x-per-page", expected="50", got=str(result), exchange=seen.exchange
        )
        count = -1 if seen.ids is None else len(seen.ids)
        judge.check(
            count == wanted, operation=GET, value=f"{len(scope.ids)} records{word}", expected=str(wanted),
            got=str(count), exchange=seen.exchange,
        )  # fmt: skip


def sizes(context: ProbeContext) -> tuple[int, ...]:
    """Return sizes of pages; from the standard profile on one that leaves a single record for the last page."""
    return (9, 26) if context.profile_at_least("standard") else (3,)


def read_through(context: ProbeContext) -> tuple[tuple[int, str], ...]:
    """Return the sizes and orders by id in which all pages are read; expanded where the order is descending."""
    expanded = [(sizes(context)[-1], "DESC")] if context.profile_at_least("standard") else []
    return (*((size, "ASC") for size in sizes(context)), *expanded)


def by_begin(context: ProbeContext) -> tuple[tuple[int, str], ...]:
    """Return the sizes and orders by begin in which records of one begin are read; none where they may not overlap."""
    if not context.may_overlap:
        return ()
    return ((3, "ASC"), (7, "DESC")) if context.profile_at_least("standard") else ((3, "DESC"),)


@clause("paging.size")
def test_size(context: ProbeContext, judge: Judge) -> None:
    """Every page has as many records as size says, the last one the rest."""
    scope = staged(context, judge)
    if scope is None:
        return
    for size in sizes(context):
        left = len(scope.ids)
        for seen in read_pages(context, scope, size, "ASC"):
            expected = min(size, left)
            left -= expected
            count = -1 if seen.ids is None else len(seen.ids)
            judge.check(
                count == expected or not expected, operation=GET, value=f"size {size}, page {seen.number}",
                expected=str(expected), got="no list" if count < 0 else str(count), cause="size",
                exchange=seen.exchange,
            )  # fmt: skip


@clause("paging.complete")
def test_pages_are_complete(context: ProbeContext, judge: Judge) -> None:
    """The pages together hold every record once, in each order, plain and expanded."""
    scope = staged(context, judge)
    if scope is None:
        return
    for size, order in read_through(context):
        result = read_pages(context, scope, size, order)
        got = whole_word(everything(result), scope.ids)
        judge.check(
            got == "each once", operation=GET, value=f"size {size}, by id {order}", expected="each once", got=got,
            exchange=result[-1].exchange,
        )  # fmt: skip


@clause("paging.equal-keys")
def test_equal_begins(context: ProbeContext, judge: Judge) -> None:
    """So they do among records that begin at the same time."""
    scope = staged(context, judge)
    if scope is None:
        return
    if not context.may_overlap or len(scope.ids) < min(EQUAL, 5):
        judge.skip("not observable: this instance allows no records at the same time", operation=GET)
        return
    for size, order in by_begin(context):
        result = equal_pages(context, scope, size, order)
        got = whole_word(everything(result), scope.ids[:EQUAL])
        judge.check(
            got == "each once", operation=GET, field="begin", value=f"size {size}, {order}", expected="each once",
            got=got, exchange=result[-1].exchange,
        )  # fmt: skip


@clause("paging.past-end")
def test_page_past_the_end(context: ProbeContext, judge: Judge) -> None:
    """A page past the end is 404; the last page is not."""
    scope = staged(context, judge)
    if scope is None:
        return
    size = sizes(context)[0]
    last = -(-len(scope.ids) // size)
    read = [seen for seen in read_pages(context, scope, size, "ASC") if seen.number == last]
    for word, expected, seen in (
        *(("the last", 200, seen) for seen in read),
        ("past the end", 404, page(context, scope, last + 1, size=size)),
    ):
        judge.check(
            seen.exchange.status == expected, operation=GET, field="page", value=word, expected=str(expected),
            got=str(seen.exchange.status), exchange=seen.exchange,
        )  # fmt: skip


@clause("paging.documented")
def test_documented_collections_page(context: ProbeContext, judge: Judge) -> None:
    """The collections that document page and size have the headers; the others are whole."""
    for label, seen in paged_collections(context):
        if seen.exchange.status in (401, 403):
            judge.skip(f"the strongest actor is answered {seen.exchange.status}", operation=label)
            continue
        there = all(header is not None for header in seen.headers.values())
        judge.check(
            there, operation=label, expected="paged", got="paged" if there else "not paged", exchange=seen.exchange
        )
    for label, exchange, got in other_collections(context) if context.profile_at_least("standard") else ():
        judge.check(got == "whole", operation=label, expected="whole", got=got, exchange=exchange)


@clause("paging.limits")
def test_limits(context: ProbeContext, judge: Judge) -> None:
    """What odd numbers lead to is reported."""
    scope = staged(context, judge)
    if scope is None:
        return
    for params in ({"page": 0}, {"size": 0}, {"size": 501}, {"size": -1}, {"page": -1}):
        name, value = next(iter(params.items()))
        seen = page(context, scope, None, **params)
        got = f"{seen.exchange.status}, X-Per-Page {seen.headers['x-per-page']}, X-Page {seen.headers['x-page']}"
        judge.observe(operation=GET, field=name, value=str(value), got=got)


@clause("paging.browsers")
def test_headers_for_browsers(context: ProbeContext, judge: Judge) -> None:
    """Which headers of paging a script of another site may read is reported."""
    answer = context.session().get(COLLECTION, params={"size": 1}, headers={"origin": "https://client.example"})
    exposed = answer.headers.get("access-control-expose-headers", "").lower()
    names = ("x-page", "x-total-count", "x-total-pages", "x-per-page")
    missing = [name for name in names if name not in exposed.replace(" ", "").split(",")]
    judge.observe(operation=GET, field="origin", got=f"without {', '.join(missing)}" if missing else "all of them")
