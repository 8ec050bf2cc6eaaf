"""How own time records are listed: filtered, ordered, paged. All on a project that holds nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from conformance.model import Exchange
from conformance.probes.context import ProbeContext
from conformance.probes.lists import time_filters
from conformance.probes.lists.absent_filters import FilterFound, absent_filters, unusual_filters
from conformance.probes.records.creating import attribute
from conformance.probes.records.list_scopes import COLLECTION, ListScope, create_in, ids_of, list_scope
from conformance.probes.records.specimens import apart, roles, sent
from conformance.upgrade.canonical import counted, found, ordered
from conformance.upgrade.facts import About, Fact, fact, unseen
from conformance.upgrade.questions.telling import told

GET = f"GET {COLLECTION}"
OF_TWO = "of two records"
MODIFIED = "modified_after"
OWN = "own records"
NEAR = "minutes from the change"
_ORDERS = ("orderBy", "order")
Word = Callable[[Sequence[str]], str]

FILTERS: Mapping[str, tuple[Any, ...]] = {
    "begin": ("{year}-02-01T00:00:00", "{year}-02-01", ""),
    "end": ("{year}-02-01T00:00:00",),
    "exported": ("0", "1", "true"),
    "active": ("0", "1"),
    "billable": ("0", "1", "true"),
    "term": ("listed", "nothing has this word"),
    "tags[]": ("conformance test, no such tag",),
    "modified_after": ("2009-01-01T00:00:00",),
    "unknown": ("1",),
    "orderBy": ("begin", "id", "nothing"),
    "order": ("ASC", "asc"),
    "full": ("true", "1", "maybe"),
}
"""Query parameters with what is asked. What no version knows is asked too: unknown ones are ignored until today."""

PAGES: Mapping[str, Mapping[str, Any]] = {
    "nothing said": {},
    "size 1": {"size": 1},
    "size 0": {"size": 0},
    "size 501": {"size": 501},
    "size abc": {"size": "abc"},
    "page 0": {"page": 0},
    "page -1": {"page": -1},
    "past the end": {"page": 9},
}


def ask(context: ProbeContext) -> Iterator[Fact]:
    """Ask lists of time records. Facts: FILTER, ORDER, PAGE, SCOPE."""
    yield from told(partial(_asked, context), About.FILTER, GET)
    for ask in (absent_filters, unusual_filters):
        yield from told(partial(_found, apart(context), ask), About.FILTER, GET, asked=OF_TWO)
    yield from told(partial(_modified, apart(context)), About.FILTER, GET, asked=NEAR)


def _modified(context: ProbeContext) -> Iterator[Fact]:
    """Say whether the times of changes are asked for in UTC; an actor in UTC cannot tell."""
    if time_filters.is_in_utc(time_filters.stage(context).place.actor):
        yield unseen(About.FILTER, GET, "every actor who may book is in UTC", field=MODIFIED, asked=NEAR)
        return
    takens = time_filters.ask_modified_near(context)
    as_utc = all(taken.names is not None and set(taken.names) == set(taken.expected) for taken in takens)
    yield fact(About.FILTER, GET, "read as UTC" if as_utc else "not read as UTC", field=MODIFIED, asked=NEAR)


def _found(context: ProbeContext, ask: Callable[[ProbeContext], Iterator[FilterFound]]) -> Iterator[Fact]:
    """Say which of two records filters find that ask for something absent, or ask oddly."""
    for item in ask(context):
        role, asked = context.strongest.role, f"{item.what}, {OF_TWO}"
        yield fact(About.FILTER, item.operation, item.found, role=role, field=item.field, asked=asked)


def _asked(context: ProbeContext) -> Iterator[Fact]:
    place = _ground(context)
    for name, values in FILTERS.items():
        for value in values:
            text = str(value).format(year=place.year)
            yield _about(About.FILTER, context, place, {name: text}, field=name, asked=str(value))
    yield _default_order(context, place)
    for asked, params in PAGES.items():
        yield from _page(context, place, asked, params)
    for role, actor in roles(context).items():
        for asked, params in (("", {}), ("user=all", {"user": "all"})):
            answer = sent(
                lambda actor=actor, params=params: context.session(actor).get(COLLECTION, params=_on(place, params))  # type: ignore[misc]
            )
            own = OWN if actor == place.actor else ""
            yield _fact(About.SCOPE, place, answer, found, role=role, asked=", ".join(filter(None, (own, asked))))


def _default_order(context: ProbeContext, place: ListScope) -> Fact:
    """Say in which order records are listed. Those that begin together have one where they come alike in every list;
    where the database decides, it does so by the query, and they count as one place.
    """
    around = {"begin": f"{place.year}-01-01T00:00:00", "end": f"{place.year}-12-31T00:00:00"}
    lists: tuple[Mapping[str, Any], ...] = ({}, around, {"full": "true"}, {"exported": "0"})
    facts = [_about(About.ORDER, context, place, more, field="", asked="default order") for more in lists]
    answers = {fact.answer.removeprefix("objects ") for fact in facts}
    return facts[0] if len(answers) == 1 else replace(facts[0], answer=ordered(facts[0].answer.split()))


def _ground(context: ProbeContext) -> ListScope:
    """Three records of the plainest actor, two of which begin together."""

    def make() -> ListScope:
        place = list_scope(context, "snapshot lists", context.weakest)
        for begin, end in (("01-15T10:00:00", "01-15T11:00:00"), ("03-15T10:00:00", "03-15T11:00:00")):
            create_in(context, place, begin, end)
        create_in(context, place, "03-15T10:00:00", "03-15T12:00:00")
        return place

    return context.cached("snapshot lists", make)


def _on(place: ListScope, params: Mapping[str, Any]) -> dict[str, Any]:
    return {**place.params, **params}


def _about(
    about: About, context: ProbeContext, place: ListScope, params: Mapping[str, Any], *, field: str, asked: str
) -> Fact:
    answer = sent(lambda: context.session(place.actor).get(COLLECTION, params=_on(place, params)))
    way = _as_is if about is About.ORDER or asked == "id" else ordered if field in _ORDERS else found
    return _fact(about, place, answer, way, role=place.actor.role, field=field, asked=asked)


def _fact(about: About, place: ListScope, answer: Exchange | str, way: Word, **where: str) -> Fact:
    if isinstance(answer, str):
        return unseen(about, GET, answer, **where)
    return fact(about, GET, _listed(place, answer, way), **where)


def _as_is(numbers: Sequence[str]) -> str:
    return " ".join(numbers) or "nothing"


def _listed(place: ListScope, answer: Exchange, way: Word) -> str:
    """Return which of the own records are listed, by the order in which they were made: "3 2 1"."""
    if not answer.ok:
        return str(answer.status)
    result = ids_of(answer)
    if result is None:
        return "no list"
    shape = "objects " if isinstance(attribute((answer.json_or_none() or [{}])[0], "project"), dict) else ""
    return shape + way([str(place.ids.index(item) + 1) for item in result if item in place.ids])


def _page(context: ProbeContext, place: ListScope, asked: str, params: Mapping[str, Any]) -> Iterator[Fact]:
    answer = sent(lambda: context.session(place.actor).get(COLLECTION, params=_on(place, params)))
    yield _fact(About.PAGE, place, answer, counted, asked=asked)
    if not isinstance(answer, str) and answer.ok:
        yield fact(About.PAGE, GET, answer.headers.get("x-per-page", "absent"), field="x-per-page", asked=asked)
