"""The records that generated requests are about: the run's own, made when they are first asked for, or absent ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Protocol

from conformance.exchange import Door, Record, Records, Refused
from conformance.exchange.kinds import KINDS, Kind
from conformance.words import Actor

ABSENT = 2_147_483_000
"""The top of the band from which absent ids are taken: just under 2³¹, where no Kimai has come."""

Maker = Callable[[], Record]


class Targets(Protocol):
    """What `binding` asks for records."""

    def target(self, kind: Kind, number: int) -> int:
        """Return the id of a record of the run that a request may change; an absent id where it can have none."""

    def reference(self, kind: Kind, number: int) -> int:
        """Return the id of a record that a request may point at."""


class RunTargets:
    """Records for the requests of one operation. References are shared by the whole process, targets are not.

    What cannot be made on this instance, or is nobody's to make, is stood in for by an absent id, and named in
    `missing` with the reason.
    """

    def __init__(self, records: Records, door: Door, actors: tuple[Actor, ...], shared: SharedReferences) -> None:
        self._records = records
        self._door = door
        self._actors = actors
        self._shared = shared
        self._made: dict[Kind, Record] = {}
        self.missing: dict[Kind, str] = {}

    def target(self, kind: Kind, number: int) -> int:
        """Return the id of the operation's own record of that kind, made now where there is none."""
        if kind is Kind.USER:
            return self.reference(kind, number)
        if kind not in self._made and kind not in self.missing:
            self._make(kind)
        record = self._made.get(kind)
        return record.id if record else ABSENT - number % 100

    def reference(self, kind: Kind, number: int) -> int:
        """Return one of the ids of that kind which all requests of this process point at."""
        ids = self._shared.ids(kind)
        return ids[number % len(ids)] if ids else ABSENT - number % 100

    def forget(self, kind: Kind) -> None:
        """Take the next record of that kind anew: this one may be gone or changed for good."""
        self._made.pop(kind, None)

    def record(self, kind: Kind) -> Record | None:
        """Return the operation's record of that kind, None where none was made."""
        return self._made.get(kind)

    def _make(self, kind: Kind) -> None:
        makers = self._makers()
        if kind not in makers:
            self.missing[kind] = f"the API makes no {kind.replace('_', ' ')}"
            return
        try:
            self._made[kind] = makers[kind]()
        except Refused as refused:
            self.missing[kind] = refused.reason

    def _makers(self) -> Mapping[Kind, Maker]:
        records, strongest = self._records, self._actors[0]
        return {
            Kind.CUSTOMER: records.customer,
            Kind.PROJECT: records.project,
            Kind.ACTIVITY: records.activity,
            Kind.TIMESHEET: lambda: records.timesheet(strongest),
            Kind.TAG: records.tag,
            Kind.TEAM: records.team,
            Kind.CUSTOMER_RATE: lambda: self._below(Kind.CUSTOMER_RATE),
            Kind.PROJECT_RATE: lambda: self._below(Kind.PROJECT_RATE),
            Kind.ACTIVITY_RATE: lambda: self._below(Kind.ACTIVITY_RATE),
            Kind.CUSTOMER_COMMENT: lambda: self._below(Kind.CUSTOMER_COMMENT),
            Kind.PROJECT_COMMENT: lambda: self._below(Kind.PROJECT_COMMENT),
        }

    def _below(self, kind: Kind) -> Record:
        """Make a rate or a comment under the operation's own parent."""
        facts = KINDS[kind]
        assert facts.parent is not None
        path = facts.listing.replace("{id}", str(self.target(facts.parent, 0)))
        body = {"message": "A comment."} if "comment" in kind else {"rate": 10}
        return self._records.create(self._door.session(self._actors[0]), path, body)


class SharedReferences:
    """Ids that requests may point at without changing them: configured actors, and records made once a process."""

    def __init__(self, records: Records, actors: tuple[Actor, ...]) -> None:
        self._records = records
        self._users = [actor.user_id for actor in actors if actor.user_id is not None]
        self._ids: dict[Kind, list[int]] = defaultdict(list)
        self._asked: set[Kind] = set()

    def ids(self, kind: Kind) -> list[int]:
        """Return the ids of a kind; none where the run can make no such record."""
        if kind is Kind.USER:
            return self._users
        if kind not in self._asked:
            self._asked.add(kind)
            self._ask(kind)
        return self._ids[kind]

    def tag(self) -> str | None:
        """Return the name of a tag of the run, None where it can make none."""
        self.ids(Kind.TAG)
        return self._tag

    _tag: str | None = None

    def _ask(self, kind: Kind) -> None:
        try:
            if kind in (Kind.PROJECT, Kind.ACTIVITY):
                project, activity = self._records.bookable()
                self._asked |= {Kind.PROJECT, Kind.ACTIVITY}
                self._ids[Kind.PROJECT], self._ids[Kind.ACTIVITY] = [project], [activity]
            elif kind is Kind.TAG:
                record = self._records.tag()
                self._ids[kind], self._tag = [record.id], str(record.body.get("name", ""))
            elif kind is Kind.CUSTOMER:
                self._ids[kind] = [self._records.customer().id]
            elif kind is Kind.TEAM:
                self._ids[kind] = [self._records.team().id]
        except Refused:
            return
