"""What actors may see and do of others' records: each refusal with its positive control and a look afterwards.

Every record here is the run's own; teams are made for the question, and what was there before is asked first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from conformance.exchange import Refused
from conformance.model import Actor, Exchange
from conformance.probes.context import ProbeContext, once
from conformance.probes.records.creating import attribute, ident
from conformance.probes.records.list_scopes import COLLECTION
from conformance.probes.times.times import Booked, book, look, seen_as, start_and_stop, unbook
from conformance.probes.times.zones import parse

ITEM = f"{COLLECTION}/{{id}}"
SHOWN_ACTIONS = "GET /api/actions/timesheet/{id}/{view}/{locale}"
ACTIONS = ("stop", "restart", "duplicate", "export")
KEPT = ("stop", "export")
"""Actions that make no record."""


@dataclass(frozen=True)
class AccessAttempt:
    """An actor reaching for another's record: the answer, and what the owner saw afterwards.

    `control` is what the same token is answered for the same on a record of their own; None where it was not asked.
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
        """Whether it tells of rights: not where the same token is refused the same on a record of their own."""
        return not self.refused or self.control is None or self.control < 400


@once("times of rights")
def times(context: ProbeContext) -> tuple[str, str]:
    """Return begin and end of the records that are reached for, the same in a process."""
    return context.hour()


def window(context: ProbeContext, record: Booked | None = None) -> dict[str, Any]:
    """Return the days around these records, or this one, as parameters of a list: where its reader lives the day may be
    another.
    """
    # Of whoever may not send these times it began now.
    began = parse(record.begin) if record is not None else None
    day, around = (began or datetime.fromisoformat(times(context)[0])).date(), timedelta(days=1)
    return {"begin": f"{day - around}T00:00:00", "end": f"{day + around}T23:59:59", "size": 500}


def plain_actors(context: ProbeContext) -> list[Actor]:
    """Return the actors without rights over others, by role."""
    return [actor for actor in context.actors if actor.role == "ROLE_USER"]


@contextmanager
def record_of(context: ProbeContext, owner: Actor, **more: Any) -> Iterator[Booked]:
    """Give a time record of an actor, and delete it afterwards. Raises Refused, also where it is not accepted."""
    record = _booked(context, owner, **more)
    try:
        yield record
    finally:
        unbook(context, record)


def book_or_start(context: ProbeContext, owner: Actor, **more: Any) -> Booked:
    """Book a time record of an actor, or start and stop it where they may not send these times. Raises Refused."""
    record = book(context, owner, *times(context), **more)
    return record if record.ident is not None else start_and_stop(context, owner, **more)


def _booked(context: ProbeContext, owner: Actor, **more: Any) -> Booked:
    record = book_or_start(context, owner, **more)
    if record.ident is None:
        raise Refused(3, f"{owner.name} could not book a time record: answer {record.status}")
    return record


@contextmanager
def record_to_read(context: ProbeContext, owner: Actor) -> Iterator[Booked]:
    """Give a time record of an actor that is only read, the same to all who ask where it may be left to the clean-up.

    Raises Refused, also where it is not accepted.
    """
    if context.may_leave_record():
        yield context.cached(f"record to read {owner.name}", lambda: _booked(context, owner))
        return
    with record_of(context, owner) as record:
        yield record


@once("own ways {actor.name}")
def own_ways(context: ProbeContext, actor: Actor) -> Mapping[str, int]:
    """Return what an actor is answered on a record of their own, by operation; asked once a process. Raises Refused."""
    session, record = context.session(actor), book_or_start(context, actor)
    if record.ident is None:
        return {}
    statuses = {f"GET {ITEM}": session.get(record.path).status}
    if SHOWN_ACTIONS in context.index and context.profile_at_least("standard"):
        statuses[SHOWN_ACTIONS] = session.get(_actions(record)).status
    changed = session.patch(record.path, json={"description": context.name("by its owner")})
    statuses[f"PATCH {ITEM}"] = changed.status
    if context.profile_at_least("standard"):  # In smoke nobody tries it on another's record.
        copy = session.patch(f"{record.path}/duplicate")
        statuses[f"PATCH {ITEM}/duplicate"] = copy.status
        number = ident(copy)
        if number not in (None, record.ident):
            session.delete(f"{COLLECTION}/{number}")
    return {**statuses, f"DELETE {ITEM}": session.delete(record.path).status}


def _actions(record: Booked) -> str:
    return f"/api/actions/timesheet/{record.ident}/index/en"


