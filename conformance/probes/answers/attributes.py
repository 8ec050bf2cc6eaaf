"""Which attributes answers have and in which order; what the order of the sent ones changes; who may send which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.probes.answers.answers import answer_of
from conformance.probes.lab import Lab
from conformance.probes.records.bodies import Subject, full_body
from conformance.probes.records.comparing import alike_unordered
from conformance.probes.records.grounds import COLLECTION
from conformance.probes.records.kinds import Kind
from conformance.probes.records.life import born
from conformance.probes.records.making import attribute, dispose, ident
from conformance.words import Actor, Exchange

OWN_PER_RECORD = frozenset({"id", "name", "number", "description", "message", "createdAt", "color-safe", "modifiedAt"})
"""Attributes that differ between two records made of the same values."""


@dataclass(frozen=True)
class Permuted:
    """A create whose attributes were sent in another order: which attributes came back with other values."""

    order: str
    status: int
    first_status: int
    different: tuple[str, ...]
    exchange: Exchange


def permutations(lab: Lab, subject: Subject) -> tuple[Permuted, ...]:
    """Create the same record with its attributes in several orders, and compare. Raises Refused."""
    count = {"smoke": 1, "standard": 1}.get(lab.profile, 6)
    first, body = _first(lab, subject)
    lost = _not_as_sent(first, body)
    found = []
    for number in range(count):
        chance = lab.drawn(f"order {subject.label} {number}")
        words = "reversed" if number == 0 else f"shuffled {number}"

        def order(names: list[str], number: int = number, chance: Any = chance) -> list[str]:
            return names[::-1] if number == 0 else chance.sample(names, len(names))

        exchange, body = _sent(lab, subject, order)
        different = {*_different(first, exchange), *_not_as_sent(exchange, body)} - lost
        found.append(Permuted(words, exchange.status, first.status, tuple(sorted(different)), exchange))
    return tuple(found)


def _first(lab: Lab, subject: Subject) -> tuple[Exchange, Mapping[str, Any]]:
    """Return the record that others are compared with: the one that is there already, where two may be."""
    if subject.kind.name == "timesheets" and lab.timesheet.get("isAllowOverlapping") is False:
        return _sent(lab, subject, lambda names: names)
    life = born(lab, subject)
    return life.made, life.sent


def _sent(lab: Lab, subject: Subject, order: Any) -> tuple[Exchange, Mapping[str, Any]]:
    body = full_body(lab, subject)
    body = {name: body[name] for name in order([each for each in body if each not in born(lab, subject).withheld])}
    kind = subject.kind
    above = lab.parent(kind.parent) if kind.parent else None
    path = kind.path(kind.create, "", above) if above is not None else kind.create.path
    exchange = lab.session(subject.actor).post(path, json=body)
    dispose(lab, kind, exchange)
    return exchange, body


def _not_as_sent(exchange: Exchange, sent: Mapping[str, Any]) -> set[str]:
    """Return the texts of one's own that did not come back: they are no part of the comparison of two records."""
    body = exchange.json_or_none()
    names = ("name", "description", "message", "number")
    return {name for name in names if name in sent and isinstance(body, dict) and body.get(name) != sent[name]}


def _different(one: Exchange, other: Exchange) -> tuple[str, ...]:
    left, right = one.json_or_none(), other.json_or_none()
    if not isinstance(left, dict) or not isinstance(right, dict):
        return ()
    names = (left.keys() | right.keys()) - OWN_PER_RECORD
    pairs = {name: (left.get(name, "missing"), right.get(name, "missing")) for name in names}
    return tuple(sorted(name for name, pair in pairs.items() if not alike_unordered(*pair)))


@dataclass(frozen=True)
class Sets:
    """The sets of attribute names that records of one answer have; one where they are all alike."""

    names: Sequence[tuple[str, ...]]
    order: tuple[str, ...]
    exchange: Exchange | None


def sets_of(lab: Lab, label: str) -> Sets | None:
    """Return the sets of attributes in one list; None where it has no records. Raises Refused."""
    exchange = answer_of(lab, lab.index[label])
    body = exchange.json_or_none() if exchange is not None and exchange.ok else None
    rows = [row for row in body if isinstance(row, dict)] if isinstance(body, list) else []
    if not rows:
        return None
    return Sets(list(dict.fromkeys(tuple(sorted(row)) for row in rows)), tuple(rows[0]), exchange)


@dataclass(frozen=True)
class Extra:
    """A create with one attribute more than the role's least: what became of it."""

    field: str
    status: int
    form_errors: str
    exchange: Exchange


def extras(lab: Lab, actor: Actor) -> tuple[Extra, ...]:
    """Send each attribute of a time record's form alone beside the least, as an actor. Raises Refused."""
    return lab.once(f"extras {actor.name}", lambda: tuple(_extras(lab, actor)))


def _extras(lab: Lab, actor: Actor) -> Iterator[Extra]:
    create = lab.index[f"POST {COLLECTION}"]
    sent = {"fixedRate": 5, "hourlyRate": 6, "billable": True, "exported": False, "user": actor.user_id}
    names = {field.name for field in create.body.fields} if create.body else set()
    known = {name: value for name, value in sent.items() if name in names}
    together = _with(lab, actor, known)
    yield Extra("description", *_with(lab, actor, {}) if not together[2].ok else together)
    for name, value in known.items():
        yield Extra(name, *together if together[2].ok else _with(lab, actor, {name: value}))
    yield Extra("duration", *_with(lab, actor, {"duration": "an hour"}))


def _with(lab: Lab, actor: Actor, more: Mapping[str, Any]) -> tuple[int, str, Exchange]:
    """Create a time record with more than the least: its status, the errors of its form, and the answer."""
    project, activity = lab.bookable
    base = {"project": project, "activity": activity, "begin": "2025-01-15T10:00:00", "end": "2025-01-15T11:00:00"}
    exchange = lab.session(actor).post(COLLECTION, json={**base, "description": lab.name("attribute"), **more})
    number = ident(exchange)
    if number is not None:
        lab.session(actor).delete(f"{COLLECTION}/{number}")
    told = attribute(exchange.json_or_none(), "errors.errors")
    return exchange.status, "; ".join(told) if isinstance(told, list) else "", exchange


@dataclass(frozen=True)
class Spelling:
    """A field sent under another spelling: whether it was taken for the documented one, dropped, or refused."""

    field: str
    spelling: str
    got: str
    exchange: Exchange


def spellings(lab: Lab, kind: Kind, values: Mapping[str, Any], base: Mapping[str, Any]) -> tuple[Spelling, ...]:
    """Send fields in snake case instead of camel case, together; each alone where that is refused. Raises Refused."""
    snakes = {name: _snake(name) for name in values if _snake(name) != name}
    together = _spelled(lab, kind, base, {snakes[name]: values[name] for name in snakes}) if snakes else None
    found = []
    for name, snake in snakes.items():
        refused = together is None or not together.ok
        exchange = _spelled(lab, kind, base, {snake: values[name]}) if refused else together
        assert exchange is not None
        body = exchange.json_or_none()
        taken = isinstance(body, dict) and body.get(name) == values[name]
        got = str(exchange.status) if not exchange.ok else "taken" if taken else "dropped"
        found.append(Spelling(name, snake, got, exchange))
    return tuple(found)


def _spelled(lab: Lab, kind: Kind, base: Mapping[str, Any], fields: Mapping[str, Any]) -> Exchange:
    exchange = lab.session().post(kind.create.path, json={**base, "name": lab.name("spelled"), **fields})
    dispose(lab, kind, exchange)
    return exchange


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() or letter.isdigit() else letter for letter in name)
