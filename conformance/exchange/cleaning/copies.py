"""What a copy brings along without being asked: a duplicated project has copies of its activities, and of the rates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from conformance.exchange.guarding.ids import id_of
from conformance.exchange.guarding.kinds import KINDS, Kind
from conformance.exchange.guarding.state import State

DUPLICATE = "POST /api/projects/{id}/duplicate"


@dataclass(frozen=True)
class Copy:
    """A record that came along: its kind and id, the id of its parent where its kind has one, its name."""

    kind: Kind
    ident: int
    parent: int | None
    name: str


def brought_along(state: State, project: int) -> Iterator[Copy]:
    """Return what came with a project that was just made as a copy; nothing of what cannot be listed."""
    params = {"project": str(project), "globals": "0", "visible": "3"}
    for item in _listed(state, KINDS[Kind.ACTIVITY].listing, params):
        if id_of(item.get("project")) == project:
            yield Copy(Kind.ACTIVITY, item["id"], None, str(item.get("name") or ""))
            yield from _rates(state, Kind.ACTIVITY_RATE, item["id"])
    yield from _rates(state, Kind.PROJECT_RATE, project)


def _rates(state: State, kind: Kind, parent: int) -> Iterator[Copy]:
    """Return copied rates. Where the run made none of a kind there is none to copy."""
    if any(made.kind is kind for ledger in state.ledgers for made in ledger.contents.made.values()):
        for item in _listed(state, KINDS[kind].listing.replace("{id}", str(parent)), {}):
            yield Copy(kind, item["id"], parent, "")


def _listed(state: State, path: str, params: dict[str, str]) -> list[dict[str, Any]]:
    status, listed = state.read(state.strongest, path, params)
    items = listed if status == 200 and isinstance(listed, list) else []
    return [item for item in items if isinstance(item, dict) and isinstance(item.get("id"), int)]
