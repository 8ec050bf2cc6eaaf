"""A schema as something to ask: which types, which attributes, what is inside. References are resolved when asked.

Lazy, so that cycles and large documents cost nothing until somebody walks them; every walk has a bound.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from conformance.definition.grammar import at, parse_pointer

MAX_HOPS = 32
MAX_DEPTH = 5
"""Levels of attributes within attributes that are walked: Kimai's deepest answer has four."""


@dataclass(frozen=True)
class SchemaView:
    """A schema within its document.

    Keywords that refine (`$ref`, `allOf`, a `oneOf` of one) are merged; of a true choice only `choices` knows.
    """

    document: Mapping[str, Any]
    schema: Any

    @cached_property
    def _merged(self) -> Mapping[str, Any]:
        return _merge(self.document, self.schema, 0)

    @cached_property
    def ref(self) -> str | None:
        """The component name that the schema stands for ("TimesheetEntity"), None for one written in place."""
        return _ref_name(self.schema)

    @cached_property
    def types(self) -> tuple[str, ...]:
        """The JSON types allowed, without "null"; empty where any value is."""
        value = self._merged.get("type")
        names = value if isinstance(value, list) else [value]
        result = tuple(name for name in names if isinstance(name, str) and name != "null")
        return result or (("object",) if self._merged.get("properties") else ())

    @cached_property
    def nullable(self) -> bool:
        """Whether null is allowed by name (3.0 `nullable`, 3.1 a type or choice "null")."""
        value = self._merged.get("type")
        listed = isinstance(value, list) and "null" in value
        return listed or self._merged.get("nullable") is True

    @cached_property
    def kind(self) -> str:
        """One of "object", "array", "scalar" and "any"."""
        if not self.types:
            return "any"
        return self.types[0] if self.types[0] in ("object", "array") else "scalar"

    @cached_property
    def attributes(self) -> Mapping[str, SchemaView]:
        """The attributes of an object, by name."""
        properties = self._merged.get("properties")
        inner = properties if isinstance(properties, dict) else {}
        return {name: SchemaView(self.document, schema) for name, schema in inner.items()}

    @cached_property
    def required(self) -> frozenset[str]:
        """The names of the attributes that must be there."""
        value = self._merged.get("required")
        return frozenset(map(str, value)) if isinstance(value, list) else frozenset()

    @cached_property
    def items(self) -> SchemaView | None:
        """What an array holds; None where this is no array, or where that is open."""
        inner = self._merged.get("items")
        return SchemaView(self.document, inner) if isinstance(inner, dict) and inner else None

    @cached_property
    def choices(self) -> tuple[SchemaView, ...]:
        """The alternatives of a `oneOf` or `anyOf` of several."""
        results = [entry for word in ("oneOf", "anyOf") for entry in _list(self._merged.get(word))]
        return tuple(SchemaView(self.document, item) for item in results)

    @cached_property
    def format(self) -> str | None:
        """The format ("date-time", "date", "float", …)."""
        return _text(self._merged.get("format"))

    @cached_property
    def pattern(self) -> str | None:
        """The regular expression, anchored by mending."""
        return _text(self._merged.get("pattern"))

    @cached_property
    def enum(self) -> tuple[Any, ...] | None:
        """The allowed values."""
        value = self._merged.get("enum")
        return tuple(value) if isinstance(value, list) else None

    @cached_property
    def max_length(self) -> int | None:
        """The most characters of a text."""
        value = self._merged.get("maxLength")
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    @cached_property
    def min_length(self) -> int | None:
        """The least characters of a text."""
        value = self._merged.get("minLength")
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    @property
    def default(self) -> Any:
        """The default, None also where there is none: what generators write here differs by their version."""
        return self._merged.get("default")

    @property
    def description(self) -> str:
        """The description, "" where there is none (the bundled definitions have none)."""
        return _text(self._merged.get("description")) or ""

    def find(self, path: str) -> SchemaView | None:
        """Return the shape at an attribute path such as `members[].user.id`; None where there is none."""
        schema_view: SchemaView | None = self
        for name in path.replace("[]", ".[]").strip(".").split("."):
            if schema_view is None or not name:
                continue
            schema_view = schema_view.items if name == "[]" else schema_view.attributes.get(name)
        return schema_view

    def leaves(self, depth: int = MAX_DEPTH) -> Iterator[tuple[str, SchemaView]]:
        """Yield each attribute path below this shape, parents before children, at most `depth` levels deep."""
        return _leaves(self, "", depth, ())


def _leaves(shape: SchemaView, prefix: str, depth: int, refs: tuple[str, ...]) -> Iterator[tuple[str, SchemaView]]:
    if depth < 0 or (shape.ref is not None and shape.ref in refs):
        return
    seen = refs if shape.ref is None else (*refs, shape.ref)
    for name, inner in shape.attributes.items():
        path = f"{prefix}.{name}" if prefix else name
        yield path, inner
        yield from _leaves(inner, path, depth - 1, seen)
    if shape.kind == "array" and shape.items is not None:
        yield from _leaves(shape.items, f"{prefix}[]", depth - 1, seen)


def resolve(document: Mapping[str, Any], node: Any) -> Mapping[str, Any]:
    """Follow a chain of references to an object; {} where it leads nowhere or in a circle."""
    for _ in range(MAX_HOPS):
        if not isinstance(node, dict):
            return {}
        ref = node.get("$ref")
        if not isinstance(ref, str):
            return node
        try:
            node = at(document, parse_pointer(ref))
        except KeyError:
            return {}
    return {}


def _merge(document: Mapping[str, Any], schema: Any, depth: int) -> Mapping[str, Any]:
    """Return the schema with what it refers to and consists of laid over each other."""
    if depth > MAX_HOPS or not isinstance(schema, dict):
        return {}
    own = {key: value for key, value in schema.items() if key not in ("$ref", "allOf")}
    parts = [resolve(document, schema), *_list(schema.get("allOf"))] if "$ref" in schema else _list(schema.get("allOf"))
    for word in ("oneOf", "anyOf"):
        choices = [item for item in _list(own.get(word)) if item != {"type": "null"}]
        if len(choices) == 1:
            if len(own.pop(word)) > 1:
                own["nullable"] = True
            parts.append(choices[0])
    merged: dict[str, Any] = {}
    for part in parts:
        _overlay(merged, _merge(document, part, depth + 1))
    _overlay(merged, own)
    return merged


def _overlay(below: dict[str, Any], above: Mapping[str, Any]) -> None:
    for key, value in above.items():
        if key == "properties" and isinstance(value, dict):
            below[key] = {**below.get(key, {}), **value}
        elif key == "required" and isinstance(value, list):
            below[key] = [*below.get(key, []), *value]
        else:
            below[key] = value


def _ref_name(schema: Any) -> str | None:
    if not isinstance(schema, dict):
        return None
    if isinstance(schema.get("$ref"), str):
        return parse_pointer(schema["$ref"])[-1] if "/" in schema["$ref"] else None
    for word in ("allOf", "oneOf", "anyOf"):
        choices = [item for item in _list(schema.get(word)) if item != {"type": "null"}]
        if len(choices) == 1:
            return _ref_name(choices[0])
    return None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
