"""Looks below many roots at once: a few lists with many ids instead of a few lists a root."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from conformance.exchange.cleaning.below import A_DAY, OPTIONAL, REMARKS, Unsure, everything
from conformance.exchange.cleaning.trees import Tree
from conformance.exchange.guarding.ids import id_of
from conformance.exchange.guarding.kinds import Kind
from conformance.exchange.guarding.rights import surely_sees_everybody
from conformance.exchange.guarding.state import State
from conformance.words import Actor

_MANY = 40
"""Ids in one query: its length stays well below what servers take."""

_CONTROLS = 3
_Trees = Mapping[int, Tree]
_Way = Callable[[Mapping[str, Any]], Tree | None]


class Look:
    """One look below some trees, as an actor who sees everybody's records."""

    def __init__(self, state: State, overseer: Actor, trees: Sequence[Tree]) -> None:
        self._state = state
        self._overseer = overseer
        self._trees = trees
        self._customers = _of_kind(trees, Kind.CUSTOMER)
        self._projects: dict[int, Tree] = {}
        self._activities = dict(_of_kind(trees, Kind.ACTIVITY))
        self._seen: set[int] = set()

    def run(self) -> None:
        """Note in each tree what hangs below it, and why it must stay, if it must. Working hours come last."""
        self._take_projects()
        self._take_activities()
        if not self._state.config.own_instance:
            self._take_invoices()
            self._take_remarks()
        self._take_timesheets("customers[]", self._customers, (self._by_project,))
        self._take_timesheets("activities[]", self._activities, (self._by_project, self._by_activity))
        self._take_changed()
        self._control()

    def _take_projects(self) -> None:
        for item in self._whole(Kind.PROJECT, "/api/projects", {"visible": "3", "ignoreDates": "1"}):
            tree = self._customers.get(id_of(item.get("customer")) or 0)
            if tree is not None:
                tree.take(self._state, Kind.PROJECT, item)
                self._projects[item["id"]] = tree

    def _take_activities(self) -> None:
        for item in self._whole(Kind.ACTIVITY, "/api/activities", {"visible": "3"}):
            tree = self._by_project(item)
            if tree is not None:
                tree.take(self._state, Kind.ACTIVITY, item)
                self._activities[item["id"]] = tree

    def _take_invoices(self) -> None:
        if not self._state.lists("GET /api/invoices"):
            return
        for item in self._listed(Kind.INVOICE, "/api/invoices", {}, "customers[]", self._customers, sure=False):
            tree = self._customers.get(id_of(item.get("customer")) or 0)
            if tree is not None:
                tree.stays(f"{Kind.INVOICE} {item['id']} below it is not of this run")

    def _take_remarks(self) -> None:
        """Comments and rates are listed a parent at a time: nothing lists them together."""
        parents = [(Kind.CUSTOMER, self._customers), (Kind.PROJECT, self._projects), (Kind.ACTIVITY, self._activities)]
        for kind, those in parents:
            for ident, tree in those.items():
                for child, path in REMARKS[kind]:
                    self._take_remark(tree, child, path.replace("{id}", str(ident)))

    def _take_remark(self, tree: Tree, child: Kind, path: str) -> None:
        if tree.reason or (child in OPTIONAL and not self._state.lists(OPTIONAL[child])):
            return
        for item in everything(self._state, self._overseer, path, {}, child):
            if isinstance(item, Unsure):
                tree.stays(item.reason)
            else:
                tree.take(self._state, child, item)

    def _take_timesheets(self, name: str, those: _Trees, ways: Sequence[_Way]) -> None:
        for item in self._listed(Kind.TIMESHEET, "/api/timesheets", {"user": "all"}, name, those):
            # A filter that is ignored lists what hangs elsewhere: then nothing here can be believed.
            if not self._take_timesheet(item, ways) and not self._state.owns(Kind.TIMESHEET, item["id"]):
                for tree in those.values():
                    tree.take(self._state, Kind.TIMESHEET, item)

    def _take_timesheet(self, item: Mapping[str, Any], ways: Sequence[_Way]) -> bool:
        """Take a timesheet in where it hangs, found by these ways; return whether it hangs below a tree."""
        self._seen.add(item["id"])
        above = [tree for way in ways if (tree := way(item)) is not None]
        for tree in above:
            tree.take(self._state, Kind.TIMESHEET, item)
        return bool(above)

    def _by_project(self, item: Mapping[str, Any]) -> Tree | None:
        return self._projects.get(id_of(item.get("project")) or 0)

    def _by_activity(self, item: Mapping[str, Any]) -> Tree | None:
        return self._activities.get(id_of(item.get("activity")) or 0)

    def _take_changed(self) -> None:
        """Look through all that was changed since the run began: a filter by many may heed one of them only."""
        since = min((tree.root.when for tree in self._trees), default=0.0) - A_DAY
        changed = datetime.fromtimestamp(max(0.0, since), UTC).strftime("%Y-%m-%dT%H:%M:%S")
        params = {"user": "all", "modified_after": changed}
        for item in everything(self._state, self._overseer, "/api/timesheets", params, Kind.TIMESHEET):
            if isinstance(item, Unsure):
                return
            self._take_timesheet(item, (self._by_project, self._by_activity))

    def _whole(self, kind: Kind, path: str, params: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """Return a whole list, without a filter that might not do what it should."""
        for item in everything(self._state, self._overseer, path, params, kind) if self._trees else ():
            if not isinstance(item, Unsure):
                yield item
                continue
            for tree in self._trees:
                tree.stays(item.reason)

    def _listed(
        self, kind: Kind, path: str, params: Mapping[str, str], name: str, those: _Trees, *, sure: bool = True
    ) -> Iterator[dict[str, Any]]:
        for ids in _chunks(sorted(those)):
            for item in everything(self._state, self._overseer, path, {**params, name: list(map(str, ids))}, kind):
                if not isinstance(item, Unsure):
                    yield item
                elif sure:
                    for ident in ids:
                        those[ident].stays(item.reason)

    def _control(self) -> None:
        """See that who should see everybody's records does: of those of others that were not listed, none is here."""
        if surely_sees_everybody(self._overseer):
            return
        actors = {actor.name: actor for actor in self._state.config.actors if actor != self._overseer}
        alive = [made for ledger in self._state.ledgers for made in ledger.alive(Kind.TIMESHEET)]
        unseen = [made for made in alive if made.ident not in self._seen and made.actor in actors]
        for made in unseen[-_CONTROLS:]:
            status, item = self._state.read(actors[made.actor or ""], f"/api/timesheets/{made.ident}", {})
            project = id_of(item.get("project")) if status == 200 and isinstance(item, dict) else None
            if project in self._projects:
                self._state.blind = f"{self._overseer.name} does not see everybody's records below it"
                for tree in self._trees:
                    tree.stays(self._state.blind)


def _of_kind(trees: Sequence[Tree], kind: Kind) -> _Trees:
    return {tree.root.ident: tree for tree in trees if tree.root.kind is kind}


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _MANY):
        yield ids[start : start + _MANY]
