"""Type names that JSON does not have: `int`, `bool`, `float`, `Boolean`, a PHP class, null.

PHP's names come from annotations. A name that stands for nothing is left out, which allows any value. OpenAPI 3.0 has
no list of types: `["string", "null"]` is written as `string` and `nullable` there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.definition.grammar import nodes_of
from conformance.definition.json_types import JSON_TYPES
from conformance.definition.repairing import ABSENT, Change, repair_rule

_KNOWN = tuple(name for name in JSON_TYPES if name != "null")
_ALIASES = {
    "int": "integer",
    "long": "integer",
    "float": "number",
    "double": "number",
    "decimal": "number",
    "bool": "boolean",
    "str": "string",
    "text": "string",
    "list": "array",
    "map": "object",
}


@repair_rule("a type that JSON does not have", order=15)
def types(document: dict[str, Any]) -> Iterator[Change]:
    names = _KNOWN if _is_30(document) else (*_KNOWN, "null")
    for node in nodes_of(document, "schema"):
        value = node.value.get("type", "string")
        if isinstance(value, list):
            if not _is_30(document):
                continue
            others = [name for name in value if name in _KNOWN]
            if "null" in value:
                yield Change((*node.parts, "nullable"), True)
            yield Change((*node.parts, "type"), others[0] if len(others) == 1 else ABSENT)
        elif value not in names:
            lower = value.lower() if isinstance(value, str) else ""
            known = lower if lower in _KNOWN else _ALIASES.get(lower, ABSENT)
            yield Change((*node.parts, "type"), known)


def _is_30(document: dict[str, Any]) -> bool:
    return str(document.get("openapi", "")).startswith("3.0")
