"""Whole trees: an own customer or global activity goes in one DELETE with all below it, where all of that is the run's.

Kimai takes what hangs below along by itself. So that nobody adds to a tree between the look and the DELETE, its root is
hidden first, for nobody can book on what is hidden; where it stays, it is shown again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conformance.exchange.cleaning.identity import foreign, speaks_against
from conformance.exchange.cleaning.ledger import Ledger, Made
from conformance.exchange.cleaning.search import Unlisted, carrying
from conformance.exchange.errors import Refused
from conformance.exchange.guarding.kinds import KINDS, Kind, delete_path

if TYPE_CHECKING:
    from conformance.exchange.door import Door
    from conformance.exchange.guarding.state import State

SHOWN = "shown"
"""How the ledger keeps the flags of a root that is hidden."""

_ROOTS = (Kind.CUSTOMER, Kind.ACTIVITY)
_FLAGS = ("visible", "billable")


@dataclass
class Tree:
    """A root as it was listed, what of the run hangs below it, and why it does not go as a whole ("" where it may)."""

    root: Made
    ledger: Ledger
    item: Mapping[str, Any]
    below: set[tuple[Kind, int]] = field(default_factory=set)
    reason: str = ""
    hidden: str = ""

    @property
    def key(self) -> tuple[Kind, int]:
        """Kind and id of the root."""
        return self.root.kind, self.root.ident

    @property
    def path(self) -> str:
        """Where the root is changed and deleted."""
        return delete_path(*self.key)

    def stays(self, reason: str) -> None:
        """Note why it does not go as a whole; the first reason stands."""
        self.reason = self.reason or reason

    def take(self, state: State, kind: Kind, item: Mapping[str, Any]) -> None:
        """Take in what hangs below it."""
        self.below.add((kind, item["id"]))
        if reason := foreign(state, kind, item):
            self.stays(reason)


def trees(state: State, ledgers: Sequence[Ledger], mark: str) -> list[Tree]:
    """Return the roots of a run that could go as a whole, newest first: those that carry its mark, where somebody sees
    all that is below them, and where the instance deletes such records."""
    found: list[Tree] = []
    for kind in _ROOTS:
        alive = [(made, ledger) for ledger in ledgers for made in ledger.alive(kind)]
        if not alive or state.overseer is None or not _deletes(state, kind):
            continue
        try:
            items = {item["id"]: item for item in carrying(state, kind, mark)}
        except Unlisted:
            continue
        for made, ledger in alive:
            item = items.get(made.ident)
            if item is not None and not item.get("project") and not speaks_against(state, kind, item, ledger):
                found.append(Tree(made, ledger, item))
    return sorted(found, key=lambda tree: tree.root.when, reverse=True)


def _deletes(state: State, kind: Kind) -> bool:
    return kind not in state.undeletable and state.lists(f"DELETE {KINDS[kind].delete}")


def hide(door: Door, tree: Tree) -> None:
    """Hide a root, so that nobody can book below it; its flags are kept in the ledger until it is gone or shown."""
    if tree.item.get("visible") is False:
        return
    flags = {name: tree.item[name] for name in _FLAGS if isinstance(tree.item.get(name), bool)}
    strongest = door.state.strongest
    tree.hidden = tree.ledger.before(strongest.name, tree.path, SHOWN, {**flags, "visible": True})
    try:
        exchange = door.session(strongest).patch(tree.path, json={**flags, "visible": False}, overhead=True)
    except Refused as error:
        tree.stays(error.reason)
        return
    answer = exchange.json_or_none()
    if not exchange.ok or not isinstance(answer, dict) or answer.get("visible") is not False:
        tree.stays(f"it could not be hidden before (PATCH answered {exchange.status})")
    if 400 <= exchange.status < 500:
        tree.ledger.restored(tree.hidden)


def fallen(tree: Tree, ledgers: Sequence[Ledger]) -> None:
    """Note that a root is gone, with all that was below it."""
    for kind, ident in (tree.key, *tree.below):
        for ledger in ledgers:
            if ledger.owns(kind, ident):
                ledger.gone(kind, ident)
    if tree.hidden:
        tree.ledger.restored(tree.hidden)
