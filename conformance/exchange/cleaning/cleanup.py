"""Deletes what a run made, newest first, and nothing else; what it cannot be sure of it names and leaves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from conformance.exchange.cleaning import restoring
from conformance.exchange.cleaning.copies import DUPLICATE, brought_along
from conformance.exchange.cleaning.hidden import hidden_tag
from conformance.exchange.cleaning.identity import another_now, speaks_against
from conformance.exchange.cleaning.ledger import Intent, Ledger, Made
from conformance.exchange.cleaning.looking import Look
from conformance.exchange.cleaning.report import CleanupReport, describe, remaining
from conformance.exchange.cleaning.search import Item, Unlisted, carrying, found_for, listed
from conformance.exchange.cleaning.trees import Tree, fallen, hide, trees
from conformance.exchange.errors import NoAnswer, Refused, Stopped
from conformance.exchange.guarding.kinds import KINDS, NAMED, Kind, delete_path
from conformance.exchange.guarding.table import OPERATIONS
from conformance.exchange.records import Records
from conformance.words import Actor, UnfitError

if TYPE_CHECKING:
    from conformance.exchange.door import Door

_SWEPT = (Kind.TIMESHEET, Kind.ACTIVITY, Kind.PROJECT, Kind.CUSTOMER, Kind.TEAM, Kind.TAG)
"""Kinds that are looked through for the run's mark at the end, children before parents."""

_LISTED = (Kind.TEAM, Kind.TAG)
"""Kinds whose one list shows the name of each."""


def clean(door: Door, ledgers: Sequence[Ledger]) -> CleanupReport:
    """Clean up after these ledgers together, which stay open. Returns what was done; raises nothing for what stays."""
    return _Cleaner(door, ledgers).run()


