"""An OpenAPI schema → plain JSON Schema 2020-12 that a validator can take by itself.

References stay references, to `$defs` that hold only what is reached: so cycles are harmless, nothing is multiplied,
and the result is no larger than the document. `nullable` and a boolean `exclusiveMaximum` are OpenAPI 3.0's own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from conformance.definition.grammar import GRAMMAR, LIST, MAP, at, parse_pointer

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_KEPT = frozenset(
    {"type", "format", "enum", "const", "pattern", "required", "dependentRequired", "uniqueItems", "multipleOf"}
    | {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength"}
    | {"minItems", "maxItems", "minProperties", "maxProperties", "minContains", "maxContains"}
)
"""Keywords that judge a value and hold no schema. All others (title, example, default, x-…) judge nothing."""

_SAME_VALUE = frozenset({"enum", "const", "$ref", "allOf", "anyOf", "oneOf", "not", "if"})
"""Keywords that would refuse null even where the type allows it."""


def plain_schema(document: Mapping[str, Any], schema: Any) -> dict[str, Any]:
    """Return a schema of the document as JSON Schema with its own `$defs`. The document must be mended and valid."""
    definitions: dict[str, Any] = {}
    waiting: list[str] = []
    top = _translate(schema, waiting)
    while waiting:
        ref = waiting.pop()
        if (name := _name(ref)) not in definitions:
            definitions[name] = _translate(_target(document, ref), waiting)
    result = {"$schema": DIALECT, **(top if isinstance(top, dict) else {"allOf": [top]})}
    return {**result, "$defs": definitions} if definitions else result


def _translate(schema: Any, refs: list[str]) -> Any:
    if not isinstance(schema, dict):
        return schema if isinstance(schema, bool) else {}
    if isinstance(schema.get("$ref"), str):
        refs.append(schema["$ref"])
        return _nullable(schema, {"$ref": f"#/$defs/{_name(schema['$ref'])}"})
    json_schema = {key: value for key, value in schema.items() if key in _KEPT}
    for keyword, (how, kind) in GRAMMAR["schema"].items():
        if keyword in schema and kind == "schema" and keyword != "$defs":
            json_schema[keyword] = _inner(how, schema[keyword], refs)
    _exclusive(json_schema)
    return _nullable(schema, json_schema)


def _inner(how: str, value: Any, refs: list[str]) -> Any:
    if how == MAP and isinstance(value, dict):
        return {name: _translate(entry, refs) for name, entry in value.items()}
    if how == LIST and isinstance(value, list):
        return [_translate(item, refs) for item in value]
    return _translate(value, refs)


def _nullable(schema: dict[str, Any], plain: dict[str, Any]) -> Any:
    return _or_null(plain) if schema.get("nullable") is True else plain


def _or_null(plain: Any) -> Any:
    """Allow null as well: as a type where that says it, for messages about it are plainer than those of a choice."""
    if not isinstance(plain, dict) or not plain:
        return plain
    if isinstance(plain.get("type"), str) and not plain.keys() & _SAME_VALUE:
        return {**plain, "type": [plain["type"], "null"]}
    return {"anyOf": [plain, {"type": "null"}]}


def _exclusive(plain: dict[str, Any]) -> None:
    """OpenAPI 3.0: `exclusiveMinimum: true` makes `minimum` exclusive."""
    for exclusive, limit in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(plain.get(exclusive), bool) and plain.pop(exclusive) and limit in plain:
            plain[exclusive] = plain.pop(limit)


def _name(ref: str) -> str:
    """Return a name for `$defs` that needs no escape: the component's own, or the way to it where it is none."""
    parts = parse_pointer(ref)
    named = parts[-1] if parts[:2] == ("components", "schemas") and len(parts) == 3 else "/".join(("", *parts))
    return re.sub(r"[^A-Za-z0-9._-]", lambda found: f"_{ord(found[0]):x}_", named)


def _target(document: Mapping[str, Any], ref: str) -> Any:
    try:
        return at(document, parse_pointer(ref))
    except KeyError:
        return {}
