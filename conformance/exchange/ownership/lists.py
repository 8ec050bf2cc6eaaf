"""Reads lists of an instance, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.exchange.guard.context import PAGE, GuardContext
from conformance.exchange.guard.kinds import KINDS, Kind, fill_path
from conformance.model import Actor

Item = dict[str, Any]
Params = Mapping[str, str | list[str]]

MOST_PAGES = 20
PAGED = frozenset({Kind.TIMESHEET, Kind.INVOICE})
"""Kinds whose lists come in pages; the others are whole."""

_SEARCHABLE = frozenset({Kind.TIMESHEET, Kind.CUSTOMER, Kind.PROJECT, Kind.ACTIVITY})
"""Kinds whose list takes a search term, so that a large instance costs no more than a small one."""

_MOST_SEARCHED = 100


class CannotList(Exception):
    """A list could not be read to its end; the message says which and why."""


def whole_list(
    state: GuardContext, reader: Actor, path: str, params: Params, kind: Kind, *, above: int = 0
) -> Iterator[Item]:
    """Return all records of a list with ids above `above`, page by page. Raises CannotList.

    A list that is sorted by id, highest first, ends where `above` is reached. What hangs below a record that is gone
    is nothing: a 404 for a list that is not paged is an empty one.
    """
    paged = kind in PAGED
    for page in range(1, MOST_PAGES + 1):
        extra = {"page": str(page), "size": str(PAGE)} if paged else {}
        status, items = state.read_list(reader, path, {**params, **extra})
        if status == 404 and (page > 1 or not paged):
            return
        if items is None:
            raise CannotList(f"GET {path} answered {status}")
        if not all(isinstance(item, dict) and isinstance(item.get("id"), int) for item in items):
            raise CannotList(f"GET {path} lists something without an id")
        yield from (item for item in items if item["id"] > above)
        if not paged or len(items) < PAGE or any(item["id"] <= above for item in items):
            return
    raise CannotList(f"GET {path} lists more than {MOST_PAGES * PAGE} records")


def records_of(
    state: GuardContext, kind: Kind, parent: int | None = None, *, above: int = 0, text: str = ""
) -> list[Item]:
    """Return the records of a kind above an id, as whoever sees most; with a text in them, where lists can be searched.

    Raises CannotList.
    """
    facts = KINDS[kind]
    if not facts.listing or (facts.parent and parent is None):
        raise CannotList(f"nothing lists records of the kind {kind}")
    path = fill_path(facts.listing, parent)
    params = {**facts.params, **_search(kind, text)}
    reader = state.all_records_reader or state.strongest
    try:
        return list(whole_list(state, reader, path, params, kind, above=above))
    except CannotList:
        if params.pop("user", None) is None or state.all_records_reader:
            raise
        # Whoever may not list everybody's records lists their own; nobody else's could be the run's.
        return [item for actor in state.actors for item in whole_list(state, actor, path, params, kind, above=above)]


def _search(kind: Kind, text: str) -> dict[str, str]:
    if not text:
        return {}
    if KINDS[kind].by_name:
        return {"name": text}
    # A colon searches custom fields in Kimai, and what is no letter may be read in other ways too.
    plain = len(text) <= _MOST_SEARCHED and all(sign.isalnum() or sign in " -" for sign in text) and text.isascii()
    return {"term": text} if kind in _SEARCHABLE and plain else {}


def shown(state: GuardContext, kind: Kind, ident: int, maker: str | None = None) -> tuple[int, Item | None]:
    """Return the status of a record's own GET and the record, None where it is not shown, or another one is.

    Asked as whoever sees most, then as its maker, who may see what an administrator of another team does not.
    """
    status, path = 0, fill_path(KINDS[kind].item, ident)
    readers = [state.all_records_reader or state.strongest, *(actor for actor in state.actors if actor.name == maker)]
    for reader in dict.fromkeys(readers) if path else ():
        status, item = state.read(reader, path, {})
        if status == 200 and isinstance(item, dict) and item.get("id") == ident:
            return status, item
        if status == 404:
            break
    return status, None
