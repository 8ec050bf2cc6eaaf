"""The structure of a definition without its words: what two versions, or a copy and the original, are compared by.

Operation ids, parameters, fields and attributes with their types; no description, no title, no example. What depends
on the generator's version rather than on Kimai's (`required` and `nullable` of attributes, `default`) is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from conformance.definition.operations import Operation, Parameter
from conformance.definition.shapes import SchemaView


def structure(index: Iterable[Operation]) -> dict[str, Any]:
    """Return operation label → its structure, as plain JSON; equal documents give equal structures in any order."""
    return {operation.label: _operation(operation) for operation in sorted(index, key=lambda item: item.label)}


def _operation(operation: Operation) -> dict[str, Any]:
    body = operation.body
    return {
        "operationId": operation.operation_id,
        "deprecated": operation.deprecated,
        "parameters": {
            f"{item.place} {item.name}": _parameter(item)
            for item in sorted(operation.parameters, key=lambda parameter: (parameter.place, parameter.name))
        },
        "body": None if body is None else _named(body.name, body.shape),
        "responses": {
            status: None if answer.shape is None else _named(_name(answer.shape), answer.shape)
            for status, answer in sorted(operation.responses.items())
        },
    }


def _named(name: str | None, shape: SchemaView) -> dict[str, Any]:
    return {
        "name": name,
        "attributes": {path: _type(inner) for path, inner in sorted(shape.leaves(), key=lambda leaf: leaf[0])},
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    results = {"type": _type(parameter.shape), "pattern": parameter.pattern, "enum": parameter.enum}
    return {key: list(value) if isinstance(value, tuple) else value for key, value in results.items() if value}


def _type(shape: SchemaView) -> str:
    if shape.kind == "array":
        return f"array of {_type(shape.items) if shape.items else 'any'}"
    name = "|".join(shape.types) or "any"
    return f"{name} {shape.format}" if shape.format else name


def _name(shape: SchemaView) -> str:
    if shape.kind == "array":
        return f"[{_name(shape.items) if shape.items else 'any'}]"
    return shape.ref or shape.kind
