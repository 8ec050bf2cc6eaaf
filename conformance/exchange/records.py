"""Makes records of the run's own: written down before, named with the run's mark, deleted at the end."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

from conformance.definition import Field
from conformance.definition.sample_values import KNOWN
from conformance.exchange.connection import Connection
from conformance.exchange.errors import Refused
from conformance.exchange.guard.kinds import KINDS, Kind, delete_path, fill_path
from conformance.exchange.guard.rights import Permission, can_delete
from conformance.exchange.guard.rules.timers import running_timer
from conformance.exchange.guard.table import OPERATIONS
from conformance.exchange.session import Session
from conformance.model import Actor, Exchange

_COUNTRY = {"country": "DE", "currency": "EUR", "timezone": "Europe/Berlin"}
"""What versions before 2.63 demand of a customer."""

_SEEN = {"visible": True, "billable": True}
"""Up to 2.62 what is absent is false, and nobody can book below hidden parents."""

DAY = "2026-07-01"

FIRST_DAY, DAYS = date(2018, 1, 2), 1200
"""The days on which records stand that must not overlap: a run begins at one of them, each record takes the next."""
LANES = (2, 5, 8, 11, 14, 17, 20)
"""Hours of a day, far enough apart for any rounding: each process of a run has its own, and each run another first."""
LANES_APART = 3


@dataclass(frozen=True)
class Record:
    """A record of this run. `path` is where it is deleted (and read, where it can be), `body` the create's answer."""

    kind: Kind
    id: int
    path: str
    body: dict[str, Any]
    actor: Actor
    exchange: Exchange


class NotCreated(Refused):
    """The instance did not make a record that a check needs; a check turns it into `skipped`."""

    def __init__(self, exchange: Exchange) -> None:
        super().__init__(3, f"{exchange.operation} answered {exchange.status}, so there is no record to ask with")
        self.exchange = exchange


