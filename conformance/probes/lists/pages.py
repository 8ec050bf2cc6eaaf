"""How the list of time records pages: its headers, its sizes, its end, and whether the pages hold everything once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from conformance.model import DISTURBED, Exchange
from conformance.probes.context import ProbeContext, once
from conformance.probes.records.list_scopes import ListScope, create_in, ids_of, list_scope, listed

HEADERS = ("x-page", "x-total-count", "x-total-pages", "x-per-page")
EQUAL = 20
"""Records that begin at the same time."""

MAX_PAGES = 60


@dataclass(frozen=True)
class Page:
    """One page: its number, its ids (None where it was no list), and its four headers as numbers, None where not."""

    number: int
    ids: tuple[int, ...] | None
    headers: Mapping[str, int | None]
    exchange: Exchange


@once("paging")
def stage(context: ProbeContext) -> ListScope:
    """Return the scope with its records: more than one page of them from the standard profile on. Raises Refused.

    They are the weakest actor's who may book and list them: a tracking mode, a period that is locked, or a right that
    was taken leaves it to stronger ones.
    """
    for actor in reversed(context.actors):
        scope = list_scope(context, "paging", actor)
        _book(context, scope, 0)
        if scope.ids and listed(context, actor, scope.params)[1] is not None:
            break
    total = 53 if context.profile_at_least("standard") else 5
    answers = [_book(context, scope, number) for number in range(1, total if scope.ids else 1)]
    if any(answer.status in DISTURBED for answer in answers):
        # Nobody else's records are there: what is listed and was not answered was made all the same.
        _, ids = listed(context, scope.actor, {**scope.params, "size": 500})
        scope.ids[:] = sorted({*scope.ids, *(ids or ())})
    return scope


def _book(context: ProbeContext, scope: ListScope, number: int) -> Exchange:
    """Make one of the records: the first ones begin at the same time, where records may overlap."""
    start = datetime(scope.year, 3, 1)
    equal = context.may_overlap and number < EQUAL
    begin = start.replace(month=2) if equal else start + timedelta(hours=2 * number)
    times = (moment.strftime("%m-%dT%H:%M:%S") for moment in (begin, begin + timedelta(hours=1)))
    return create_in(context, scope, *times)


def page(context: ProbeContext, scope: ListScope, number: int | None, **more: Any) -> Page:
    """Ask for one page; for none in particular where the number is None."""
    params = {**scope.params, **more, **({} if number is None else {"page": number})}
    exchange, ids = listed(context, scope.actor, params)
    results = {name: _number(exchange.headers.get(name)) for name in HEADERS}
    return Page(number or 1, None if ids is None else tuple(ids), results, exchange)


def pages(context: ProbeContext, scope: ListScope, size: int, **more: Any) -> tuple[Page, ...]:
    """Ask for page after page until one is no list or has no records, at most as many as there can be."""
    result: list[Page] = []
    while len(result) < min(MAX_PAGES, len(scope.ids) // size + 2):
        result.append(page(context, scope, len(result) + 1, size=size, **more))
        if not result[-1].ids or len(result[-1].ids) < size:
            break
    return tuple(result)


@once("pages {size} {order}")
def read_pages(context: ProbeContext, scope: ListScope, size: int, order: str) -> tuple[Page, ...]:
    """Return all pages of a size, sorted by id; in descending order with expanded records. Asked once a process."""
    more = {"full": "true"} if order == "DESC" else {}
    return pages(context, scope, size, orderBy="id", order=order, **more)


@once("page by default")
def default_page(context: ProbeContext, scope: ListScope) -> Page:
    """Return what comes without page, size and order. Asked once a process."""
    return page(context, scope, None)


@once("pages of equals {size} {order}")
def equal_pages(context: ProbeContext, scope: ListScope, size: int, order: str) -> tuple[Page, ...]:
    """Return all pages of the records that begin at the same time, sorted by begin. Asked once a process."""
    # From the evening before: their begin may be rounded.
    window = {"begin": f"{scope.year}-01-31T12:00:00", "end": f"{scope.year}-02-01T23:59:59"}
    return pages(context, scope, size, orderBy="begin", order=order, **window)


def everything(result: Sequence[Page]) -> list[int]:
    """Return the ids of all pages in order."""
    return [number for item in result for number in item.ids or ()]


def whole_word(values: Sequence[int], expected: Sequence[int]) -> str:
    """Return whether the pages hold each expected record once, as a canonical word."""
    missing, repeated = set(expected) - set(values), len(values) != len(set(values))
    foreign = set(values) - set(expected)
    words = [word for word, holds in (("missing", missing), ("repeated", repeated), ("too many", foreign)) if holds]
    return "each once" if not words else f"records {' and '.join(words)}"


def other_collections(context: ProbeContext) -> tuple[tuple[str, Exchange, str], ...]:
    """Ask the collections that do not document paging for a page of one record, and say whether they are "whole"."""
    paged = {operation.label for operation in context.index.paged}
    results = []
    for operation in context.index.operations:
        success = operation.success
        is_list = success is not None and success.shape is not None and success.shape.kind == "array"
        plain = operation.method == "GET" and not operation.path_parameters
        if plain and is_list and operation.label not in paged and not operation.query("size"):
            exchange = context.session().get(operation.path, params={"page": 1, "size": 1})
            paged_here = any(name in exchange.headers for name in HEADERS) or _less(context, operation.path, exchange)
            results.append((operation.label, exchange, "paged" if paged_here else "whole"))
    return tuple(results)


def _less(context: ProbeContext, path: str, cut: Exchange) -> bool:
    """Whether a page of one is less than the list; one of several is not, and nothing else has to be asked.

    Where the list has more, the page is asked again: somebody may have made a record in between.
    """

    def rows(of: Exchange) -> int:
        body = of.json_or_none()
        return len(body) if isinstance(body, list) else 0

    if rows(cut) != 1 or rows(context.session().get(path)) < 2:
        return False
    return rows(context.session().get(path, params={"page": 1, "size": 1})) == 1


def paged_collections(context: ProbeContext) -> tuple[tuple[str, Page], ...]:
    """Return the first page of every collection that documents paging."""
    results = []
    for operation in context.index.paged:
        exchange = context.session().get(operation.path, params={"size": 1})
        headers = {name: _number(exchange.headers.get(name)) for name in HEADERS}
        ids = ids_of(exchange)
        results.append((operation.label, Page(1, None if ids is None else tuple(ids), headers, exchange)))
    return tuple(results)


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdigit() else None
