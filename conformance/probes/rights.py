"""What actors may see and do of others' records: each refusal with its positive control and a look afterwards.

Every record here is the run's own; teams are made for the question, and what was there before is asked first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.probes.grounds import COLLECTION, ids_of
from conformance.probes.lab import Lab
from conformance.probes.making import MISSING, attribute, ident
from conformance.probes.times import Booked, book, look, unbook
from conformance.words import Actor, Exchange

ACTIONS = ("stop", "restart", "duplicate", "export")


@dataclass(frozen=True)
class Reach:
    """An actor reaching for another's record: the answer, what the owner saw afterwards, and the owner's own answer."""

    operation: str
    what: str
    by: Actor
    owner: Actor
    answer: Exchange
    afterwards: str
    control: int

    @property
    def refused(self) -> bool:
        """Whether the answer is a refusal."""
        return 400 <= self.answer.status < 500


def plain_actors(lab: Lab) -> list[Actor]:
    """Return the actors without rights over others, by role."""
    return [actor for actor in lab.actors if actor.role == "ROLE_USER"]


def reads(lab: Lab, by: Actor, owner: Actor) -> Iterator[Reach]:
    """Try to read a record of another, on its own and in lists. Raises Refused."""
    record = book(lab, owner, "2025-01-15T10:00:00", "2025-01-15T11:00:00")
    if record.ident is None:
        return
    control = look(lab, record).status
    for label, path in (
        (f"GET {COLLECTION}/{{id}}", record.path),
        ("GET /api/actions/timesheet/{id}/{view}/{locale}", f"/api/actions/timesheet/{record.ident}/index/en"),
    ):
        if label in lab.index:
            yield Reach(label, "read", by, owner, lab.session(by).get(path), "unchanged", control)
    unbook(lab, record)


@dataclass(frozen=True)
class Spied:
    """A list asked for another's records: whether the record is in it."""

    params: str
    by: Actor
    owner: Actor
    shows: bool
    answer: Exchange


def lists(lab: Lab, by: Actor, owner: Actor) -> Iterator[Spied]:
    """Ask for another's records in every way that the list documents. Raises Refused."""
    record = book(lab, owner, "2025-01-15T10:00:00", "2025-01-15T11:00:00")
    if record.ident is None:
        return
    window = {"begin": "2025-01-15T00:00:00", "end": "2025-01-15T23:59:59", "size": 500}
    ways: list[tuple[str, dict[str, Any]]] = [
        ("no user", {}),
        ("user=all", {"user": "all"}),
        ("user", {"user": owner.user_id}),
        ("users[]", {"users[]": [owner.user_id]}),
        ("users[] and full", {"users[]": [owner.user_id], "full": "true"}),
    ]
    for word, params in ways:
        answer = lab.session(by).get(COLLECTION, params={**window, **params})
        yield Spied(word, by, owner, record.ident in (ids_of(answer) or ()), answer)
    unbook(lab, record)


def writes(lab: Lab, by: Actor, owner: Actor) -> Iterator[Reach]:
    """Try to change and delete a record of another, and look as its owner each time. Raises Refused."""
    record = book(lab, owner, "2025-01-15T10:00:00", "2025-01-15T11:00:00")
    if record.ident is None:
        return
    before = look(lab, record)
    session = lab.session(by)
    item = f"{COLLECTION}/{{id}}"
    attempts: list[tuple[str, str, Any]] = [(f"PATCH {item}", record.path, {"description": lab.name("by another")})]
    attempts += [(f"PATCH {item}/{action}", f"{record.path}/{action}", None) for action in ACTIONS]
    for label, path, body in attempts:
        if label in lab.index and (lab.beyond("standard") or body is not None):
            answer = session.patch(path, json={} if body is None else body)
            afterwards = _afterwards(lab, by, record, before, answer)
            yield Reach(label, "changed", by, owner, answer, afterwards, before.status)
    answer = session.delete(record.path)
    afterwards = "unchanged" if look(lab, record).status == 200 else "deleted"
    yield Reach(f"DELETE {item}", "deleted", by, owner, answer, afterwards, before.status)
    unbook(lab, record)


def _afterwards(lab: Lab, by: Actor, record: Booked, before: Booked, answer: Exchange) -> str:
    """Return "unchanged", or what a request did; a record that it made is deleted again."""
    made = ident(answer)
    if made is not None and made != record.ident:
        lab.session(by).delete(f"{COLLECTION}/{made}")
        return "a new record"
    after = look(lab, record)
    return "unchanged" if after.exchange.json_or_none() == before.exchange.json_or_none() else "changed"


def leads_team_of(lab: Lab, lead: Actor, other: Actor) -> bool | None:
    """Whether an actor leads a team that another is in; None where nobody here may see that."""
    me = lab.session(lead).get("/api/users/me").json_or_none()
    them = lab.session().get(f"/api/users/{other.user_id}").json_or_none()
    memberships, teams = attribute(me, "memberships"), attribute(them, "teams")
    if not isinstance(memberships, list) or not isinstance(teams, list):
        return None
    led = {attribute(each, "team.id") for each in memberships if attribute(each, "teamlead") is True}
    return bool(led & {attribute(team, "id") for team in teams} - {MISSING})


def team_of(lab: Lab, members: Sequence[Actor]) -> int:
    """Make a team of the run, led by the first member, and return its id. Raises Refused."""
    return lab.records.team(members).id


def disband(lab: Lab, team: int) -> None:
    """Delete a team of the run."""
    lab.session().delete(f"/api/teams/{team}")


@dataclass(frozen=True)
class Listed:
    """A list as an actor, and what reading some of its items on their own was answered."""

    operation: str
    actor: Actor
    answer: Exchange
    items: Sequence[tuple[int, Exchange]]


def listed_and_read(lab: Lab, actor: Actor, count: int) -> Iterator[Listed]:
    """Ask every list as an actor, and read its first items. Reads alone: nobody's record is touched."""
    for operation in lab.index.operations:
        item = lab.index.item_of(operation.path)
        if operation.method != "GET" or operation.path_parameters or item is None or operation.query("page"):
            continue
        answer = lab.session(actor).get(operation.path)
        ids = ids_of(answer) or []
        paths = ((each, item.path.rpartition("/")[0] + f"/{each}") for each in ids[:count])
        yield Listed(operation.label, actor, answer, [(each, lab.session(actor).get(path)) for each, path in paths])
