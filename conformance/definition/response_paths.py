"""Where the answer shows a field that was sent.

By name, at the same place. Where a number was sent and the answer holds an object, it is an id, and the object's `id`
shows it; likewise in lists. Nothing is guessed beyond that: `duration` is not `end`.
"""

from __future__ import annotations

from collections.abc import Mapping

from conformance.definition.operations import Field, Operation
from conformance.definition.shapes import SchemaView


def readable_at(operation: Operation) -> Mapping[str, str]:
    """Return field path → attribute path in the successful answer, for the fields that it shows."""
    success = operation.success
    if operation.body is None or success is None or success.shape is None:
        return {}
    answer, prefix = success.shape, ""
    if answer.kind == "array" and answer.items is not None and not operation.body.is_array:
        answer, prefix = answer.items, "[]."
    return {
        field.path: prefix + path for field in operation.body.all_fields if (path := _shown(answer, field)) is not None
    }


def _shown(answer: SchemaView, field: Field) -> str | None:
    paths = [field.path]
    if field.path.startswith("[].") and answer.kind == "object":  # A list in the body, and an object in the answer.
        paths.append(field.path.removeprefix("[]."))
    for path in paths:
        shape = answer.find(path)
        if shape is not None:
            return _value_path(path, shape, field)
    return None


def _value_path(path: str, shape: SchemaView, field: Field) -> str | None:
    """Return the path of the very value: one step further where an id became an object; None where the form differs."""
    if field.is_array:
        inner, sent = shape.items, field.shape.items
        if inner is not None and sent is not None and sent.kind == "scalar" and inner.kind == "object":
            return f"{path}[].id" if "id" in inner.attributes else None
        return path
    if field.shape.kind == "scalar" and shape.kind == "object":
        return f"{path}.id" if "id" in shape.attributes else None
    return path