def reads(context: ProbeContext, by: Actor, record: Booked) -> Iterator[AccessAttempt]:
    """Try to read a record of another by its id. Raises Refused."""
    controls = own_ways(context, by)
    for label, path in ((f"GET {ITEM}", record.path), (SHOWN_ACTIONS, _actions(record))):
        if label in context.index and (label != SHOWN_ACTIONS or context.profile_at_least("standard")):
            yield AccessAttempt(label, by, context.session(by).get(path), "unchanged", controls.get(label))


def change(context: ProbeContext, by: Actor, record: Booked) -> AccessAttempt:
    """Try to change a record of another, and look as its owner. Raises Refused."""
    body = {"description": context.name("by another")}
    return _changed(context, by, record, look(context, record), f"PATCH {ITEM}", record.path, body)


def writes(context: ProbeContext, by: Actor, record: Booked, *, every: bool) -> Iterator[AccessAttempt]:
    """Try to change, act on and delete a record of another, and look as its owner each time. Raises Refused.

    `every` is whether all actions are tried; those that make a record only where a change is refused, for that record
    would be the owner's, and not the run's to delete.
    """
    changed = change(context, by, record)
    yield changed
    if every:
        before = look(context, record)
        for action in ACTIONS if changed.refused else KEPT:
            label = f"PATCH {ITEM}/{action}"
            if label in context.index:
                yield _changed(context, by, record, before, label, f"{record.path}/{action}", {})
    answer = context.session(by).delete(record.path)
    # Whoever may not even read their own records is answered 403 for them.
    afterwards = "deleted" if look(context, record).status in (404, 410) else "unchanged"
    yield AccessAttempt(f"DELETE {ITEM}", by, answer, afterwards, own_ways(context, by).get(f"DELETE {ITEM}"))


def _changed(
    context: ProbeContext, by: Actor, record: Booked, before: Booked, label: str, path: str, body: Mapping[str, Any]
) -> AccessAttempt:
    answer = context.session(by).patch(path, json=dict(body))
    made = ident(answer)
    if made is not None and made != record.ident:
        context.session(by).delete(f"{COLLECTION}/{made}")
        afterwards = "a new record"
    else:
        after = look(context, record)
        same = after.exchange.json_or_none() == before.exchange.json_or_none()
        afterwards = "unchanged" if same else "changed"
    return AccessAttempt(label, by, answer, afterwards, own_ways(context, by).get(label))


def other_profile(context: ProbeContext, by: Actor, owner: Actor) -> Iterator[AccessAttempt]:
    """Read another's profile; nothing where the list of all users is the actor's to see. Raises Refused."""
    session = context.session(by)
    if "GET /api/users/{id}" in context.index and not session.get("/api/users").ok:
        control = session.get(f"/api/users/{by.user_id}").status
        answer = session.get(f"/api/users/{owner.user_id}")
        yield AccessAttempt("GET /api/users/{id}", by, answer, "unchanged", control)


@dataclass(frozen=True)
class Running:
    """A record that runs, while it does."""

    record: Booked


def stopped_by(context: ProbeContext, running: Running, by: Actor) -> Iterator[AccessAttempt]:
    """Try to stop what runs as another, and then as its owner, which is the control."""
    record, path = running.record, f"{running.record.path}/stop"
    answer = context.session(by).patch(path)
    runs = attribute(look(context, record).exchange.json_or_none(), "end") is None
    control = context.session(record.actor).patch(path).status if runs else None
    yield AccessAttempt(f"PATCH {ITEM}/stop", by, answer, "unchanged" if runs else "stopped", control)


@contextmanager
def running_record(context: ProbeContext, owner: Actor) -> Iterator[Running]:
    """Start a record of an actor, and delete it afterwards. Raises Refused, also where it is not accepted."""
    project, activity = context.bookable
    body = {"project": project, "activity": activity, "description": context.name("running")}
    record = seen_as(owner, context.session(owner).post(COLLECTION, json=body), body)
    if record.ident is None:
        raise Refused(5, f"{owner.name} could not start a time record: answer {record.status}")
    try:
        yield Running(record)
    finally:
        unbook(context, record)


def team_of(context: ProbeContext, members: Sequence[Actor]) -> int:
    """Make a team of the run, led by the first member, and return its id. Raises Refused."""
    return context.records.team(list({actor.user_id: actor for actor in members}.values())).id


def delete_team(context: ProbeContext, team: int) -> None:
    """Delete a team of the run."""
    context.session().delete(f"/api/teams/{team}")


@contextmanager
def in_one_team(context: ProbeContext, *members: Actor) -> Iterator[int]:
    """Put actors into a team that the first of them leads, and take it away afterwards. Raises Refused."""
    team = team_of(context, members)
    try:
        yield team
    finally:
        delete_team(context, team)