class _Cleaner:
    def __init__(self, door: Door, ledgers: Sequence[Ledger]) -> None:
        self._door = door
        self._state = door.state
        self._ledgers = ledgers
        self._left: list[str] = []
        self._shown: dict[Kind, dict[int, Item]] = {}
        self._stuck: set[tuple[Kind, int]] = set()
        self._state.relatives = [each for each in ledgers if each is not self._state.ledger]

    def run(self) -> CleanupReport:
        try:
            self._resolve()
            self._fell()
            self._delete_all()
            self._left += restoring.put_back(self._door, self._ledgers)
            self._sweep()
        except (NoAnswer, Stopped, UnfitError) as error:
            self._left = [f"{name}: {error}" for each in self._ledgers for name in remaining(each.contents)]
        for ledger in self._ledgers:
            if not self._left and ledger.contents.empty and not ledger.contents.finished:
                ledger.finished()
        created = sum(len(each.contents.made) for each in self._ledgers)
        deleted = sum(len(each.contents.gone & set(each.contents.made)) for each in self._ledgers)
        return CleanupReport(created, deleted, tuple(dict.fromkeys(self._left)))

    def _resolve(self) -> None:
        """Find out what became of creates that no answer settled."""
        for ledger in self._ledgers:
            for intent in list(ledger.contents.intents.values()):
                self._settle(ledger, intent)

    def _settle(self, ledger: Ledger, intent: Intent) -> None:
        if self._parent_is_gone(intent.kind, intent.parent):
            ledger.refused(intent.number, "its parent is gone")
            return
        if self._copied_nothing(intent):
            ledger.refused(intent.number, "what it would have copied is no record")
            return
        try:
            found = found_for(self._state, intent, _mark(ledger))
        except Unlisted as error:
            self._left.append(f"perhaps a {intent.kind} of {intent.operation}: {error}")
            return
        if not found and intent.status is not None and 200 <= intent.status < 300:
            self._left.append(f"perhaps a {intent.kind} of {intent.operation}: its answer did not tell which it is")
        elif not found and intent.kind is Kind.TAG and (reason := hidden_tag(self._door, ledger, intent)):
            self._left.append(f"perhaps a {intent.kind} of {intent.operation}: {reason}")
        elif not found:
            ledger.refused(intent.number, "looked for and not found")
        elif len(found) == 1 or self._are_all_ours(intent, found, _mark(ledger)):
            name = str(found[0].get(KINDS[intent.kind].name) or "") if KINDS[intent.kind].name else ""
            ident = found[0]["id"]
            ledger.made(intent.number, intent.kind, ident, parent=intent.parent, actor=intent.actor, name=name)
            if intent.operation == DUPLICATE:
                for copy in list(brought_along(self._state, ident)):
                    ledger.made("", copy.kind, copy.ident, parent=copy.parent, name=copy.name)
        else:
            ids = ", ".join(str(item["id"]) for item in found)
            self._stuck |= {(intent.kind, item["id"]) for item in found}
            self._left.append(f"one of {intent.kind} {ids}: more than one fits what was sent, so none was deleted")

    def _are_all_ours(self, intent: Intent, found: list[Item], mark: str) -> bool:
        """Whether the same was sent at least as often as something fits, and all of that says that it is the run's.

        Then it does not matter which became of which: each takes one.
        """
        attribute = KINDS[intent.kind].name
        if not attribute or not all(mark in str(item.get(attribute) or "") for item in found):
            return False
        open_ones = [each for ledger in self._ledgers for each in ledger.contents.intents.values()]
        alike = [each for each in open_ones if _asked(each) == _asked(intent)]
        return len(found) <= len(alike)

    def _copied_nothing(self, intent: Intent) -> bool:
        """Whether it was the copy of a record that was never the run's: then it was an absent one."""
        operation = OPERATIONS.get(intent.operation)
        source = operation.params.get("id") if operation else None
        if source is None or KINDS[intent.kind].parent is not None:
            return False
        ident = next((part for part in intent.path.split("/") if part.isdigit()), "0")
        return not self._state.owns(source.kind, int(ident))

    def _fell(self) -> None:
        """Delete what can go as a whole. What cannot is left to be deleted one by one."""
        standing = trees(self._state, self._ledgers, _mark(self._ledgers[0]) if self._ledgers else "")
        overseer = self._state.overseer
        if not standing or overseer is None:
            return
        if not self._door.config.own_instance:
            for tree in standing:
                hide(self._door, tree)
        standing = [tree for tree in standing if not tree.reason]
        Look(self._state, overseer, standing).run()
        for tree in standing:
            if not tree.reason and self._cut(tree):
                fallen(tree, self._ledgers)

    def _cut(self, tree: Tree) -> bool:
        self._state.cleared.add(tree.key)
        try:
            return self._attempt(tree.root, known=True) is None
        finally:
            self._state.cleared.discard(tree.key)

    def _delete_all(self) -> None:
        everything = [(made, ledger) for ledger in self._ledgers for made in ledger.alive()]
        for made, ledger in sorted(everything, key=lambda pair: pair[0].when, reverse=True):
            if self._parent_is_gone(made.kind, made.parent):
                ledger.gone(made.kind, made.ident)
            elif (made.kind, made.ident) not in ledger.contents.gone:
                self._delete(made, ledger)

    def _parent_is_gone(self, kind: Kind, parent: int | None) -> bool:
        above = KINDS[kind].parent
        if above is None or parent is None:
            return False
        return any((above, parent) in ledger.contents.gone for ledger in self._ledgers)

    def _delete(self, made: Made, ledger: Ledger) -> None:
        if self._door.config.own_instance and not KINDS[made.kind].delete:
            ledger.gone(made.kind, made.ident)  # the instance goes, and its users with it
            return
        reason = self._attempt(made)
        if reason is None:
            ledger.gone(made.kind, made.ident)
            return
        self._left.append(f"{describe(made)}: {reason}")
        self._stuck.add((made.kind, made.ident))
        if "403" in reason or "405" in reason:
            self._state.undeletable.add(made.kind)

    def _attempt(self, made: Made, *, known: bool = False) -> str | None:
        """Delete one record, as each actor in turn. Returns why it stays, None where it is gone. `known`: it was just
        seen to be the run's."""
        facts = KINDS[made.kind]
        label = f"DELETE {facts.delete}"
        if not facts.delete or (self._state.index is not None and not self._state.lists(label)):
            return f"this instance has no operation that deletes a {made.kind}"
        if stranger := None if known else self._another(made):
            return f"the instance has another record under this id now: {stranger}"
        reason = "no actor could delete it"
        for actor in self._deleters(made):
            try:
                path = delete_path(made.kind, made.ident, made.parent)
                exchange = self._door.session(actor).delete(path, overhead=True)
            except Refused as error:
                return error.reason
            if exchange.ok or exchange.status == 404:
                return None
            reason = f"DELETE answered {exchange.status}"
            if exchange.status not in (401, 403):
                break
        return reason

    def _another(self, made: Made) -> str | None:
        """Return why its id names somebody else's record today: asked once for all where one list shows all names."""
        if made.kind not in _LISTED:
            return another_now(self._state, made.kind, made.ident)
        if made.kind not in self._shown:
            try:
                self._shown[made.kind] = {item["id"]: item for item in listed(self._state, made.kind, None, None)}
            except Unlisted:
                return another_now(self._state, made.kind, made.ident)
        item = self._shown[made.kind].get(made.ident)
        ledger = next((each for each in self._ledgers if each.owns(made.kind, made.ident)), None)
        return None if item is None or ledger is None else speaks_against(self._state, made.kind, item, ledger)

    def _deleters(self, made: Made) -> list[Actor]:
        actors = self._state.actors
        return sorted(actors, key=lambda a: (a is not actors[0], a.name != made.actor))

    def _sweep(self) -> None:
        """Look once more for records with the run's mark: an instance may store what it says it refused."""
        used = {kind for ledger in self._ledgers for kind in ledger.contents.kinds}
        for ledger in self._ledgers[:1]:
            for kind in _SWEPT:
                if kind in used:
                    self._sweep_kind(kind, ledger)

    def _sweep_kind(self, kind: Kind, ledger: Ledger) -> None:
        try:
            found = carrying(self._state, kind, _mark(ledger))
        except Unlisted as error:
            if kind in NAMED and not self._state.undeletable:
                self._left.append(f"records of the kind {kind} could not be looked through: {error}")
            return
        texts = {text for each in self._ledgers for text in each.contents.texts}
        for item in found:
            name = str(item.get(KINDS[kind].name) or "")
            if (kind, item["id"]) in self._stuck:
                continue
            if name.strip() not in texts and not self._state.owns(kind, item["id"]):
                self._left.append(
                    f"{kind} {item['id']} ({name}): it carries the run's mark, and who made it is not known"
                )
                continue
            ledger.made("", kind, item["id"], name=name)
            self._delete(Made(kind, item["id"], 0.0, None, None, name), ledger)


def _asked(intent: Intent) -> tuple[object, ...]:
    return intent.operation, intent.path, intent.sent


def _mark(ledger: Ledger) -> str:
    return str(ledger.contents.header.get("mark") or "")


def try_out(door: Door, kind: Kind) -> bool:
    """Make one record of a top-level kind as the strongest actor and delete it at once. Returns whether it is gone."""
    try:
        record = Records(door).one(kind)
    except Refused:
        return False
    return door.session(door.state.strongest).delete(record.path, overhead=True).ok
