"""The definition with meanings put into its requests: what Schemathesis generates from. Answers stay as they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from conformance.properties.generation.field_schemas import (
    ATTRIBUTES,
    FLAGS,
    HARMLESS_FOR_USERS,
    LEFT_OUT,
    MIDNIGHT,
    PARAMETERS,
    PREFERENCES,
    REFERENCE,
    FieldSchema,
)

METHODS = ("get", "post", "put", "patch", "delete")
ALTERNATIVES = re.compile(r"^\^?\(?(?:\?:)?([\w]+(?:\|[\w]+)+)\)?\$?$")
DIGITS = re.compile(r"^\^?(?:\\d|\[0-9\])\+\$?$")
PROJECT_DATES = frozenset({"start", "end", "orderDate"})

Known = Callable[[str, str], bool]
"""Whether the guard's table knows the attribute of the operation with that label."""


def enriched(document: Mapping[str, Any], known: Known, colors: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a copy of a mended OpenAPI document whose request bodies and parameters carry their meanings.

    Attributes that `known` denies are left out, and so are those that no run can fill. `colors` are the colours that
    the instance offers; without any, no colour is sent.
    """
    result = deepcopy(dict(document))
    for label, item, operation in _operations(result):
        for parameter in (*item.get("parameters", ()), *operation.get("parameters", ())):
            if "schema" in parameter:
                parameter["schema"] = _parameter(parameter["name"], parameter["schema"])
                parameter.pop("allowEmptyValue", None)
        for media in operation.get("requestBody", {}).get("content", {}).values():
            media["schema"] = _body(label, _resolved(document, media.get("schema", {})), known, colors)
    return result


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield f"{method.upper()} {path}", item, item[method]


def _resolved(document: Mapping[str, Any], schema: Any) -> Any:
    """Return a copy without references, so that the same component may mean different things in two requests."""
    if isinstance(schema, list):
        return [_resolved(document, part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        target: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step.replace("~1", "/").replace("~0", "~")]
        return _resolved(document, target)
    return {key: _resolved(document, value) for key, value in schema.items()}


def _parameter(name: str, schema: FieldSchema) -> FieldSchema:
    pattern = schema.get("pattern")
    listed = ALTERNATIVES.match(pattern) if isinstance(pattern, str) else None
    if name in PARAMETERS and not (listed and name in FLAGS):
        return deepcopy(PARAMETERS[name])
    if listed:
        return {"type": "string", "enum": listed[1].split("|")}
    if schema.get("type") == "array":
        return {"type": "array", "items": {"type": "string", "pattern": "^[1-9][0-9]{0,3}$"}, "maxItems": 2}
    if isinstance(pattern, str) and DIGITS.match(pattern):
        # No lengths beside the pattern: hundreds of attempts at an id that breaks the one and keeps the other.
        return {"type": "string", "pattern": "^[0-9]{1,12}$"}
    return {key: value for key, value in schema.items() if key != "default"}


def _body(label: str, schema: FieldSchema, known: Known, colors: tuple[str, ...]) -> FieldSchema:
    if label.endswith("/preferences"):
        return {"type": "array", "items": {"enum": list(PREFERENCES)}, "minItems": 1, "maxItems": 2}
    if schema.get("type") == "array" and "properties" in schema.get("items", {}):
        return {**schema, "items": {**schema["items"], "additionalProperties": False}}
    if "properties" not in schema:
        return schema
    properties = {
        name: _attribute(label, name, definition, colors)
        for name, definition in schema["properties"].items()
        if _wanted(label, name, known, colors)
    }
    required = [name for name in schema.get("required", ()) if name in properties]
    # A PATCH carries what it changes: what the form requires is there already. A custom field has no such state.
    partial = label.startswith("PATCH ") and not label.endswith("/meta")
    demanded = {} if partial or not required else {"required": required}
    return {"type": "object", "properties": properties, "additionalProperties": False, **demanded}


def _wanted(label: str, name: str, known: Known, colors: tuple[str, ...]) -> bool:
    if name in LEFT_OUT or (name == "color" and not colors) or not known(label, name):
        return False
    if label.startswith("PATCH /api/users/"):
        return name in HARMLESS_FOR_USERS
    # Released versions take teams in POST alone, although the same form is documented for PATCH.
    return not (name == "teams" and label.startswith("PATCH "))


def _attribute(label: str, name: str, definition: FieldSchema, colors: tuple[str, ...]) -> FieldSchema:
    if name == "color":
        return {"type": "string", "enum": list(colors)}
    if "/projects" in label and name in PROJECT_DATES:
        # Released versions take a bare date in POST only; the datetime form is accepted in both.
        return {"type": "string", "pattern": MIDNIGHT}
    if name in ATTRIBUTES and not definition.get("enum"):
        return deepcopy(ATTRIBUTES[name])
    if definition.get("type") == "integer":
        return deepcopy(REFERENCE)
    return {key: value for key, value in definition.items() if key in ("type", "enum", "items", "properties")}
