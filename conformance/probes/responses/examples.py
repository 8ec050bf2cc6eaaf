"""Whether the definition's own examples of body fields are taken as they are written, and bodies that lack one not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from conformance.model import Exchange
from conformance.probes.context import ProbeContext
from conformance.probes.records.bodies import Subject
from conformance.probes.records.creating import collection_path, create, delete_created
from conformance.probes.records.kinds import Resource
from conformance.probes.records.lifecycle import created
from conformance.probes.records.samples import minimal


@dataclass(frozen=True)
class Example:
    """A create with one field as in the definition's example. `withheld`: rights keep the field from this actor."""

    field: str
    value: str
    exchange: Exchange
    withheld: bool = False


def has_examples(kind: Resource) -> bool:
    """Whether the form of a kind has examples that are no ids."""
    return any(_example(field.shape.schema) is not None for field in kind.fields(kind.create))


def ask(context: ProbeContext, kind: Resource) -> Iterator[Example]:
    """Create a record with all examples, and with each alone where that is refused; delete it. Raises Refused."""
    results = {field.name: _example(field.shape.schema) for field in kind.fields(kind.create)}
    examples = {name: value for name, value in results.items() if value is not None}
    together = _made(context, kind, examples)
    for name, value in examples.items():
        exchange = together if together.ok else _made(context, kind, {name: value})
        withheld = not exchange.ok and name in created(context, Subject(kind.name, kind, context.strongest)).withheld
        yield Example(name, value, exchange, withheld)


def _made(context: ProbeContext, kind: Resource, fields: Mapping[str, str]) -> Exchange:
    exchange = create(context, kind, fields)
    delete_created(context, kind, exchange)
    return exchange


ENFORCED = frozenset({"name", "customer", "project", "message", "members"})
"""Fields without which there is no record. Other required ones have defaults, or are a matter of settings."""


def ask_lacking(context: ProbeContext, kind: Resource) -> Iterator[Example]:
    """Create a record without each required field alone. Raises Refused."""
    path = collection_path(context, kind)
    for field in kind.fields(kind.create):
        if field.required and field.name in ENFORCED:
            body = {name: value for name, value in minimal(context, kind).items() if name != field.name}
            exchange = context.session().post(path, json=body)
            delete_created(context, kind, exchange)
            yield Example(field.name, "absent", exchange)


def _example(schema: object) -> str | None:
    """Return an example that is a text: numbers are ids of records that need not be there.

    Times are left out: an example of a begin says nothing about the end that goes with it.
    """
    if not isinstance(schema, dict) or str(schema.get("format", "")).startswith("date"):
        return None
    answer = schema.get("example")
    return answer if isinstance(answer, str) else None
