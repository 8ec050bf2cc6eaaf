"""Looks for what became of a create without an answer, and for records that carry the run's mark."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from conformance.exchange.cleaning.ledger import Intent
from conformance.exchange.guarding.ids import id_of
from conformance.exchange.guarding.kinds import KINDS, NAMED, Kind
from conformance.exchange.guarding.state import PAGE, State
from conformance.words import Actor

Item = dict[str, Any]
MOST_PAGES = 20
_SEARCHABLE = frozenset({Kind.TIMESHEET, Kind.CUSTOMER, Kind.PROJECT, Kind.ACTIVITY})
"""Kinds whose list takes a search term, so that a large instance costs no more than a small one."""

_POINTERS = ("customer", "project", "activity", "user")
_TEXTS = ("name", "username", "message", "description")


_NEAR = 600.0
"""Seconds by which clocks differ, and rounding moves a begin."""


class Unlisted(Exception):
    """Where the record would stand could not be listed; the message says why."""


def found_for(state: State, intent: Intent, mark: str) -> list[Item]:
    """Return the records that an intent may have become: not known to any ledger, above the ids seen at the start,
    with its actor, its parent and the values sent. Raises Unlisted.
    """
    if intent.kind in NAMED and not _named(intent):
        return []
    source = _source(state, intent)
    fits = _fitting(state, intent, mark, source)
    if intent.kind is Kind.TAG:
        _no_hidden_tag(state, intent.sent["name"], mark)
    fitting = [
        item
        for item in listed(state, intent.kind, intent.parent, intent.floor, _narrow(intent.kind, mark))
        if not state.owns(intent.kind, item["id"]) and fits(item)
    ]
    found = [item for item in fitting if _recognised(state, intent, item, mark)]
    if not found and intent.operation.endswith("/restart"):
        _no_doubt(intent, fitting)
    return found


def carrying(state: State, kind: Kind, mark: str) -> list[Item]:
    """Return the records of a kind whose name or description carries the run's mark. Raises Unlisted."""
    extra = {"term": mark} if kind in _SEARCHABLE else _narrow(kind, mark)
    attribute = KINDS[kind].name
    return [item for item in listed(state, kind, None, None, extra) if mark in str(item.get(attribute) or "")]


def _narrow(kind: Kind, mark: str) -> dict[str, str]:
    return {"name": mark} if KINDS[kind].by_name else {}


def listed(
    state: State, kind: Kind, parent: int | None, floor: int | None, extra: Mapping[str, str] | None = None
) -> list[Item]:
    """Return the records of a kind above `floor`, as whoever sees most. Raises Unlisted."""
    facts = KINDS[kind]
    if not facts.listing or (facts.parent and parent is None):
        raise Unlisted(f"nothing lists records of the kind {kind}")
    path = facts.listing.replace("{id}", str(parent))
    params = {**facts.params, **(extra or {})}
    reader = state.overseer or state.strongest
    paged = kind is Kind.TIMESHEET
    try:
        return list(_pages(state, reader, path, params, floor, paged=paged))
    except Unlisted:
        if params.pop("user", None) is None or state.overseer:
            raise
        # Whoever may not list everybody's records lists their own; nobody else's could be the run's.
        return [item for each in state.actors for item in _pages(state, each, path, params, floor, paged=paged)]


def _pages(
    state: State, reader: Actor, path: str, params: dict[str, str], floor: int | None, *, paged: bool
) -> Iterator[Item]:
    for page in range(1, MOST_PAGES + 1):
        more = {"page": str(page), "size": str(PAGE)} if paged else {}
        status, items = state.read(reader, path, {**params, **more})
        if status == 404:
            return
        if status != 200 or not isinstance(items, list):
            raise Unlisted(f"GET {path} answered {status}")
        known = [item for item in items if isinstance(item, dict) and isinstance(item.get("id"), int)]
        yield from (item for item in known if item["id"] > (floor or 0))
        if not paged or len(items) < PAGE or any(item["id"] <= (floor or 0) for item in known):
            return
    raise Unlisted(f"GET {path} lists more than {MOST_PAGES * PAGE} records")


