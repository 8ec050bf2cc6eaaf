"""Which attributes answers have and in which order; what the order of the sent ones changes; who may send which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.model import Actor, Exchange
from conformance.probes.context import ProbeContext, once
from conformance.probes.records.bodies import Subject, full_body
from conformance.probes.records.comparing import equal_unordered
from conformance.probes.records.creating import attribute, collection_path, delete_created, ident
from conformance.probes.records.kinds import Resource
from conformance.probes.records.lifecycle import created
from conformance.probes.records.list_scopes import COLLECTION
from conformance.probes.responses.reads import answer_of

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


def permutations(context: ProbeContext, subject: Subject) -> tuple[Permuted, ...]:
    """Create the same record with its attributes in several orders, and compare. Raises Refused."""
    count = {"smoke": 1, "standard": 1}.get(context.profile, 6)
    if subject.kind.name == "timesheets" and context.timesheet.get("isAllowOverlapping") is False:
        first, body = _sent(context, subject, lambda names: names)
    else:  # The others are compared with the record that is there already.
        first, body = created(context, subject).made, created(context, subject).sent
    lost = _not_as_sent(first, body)
    results = []
    for number in range(count):
        chance = context.rng(f"order {subject.label} {number}")
        words = "reversed" if number == 0 else f"shuffled {number}"

        def order(names: list[str], number: int = number, chance: Any = chance) -> list[str]:
            return names[::-1] if number == 0 else chance.sample(names, len(names))

        exchange, body = _sent(context, subject, order)
        different = {*_different(first, exchange), *_not_as_sent(exchange, body)} - lost
        results.append(Permuted(words, exchange.status, first.status, tuple(sorted(different)), exchange))
    return tuple(results)


def _sent(context: ProbeContext, subject: Subject, order: Any) -> tuple[Exchange, Mapping[str, Any]]:
    body = full_body(context, subject)
    body = {
        name: body[name] for name in order([item for item in body if item not in created(context, subject).withheld])
    }
    kind = subject.kind
    exchange = context.session(subject.actor).post(collection_path(context, kind), json=body)
    delete_created(context, kind, exchange)
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
    return tuple(sorted(name for name, pair in pairs.items() if not equal_unordered(*pair)))


@dataclass(frozen=True)
class Sets:
    """The sets of attribute names that records of one answer have; one where they are all alike."""

    names: Sequence[tuple[str, ...]]
    order: tuple[str, ...]
    exchange: Exchange | None


def sets_of(context: ProbeContext, label: str) -> Sets | None:
    """Return the sets of attributes in one list; None where it has no records. Raises Refused."""
    exchange = answer_of(context, context.index[label])
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


@once("extras {actor.name}")
def extras(context: ProbeContext, actor: Actor) -> tuple[Extra, ...]:
    """Send each attribute of a time record's form alone beside the least, as an actor. Raises Refused."""
    create = context.index[f"POST {COLLECTION}"]
    sent = {"fixedRate": 5, "hourlyRate": 6, "billable": True, "exported": False, "user": actor.user_id}
    names = {field.name for field in create.body.fields} if create.body else set()
    known = {name: value for name, value in sent.items() if name in names}
    together = _with(context, actor, known)
    results = [Extra("description", *_with(context, actor, {}) if not together[2].ok else together)]
    for name, value in known.items():
        results.append(Extra(name, *together if together[2].ok else _with(context, actor, {name: value})))
    return (*results, Extra("duration", *_with(context, actor, {"duration": "an hour"})))


def _with(context: ProbeContext, actor: Actor, more: Mapping[str, Any]) -> tuple[int, str, Exchange]:
    """Create a time record with more than the least: its status, the errors of its form, and the answer."""
    project, activity = context.bookable
    base = {"project": project, "activity": activity, **dict(zip(("begin", "end"), context.hour(), strict=True))}
    exchange = context.session(actor).post(COLLECTION, json={**base, "description": context.name("attribute"), **more})
    number = ident(exchange)
    if number is not None:
        context.session(actor).delete(f"{COLLECTION}/{number}")
    result = attribute(exchange.json_or_none(), "errors.errors")
    return exchange.status, "; ".join(result) if isinstance(result, list) else "", exchange


@dataclass(frozen=True)
class Spelling:
    """A field sent under another spelling: whether it was taken for the documented one, dropped, or refused."""

    field: str
    spelling: str
    got: str
    exchange: Exchange


def spellings(
    context: ProbeContext, kind: Resource, values: Mapping[str, Any], base: Mapping[str, Any]
) -> tuple[Spelling, ...]:
    """Send fields in snake case instead of camel case, together; each alone where that is refused. Raises Refused."""
    snakes = {name: _snake(name) for name in values if _snake(name) != name}
    together = _spelled(context, kind, base, {snakes[name]: values[name] for name in snakes}) if snakes else None
    results = []
    for name, snake in snakes.items():
        refused = together is None or not together.ok
        exchange = _spelled(context, kind, base, {snake: values[name]}) if refused else together
        assert exchange is not None
        body = exchange.json_or_none()
        taken = isinstance(body, dict) and body.get(name) == values[name]
        got = str(exchange.status) if not exchange.ok else "taken" if taken else "dropped"
        results.append(Spelling(name, snake, got, exchange))
    return tuple(results)


def _spelled(context: ProbeContext, kind: Resource, base: Mapping[str, Any], fields: Mapping[str, Any]) -> Exchange:
    exchange = context.session().post(kind.create.path, json={**base, "name": context.name("spelled"), **fields})
    delete_created(context, kind, exchange)
    return exchange


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() or letter.isdigit() else letter for letter in name)
