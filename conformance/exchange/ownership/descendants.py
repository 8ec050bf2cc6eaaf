"""What hangs below records of the run and would go with them: all of it must be the run's own, and be seen.

Source: DESIGN, "The guard": before a DELETE that cascades it is listed what hangs below, of every kind that this
version of Kimai knows; no definition excuses from looking. What cannot be listed may be there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from conformance.exchange.guard.context import GuardContext
from conformance.exchange.guard.ids import id_of
from conformance.exchange.guard.kinds import COMMENTS, KINDS, PLURALS, Kind, fill_path
from conformance.exchange.ownership.identity import ownership_conflict
from conformance.exchange.ownership.ledger import Key, Made
from conformance.exchange.ownership.lists import CannotList, Item, Params, whole_list
from conformance.exchange.ownership.proof import witnessed
from conformance.model import Actor

A_DAY = 86400.0
"""The clocks of instance and this machine differ by less, and old versions take the caller's zone."""

_MANY = 40
"""Ids in one query: its length stays well below what servers take."""

_FEW = 3
"""For so few roots lists are narrowed to each; for more the whole list costs less."""

RATES_AND_COMMENTS: Mapping[Kind, tuple[Kind, ...]] = {
    Kind.CUSTOMER: (Kind.CUSTOMER_COMMENT, Kind.CUSTOMER_RATE),
    Kind.PROJECT: (Kind.PROJECT_COMMENT, Kind.PROJECT_RATE),
    Kind.ACTIVITY: (Kind.ACTIVITY_RATE,),
}
"""What is said about a record and hangs below it alone: nothing lists it for many together."""


@dataclass
class Root:
    """A record that is about to be deleted, what of the run hangs below it, and why it must stay ("" where not)."""

    made: Made
    below: set[Key] = field(default_factory=set)
    reason: str = ""

    @property
    def key(self) -> Key:
        """Kind and id."""
        return self.made.key

    def keep(self, reason: str) -> None:
        """Note why it must stay; the first reason stands."""
        self.reason = self.reason or reason


_Roots = Mapping[int, Root]


class Scan:
    """One look below some roots, as an actor who was shown to see everybody's records."""

    def __init__(self, state: GuardContext, reader: Actor, roots: Sequence[Root]) -> None:
        self._state = state
        self._reader = reader
        self._roots = roots
        self._customers = _of_kind(roots, Kind.CUSTOMER)
        self._projects = dict(_of_kind(roots, Kind.PROJECT))
        self._activities = dict(_of_kind(roots, Kind.ACTIVITY))

    def run(self) -> None:
        """Note in each root what hangs below it, and why it must stay, if it must."""
        params = {"visible": "3", "ignoreDates": "1"}
        for item in self._listed(Kind.PROJECT, params, "customer", self._customers):
            root = self._customers.get(id_of(item.get("customer")) or 0)
            if root is not None:
                self._take(root, Kind.PROJECT, item)
                self._projects[item["id"]] = root
        for item in self._listed(Kind.ACTIVITY, {"visible": "3"}, "project", self._projects):
            root = self._by_project(item)
            if root is not None:
                self._take(root, Kind.ACTIVITY, item)
                self._activities[item["id"]] = root
        if not self._state.config.is_embedded:  # There all was made since the run began.
            self._take_timesheets("customers[]", self._customers)
            self._take_timesheets("projects[]", _of_kind(self._roots, Kind.PROJECT))
            self._take_timesheets("activities[]", self._activities)
        # All that was changed since the run began: a filter by many may heed one of them only.
        since = min((root.made.when for root in self._roots), default=0.0) - A_DAY
        changed = datetime.fromtimestamp(max(0.0, since), UTC).strftime("%Y-%m-%dT00:00:00")
        for item in self._whole(Kind.TIMESHEET, {"user": "all", "modified_after": changed}, ()):
            self._take_timesheet(item)

    def last_look(self, root: Root) -> None:
        """Look for what hiding a root does not keep away, and once more for working hours, right before its DELETE."""
        if root.made.kind is Kind.CUSTOMER and not root.reason:
            for item in self._whole(Kind.INVOICE, {"customers[]": str(root.made.ident)}, [root]):
                if id_of(item.get("customer")) == root.made.ident:
                    root.keep(f"{Kind.INVOICE} {item['id']} below it is not of this run")
        parents = ((Kind.CUSTOMER, self._customers), (Kind.PROJECT, self._projects), (Kind.ACTIVITY, self._activities))
        for kind, those in parents:
            for ident in [ident for ident, above in those.items() if above is root]:
                for child in RATES_AND_COMMENTS[kind]:
                    self._take_remark(root, child, ident)
        if not root.reason:
            self._take_timesheets(f"{PLURALS[root.made.kind]}[]", {root.made.ident: root})

    def _take_remark(self, root: Root, child: Kind, parent: int) -> None:
        path = fill_path(KINDS[child].listing, parent)
        status, items = (0, None) if root.reason else self._state.read(self._reader, path, {})
        if status == 200 and isinstance(items, list):
            witnessed(self._state, child, items, whole=True)
            for item in items:
                self._take(root, child, item)
        elif not root.reason:
            above = KINDS[child].parent
            assert above is not None
            if self._state.read(self._reader, fill_path(KINDS[above].item, parent), {})[0] != 404:
                root.keep(f"what is below it could not be listed (GET {path} answered {status})")

    def _take_timesheets(self, name: str, roots: _Roots) -> None:
        ids = sorted(roots)
        for start in range(0, len(ids), _MANY):
            some = ids[start : start + _MANY]
            concerned = [roots[ident] for ident in some]
            for item in self._whole(Kind.TIMESHEET, {"user": "all", name: [*map(str, some)]}, concerned):
                # A filter that is ignored lists what hangs elsewhere: then nothing here can be believed.
                if not self._take_timesheet(item) and self._state.made(Kind.TIMESHEET, item["id"]) is None:
                    for root in concerned:
                        self._take(root, Kind.TIMESHEET, item)

    def _take_timesheet(self, item: Item) -> bool:
        by_activity = self._activities.get(id_of(item.get("activity")) or 0)
        above = [root for root in (self._by_project(item), by_activity) if root is not None]
        for root in above:
            self._take(root, Kind.TIMESHEET, item)
        return bool(above)

    def _take(self, root: Root, kind: Kind, item: Item) -> None:
        root.below.add((kind, item["id"]))
        if not root.reason and (reason := foreign_reason(self._state, kind, item)):
            root.keep(reason)

    def _by_project(self, item: Mapping[str, Any]) -> Root | None:
        return self._projects.get(id_of(item.get("project")) or 0)

    def _listed(self, kind: Kind, params: Mapping[str, str], name: str, roots: _Roots) -> Iterator[Item]:
        """Return a whole list where there are many roots; a filter might not do what it should."""
        if len(roots) > _FEW:
            yield from self._whole(kind, params, self._roots)
            return
        for ident, root in list(roots.items()):
            yield from self._whole(kind, {**params, name: str(ident)}, [root])

    def _whole(self, kind: Kind, params: Params, concerned: Iterable[Root]) -> list[Item]:
        try:
            items = list(whole_list(self._state, self._reader, KINDS[kind].listing, params, kind))
        except CannotList as error:
            for root in concerned:
                root.keep(f"what is below it could not be listed ({error})")
            return []
        witnessed(self._state, kind, items, whole=True)
        return items


