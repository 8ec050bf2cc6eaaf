"""What actors may see and do of others' records: each refusal with its positive control and a look afterwards.

Every record here is the run's own; teams are made for the question, and what was there before is asked first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from conformance.exchange import Refused
from conformance.probes.lab import Lab
from conformance.probes.records.grounds import COLLECTION
from conformance.probes.records.making import attribute, ident
from conformance.probes.times.times import Booked, book, look, seen_as, unbook
from conformance.words import Actor, Exchange

ITEM = f"{COLLECTION}/{{id}}"
SHOWN_ACTIONS = "GET /api/actions/timesheet/{id}/{view}/{locale}"
ACTIONS = ("stop", "restart", "duplicate", "export")
TIMES = ("2025-01-15T10:00:00", "2025-01-15T11:00:00")
WINDOW = {"begin": "2025-01-15T00:00:00", "end": "2025-01-15T23:59:59", "size": 500}
"""The day of these times: where the records that are looked for were booked."""


@dataclass(frozen=True)
class Reach:
    """An actor reaching for another's record: the answer, and what the owner saw afterwards.

    `control` is what the same token is answered for the same on a record of his own; None where it was not asked.
    `by_effect` is whether what came of it alone counts, for what is asked may be passed over as well as refused.
    """

    operation: str
    by: Actor
    answer: Exchange
    afterwards: str
    control: int | None
    by_effect: bool = False

    @property
    def refused(self) -> bool:
        """Whether the answer is a refusal, or nothing came of what was asked."""
        return 400 <= self.answer.status < 500 or (self.by_effect and self.afterwards == "unchanged")

    @property
    def tells(self) -> bool:
        """Whether it tells of rights: not where the same token is refused the same on a record of his own."""
        return not self.refused or self.control is None or self.control < 400


def plain_actors(lab: Lab) -> list[Actor]:
    """Return the actors without rights over others, by role."""
    return [actor for actor in lab.actors if actor.role == "ROLE_USER"]


@contextmanager
def record_of(lab: Lab, owner: Actor, **more: Any) -> Iterator[Booked]:
    """Give a time record of an actor, and delete it afterwards. Raises Refused, also where it is not accepted."""
    record = book(lab, owner, *TIMES, **more)
    if record.ident is None:
        raise Refused(3, f"{owner.name} could not book a time record: answer {record.status}")
    try:
        yield record
    finally:
        unbook(lab, record)


def own_ways(lab: Lab, actor: Actor) -> Mapping[str, int]:
    """Return what an actor is answered on a record of his own, by operation; asked once a process. Raises Refused."""
    return lab.once(f"own ways {actor.name}", lambda: dict(_own_ways(lab, actor)))


def _own_ways(lab: Lab, actor: Actor) -> Iterator[tuple[str, int]]:
    session, record = lab.session(actor), book(lab, actor, *TIMES)
    if record.ident is None:
        return
    yield f"GET {ITEM}", session.get(record.path).status
    if SHOWN_ACTIONS in lab.index:
        yield SHOWN_ACTIONS, session.get(_actions(record)).status
    yield f"PATCH {ITEM}", session.patch(record.path, json={"description": lab.name("by its owner")}).status
    copy = session.patch(f"{record.path}/duplicate")
    yield f"PATCH {ITEM}/duplicate", copy.status
    number = ident(copy)
    if number not in (None, record.ident):
        session.delete(f"{COLLECTION}/{number}")
    yield f"DELETE {ITEM}", session.delete(record.path).status


def _actions(record: Booked) -> str:
    return f"/api/actions/timesheet/{record.ident}/index/en"


def reads(lab: Lab, by: Actor, record: Booked) -> Iterator[Reach]:
    """Try to read a record of another by its id. Raises Refused."""
    controls = own_ways(lab, by)
    for label, path in ((f"GET {ITEM}", record.path), (SHOWN_ACTIONS, _actions(record))):
        if label in lab.index:
            yield Reach(label, by, lab.session(by).get(path), "unchanged", controls.get(label))


def change(lab: Lab, by: Actor, record: Booked) -> Reach:
    """Try to change a record of another, and look as its owner. Raises Refused."""
    body = {"description": lab.name("by another")}
    return _changed(lab, by, record, look(lab, record), f"PATCH {ITEM}", record.path, body)


def writes(lab: Lab, by: Actor, record: Booked, *, every: bool) -> Iterator[Reach]:
    """Try to change, act on and delete a record of another, and look as its owner each time. Raises Refused.

    `every` is whether all actions are tried.
    """
    yield change(lab, by, record)
    if every:
        yield from _acted_on(lab, by, record)
    answer = lab.session(by).delete(record.path)
    afterwards = "unchanged" if look(lab, record).status == 200 else "deleted"
    yield Reach(f"DELETE {ITEM}", by, answer, afterwards, own_ways(lab, by).get(f"DELETE {ITEM}"))


def _acted_on(lab: Lab, by: Actor, record: Booked) -> Iterator[Reach]:
    before = look(lab, record)
    for action in ACTIONS:
        label = f"PATCH {ITEM}/{action}"
        if label in lab.index:
            yield _changed(lab, by, record, before, label, f"{record.path}/{action}", {})


def _changed(
    lab: Lab, by: Actor, record: Booked, before: Booked, label: str, path: str, body: Mapping[str, Any]
) -> Reach:
    answer = lab.session(by).patch(path, json=dict(body))
    return Reach(label, by, answer, _afterwards(lab, by, record, before, answer), own_ways(lab, by).get(label))


def other_profile(lab: Lab, by: Actor, owner: Actor) -> Iterator[Reach]:
    """Read another's profile; nothing where the list of all users is the actor's to see. Raises Refused."""
    session = lab.session(by)
    if "GET /api/users/{id}" in lab.index and not session.get("/api/users").ok:
        control = session.get(f"/api/users/{by.user_id}").status
        answer = session.get(f"/api/users/{owner.user_id}")
        yield Reach("GET /api/users/{id}", by, answer, "unchanged", control)


@dataclass(frozen=True)
class Running:
    """A record that runs, while it does."""

    lab: Lab
    record: Booked

    def stopped_by(self, by: Actor) -> Iterator[Reach]:
        """Try to stop it as another, and then as its owner, which is the control."""
        lab, record, path = self.lab, self.record, f"{self.record.path}/stop"
        answer = lab.session(by).patch(path)
        runs = attribute(look(lab, record).exchange.json_or_none(), "end") is None
        control = lab.session(record.actor).patch(path).status if runs else None
        yield Reach(f"PATCH {ITEM}/stop", by, answer, "unchanged" if runs else "stopped", control)


@contextmanager
def running_record(lab: Lab, owner: Actor) -> Iterator[Running]:
    """Start a record of an actor, and delete it afterwards. Raises Refused, also where it is not accepted."""
    project, activity = lab.bookable
    body = {"project": project, "activity": activity, "description": lab.name("running")}
    record = seen_as(owner, lab.session(owner).post(COLLECTION, json=body), body)
    if record.ident is None:
        raise Refused(5, f"{owner.name} could not start a time record: answer {record.status}")
    try:
        yield Running(lab, record)
    finally:
        unbook(lab, record)


def _afterwards(lab: Lab, by: Actor, record: Booked, before: Booked, answer: Exchange) -> str:
    """Return "unchanged", or what a request did; a record that it made is deleted again."""
    made = ident(answer)
    if made is not None and made != record.ident:
        lab.session(by).delete(f"{COLLECTION}/{made}")
        return "a new record"
    after = look(lab, record)
    return "unchanged" if after.exchange.json_or_none() == before.exchange.json_or_none() else "changed"


def team_of(lab: Lab, members: Sequence[Actor]) -> int:
    """Make a team of the run, led by the first member, and return its id. Raises Refused."""
    return lab.records.team(list({actor.user_id: actor for actor in members}.values())).id


def disband(lab: Lab, team: int) -> None:
    """Delete a team of the run."""
    lab.session().delete(f"/api/teams/{team}")


@contextmanager
def together(lab: Lab, *members: Actor) -> Iterator[int]:
    """Put actors into a team that the first of them leads, and take it away afterwards. Raises Refused."""
    team = team_of(lab, members)
    try:
        yield team
    finally:
        disband(lab, team)
