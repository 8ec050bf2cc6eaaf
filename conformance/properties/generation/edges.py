"""Single values at the edge of what a server can take, each in an otherwise valid request.

Batches send most of these together; one by one they are for runs with requests to spare. The values go by the type that
the definition gives.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from schemathesis.core import NOT_SET

from conformance.properties.aliases import AnyCase, APIOperation
from conformance.properties.generation.queries import DATES

TEXTS = ("", " ", "x" * 256, "x" * 70_000, "漢字 😀", "'\"\\;--", "{{ 7 }}", "\u202e\u0000", "null")
NUMBERS = (0, -1, 0.001, 1e15, 1e308, -(2**31) - 1, 2**63, "1,5", "abc", "")
MOMENTS = (
    "9999-12-31T23:59:59", "1000-01-01T00:00:00", "0000-00-00T00:00:00", "2024-02-30T10:00:00",
    "2024-02-29T24:00:00", "2024-03-31T02:30:00", "not a date", "2024-01-01", 1704067200,
)  # fmt: skip
IDS = (0, -1, 2**31 - 1, 2**63, "abc", "1 OR 1=1", 1.5)
FLAGS: tuple[Any, ...] = ("yes", 2, "", [])
STRUCTURES: tuple[Any, ...] = (None, [], {}, [[]], {"id": "x"}, True)
QUERY: tuple[Any, ...] = ("", "0", "-1", "99999999999999999999", "abc", "x" * 2000, "%", "é", ["a", "b"])
QUERY_MOMENTS = ("9999-12-31T23:59:59", "0000-00-00T00:00:00", "2024-02-30T00:00:00", "2024-01-01", "now")
UNDECLARED = ("user", "page", "size", "order", "orderBy", "visible", "full")
"""Parameters that another operation documents: a client sends them everywhere."""
PATH_EDGES = ("0", "99999999999999999999", "1.5", "abc", "%00", "-1")

TIMES_OF_A_RECORD = frozenset({"end"})
"""Emptied, it starts a timer: only forms that say a time are sent for it."""


def cases(operation: APIOperation, base: AnyCase) -> Iterator[tuple[AnyCase, str]]:
    """Yield copies of a valid case with one value at an edge, each with a few words about it."""
    yield from _queries(operation, base)
    if isinstance(base.body, dict):
        for attribute, schema in body_properties(operation).items():
            for value in edge_values(attribute, schema):
                changed = {**base.body, attribute: deepcopy(value)}
                yield copied(base, body=changed), f"{attribute}={_short(value)}"
    if operation.method.upper() == "GET" and operation.path_parameters:
        name = next(iter(operation.path_parameters)).name
        for word in PATH_EDGES:
            yield copied(base, path={**base.path_parameters, name: word}), f"{name}={word}"


def _queries(operation: APIOperation, base: AnyCase) -> Iterator[tuple[AnyCase, str]]:
    declared = {parameter.name for parameter in operation.query}
    for name in sorted(declared):
        moments = QUERY_MOMENTS if name in DATES else ()
        for value in (*QUERY, *moments):
            yield copied(base, query={name: value}), f"{name}={_short(value)}"
    if operation.method.upper() == "GET":
        for name in UNDECLARED:
            for value in ("", "1", "abc") if name not in declared else ():
                yield copied(base, query={name: value}), f"undocumented {name}={value}"


def edge_values(name: str, schema: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the edges for an attribute by the type, and the format, that its schema gives."""
    kind = schema.get("type")
    if "T(" in str(schema.get("pattern", "")) or "T00" in str(schema.get("pattern", "")):
        return MOMENTS if name in TIMES_OF_A_RECORD else (*MOMENTS, *STRUCTURES)
    by_type: dict[Any, tuple[Any, ...]] = {
        "number": (*NUMBERS, *STRUCTURES),
        "integer": (*IDS, *STRUCTURES),
        "boolean": (*FLAGS, *STRUCTURES),
        "array": ("abc", 1, [None], [{}], ["abc"], [-1], {}, None),
    }
    return by_type.get(kind, (*TEXTS, *STRUCTURES, 12))


def body_properties(operation: APIOperation) -> dict[str, Any]:
    """Return the attributes of the JSON body with their schemas; none where it is no object."""
    for alternative in operation.body:
        schema = alternative.definition.get("schema", {})
        if isinstance(schema, dict) and "properties" in schema:
            return dict(schema["properties"])
    return {}


def copied(base: AnyCase, *, path: Any = None, query: Any = None, body: Any = NOT_SET) -> AnyCase:
    """Return a copy of a case with another path, query or body, without what Schemathesis notes of its making."""
    case: AnyCase = base.operation.Case(
        path_parameters=dict(path if path is not None else base.path_parameters),
        query=dict(query if query is not None else base.query),
        body=base.body if body is NOT_SET else body,
        media_type=base.media_type,
    )
    return case


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:30]}… ({len(text)} characters)"
