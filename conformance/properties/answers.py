"""Answers held against the definition's schemas: every departure with the attribute, what was expected and what came.

Schemathesis's own check stops at an `anyOf` and has no words for folding; this one names the attribute (`[].color`,
without indices), so that the same departure in two hundred places is one finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

ISO_DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)\Z")
"""ISO 8601 with an offset, with or without a colon: Kimai writes `+0200`, which is legal (DESIGN, rulings)."""
ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z")

TYPES = "definition.types"
NULLABLE = "definition.nullable"
REQUIRED = "definition.required"
VALUES = "definition.values"


@dataclass(frozen=True)
class Departure:
    """One way in which an answer is not what the definition says. `field` has `[]` for any item of a list."""

    clause: str
    field: str
    expected: str
    got: str


def departures(schema: Mapping[str, Any], answer: Any) -> frozenset[Departure]:
    """Return all departures of a decoded answer from a plain JSON Schema. Formats other than dates are not judged."""
    result: set[Departure] = set()
    for error in Draft202012Validator(schema).iter_errors(answer):
        result.update(_explained(error))
    result.update(_dates(schema, schema, answer, ""))
    return frozenset(result)


def _explained(error: ValidationError) -> Iterator[Departure]:
    if error.validator in ("anyOf", "oneOf", "allOf") and error.context:
        yield from _branch(error)
    elif error.validator == "required":
        yield from _missing(error)
    else:
        yield _plain(error)


def _branch(error: ValidationError) -> Iterator[Departure]:
    """Explain a failed alternative by the one that is not null: that is what `nullable` became."""
    branches: dict[Any, list[ValidationError]] = {}
    for entry in error.context or ():
        branches.setdefault(entry.relative_schema_path[0], []).append(entry)
    matching = [
        errors
        for errors in branches.values()
        if not (errors[0].validator == "type" and errors[0].validator_value == "null")
    ]
    for item in min(matching, key=len, default=[]):
        yield from _explained(item)


def _missing(error: ValidationError) -> Iterator[Departure]:
    wanted: list[str] = list(cast(Any, error.validator_value))
    held: Mapping[str, Any] = cast(Any, error.instance)
    for name in [name for name in wanted if name not in held]:
        yield Departure(REQUIRED, _join(field_of(error), name), "present", "missing")


def _plain(error: ValidationError) -> Departure:
    field = field_of(error)
    if error.validator == "type":
        wanted: Any = error.validator_value
        expected = wanted if isinstance(wanted, str) else " or ".join(item for item in wanted if item != "null")
        return Departure(NULLABLE if error.instance is None else TYPES, field, expected, type_of(error.instance))
    if error.instance is None:
        return Departure(NULLABLE, field, str(error.validator), "null")
    return Departure(VALUES, field, str(error.validator), type_of(error.instance))


def field_of(error: ValidationError) -> str:
    """Return the path of the value, with `[]` for an index."""
    path = ""
    for step in error.absolute_path:
        path = f"{path}[]" if isinstance(step, int) else _join(path, step)
    return path


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def type_of(value: Any) -> str:
    """Return the JSON type of a decoded value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    names = {str: "string", int: "integer", float: "number", list: "array", dict: "object"}
    return names[type(value)]


def _dates(root: Mapping[str, Any], schema: Any, value: Any, path: str) -> Iterator[Departure]:
    """Walk along the answer, and yield strings that are not the date or datetime that the schema says."""
    schema = _resolved(root, schema)
    if isinstance(value, dict):
        for name, part in schema.get("properties", {}).items():
            if name in value:
                yield from _dates(root, part, value[name], _join(path, name))
    elif isinstance(value, list):
        for item in value:
            yield from _dates(root, schema.get("items", {}), item, f"{path}[]")
    elif isinstance(value, str):
        yield from _date(schema.get("format"), value, path)


def _date(form: Any, value: str, path: str) -> Iterator[Departure]:
    patterns = {"date-time": ISO_DATETIME, "date": ISO_DATE}
    if form in patterns and not patterns[form].match(value):
        other = next((name for name, pattern in patterns.items() if pattern.match(value)), "string")
        yield Departure(TYPES, path, form, other)


def _resolved(root: Mapping[str, Any], schema: Any) -> Mapping[str, Any]:
    """Follow a reference, and the one alternative that is not null. The definition's cycles end with the answer."""
    while isinstance(schema, dict):
        if "$ref" in schema:
            schema = root.get("$defs", {}).get(schema["$ref"].rpartition("/")[2], {})
        elif "anyOf" in schema or "oneOf" in schema or "allOf" in schema:
            parts = schema.get("anyOf") or schema.get("oneOf") or schema["allOf"]
            schema = next((part for part in parts if part != {"type": "null"}), {})
        else:
            return schema
    return {}
