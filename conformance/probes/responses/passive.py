"""What every answer of a run shows at odds with the definition, whoever asked and why: it costs no request.

A passive observer listens at the client. It keeps each departure once, with the first exchange that showed it, and the
sets of attribute names that records of one endpoint have.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, urlsplit

from conformance.definition import Index, Operation, SchemaView
from conformance.model import Actor, Exchange
from conformance.probes.responses.schema_check import MAX_ITEMS, departures
from conformance.verdict.remote import answers_remote, sent_remote

_NOT_FULL = ("", "0", "false")


@dataclass(frozen=True)
class PassiveViolation:
    """One thing seen at odds with the definition, or with another answer; named like a departure."""

    operation: str
    role: str
    aspect: str
    field: str
    expected: str
    got: str
    exchange: Exchange
    beside: tuple[Exchange, ...] = ()

    @cached_property
    def is_remote(self) -> bool:
        """Whether it is excused by what was sent, or by what was stored from it."""
        return sent_remote(self.exchange) or answers_remote(self.exchange, self.field)


@dataclass
class _Names:
    """The attribute names of the records at one place: those of all, those of any, who lacked one and who had each."""

    common: frozenset[str]
    every: frozenset[str]
    exchange: Exchange
    having: dict[str, Exchange] = field(default_factory=dict)


@dataclass
class PassiveObserver:
    """Looks at every successful answer. `operations` are the labels of what it has seen."""

    index: Index
    actors: Iterable[Actor]
    operations: dict[str, None] = field(default_factory=dict)
    _sights: dict[tuple[str, ...], PassiveViolation] = field(default_factory=dict)
    _names: dict[tuple[str, str, str], _Names] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._roles = {actor.name: actor.role for actor in self.actors}

    def notice(self, exchange: Exchange) -> None:
        """Look at an answer; one without good credentials, a refusal or an unknown operation is passed over."""
        operation, role = self.index.get(exchange.operation), self._roles.get(exchange.actor or "")
        if operation is None or role is None or not exchange.ok or exchange.truncated:
            return
        if operation.success is None or exchange.method != operation.method:  # Gone, or HEAD.
            return
        self.operations.setdefault(operation.label)
        for aspect, name, expected, got in self._seen(operation, exchange):
            sight = PassiveViolation(operation.label, role, aspect, name, expected, got, exchange)
            key = (operation.label, aspect, name, got, role)
            before = self._sights.get(key)
            # What a client might send, or store, comes first.
            if before is None or (before.is_remote and not sight.is_remote):
                self._sights[key] = sight

    def sights(self) -> Iterator[PassiveViolation]:
        """Yield what was seen so far, each thing once a role."""
        yield from self._sights.values()
        for (label, actor, path), names in self._names.items():
            for name in sorted(names.every - names.common):
                where = f"{path}.{name}" if path else name
                role = self._roles[actor]
                beside = () if names.having[name] is names.exchange else (names.having[name],)
                seen = ("in every record", "in some records", names.exchange)
                yield PassiveViolation(label, role, "set", where, *seen, beside)

    @property
    def showing(self) -> frozenset[str]:
        """Return the labels of operations that have shown a record: an empty list shows no attributes."""
        return frozenset(label for label, _, _ in self._names)

    def _seen(self, operation: Operation, exchange: Exchange) -> Iterator[tuple[str, str, str, str]]:
        response = operation.response(exchange.status)
        if response is None:
            yield "status", "", " or ".join(operation.responses), str(exchange.status)
            return
        wanted = [name.partition(";")[0].strip().lower() for name in response.media_types]
        got = exchange.headers.get("content-type", "none").partition(";")[0].strip().lower()
        if wanted and got not in wanted:
            yield "media", "", " or ".join(wanted), got
        shape = shape_of(response.shape, operation, exchange) if response.shape is not None else None
        if shape is None:
            return
        body = exchange.json_or_none()
        if body is None:
            yield "type", "", "JSON", "not JSON"
            return
        for departure in departures(shape, body):
            yield departure.aspect, departure.field, departure.expected, departure.got
        for path, names in _records(shape, body, "full" if shape is not response.shape else ""):
            self._compare((operation.label, exchange.actor or "", path), names, exchange)

    def _compare(self, place: tuple[str, str, str], names: frozenset[str], exchange: Exchange) -> None:
        seen = self._names.setdefault(place, _Names(names, names, exchange))
        if not seen.common <= names:
            seen.exchange = exchange
        seen.common, seen.every = seen.common & names, seen.every | names
        for name in names - seen.having.keys():
            seen.having[name] = exchange


def shape_of(shape: SchemaView, operation: Operation, exchange: Exchange) -> SchemaView | None:
    """Return the schema of an answer: with `full` the expanded one, None where the definition does not tell."""
    values = parse_qs(urlsplit(exchange.target).query, keep_blank_values=True).get("full", [])
    if operation.query("full") is None or not values:
        return shape
    if values[0] in _NOT_FULL:
        # What a write takes for a yes is not documented.
        return shape if operation.is_read else None
    listed = shape.items is not None
    name = str((shape.items or shape).ref)
    components: Mapping[str, Any] = (shape.document.get("components") or {}).get("schemas") or {}
    for expanded in (f"{name}Expanded", f"{name.removesuffix('Entity')}Expanded"):
        if expanded in components:
            schema = {"$ref": f"#/components/schemas/{expanded}"}
            return SchemaView(shape.document, {"type": "array", "items": schema} if listed else schema)
    return None


def _records(shape: SchemaView, value: Any, path: str, depth: int = 0) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield where documented objects stand in a value, and the attribute names that they have."""
    if depth > 8:
        return
    if isinstance(value, dict) and shape.attributes:
        yield path, frozenset(value)
        for name, inner in shape.attributes.items():
            yield from _records(inner, value.get(name), f"{path}.{name}" if path else name, depth + 1)
    elif isinstance(value, list) and shape.items is not None:
        for item in value[:MAX_ITEMS]:
            yield from _records(shape.items, item, f"{path}[]", depth + 1)