class RecordFactory:
    """The factory of one client. Parents are made on demand and kept; whatever it returns is in the ledger.

    `numbered` says that each record gets a number of its own; a snapshot looks at records that were sent none.
    """

    numbered = True

    def __init__(self, client: Connection) -> None:
        self._client = client
        self._kept: dict[str, Record] = {}
        self._days = itertools.count()
        self._demanded: dict[str, dict[str, Any]] = {}

    def name(self, what: str = "") -> str:
        """Return another name with the run's mark: it says that the record is a test's."""
        # Names of tags and teams are unique, and several processes of a run make them.
        process = self._client.config.process
        return " ".join(
            filter(None, (self._client.mark, what, f"{process}{'-' if process else ''}{next(self._client.numbers)}"))
        )

    def number(self) -> str:
        """Return another short text that no other run or process has, for an instance may demand that numbers differ.

        A digest of a name with the run's mark, for a counter alone would meet what a killed run has left; of nine
        places, for a project's has ten.
        """
        return "K" + hashlib.sha256(self.name("number").encode()).hexdigest()[:8]

    def besides(self, path: str) -> dict[str, str]:
        """Return what a create of the run sends besides what is asked: what the instance was seen to demand, and a
        number where the form has one, for those that it gives by itself may be the same for two made at once."""
        numbered = self.numbered and any(field.name == "number" for field in self._form(path))
        return {**self.demanded(path), **({"number": self.number()} if numbered else {})}

    def demanded(self, path: str) -> Mapping[str, Any]:
        """Return values of the attributes without which creates of the run were refused so far."""
        return self._demanded.get(path, {})

    def _form(self, path: str) -> tuple[Field, ...]:
        operation = self._client.index.get(f"POST {path}") if self._client.index is not None else None
        return operation.body.fields if operation is not None and operation.body is not None else ()

    def hour_apart(self) -> tuple[str, str]:
        """Return begin and end of an hour in which no other record of this run stands, and hardly one of another."""
        config = self._client.config
        run = int.from_bytes(hashlib.sha256(config.run_id.encode()).digest()[:4])
        lane = (run + LANES_APART * int("".join(filter(str.isdigit, config.process)) or 0)) % len(LANES)
        day = FIRST_DAY + timedelta(days=run // len(LANES) % DAYS + next(self._days))
        return f"{day}T{LANES[lane]:02}:00:00", f"{day}T{LANES[lane] + 1:02}:00:00"

    def booked(self, actor: Actor | None = None) -> Record:
        """Make a time record that has ended, however the instance takes one of this actor: at the usual hour, at one
        where no other stands, or started and stopped. Raises Refused where it takes none."""
        with suppress(NotCreated):
            return self.timesheet(actor)
        with suppress(NotCreated):
            return self.timesheet(actor, *self.hour_apart())
        record = self.timesheet(actor, end=None)
        self._client.session(record.actor).patch(f"{record.path}/stop")
        return record

    def create(self, session: Session, path: str, body: Any, **kwargs: Any) -> Record:
        """Create by POST and return the record. Raises Refused, and NotCreated where the instance does not make it."""
        return self._record(session.actor, path, self.send(session.as_valid(), path, body, **kwargs))

    def send(self, session: Session, path: str, body: Any, **kwargs: Any) -> Exchange:
        """Send a create, and once more with what it did not send and was refused for. Return the answer that counts.

        What an instance demands beyond its definition is known from then on. Raises Refused.
        """
        exchange = session.post(path, json=body, **kwargs)
        if isinstance(body, dict):
            sent = exchange.request_body or b""
            missing = [name for name in exchange.refused_for() if name in KNOWN and f'"{name}"'.encode() not in sent]
            self._demanded.setdefault(path, {}).update({name: KNOWN[name][0] for name in missing})
            if missing:
                exchange = session.post(path, json={**self._demanded[path], **body}, **kwargs)
        return exchange

    def delete(self, record: Record) -> Exchange:
        """Delete a record as its maker, or as the strongest actor where the maker may not."""
        session = self._client.session(record.actor)
        exchange = session.delete(record.path)
        if exchange.status == 403:
            exchange = self._client.session(self._client.state.strongest).delete(record.path)
        return exchange

    def customer(self, actor: Actor | None = None, **fields: Any) -> Record:
        """Make a customer."""
        return self._make("/api/customers", {"name": self.name("customer"), **_COUNTRY, **_SEEN, **fields}, actor)

    def project(self, customer: Record | int | None = None, actor: Actor | None = None, **fields: Any) -> Record:
        """Make a project, below a customer of the run."""
        above = _id(customer) if customer is not None else self.shared_customer().id
        body = {"name": self.name("project"), "customer": above, "globalActivities": True, **_SEEN, **fields}
        return self._make("/api/projects", body, actor)

    def activity(self, project: Record | int | None = None, actor: Actor | None = None, **fields: Any) -> Record:
        """Make an activity: of a project, a global one without."""
        below = {} if project is None else {"project": _id(project)}
        return self._make("/api/activities", {"name": self.name("activity"), **below, **_SEEN, **fields}, actor)

    def timesheet(
        self,
        actor: Actor | None = None,
        begin: str | None = None,
        end: str | None = f"{DAY}T09:00:00",
        project: Record | int | None = None,
        activity: Record | int | None = None,
        **fields: Any,
    ) -> Record:
        """Make a timesheet of an actor. Times are local and in the documented form; `end` None starts a timer, of
        an actor who has nothing running where none is given. Without a begin a timer starts now: what began long ago
        could not be stopped where an instance limits a record's length.
        """
        on_project, on_activity = self.bookable() if project is None else (_id(project), 0)
        begin = begin or (f"{DAY}T08:00:00" if end else None)
        body = {
            **({"begin": begin} if begin else {}),
            **({"end": end} if end else {}),
            "project": on_project,
            "activity": _id(activity) if activity is not None else on_activity,
            "description": self.name("timesheet"),
            **fields,
        }
        idle = self.idle_actor() if end is None and actor is None else None
        return self._make("/api/timesheets", body, actor or idle or self._client.config.actors[-1])

    def tag(self, actor: Actor | None = None, **fields: Any) -> Record:
        """Make a tag."""
        return self._make("/api/tags", {"name": self.name("tag"), "visible": True, **fields}, actor)

    def team(self, members: Iterable[Actor | int] = (), actor: Actor | None = None, **fields: Any) -> Record:
        """Make a team. Its members are actors; the first leads it, and without any the strongest actor does."""
        ids = [member.user_id if isinstance(member, Actor) else member for member in members]
        ids = ids or [self._client.state.strongest.user_id]
        listed = [{"user": ident, "teamlead": number == 0} for number, ident in enumerate(ids)]
        return self._make("/api/teams", {"name": self.name("team"), "members": listed, **fields}, actor)

    def rate(self, parent: Record, actor: Actor | None = None, **fields: Any) -> Record:
        """Make a rate of a customer, project or activity of the run."""
        return self._make(f"{fill_path(KINDS[parent.kind].item, parent.id)}/rates", {"rate": 42.5, **fields}, actor)

    def comment(self, parent: Record, actor: Actor | None = None, **fields: Any) -> Record:
        """Make a comment on a customer or project of the run."""
        path = f"{fill_path(KINDS[parent.kind].item, parent.id)}/comments"
        return self._make(path, {"message": self.name("comment"), **fields}, actor)

    def lock_team(self) -> Record:
        """Return a team of the run's own with the strongest actor alone, made once a process."""
        return self._shared("lock team", self.team)

    def of_kind(self, kind: Kind) -> Record:
        """Make one record of a top-level kind, with what it needs."""
        makers: Mapping[Kind, Any] = {
            Kind.CUSTOMER: self.customer,
            Kind.PROJECT: self.project,
            Kind.ACTIVITY: self.activity,
            Kind.TIMESHEET: self.timesheet,
            Kind.TAG: self.tag,
            Kind.TEAM: self.team,
        }
        record: Record = makers[kind](actor=self._client.state.strongest)
        return record

    def shared_customer(self) -> Record:
        """Return the run's own customer, made once a process."""
        return self._shared("customer", self.customer)

    def shared_project(self) -> Record:
        """Return the run's own project, made once a process; global activities can be booked on it."""
        return self._shared("project", self.project)

    def shared_activity(self) -> Record:
        """Return the run's own activity of that project, made once a process."""
        return self._shared("activity", lambda: self.activity(self.shared_project()))

    def idle_actor(self) -> Actor | None:
        """Return an actor with nothing running but the run's own, who may start a timer; None where all are busy."""
        state = self._client.state
        return next(
            (actor for actor in reversed(self._client.config.actors) if running_timer(actor, state) is None), None
        )

    def bookable(self) -> tuple[int, int]:
        """Return project and activity to book on: the run's own, or the borrowed ones.

        Raises Refused where neither exists: nobody here may make and delete projects, and none is lent.
        """
        config = self._client.config
        try:
            return self.shared_project().id, self.shared_activity().id
        except Refused as error:
            if config.borrowed_project is None or config.borrowed_activity is None:
                raise Refused(
                    error.rule, f"{error.reason}; lend it a project and an activity with --project and --activity"
                ) from error
            return config.borrowed_project, config.borrowed_activity

    def _shared(self, name: str, make: Any) -> Record:
        if name not in self._kept:
            self._kept[name] = make()
        return self._kept[name]

    def _make(self, path: str, body: dict[str, Any], actor: Actor | None) -> Record:
        maker = actor or self._maker(path)
        least = {**self.besides(path), **body}
        needed = (item.name for item in self._form(path) if item.required and item.name in KNOWN)
        required = {name: KNOWN[name][0] for name in needed if name not in least}
        try:
            return self.create(self._client.session(maker), path, {**required, **least})
        except NotCreated as error:
            # A definition of another version may require what this one does not know.
            if not required or error.exchange.status != 400:
                raise
            return self._record(maker, path, self._client.session(maker).post(path, json=least))

    def _maker(self, path: str) -> Actor:
        """Return who makes it: the strongest actor, unless only a weaker one could delete it."""
        operation = _operation(path)
        kind = operation.creates
        assert kind is not None
        for actor in self._client.state.actors:
            if can_delete(actor, kind, made_it=True) is not Permission.NO:
                return actor
        return self._client.state.strongest

    def _record(self, actor: Actor, path: str, exchange: Exchange) -> Record:
        body = exchange.json_or_none()
        if not exchange.ok or not isinstance(body, dict) or not isinstance(body.get("id"), int):
            raise NotCreated(exchange)
        kind = _operation(path).creates
        assert kind is not None
        parts = path.strip("/").split("/")
        parent = int(parts[2]) if KINDS[kind].parent else None
        return Record(kind, body["id"], delete_path(kind, body["id"], parent), body, actor, exchange)


class RecordConnection(Connection, Protocol):
    """A connection with its factory of records."""

    records: RecordFactory


def _id(record: Record | int) -> int:
    return record.id if isinstance(record, Record) else record


def _operation(path: str) -> Any:
    parts = path.split("?")[0].strip("/").split("/")
    template = "/" + "/".join("{id}" if part.isdigit() else part for part in parts)
    return OPERATIONS[f"POST {template}"]