def foreign_reason(state: GuardContext, kind: Kind, item: Item) -> str:
    """Return why a listed record below is not shown to be the run's own, "" where it is.

    What the list shows of it is the read-back of a record that an answer named.
    """
    made = state.made(kind, item["id"])
    reason = "it is not of this run"
    if made is not None:
        reason = ownership_conflict(state, made, item) or state.why_not_own(kind, made.ident)
    if not reason and (teams := attached_teams(state, item)):
        reason = f"team {teams[0]} is attached to it, which is not of this run"
    if not reason and foreign_tags(state, item):
        reason = "it carries a tag that is not of this run"
    return f"{kind} {item['id']} below it: {reason}" if reason else ""


def attached_teams(state: GuardContext, item: Item) -> list[int]:
    """Return the teams of others that a customer, project or activity is attached to."""
    teams = item.get("teams")
    ids = [id_of(team) or 0 for team in teams] if isinstance(teams, list) else []
    return [ident for ident in ids if state.made(Kind.TEAM, ident) is None]


def foreign_tags(state: GuardContext, item: Item) -> list[str]:
    """Return the tags of a timesheet that the run did not make: somebody else put them there."""
    tags = item.get("tags")
    own = {m.name.casefold() for ledger in state.ledgers for m in ledger.contents.made.values() if m.kind is Kind.TAG}
    names = [str(tag) for tag in tags] if isinstance(tags, list) else []
    return [name for name in names if name.casefold() not in own and state.config.mark not in name]


def no_comments_listed(state: GuardContext, kind: Kind) -> str:
    """Return why comments on records of a kind cannot be seen here, "" where they can, or where it has none.

    People write comments in the browser in every version; only since 2.57 the API lists them. Kimai finds the route
    before it asks for credentials: without any, an unknown one is 404 and a known one 401.
    """
    child = next((child for child in RATES_AND_COMMENTS.get(kind, ()) if child in COMMENTS), None)
    if child is None or state.lists(f"GET {KINDS[child].listing}"):
        return ""
    path = fill_path(KINDS[child].listing, state.absent.next())
    if state.anonymous_status(path) != 404:
        return ""
    return f"this version has no list of comments on a {kind}, so nobody could see whether somebody wrote one"


def _of_kind(roots: Sequence[Root], kind: Kind) -> _Roots:
    return {root.made.ident: root for root in roots if root.made.kind is kind}
