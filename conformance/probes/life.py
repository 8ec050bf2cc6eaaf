"""A record's life: written with every field, read, listed, changed field by field, deleted twice.

Asked once a kind and process; the checks of the data family share it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.probes.grounds import Ground, ground
from conformance.probes.kinds import Kind
from conformance.probes.lab import Lab
from conformance.probes.making import attribute, create, dispose, ident, parent_of
from conformance.probes.samples import TEXT, minimal, writable
from conformance.words import Actor, Exchange


@dataclass(frozen=True)
class Subject:
    """A kind, as an actor: what a life is asked of. `label` is its name in items."""

    label: str
    kind: Kind
    actor: Actor


@dataclass(frozen=True)
class Born:
    """A create with every field that may be sent. `read` and `listed` are the record again, None where unseen."""

    sent: Mapping[str, Any]
    number: int | None
    made: Exchange
    read: Exchange | None
    listing: Exchange | None
    listed: Mapping[str, Any] | None


@dataclass(frozen=True)
class Changed:
    """One field changed alone: the record before, the answer, and the record after."""

    field: str
    sent: Any
    before: Mapping[str, Any]
    answer: Exchange
    after: Mapping[str, Any]


@dataclass(frozen=True)
class Gone:
    """A record deleted: the answers of DELETE, of the reads around it and of a second DELETE; whether it is listed."""

    before: int
    deleted: Exchange
    read: Exchange | None
    again: Exchange
    still_listed: bool | None


def born(lab: Lab, subject: Subject) -> Born:
    """Create a record with every field, and look it up; asked once a process. Raises Refused."""
    return lab.once(f"born {subject.label}", lambda: _born(lab, subject))


def _born(lab: Lab, subject: Subject) -> Born:
    kind = subject.kind
    sent = full_body(lab, subject, 0)
    made = lab.session(subject.actor).post(_collection(lab, kind), json=sent)
    number = ident(made)
    if number is None:
        return Born(sent, None, made, None, None, None)
    listing, listed = find(lab, subject, number)
    return Born(sent, number, made, read(lab, subject, number), listing, listed)


def full_body(lab: Lab, subject: Subject, variant: int) -> dict[str, Any]:
    """Return a body with every field that may be sent at will, each with its first or second value."""
    kind = subject.kind
    body = minimal(lab, kind, owner=subject.actor.user_id)
    if kind.name == "timesheets":
        place = life_ground(lab, subject)
        body.update(project=place.project, activity=place.activity)
        body.update(begin=f"{place.year}-01-15T10:00:00", end=f"{place.year}-01-15T11:00:00")
    elif "user" in {field.name for field in kind.fields(kind.create)}:
        # One rate a user: those without a user are left to other probes.
        body["user"] = subject.actor.user_id
    body.update({name: pair[variant] for name, pair in allowed(lab, subject).items()})
    flags = [field.name for field in kind.fields(kind.create) if field.types == ("boolean",)]
    body.update(dict.fromkeys(flags, True) if _strong(subject) else {})
    return body


def allowed(lab: Lab, subject: Subject) -> dict[str, tuple[Any, Any]]:
    """Return the fields that an actor sends: a plain one leaves out what a role may not send to time records."""
    found = writable(lab, subject.kind)
    number = lab.name("").rpartition(" ")[2]
    if "number" in found:
        found["number"] = (f"K{number}a", f"K{number}b")
    if "description" in found:
        found["description"] = (lab.name(TEXT), lab.name(f"{TEXT}, changed"))
    return found if _strong(subject) else {name: pair for name, pair in found.items() if name == "description"}


def _strong(subject: Subject) -> bool:
    return subject.kind.name != "timesheets" or subject.actor.role not in ("ROLE_USER", "ROLE_TEAMLEAD")


def life_ground(lab: Lab, subject: Subject) -> Ground:
    """Return where the time records of a life stand: a ground of their own. Raises Refused."""
    return ground(lab, f"life {subject.label}", subject.actor)


def read(lab: Lab, subject: Subject, number: int) -> Exchange | None:
    """Read a record, None where the kind has no read of its own."""
    kind = subject.kind
    return lab.session(subject.actor).get(kind.path(kind.read, number)) if kind.read is not None else None


def find(lab: Lab, subject: Subject, number: int) -> tuple[Exchange | None, Mapping[str, Any] | None]:
    """Return the list of a kind and a record in it; None where there is no list, or where it is not there."""
    kind = subject.kind
    if kind.listing is None:
        return None, None
    params: dict[str, Any] = {name: 3 for name in ("visible",) if kind.listing.query(name)}
    if kind.listing.query("ignoreDates"):
        params["ignoreDates"] = 1
    if kind.name == "timesheets":
        params = dict(life_ground(lab, subject).params)
    elif kind.listing.path != kind.create.path and kind.listing.query("name"):
        params["name"] = lab.door.mark
    parent = parent_of(lab, kind)
    path = kind.listing.path if parent is None else _collection(lab, kind)
    exchange = lab.session(subject.actor).get(path, params=params)
    items = exchange.json_or_none()
    found = (item for item in items if attribute(item, "id") == number) if isinstance(items, list) else iter(())
    return exchange, next(found, None)


def switched_off(
    lab: Lab, subject: Subject, flags: Sequence[str]
) -> tuple[Exchange, Mapping[str, Any] | None, Exchange | None]:
    """Create a record with these flags off: its answer, the record in its list, and the list. Raises Refused."""
    off: dict[str, Any] = dict.fromkeys(flags, False)
    if subject.kind.name == "timesheets":
        place = life_ground(lab, subject)
        off |= {"project": place.project, "activity": place.activity}
        off |= {"begin": f"{place.year}-02-12T10:00:00", "end": f"{place.year}-02-12T11:00:00"}
    made = create(lab, subject.kind, off, actor=subject.actor)
    number = ident(made)
    listing, listed = find(lab, subject, number) if number is not None else (None, None)
    dispose(lab, subject.kind, made)
    return made, listed, listing


def changes(lab: Lab, subject: Subject) -> tuple[Changed, ...]:
    """Change a record field by field, and look each time; asked once a process. Raises Refused."""
    return lab.once(f"changes {subject.label}", lambda: tuple(_changes(lab, subject)))


def _changes(lab: Lab, subject: Subject) -> Iterator[Changed]:
    kind, number = subject.kind, born(lab, subject).number
    if kind.change is None or kind.read is None or number is None:
        return
    before = _body(read(lab, subject, number))
    for name, sent in _second_values(lab, subject).items():
        answer = lab.session(subject.actor).patch(kind.path(kind.change, number), json={name: sent})
        after = _body(read(lab, subject, number))
        yield Changed(name, sent, before, answer, after)
        before = after


def _second_values(lab: Lab, subject: Subject) -> dict[str, Any]:
    kind = subject.kind
    known = {field.name for field in kind.fields(kind.change)}
    values = {name: pair[1] for name, pair in allowed(lab, subject).items() if name in known}
    if "name" in known:
        values["name"] = lab.name(f"{kind.singular} renamed")
    if kind.name == "projects":
        values = {name: f"{each}T00:00:00" if name in _DAYS else each for name, each in values.items()}
    if kind.name == "timesheets":
        year = life_ground(lab, subject).year
        values |= {"begin": f"{year}-01-15T10:30:00", "end": f"{year}-01-15T12:00:00"}
    telling = ("comment", "name", "description", "end", "color")
    return values if lab.beyond("standard") else {name: values[name] for name in telling if name in values}


_DAYS = ("start", "end", "orderDate")


def gone(lab: Lab, subject: Subject) -> Gone | None:
    """Create a record, delete it twice, and look for it. None where it could not be made. Raises Refused."""
    kind = subject.kind
    if kind.delete is None:
        return None
    made = create(lab, kind, actor=subject.actor)
    number, parent = ident(made), parent_of(lab, kind)
    if number is None:
        return None
    session, path = lab.session(subject.actor), kind.path(kind.delete, number, parent)
    first = read(lab, subject, number)
    deleted = session.delete(path)
    after = read(lab, subject, number)
    listing, found = find(lab, subject, number)
    seen = None if listing is None or not listing.ok else found is not None
    return Gone(first.status if first else 200, deleted, after, session.delete(path), seen)


def refused_change(lab: Lab, subject: Subject, bad: Mapping[str, Any]) -> Changed | None:
    """Send a change with a valid and a bad attribute together, and look. None where no record can be made."""
    kind, number = subject.kind, born(lab, subject).number
    if kind.change is None or kind.read is None or number is None:
        return None
    before = _body(read(lab, subject, number))
    text = "description" if kind.name == "timesheets" else "name"
    body = {text: lab.name("not to be stored"), **bad}
    answer = lab.session(subject.actor).patch(kind.path(kind.change, number), json=body)
    return Changed(text, body[text], before, answer, _body(read(lab, subject, number)))


def again(lab: Lab, subject: Subject) -> tuple[Exchange, Exchange] | None:
    """Read a record twice; None where the kind has no read of its own."""
    number = born(lab, subject).number
    first = read(lab, subject, number) if number is not None else None
    second = read(lab, subject, number) if number is not None else None
    return (first, second) if first is not None and second is not None else None


def _collection(lab: Lab, kind: Kind) -> str:
    parent = parent_of(lab, kind)
    return kind.path(kind.create, "", parent) if parent is not None else kind.create.path


def _body(exchange: Exchange | None) -> Mapping[str, Any]:
    body = exchange.json_or_none() if exchange is not None and exchange.ok else None
    return body if isinstance(body, dict) else {}
