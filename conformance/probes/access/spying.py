"""Lists as somebody who looks for another's records, and records that are listed, read on their own. Reads alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.exchange import Refused, Session
from conformance.probes.lab import Lab
from conformance.probes.records.grounds import COLLECTION, ids_of
from conformance.probes.records.making import MISSING, attribute
from conformance.probes.times.times import Booked
from conformance.words import Actor, Exchange

WINDOW = {"begin": "2025-01-15T00:00:00", "end": "2025-01-15T23:59:59", "size": 500}
"""The day on which the records that are looked for were booked."""

OWN_LISTS = ("/api/timesheets/recent", "/api/timesheets/active", "/api/favorites/timesheets")
"""Lists that hold the caller's own records, whatever the caller may see of others."""


@dataclass(frozen=True)
class Spied:
    """A list asked for another's record: whether it is in it, and the ids of all owners but the asker."""

    operation: str
    params: str
    by: Actor
    shows: bool
    strangers: frozenset[int]
    answer: Exchange


def lists(lab: Lab, by: Actor, record: Booked, *, every: bool) -> Iterator[Spied]:
    """Ask for another's record in the ways of naming its owner; with `every` also by each filter that is documented."""
    owner, label = record.actor.user_id, f"GET {COLLECTION}"
    ways: dict[str, Mapping[str, Any]] = {
        "no user": {},
        "user=all": {"user": "all"},
        "user": {"user": owner},
        "users[]": {"users[]": [owner]},
        "users[] and full": {"users[]": [owner], "full": "true"},
    }
    if every:
        known = {each.name for each in lab.index[label].query_parameters}
        ways |= {name: {name: value} for name, value in _filters(lab, record).items() if name in known}
    for word, params in ways.items():
        answer = lab.session(by).get(COLLECTION, params={**WINDOW, **params})
        yield _spied(label, word, by, record.ident, answer)


def _filters(lab: Lab, record: Booked) -> Mapping[str, Any]:
    """Return a value of each filter that the record has."""
    project, activity = record.sent["project"], record.sent["activity"]
    customer = attribute(lab.session().get(f"/api/projects/{project}").json_or_none(), "customer")
    found = {
        "project": project, "projects[]": [project], "activity": activity, "activities[]": [activity],
        "term": record.sent["description"], "exported": "0", "active": "0", "billable": "1", "full": "true",
        "modified_after": "2020-01-01T00:00:00", "orderBy": "rate", "order": "ASC", "page": 1,
    }  # fmt: skip
    return found if customer is MISSING else {**found, "customer": customer, "customers[]": [customer]}


def own_lists(lab: Lab, by: Actor, sought: int | None) -> Iterator[Spied]:
    """Ask for the lists of one's own records while another has one, whose id is `sought`. Raises Refused."""
    for path in OWN_LISTS:
        if f"GET {path}" in lab.index:
            yield _spied(f"GET {path}", "", by, sought, lab.session(by).get(path))


def _spied(label: str, params: str, by: Actor, sought: int | None, answer: Exchange) -> Spied:
    return Spied(label, params, by, sought in (ids_of(answer) or ()), owners_in(answer) - {by.user_id}, answer)


def owners_in(answer: Exchange) -> frozenset[int]:
    """Return the user ids of the records in a list, whole users or not."""
    body = answer.json_or_none() if answer.ok else None
    users = [attribute(item, "user") for item in body] if isinstance(body, list) else []
    ids = (user.get("id") if isinstance(user, dict) else user for user in users)
    return frozenset(each for each in ids if isinstance(each, int))


@dataclass(frozen=True)
class Listed:
    """Some items of a list as an actor, each with the answer to reading it on its own.

    `any_team` is whether the actor reads records of the kind whatever team they are of: other rights to read end where
    the teams of the actor do, which lists need not.
    """

    operation: str
    any_team: bool
    items: Sequence[tuple[int, Exchange]]


def listed_and_read(lab: Lab, actor: Actor, count: int) -> Iterator[Listed]:
    """Ask every list as an actor, and read some of its items: nobody's record is touched."""
    for operation in lab.index.operations:
        item = lab.index.item_of(operation.path)
        if operation.method != "GET" or operation.path_parameters or item is None:
            continue
        any_team = _reads_any(lab, actor, operation.path)
        everybody = {"user": "all", "size": 100} if operation.path == COLLECTION else {}
        session, head = lab.session(actor), item.path.rpartition("/")[0]
        ids = chosen(ids_of(session.get(operation.path, params=everybody)) or [], count if any_team else 0)
        read = [(each, session.get(f"{head}/{each}")) for each in ids]
        for _ in range(2 if any_team else 0):
            read = _settled(session, operation.path, everybody, read)
        if operation.path == "/api/users":
            any_team = any(answer.ok for number, answer in read if number != actor.user_id)
        yield Listed(operation.label, any_team, read)


def _settled(
    session: Session, path: str, params: Mapping[str, Any], read: Sequence[tuple[int, Exchange]]
) -> list[tuple[int, Exchange]]:
    """Return what was read; what could not be is read again, where it is still listed, and left out elsewhere.

    People at work, and the run's other process, delete records and change teams in between.
    """
    if all(answer.ok for _, answer in read):
        return list(read)
    again = [(each, answer if answer.ok else session.get(f"{path}/{each}")) for each, answer in read]
    still = ids_of(session.get(path, params=params)) or ()
    return [(each, answer) for each, answer in again if answer.ok or each in still]


def _reads_any(lab: Lab, actor: Actor, path: str) -> bool:
    """Whether an actor reads one of the records of no team; True for what belongs to none."""
    kind = path.rpartition("/")[2]
    if kind not in ("customers", "projects", "activities"):
        return True
    try:
        lent = dict(zip(("projects", "activities"), lab.bookable, strict=True))
        teamless = [lab.parent(kind), *([lent[kind]] if kind in lent else [])]
        return any(lab.session(actor).get(f"{path}/{number}").ok for number in teamless)
    except Refused:
        return False


def chosen(ids: Sequence[int], count: int) -> list[int]:
    """Return some ids of a list: the first, the last, and the youngest records, which are the run's own."""
    youngest = sorted(ids)[-count:]
    return list(dict.fromkeys([*ids[:1], *ids[-1:], *reversed(youngest)]))[: count + 1]
