"""Lists as somebody who looks for another's records, and records that are listed, read on their own. Reads alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.exchange import Refused, Session
from conformance.model import Actor, Exchange
from conformance.probes.access.rights import window
from conformance.probes.context import ProbeContext, once
from conformance.probes.records.creating import MISSING, attribute
from conformance.probes.records.list_scopes import COLLECTION, ids_of, row_of
from conformance.probes.times.times import Booked

OWN_LISTS = ("/api/timesheets/recent", "/api/timesheets/active", "/api/favorites/timesheets")
"""Lists that hold the caller's own records, whatever the caller may see of others."""


TELLING_WAYS = ("user=all", "users[] and full")


@dataclass(frozen=True)
class ForeignListing:
    """A list asked for another's record: whether it is in it, and the ids of all owners but the asker."""

    operation: str
    params: str
    by: Actor
    shows: bool
    other_owners: frozenset[int]
    answer: Exchange


def lists(context: ProbeContext, by: Actor, record: Booked, *, every: bool) -> Iterator[ForeignListing]:
    """Ask for another's record in the ways of naming its owner; with `every` also by each filter that is documented.

    In smoke only for everybody's and the owner's: what shows it otherwise shows it there.
    """
    owner, label = record.actor.user_id, f"GET {COLLECTION}"
    ways: dict[str, Mapping[str, Any]] = {
        "no user": {},
        "user=all": {"user": "all"},
        "user": {"user": owner},
        "users[]": {"users[]": [owner]},
        "users[] and full": {"users[]": [owner], "full": "true"},
    }
    if every:
        known = {parameter.name for parameter in context.index[label].query_parameters}
        ways |= {name: {name: value} for name, value in _filters(context, record).items() if name in known}
    for word, params in ways.items():
        if word not in TELLING_WAYS and not context.profile_at_least("standard"):
            continue
        answer = context.session(by).get(COLLECTION, params={**window(context, record), **params})
        yield _spied(label, word, by, record.ident, answer)


def _filters(context: ProbeContext, record: Booked) -> Mapping[str, Any]:
    """Return a value of each filter that the record has."""
    project, activity = record.sent["project"], record.sent["activity"]
    customer = attribute(context.session().get(f"/api/projects/{project}").json_or_none(), "customer")
    results = {
        "project": project, "projects[]": [project], "activity": activity, "activities[]": [activity],
        "term": record.sent["description"], "exported": "0", "active": "0", "billable": "1", "full": "true",
        "modified_after": "2020-01-01T00:00:00", "orderBy": "rate", "order": "ASC", "page": 1,
    }  # fmt: skip
    return results if customer is MISSING else {**results, "customer": customer, "customers[]": [customer]}


def own_lists(context: ProbeContext, by: Actor, sought: int | None) -> Iterator[ForeignListing]:
    """Ask for the lists of one's own records while another has one, whose id is `sought`. Raises Refused."""
    for path in OWN_LISTS:
        if f"GET {path}" in context.index:
            yield _spied(f"GET {path}", "", by, sought, context.session(by).get(path))


def _spied(label: str, params: str, by: Actor, sought: int | None, answer: Exchange) -> ForeignListing:
    return ForeignListing(label, params, by, sought in (ids_of(answer) or ()), owners_in(answer) - {by.user_id}, answer)


def owners_in(answer: Exchange) -> frozenset[int]:
    """Return the user ids of the records in a list, whole users or not."""
    body = answer.json_or_none() if answer.ok else None
    users = [attribute(item, "user") for item in body] if isinstance(body, list) else []
    ids = (user.get("id") if isinstance(user, dict) else user for user in users)
    return frozenset(entry for entry in ids if isinstance(entry, int))


@dataclass(frozen=True)
class Listed:
    """Some items of a list as an actor, each with the answer to reading it on its own.

    `any_team` is whether the actor reads records of the kind whatever team they are of: other rights to read end where
    the teams of the actor do, which lists need not.
    """

    operation: str
    any_team: bool
    items: Sequence[tuple[int, Exchange]]
    rows: Mapping[int, Mapping[str, Any]]


def withheld(context: ProbeContext, listed: Listed, number: int, answer: Exchange) -> list[str]:
    """Return the attributes that the list shows of a record and the record itself, documented there, does not."""
    item = context.index[answer.operation]
    shape, body = item.success.shape if item.success else None, answer.json_or_none() if answer.ok else None
    if shape is None or not isinstance(body, dict):
        return []
    return sorted((listed.rows.get(number, {}).keys() & shape.attributes.keys()) - body.keys())


