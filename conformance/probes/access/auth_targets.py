"""The run's own records standing ready for requests that should be refused: where each operation aims, and the proof.

An operation is aimed at records of the run, so that it would do no harm if it were let in; a look at them before and
afterwards tells whether it did something. They are made once a process, and anew where something was done to them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from conformance.definition import Operation
from conformance.exchange import Refused
from conformance.probes.context import ProbeContext, once
from conformance.probes.records.creating import create, ident
from conformance.probes.records.kinds import Resource, kind_named, kinds
from conformance.probes.records.paths import path_with
from conformance.probes.records.samples import minimal

_TEXT_FIELDS = {"timesheets": "description", "comments": "message"}


@dataclass(frozen=True)
class StateQuery:
    """A read: of one record, or of a list in which those are looked for whose text has `name` in it ("" for all)."""

    path: str
    name: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    def shown(self, body: Any) -> Any:
        """Return what a body shows: the record, or the ids of those that are looked for."""
        if not isinstance(body, list):
            return body
        # The names of a run end in numbers: 1 is not 12.
        sought = re.compile(re.escape(self.name) + r"(?!\d)")
        return sorted(str(item.get("id")) for item in body if isinstance(item, dict) and sought.search(str(item)))


@dataclass(frozen=True)
class Target:
    """Where an operation aims: path, body (None for no body), and the read that shows what it did.

    `fresh` says that the look must show no record at all, before and afterwards, for its name is new.
    """

    path: str
    body: Any = None
    look: StateQuery | None = None
    fresh: bool = False


@once("staged aim {operation.label}")
def target_for(context: ProbeContext, operation: Operation) -> Target | None:
    """Return where an operation aims; None where the run has no record for it. Raises Refused."""
    parts = operation.path.split("/")[2:]
    if parts[0] == "users":  # The profile of an actor is only read.
        reads = operation.label == "GET /api/users/{id}"
        return Target(f"/api/users/{context.weakest.user_id}") if reads else None
    kind = kind_named(context.index, parts[0])
    if parts[0] == "actions" and len(parts) > 1:
        kind = next((kind for kind in kinds(context.index) if kind.singular == parts[1]), None)
    if kind is None:
        return None
    if operation.method == "POST" and len(parts) == 1:
        body = minimal(context, kind)
        if kind.name == "tags":
            body["visible"] = True  # no list shows a hidden one, so whether it was made could not be seen
        text = str(body.get(_TEXT_FIELDS.get(kind.name, "name"), ""))
        return Target(kind.create.path, body, listing_of(kind, text), fresh=True)
    if not any(part.startswith("{") for part in parts) or (parts[-1] == "duplicate" and kind.name != "timesheets"):
        # What a copy of a project brings along could not all be told to be the run's.
        return None
    create_children(context, kind)
    path = path_with(operation.path, lambda parts, place: _pointed(context, operation, kind, parts[:place]))
    if path is None:
        return None
    return Target(path, _body(context, operation, kind), _look(context, operation, kind, parts))


def observed(context: ProbeContext, target: Target) -> Any:
    """Return what the look of an aim shows: a record, or the ids in a list; None without a look.

    Operations with the same look share one where this process has sent no write in between.
    """
    if target.look is None:
        return None
    key, writes = f"staged seen {target.look}", context.client.counts.writes
    if key not in context.cache or context.cache[key][0] != writes:
        context.cache[key] = writes, seen(context, target.look)
    return context.cache[key][1]


def seen(context: ProbeContext, look: StateQuery) -> Any:
    """Return what a look shows, as the strongest actor; a status where it is refused."""
    exchange = context.session().get(look.path, params=dict(look.params))
    return look.shown(exchange.json_or_none()) if exchange.ok else exchange.status


def before(context: ProbeContext, target: Target) -> Any:
    """Return what the look showed before anything was tried, asked once a process."""
    return [] if target.fresh else context.cached(f"staged look {target.look}", lambda: observed(context, target))


def invalidate(context: ProbeContext) -> None:
    """Forget the records and looks, for something was done to them, and what was attempted: it was aimed at those."""
    for name in [item for item in context.cache if item.startswith(("staged ", "attempted "))]:
        del context.cache[name]


def create_children(context: ProbeContext, kind: Resource) -> None:
    """Make what hangs on the record of a kind, and what it is linked to: all of it before the first look."""
    for child in kinds(context.index):
        if child.parent == kind.name:
            shared_record(context, child)
    if kind.name == "teams":
        for word in LINKED:
            _leaving(context, word)
    elif kind.name in LINKED:
        with suppress(Refused):  # Whoever may make no teams links nothing to them either.
            _leaving(context, kind.name)


LINKED = ("customers", "projects", "activities")
"""What a team is linked to, apart from its members."""


@once("staged {kind.name}")
def shared_record(context: ProbeContext, kind: Resource) -> Mapping[str, Any] | None:
    """Return the record of a kind that stands ready; None where none could be made. Raises Refused."""
    parent = kind_named(context.index, kind.parent) if kind.parent else None
    above = shared_record(context, parent) if parent else None
    members = [actor.user_id for actor in _members(context)]
    rows = [{"user": number, "teamlead": number == members[0]} for number in members]
    # A time record is first of all for who has a token that expired, as its target.
    expired = [actor for actor in context.actors if any(token.expired for token in actor.tokens)]
    for owner in (*(expired[:1] if kind.name == "timesheets" else ()), context.strongest):
        more = {"members": rows} if kind.name == "teams" else {}
        made = create(context, kind, more, actor=owner, parent=above["id"] if above else None)
        if ident(made) is not None:
            return dict(made.json())
    return None


def _members(context: ProbeContext) -> list[Any]:
    return list({actor.user_id: actor for actor in (context.strongest, context.weakest)}.values())


def listing_of(kind: Resource, text: str) -> StateQuery | None:
    """Return the list in which a record of this name would stand, with the filters that the list documents."""
    if kind.listing is None or not text:
        return None
    wanted = {"term": text, "name": text, "visible": 3, "user": "all", "size": 50}
    known = {parameter.name for parameter in kind.listing.query_parameters}
    params = {name: value for name, value in wanted.items() if name in known}
    return StateQuery(kind.listing.path, text, params) if {"term", "name"} & params.keys() else None


def _pointed(context: ProbeContext, operation: Operation, kind: Resource, before: Sequence[str]) -> int | None:
    """Return the id for a parameter: the record, what hangs below it, or what a team is to be given or to lose.

    `before` are the parts of the path before it.
    """
    word, first = before[-1], not any(part.startswith("{") for part in before)
    target = kind if first else kind_named(context.index, f"{kind.name}/{word}")
    if target is not None:
        record = shared_record(context, target)
        return record["id"] if record is not None else None
    if kind.name != "teams":
        return None
    leaves = operation.method == "DELETE"
    if word == "members":
        inside = _members(context)
        outside = [actor for actor in context.actors if actor not in inside]
        result = inside[1:] if leaves else outside
        return result[0].user_id if result else None
    return _leaving(context, word) if leaves else context.parent(word) if word in LINKED else None


@once("staged link {word}")
def _leaving(context: ProbeContext, word: str) -> int | None:
    """Attach a record to the team that stands ready, and return its id; None where that cannot be."""
    teams, kind = kind_named(context.index, "teams"), kind_named(context.index, word)
    team = shared_record(context, teams) if teams and kind else None
    record = shared_record(context, kind) if kind else None
    if team is None or record is None:
        return None
    attached = context.session().post(f"/api/teams/{team['id']}/{word}/{record['id']}")
    return record["id"] if attached.ok else None


def _body(context: ProbeContext, operation: Operation, kind: Resource) -> Any:
    child = _child(context, operation, kind)
    if child is not None and operation.label == child.create.label:
        return minimal(context, child)
    if kind.change is not None and operation.label == kind.change.label:
        return {_TEXT_FIELDS.get(kind.name, "name"): context.name("by whom it must not be")}
    if operation.body is None:
        return None
    return [] if operation.body.is_array else {}


def _child(context: ProbeContext, operation: Operation, kind: Resource) -> Resource | None:
    parts = operation.path.split("/")
    return kind_named(context.index, f"{kind.name}/{parts[4]}") if len(parts) > 4 else None


def _look(context: ProbeContext, operation: Operation, kind: Resource, parts: list[str]) -> StateQuery | None:
    record = shared_record(context, kind)
    if operation.method == "GET" or record is None:
        return None
    child = _child(context, operation, kind)
    if child is not None:
        path = f"/api/{kind.name}/{record['id']}/{parts[2]}"
        return StateQuery(path) if f"GET {child.create.path}" in context.index else None
    if parts[-1] == "duplicate" or kind.read is None:
        return listing_of(kind, str(record.get(_TEXT_FIELDS.get(kind.name, "name"), "")))
    return StateQuery(kind.path(kind.read, record["id"]))
