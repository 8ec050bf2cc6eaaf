"""The records that generated requests are about: the run's own, made when they are first asked for, or absent ones."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import Protocol

from conformance.exchange import BAND, Record, RecordFactory, Refused, Session
from conformance.exchange.guard.kinds import KINDS, Kind
from conformance.model import Actor

ABSENT = BAND[len(BAND) // 2]
"""An absent id. One for all, since the guard reads each before it is used."""

TOP_LEVEL = frozenset({Kind.CUSTOMER, Kind.PROJECT, Kind.ACTIVITY, Kind.TIMESHEET, Kind.TAG, Kind.TEAM})
BELOW = frozenset(kind for kind, facts in KINDS.items() if facts.parent)
"""Rates and comments."""


class Targets(Protocol):
    """What `binding` asks for records."""

    def target(self, kind: Kind, number: int) -> int:
        """Return the id of a record of the run that a request may change; an absent id where it can have none."""

    def reference(self, kind: Kind, number: int) -> int:
        """Return the id of a record that a request may point at."""

    def member(self, number: int) -> int:
        """Return the id of an actor who does not lead the operation's own team."""


class RecordPool:
    """Records for the requests of one operation. References are shared by the whole process, targets are not.

    What cannot be made on this instance, or is nobody's to make, is stood in for by an absent id, and named in
    `missing` with the reason; references of a kind in `unmade` are absent. `finder` is given for reads alone: they may
    be about records that are there already, and share those that are made for them. `sparing` has writes share them.
    """

    def __init__(
        self,
        records: RecordFactory,
        actors: tuple[Actor, ...],
        shared: SharedReferences,
        *,
        running: bool = False,
        finder: Session | None = None,
        sparing: bool = False,
    ) -> None:
        self._finder = finder
        self._found: dict[Kind, int] = {}
        self._records = records
        self._running = running
        self._actors = actors
        self._shared = shared
        # What is only read may be the same for all operations; a short run changes the same as well.
        common = finder is not None or (sparing and not running)
        self._made = shared.to_read[actors[0].name] if common else dict[Kind, Record]()
        self.missing: dict[Kind, str] = {}
        self.unmade: set[Kind] = set()

    def target(self, kind: Kind, number: int) -> int:
        """Return the id of the operation's own record of that kind, made now where there is none."""
        if kind is Kind.USER:
            return self.reference(kind, number)
        if kind not in self._made and kind not in self.missing and kind not in self._found:
            if kind in TOP_LEVEL or kind in BELOW:
                try:
                    self._made[kind] = self._below(kind) if kind in BELOW else self._top(kind)
                except Refused as refused:
                    self._miss(kind, refused.reason)
            else:
                self._miss(kind, f"the API makes no {kind.replace('_', ' ')}")
        record = self._made.get(kind)
        return record.id if record else self._found.get(kind, ABSENT)

    def reference(self, kind: Kind, number: int) -> int:
        """Return one of the ids of that kind which all requests of this process point at."""
        ids = self._shared.ids(kind)
        if not ids:
            self.unmade.add(kind)
        return ids[number % len(ids)] if ids else ABSENT

    def member(self, number: int) -> int:
        """Return the id of an actor who is no member of a new team, which the strongest leads."""
        others = [actor.user_id for actor in self._actors[1:] if actor.user_id is not None]
        return others[number % len(others)] if others else self.reference(Kind.USER, number)

    def foreign_activity(self) -> int | None:
        """Return the id of an activity of another project than the one that requests point at; None without any."""
        return self._shared.foreign_activity

    def forget(self, kind: Kind) -> None:
        """Take the next record of that kind anew: this one may be gone or changed for good."""
        self._made.pop(kind, None)

    def record(self, kind: Kind) -> Record | None:
        """Return the operation's record of that kind, None where none was made."""
        return self._made.get(kind)

    def _miss(self, kind: Kind, reason: str) -> None:
        """Do without a record of the run's own: a read may be about the first one that the instance lists."""
        facts = KINDS[kind]
        if self._finder is not None and facts.listing and not facts.parent:
            listed = self._finder.get(facts.listing, params=dict(facts.params)).json_or_none()
            first = listed[0] if isinstance(listed, list) and listed else None
            if isinstance(first, dict) and isinstance(first.get("id"), int):
                self._found[kind] = first["id"]
                return
        self.missing[kind] = reason

    def _top(self, kind: Kind) -> Record:
        """Make a record to be changed. A timer that is to be stopped runs."""
        if kind is Kind.TIMESHEET:
            actor = self._actors[0]
            return self._records.timesheet(actor, end=None) if self._running else self._records.booked(actor)
        if kind is Kind.ACTIVITY:
            # The project of a global activity cannot be changed.
            return self._records.activity(self._records.shared_project(), actor=self._actors[0])
        return self._records.of_kind(kind)

    def _below(self, kind: Kind) -> Record:
        """Make a rate or a comment under the operation's own parent."""
        above = KINDS[kind].parent
        assert above is not None
        self.target(above, 0)
        parent = self._made.get(above)
        if parent is None:
            raise Refused(2, self.missing[above])
        return self._records.comment(parent) if "comment" in kind else self._records.rate(parent)


class SharedReferences:
    """Ids that requests may point at without changing them: configured actors, and records made once a process."""

    def __init__(self, records: RecordFactory, actors: tuple[Actor, ...]) -> None:
        self._records = records
        self._users = [actor.user_id for actor in actors if actor.user_id is not None]
        self._ids: dict[Kind, list[int]] = defaultdict(list)
        self._asked: set[Kind] = set()
        self.to_read: dict[str, dict[Kind, Record]] = defaultdict(dict)
        """Records that reads are about, by the name of the actor who reads."""

    def ids(self, kind: Kind) -> list[int]:
        """Return the ids of a kind; none where the run can make no such record."""
        if kind is Kind.USER:
            return self._users
        if kind not in self._asked:
            self._asked.add(kind)
            self._ask(kind)
        return self._ids[kind]

    @cached_property
    def foreign_activity(self) -> int | None:
        """An activity of a project of its own, None where the run can make none."""
        try:
            return self._records.activity(self._records.project(self._records.shared_customer())).id
        except Refused:
            return None

    def tag(self) -> str | None:
        """Return the name of a tag of the run, None where it can make none."""
        self.ids(Kind.TAG)
        return self._tag

    _tag: str | None = None

    def _ask(self, kind: Kind) -> None:
        try:
            if kind in (Kind.PROJECT, Kind.ACTIVITY):
                self._asked |= {Kind.PROJECT, Kind.ACTIVITY}
                project, activity = self._bookable()
                self._ids[Kind.PROJECT], self._ids[Kind.ACTIVITY] = [project], [activity]
            elif kind is Kind.TAG:
                record = self._records.tag()
                self._ids[kind], self._tag = [record.id], str(record.body.get("name", ""))
            elif kind is Kind.CUSTOMER:
                self._ids[kind] = [self._records.shared_customer().id]
            elif kind is Kind.TEAM:
                self._ids[kind] = [self._records.team().id]
        except Refused:
            return

    def _bookable(self) -> tuple[int, int]:
        """Return a project and an activity to book odd times on: of their own, for other checks count their records."""
        try:
            project = self._records.project(self._records.shared_customer())
            return project.id, self._records.activity(project).id
        except Refused:
            return self._records.bookable()