@dataclass(frozen=True)
class Compared:
    """What a list shows a plain actor of a record that is of no team, and withholds from a stronger one."""

    operation: str
    by: Actor
    stronger: Actor
    only_shown: Sequence[str]
    answer: Exchange


def compared_lists(context: ProbeContext, plain: Actor) -> Iterator[Compared]:
    """Compare what lists show a plain actor and each stronger role of the same records, which are of no team.

    Raises Refused where none may be made.
    """
    stronger = {
        actor.role: actor for actor in context.actors if actor.role != plain.role and actor != context.strongest
    }
    for kind in ("customers", "projects", "activities") if context.profile_at_least("standard") else ("customers",):
        label = f"GET /api/{kind}"
        if label in context.index:
            number = context.parent(kind)
            path = context.index[label].path
            answer = context.session(plain).get(path)
            row = row_of(answer, number)
            for other in stronger.values() if row else ():
                same = row_of(context.session(other).get(path), number)
                if row and same:
                    yield Compared(label, plain, other, sorted(row.keys() - same.keys()), answer)


def listed_and_read(context: ProbeContext, actor: Actor, count: int) -> Iterator[Listed]:
    """Ask every list as an actor, and read some of its items: nobody's record is touched."""
    _hide_some(context)
    for operation in context.index.operations:
        item = context.index.item_of(operation.path)
        if operation.method != "GET" or operation.path_parameters or item is None:
            continue
        any_team = _reads_any(context, actor, operation.path)
        hidden = {"visible": 3} if operation.query("visible") else {}
        everybody = {"user": "all", "size": 100} if operation.path == COLLECTION else hidden
        session, head = context.session(actor), item.path.rpartition("/")[0]
        listing = session.get(operation.path, params=everybody)
        body = listing.json_or_none() if listing.ok else None
        items = [row for row in body if isinstance(row, dict)] if isinstance(body, list) else []
        rows = {row["id"]: row for row in items if isinstance(row.get("id"), int)}
        ids = chosen(rows, count if any_team else 0)
        read = [(entry, session.get(f"{head}/{entry}")) for entry in ids]
        for _ in range(2 if any_team else 0):
            read = _settled(session, operation.path, everybody, read)
        if operation.path == "/api/users":
            any_team = any(answer.ok for number, answer in read if number != actor.user_id)
        yield Listed(operation.label, any_team, read, rows)


@once("hidden records")
def _hide_some(context: ProbeContext) -> bool:
    """Make a hidden record of each kind that can be; return whether it was let."""
    try:
        project = context.records.project(context.parent("customers"), visible=False)
        context.records.activity(project, visible=False)
        context.records.customer(visible=False)
    except Refused:
        return False
    return True


def _settled(
    session: Session, path: str, params: Mapping[str, Any], read: Sequence[tuple[int, Exchange]]
) -> list[tuple[int, Exchange]]:
    """Return what was read; what could not be is read again, where it is still listed, and left out elsewhere.

    People at work, and the run's other process, delete records and change teams in between.
    """
    if all(answer.ok for _, answer in read):
        return list(read)
    again = [(entry, answer if answer.ok else session.get(f"{path}/{entry}")) for entry, answer in read]
    still = ids_of(session.get(path, params=params)) or ()
    return [(item, answer) for item, answer in again if answer.ok or item in still]


def _reads_any(context: ProbeContext, actor: Actor, path: str) -> bool:
    """Whether an actor reads one of the records of no team; True for what belongs to none."""
    kind = path.rpartition("/")[2]
    if kind not in ("customers", "projects", "activities"):
        return True
    try:
        lent = dict(zip(("projects", "activities"), context.bookable, strict=True))
        teamless = [context.parent(kind), *([lent[kind]] if kind in lent else [])]
        return any(context.session(actor).get(f"{path}/{number}").ok for number in teamless)
    except Refused:
        return False


def chosen(rows: Mapping[int, Mapping[str, Any]], count: int) -> list[int]:
    """Return some ids of a list: the first, the last, the youngest records, which are the run's own, and a hidden one.

    One more than `count` of them, and the hidden one.
    """
    ids, hidden = list(rows), [number for number, row in rows.items() if row.get("visible") is False]
    youngest = sorted(ids)[-count:]
    result = list(dict.fromkeys([*ids[:1], *ids[-1:], *reversed(youngest)]))[: count + 1]
    return list(dict.fromkeys([*result, *sorted(hidden)[-1:]])) if count else result
