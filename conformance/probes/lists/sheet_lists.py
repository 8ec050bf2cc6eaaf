"""How own time records are listed: filtered, ordered, paged, and to each role; on a project with nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.model import Actor, Exchange
from conformance.probes.context import ProbeContext, once
from conformance.probes.records.creating import attribute
from conformance.probes.records.list_scopes import COLLECTION, ListScope, create_in, ids_of, list_scope
from conformance.probes.records.specimens import roles, sent

TIED = ("2", "3")
"""Two of the records begin together: which of them comes first is asked in several lists."""

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


@dataclass(frozen=True)
class SheetList:
    """A list of time records as it was answered to an actor. `asked` says with which value of the parameter `field`.

    `answer` is a word for why there is none that could be compared. `numbers` are the own records in the order of the
    list, each by the number under which it was made, from "1"; None where the answer is no list. `expanded` says that
    they hold objects. `of_others` says that the actor made none of them.
    """

    actor: Actor
    field: str
    asked: str
    answer: Exchange | str
    numbers: tuple[str, ...] | None = None
    expanded: bool = False
    of_others: bool = False


def filtered(context: ProbeContext) -> Iterator[SheetList]:
    """Ask with every filter, as who made the records. Raises Refused, and NoAnswer where they could not be made."""
    scope = _scope(context)
    for name, values in FILTERS.items():
        for value in values:
            yield _listed(context, scope, scope.actor, name, str(value), {name: str(value).format(year=scope.year)})


def in_default_order(context: ProbeContext) -> tuple[SheetList, ...]:
    """Ask in no order, in several lists: where the database decides, it does so by the query. Raises Refused."""
    scope = _scope(context)
    around = {"begin": f"{scope.year}-01-01T00:00:00", "end": f"{scope.year}-12-31T00:00:00"}
    lists: tuple[Mapping[str, Any], ...] = ({}, around, {"full": "true"}, {"exported": "0"})
    return tuple(_listed(context, scope, scope.actor, "", "default order", params) for params in lists)


def paged(context: ProbeContext) -> Iterator[SheetList]:
    """Ask for pages, usual and odd. Raises Refused."""
    scope = _scope(context)
    for asked, params in PAGES.items():
        yield _listed(context, scope, scope.actor, "", asked, params)


def seen_by_roles(context: ProbeContext) -> Iterator[SheetList]:
    """Ask as every role, also for everybody's records. Raises Refused."""
    scope = _scope(context)
    for actor in roles(context).values():
        for asked, params in (("", {}), ("user=all", {"user": "all"})):
            yield _listed(context, scope, actor, "", asked, params)


def _listed(
    context: ProbeContext, scope: ListScope, actor: Actor, field: str, asked: str, params: Mapping[str, Any]
) -> SheetList:
    answer = sent(lambda: context.session(actor).get(COLLECTION, params={**scope.params, **params}))
    of_others = actor != scope.actor
    ids = ids_of(answer) if isinstance(answer, Exchange) and answer.ok else None
    if isinstance(answer, str) or ids is None:
        return SheetList(actor, field, asked, answer, of_others=of_others)
    expanded = isinstance(attribute((answer.json_or_none() or [{}])[0], "project"), dict)
    numbers = tuple(str(scope.ids.index(item) + 1) for item in ids if item in scope.ids)
    return SheetList(actor, field, asked, answer, numbers, expanded, of_others)


@once("snapshot lists")
def _scope(context: ProbeContext) -> ListScope:
    """Three records of the plainest actor, two of which begin together."""
    scope = list_scope(context, "snapshot lists", context.weakest)
    for begin, end in (("01-15T10", "01-15T11"), ("03-15T10", "03-15T11"), ("03-15T10", "03-15T12")):
        create_in(context, scope, f"{begin}:00:00", f"{end}:00:00")
    return scope