def _no_hidden_tag(state: State, name: Any, mark: str) -> None:
    """A hidden tag is listed by its name alone, without the id that a DELETE takes. Raises Unlisted for one."""
    status, names = state.read(state.strongest, "/api/tags", {"name": mark})
    status_of_shown, shown = state.read(state.strongest, KINDS[Kind.TAG].listing, {"name": mark})
    if (status, status_of_shown) != (200, 200) or not isinstance(names, list) or not isinstance(shown, list):
        return
    if name in names and name not in [each.get("name") for each in shown if isinstance(each, dict)]:
        raise Unlisted(f"the tag {name!r} exists and is hidden, so its id cannot be seen")


def _no_doubt(intent: Intent, fitting: list[Item]) -> None:
    """A restart may leave the description out: on a lent project nothing tells its record from a person's.

    Raises Unlisted for those that began when it was sent.
    """
    near = [str(item["id"]) for item in fitting if _began_near(item.get("begin"), intent.when)]
    if near:
        raise Unlisted(f"it may be timesheet {', '.join(near)}, and nothing tells it from a person's")


def _began_near(begins: Any, when: float) -> bool:
    try:
        return abs(datetime.fromisoformat(str(begins)).timestamp() - when) < _NEAR
    except (ValueError, OverflowError):
        return True


def _named(intent: Intent) -> bool:
    name = intent.sent.get(KINDS[intent.kind].name) if isinstance(intent.sent, Mapping) else None
    return bool(name) or intent.path.endswith("/duplicate")


def _source(state: State, intent: Intent) -> Item:
    """Return the record that a restart or duplicate copies, {} for a plain create and where it is gone."""
    parts = intent.path.strip("/").split("/")
    if parts[-1] not in ("restart", "duplicate"):
        return {}
    status, source = state.read(state.overseer or state.strongest, "/" + "/".join(parts[:-1]), {})
    # Where it is gone, its copy is known by the mark that it carried, or by the run's own project.
    return source if status == 200 and isinstance(source, dict) else {}


def _fitting(state: State, intent: Intent, mark: str, source: Item) -> Callable[[Item], bool]:
    sent = {**{k: source.get(k) for k in _copied(intent) if source.get(k)}, **_object(intent.sent)}
    owner = _owner(state, intent, sent)

    def fits(item: Item) -> bool:
        if intent.kind in NAMED and mark not in str(item.get(KINDS[intent.kind].name) or ""):
            return False
        if intent.kind is Kind.TIMESHEET and owner is not None and id_of(item.get("user")) != owner:
            return False
        return _same_texts(item, sent, source) and _same_pointers(item, sent)

    return fits


def _copied(intent: Intent) -> tuple[str, ...]:
    """Return what a copy takes from its source: a restart takes the description only where it is told to."""
    bare = intent.operation.endswith("/restart") and _object(intent.sent).get("copy") != "all"
    return _POINTERS if bare else (*_POINTERS, "description")


def _object(sent: Any) -> Item:
    return dict(sent) if isinstance(sent, Mapping) else {}


def _owner(state: State, intent: Intent, sent: Item) -> int | None:
    if intent.credentials != "good":
        return None
    maker = next((actor for actor in state.config.actors if actor.name == intent.actor), None)
    return id_of(sent.get("user")) or (maker.user_id if maker else None)


def _same_texts(item: Item, sent: Item, source: Item) -> bool:
    for name in _TEXTS:
        value = sent.get(name)
        if isinstance(value, str) and value.strip() and not (source and name == "name"):
            got = str(item.get(name) or "")
            if "".join(got.split()) != "".join(value.split()):
                return False
    return True


def _same_pointers(item: Item, sent: Item) -> bool:
    for name in _POINTERS:
        wanted = id_of(sent.get(name))
        if wanted is not None and name in item and id_of(item[name]) != wanted:
            return False
    return True


def _recognised(state: State, intent: Intent, item: Item, mark: str) -> bool:
    """Whether more than the place speaks for it: the mark, an own parent or project, or ids known from the start."""
    if intent.parent is not None or intent.kind in NAMED or mark in str(item.get("description") or ""):
        return True
    project = id_of(item.get("project"))
    return project is not None and state.owns(Kind.PROJECT, project)
