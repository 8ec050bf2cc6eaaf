"""How an answer departs from the schema that the definition gives it. Pure.

A departure names its attribute by the component it belongs to ("TimesheetEntity.end"), so that the same one is the
same in every operation, whoever asks. Which departures matter is for the checks to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from conformance.definition import SchemaView
from conformance.definition.json_types import JSON_TYPES, is_of_type
from conformance.probes.times.zones import parse

MAX_ITEMS = 100
"""Items of a list that are looked at."""

NEVER_NULL = frozenset({"id", "name", "username", "begin", "message", "createdAt", "createdBy"})
"""What a record is not without: null here is a wrong type, where elsewhere it is a missing `nullable`."""


@dataclass(frozen=True)
class SchemaViolation:
    """One departure. `aspect` is null, type, required, present, documented or value; `got` a canonical word.

    A flag, a list or an id that is null has a wrong type.
    """

    aspect: str
    field: str
    expected: str
    got: str


def departures(shape: SchemaView, value: Any) -> tuple[SchemaViolation, ...]:
    """Return what in a value departs from its schema, each departure once."""
    return tuple(dict.fromkeys(_walk(shape, value, shape.ref or "", 0)))


def word(value: Any) -> str:
    """Return the JSON type of a value as a word; "date" for a day without a time."""
    if value is None:
        return "null"
    if isinstance(value, str) and _is_day(value):
        return "date"
    return next((name for name in JSON_TYPES if is_of_type(value, name)), type(value).__name__)


def _walk(shape: SchemaView, value: Any, name: str, depth: int) -> Iterator[SchemaViolation]:
    if depth > 8 or shape.choices or (value is None and shape.nullable):
        return
    wanted = "|".join(shape.types) or "any"
    if value is None:
        if shape.types:
            certain = wanted in ("boolean", "array") or name.rpartition(".")[2] in NEVER_NULL
            yield SchemaViolation("type" if certain else "null", name, wanted, "null")
        return
    if not _fits(shape, value):
        yield SchemaViolation("type", name, shape.format or wanted, word(value))
        return
    if isinstance(value, dict):
        yield from _walk_object(shape, value, name, depth)
    elif isinstance(value, list):
        for item in value[:MAX_ITEMS] if shape.items is not None else ():
            yield from _walk(shape.items or shape, item, f"{name}[]", depth + 1)
    else:
        yield from _walk_scalar(shape, value, name)


def _walk_object(shape: SchemaView, value: Mapping[str, Any], name: str, depth: int) -> Iterator[SchemaViolation]:
    attributes, chain, name = shape.attributes, name, shape.ref or name
    for attribute, inner in attributes.items():
        path = f"{name}.{attribute}" if name else attribute
        if attribute in value:
            yield from _walk(inner, value[attribute], path, depth + 1)
        else:
            # One component is shown whole here and short there: only the way to it tells which is meant.
            aspect = "required" if attribute in shape.required else "present"
            yield SchemaViolation(aspect, f"{chain}.{attribute}" if chain else attribute, "present", "missing")
    if attributes:
        for attribute in value.keys() - attributes.keys():
            path = f"{name}.{attribute}" if name else attribute
            yield SchemaViolation("documented", path, "absent", word(value[attribute]))


def _walk_scalar(shape: SchemaView, value: Any, name: str) -> Iterator[SchemaViolation]:
    if shape.enum and value not in shape.enum:
        yield SchemaViolation("value", name, "one of the enumeration", "another value")
    if isinstance(value, str):
        if shape.max_length is not None and len(value) > shape.max_length:
            yield SchemaViolation("value", name, f"at most {shape.max_length} characters", "longer")
        if shape.min_length is not None and len(value) < shape.min_length:
            yield SchemaViolation("value", name, f"at least {shape.min_length} characters", "shorter")
        if shape.pattern and not _matches(shape.pattern, value):
            yield SchemaViolation("value", name, "the documented pattern", "another form")
    elif not isinstance(value, bool):
        low, high = (shape.schema.get(word) for word in ("minimum", "maximum"))
        if isinstance(low, int | float) and value < low:
            yield SchemaViolation("value", name, f"at least {low}", "less")
        if isinstance(high, int | float) and value > high:
            yield SchemaViolation("value", name, f"at most {high}", "more")


def _fits(shape: SchemaView, value: Any) -> bool:
    types = shape.types
    if not types:
        return True
    if not any(is_of_type(value, name) for name in types):
        return False
    if shape.format == "date-time":
        return parse(value) is not None
    return shape.format != "date" or _is_day(str(value))


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10


def _matches(pattern: str, text: str) -> bool:
    """Whether a text has a pattern; True for one that Python cannot read, which is the definition's concern."""
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return True
