"""The run's own records standing ready for requests that should be refused: where each operation aims, and the proof.

An operation is aimed at records of the run, so that it would do no harm if it were let in; a look at them before and
afterwards tells whether it did something. They are made once a process, and anew where something was done to them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from conformance.definition import Operation
from conformance.exchange import Refused
from conformance.probes.lab import Lab
from conformance.probes.records.kinds import Kind, kind_named, kinds
from conformance.probes.records.making import create, ident
from conformance.probes.records.samples import minimal
from conformance.words import Actor

_NAMED = {"view": "index", "locale": "en"}
_TEXT_FIELDS = {"timesheets": "description", "comments": "message"}


@dataclass(frozen=True)
class Look:
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
class Aim:
    """Where an operation aims: path, body (None for no body), and the read that shows what it did.

    `fresh` says that the look must show no record at all, before and afterwards, for its name is new.
    """

    path: str
    body: Any = None
    look: Look | None = None
    fresh: bool = False


def aim(lab: Lab, operation: Operation) -> Aim | None:
    """Return where an operation aims; None where the run has no record for it. Raises Refused."""
    return lab.once(f"staged aim {operation.label}", lambda: _aim(lab, operation))


def _aim(lab: Lab, operation: Operation) -> Aim | None:
    parts = operation.path.split("/")[2:]
    kind = _kind_of(lab, parts)
    if kind is None:
        return _own_profile(lab, operation)
    if operation.method == "POST" and len(parts) == 1:
        return _creation(lab, kind)
    if not any(part.startswith("{") for part in parts) or (parts[-1] == "duplicate" and kind.name != "timesheets"):
        # What a copy of a project brings along could not all be told to be the run's.
        return None
    dress(lab, kind)
    path = _filled(lab, operation, kind, parts)
    if path is None:
        return None
    return Aim(path, _body(lab, operation, kind), _look(lab, operation, kind, parts))


def observed(lab: Lab, target: Aim) -> Any:
    """Return what the look of an aim shows: a record, or the ids in a list; None without a look."""
    return seen(lab, target.look) if target.look is not None else None


def seen(lab: Lab, look: Look) -> Any:
    """Return what a look shows, as the strongest actor; a status where it is refused."""
    exchange = lab.session().get(look.path, params=dict(look.params))
    return look.shown(exchange.json_or_none()) if exchange.ok else exchange.status


def before(lab: Lab, target: Aim) -> Any:
    """Return what the look showed before anything was tried, asked once a process."""
    return [] if target.fresh else lab.once(f"staged look {target.look}", lambda: observed(lab, target))


def renew(lab: Lab) -> None:
    """Forget the records and looks, for something was done to them, and what was attempted: it was aimed at those."""
    for name in [each for each in lab.kept if each.startswith(("staged ", "attempted "))]:
        del lab.kept[name]


def dress(lab: Lab, kind: Kind) -> None:
    """Make what hangs on the record of a kind, and what it is linked to: all of it before the first look."""
    for child in kinds(lab.index):
        if child.parent == kind.name:
            exhibit(lab, child)
    if kind.name == "teams":
        for word in LINKED:
            _leaving(lab, word)
    elif kind.name in LINKED:
        with suppress(Refused):  # Whoever may make no teams links nothing to them either.
            _leaving(lab, kind.name)


LINKED = ("customers", "projects", "activities")
"""What a team is linked to, apart from its members."""


def exhibit(lab: Lab, kind: Kind) -> Mapping[str, Any] | None:
    """Return the record of a kind that stands ready; None where none could be made. Raises Refused."""

    def make() -> Mapping[str, Any] | None:
        above = exhibit(lab, _parent(lab, kind)) if kind.parent else None
        for owner in _owners(lab, kind):
            made = create(lab, kind, _extra(lab, kind), actor=owner, parent=above["id"] if above else None)
            if ident(made) is not None:
                return dict(made.json())
        return None

    found: Mapping[str, Any] | None = lab.once(f"staged {kind.name}", make)
    return found


def _owners(lab: Lab, kind: Kind) -> list[Actor]:
    """Return who is to own a record: a time record is first of all for who has a token that expired, as its target."""
    expired = [actor for actor in lab.actors if any(token.expired for token in actor.tokens)]
    return [*expired[:1], lab.strongest] if kind.name == "timesheets" else [lab.strongest]


def _extra(lab: Lab, kind: Kind) -> dict[str, Any]:
    if kind.name != "teams":
        return {}
    others = [actor.user_id for actor in _members(lab)]
    return {"members": [{"user": number, "teamlead": number == others[0]} for number in others]}


def _members(lab: Lab) -> list[Any]:
    return list({actor.user_id: actor for actor in (lab.strongest, lab.plainest)}.values())


def _parent(lab: Lab, kind: Kind) -> Kind:
    found = kind_named(lab.index, str(kind.parent))
    assert found is not None
    return found


def _kind_of(lab: Lab, parts: list[str]) -> Kind | None:
    word = parts[0]
    if word == "actions" and len(parts) > 1:
        return next((kind for kind in kinds(lab.index) if kind.singular == parts[1]), None)
    return kind_named(lab.index, word) if word != "users" else None


def _own_profile(lab: Lab, operation: Operation) -> Aim | None:
    """The profile of an actor is only read."""
    reads = operation.label == "GET /api/users/{id}"
    return Aim(f"/api/users/{lab.plainest.user_id}") if reads else None


def _creation(lab: Lab, kind: Kind) -> Aim | None:
    body = minimal(lab, kind)
    if kind.name == "tags":
        body["visible"] = True  # no list shows a hidden one, so whether it was made could not be seen
    field_name = _TEXT_FIELDS.get(kind.name, "name")
    return Aim(kind.create.path, body, listing_of(kind, str(body.get(field_name, ""))), fresh=True)


def listing_of(kind: Kind, text: str) -> Look | None:
    """Return the list in which a record of this name would stand, with the filters that the list documents."""
    if kind.listing is None or not text:
        return None
    wanted = {"term": text, "name": text, "visible": 3, "user": "all", "size": 50}
    known = {parameter.name for parameter in kind.listing.query_parameters}
    params = {name: value for name, value in wanted.items() if name in known}
    return Look(kind.listing.path, text, params) if {"term", "name"} & params.keys() else None


def _filled(lab: Lab, operation: Operation, kind: Kind, parts: list[str]) -> str | None:
    ids: list[int] = []
    for place, part in enumerate(parts):
        name = part.strip("{}")
        if part.startswith("{") and name not in _NAMED:
            found = _pointed(lab, operation, kind, first=not ids, word=parts[place - 1])
            if found is None:
                return None
            ids.append(found)
    numbers = iter(ids)
    words = [
        _NAMED.get(part.strip("{}")) or str(next(numbers)) if part.startswith("{") else part
        for part in operation.path.split("/")
    ]
    return "/".join(words)


def _pointed(lab: Lab, operation: Operation, kind: Kind, *, first: bool, word: str) -> int | None:
    if first:
        return _id(exhibit(lab, kind))
    child = kind_named(lab.index, f"{kind.name}/{word}")
    if child is not None:
        return _id(exhibit(lab, child))
    return _linked(lab, operation, word) if kind.name == "teams" else None


def _linked(lab: Lab, operation: Operation, word: str) -> int | None:
    """Return what a team is to be given, or what it has and is to lose."""
    leaves = operation.method == "DELETE"
    if word == "members":
        inside = _members(lab)
        outside = [actor for actor in lab.actors if actor not in inside]
        found = inside[1:] if leaves else outside
        return found[0].user_id if found else None
    return _leaving(lab, word) if leaves else lab.parent(word) if word in LINKED else None


def _leaving(lab: Lab, word: str) -> int | None:
    kind = kind_named(lab.index, word)
    return lab.once(f"staged link {word}", lambda: _attach(lab, word, kind)) if kind is not None else None


def _attach(lab: Lab, word: str, kind: Kind) -> int | None:
    teams = kind_named(lab.index, "teams")
    team, record = exhibit(lab, teams) if teams else None, exhibit(lab, kind)
    if team is None or record is None:
        return None
    attached = lab.session().post(f"/api/teams/{team['id']}/{word}/{record['id']}")
    return _id(record) if attached.ok else None


def _id(record: Mapping[str, Any] | None) -> int | None:
    return record["id"] if record is not None else None


def _body(lab: Lab, operation: Operation, kind: Kind) -> Any:
    child = _child(lab, operation, kind)
    if child is not None and operation.label == child.create.label:
        return minimal(lab, child)
    if kind.change is not None and operation.label == kind.change.label:
        return {_TEXT_FIELDS.get(kind.name, "name"): lab.name("by whom it must not be")}
    if operation.body is None:
        return None
    return [] if operation.body.is_array else {}


def _child(lab: Lab, operation: Operation, kind: Kind) -> Kind | None:
    parts = operation.path.split("/")
    return kind_named(lab.index, f"{kind.name}/{parts[4]}") if len(parts) > 4 else None


def _look(lab: Lab, operation: Operation, kind: Kind, parts: list[str]) -> Look | None:
    record = exhibit(lab, kind)
    if operation.method == "GET" or record is None:
        return None
    child = _child(lab, operation, kind)
    if child is not None:
        path = f"/api/{kind.name}/{record['id']}/{parts[2]}"
        return Look(path) if f"GET {child.create.path}" in lab.index else None
    if parts[-1] == "duplicate" or kind.read is None:
        return listing_of(kind, str(record.get(_TEXT_FIELDS.get(kind.name, "name"), "")))
    return Look(kind.path(kind.read, record["id"]))
