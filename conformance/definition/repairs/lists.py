"""PHP has one array for lists and objects, so that each may stand where the other is meant, and a list may say little.

An empty array is `[]` also where an object is meant (`"schema": []`, `"items": []`; Kimai 2.24.0 to 2.66.0: ten places
each). Lists that are meant as lists (`default`, `required`, a security scheme's scopes) stay as they are. A list with a
gap in its numbering, from which a generator removed an entry, becomes an object: `"required": {"0": "name", "2":
"color"}`. Its values are taken in their order.

List parameters such as `users[]` have `items` without a type, and the pattern of an item stands at the list. A
parameter's items travel as text, so text they are; a pattern applies to text only (JSON Schema, 6.3.3), so at a list it
says nothing. Other lists without `items`, which OpenAPI 3.0 requires, may hold anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.definition.grammar import LIST, nodes_of, walk
from conformance.definition.repairing import ABSENT, Change, repair_rule

_LISTS = {
    "schema": ("required", "enum"),
    "operation": ("tags", "security", "servers"),
    "path": ("servers",),
    "document": ("tags", "security", "servers"),
}
"""Members that are lists, but for those in the grammar."""


@repair_rule("an empty list where an object is meant", order=10)
def empty_lists(document: dict[str, Any]) -> Iterator[Change]:
    for node in walk(document):
        if node.value == [] and not node.kind.startswith(f"{LIST} of ") and node.parts:
            yield Change(node.parts, {})


@repair_rule("an object with numbered members where a list is meant", order=11)
def objects_as_lists(document: dict[str, Any]) -> Iterator[Change]:
    for node in walk(document):
        if node.kind.startswith(f"{LIST} of ") and _numbered(node.value):
            yield Change(node.parts, list(node.value.values()))
        elif isinstance(node.value, dict):
            for member in _LISTS.get(node.kind, ()):
                if _numbered(node.value.get(member)):
                    yield Change((*node.parts, member), list(node.value[member].values()))


def _numbered(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and all(str(key).isdecimal() for key in value)


@repair_rule("a list parameter without a type of its items", order=20)
def list_items(document: dict[str, Any]) -> Iterator[Change]:
    for node in nodes_of(document, "parameter"):
        schema = node.value.get("schema")
        if isinstance(schema, dict) and schema.get("type") == "array" and not schema.get("items"):
            items: dict[str, Any] = {"type": "string"}
            if "pattern" in schema:
                items["pattern"] = schema["pattern"]
                yield Change((*node.parts, "schema", "pattern"), ABSENT)
            yield Change((*node.parts, "schema", "items"), items)


@repair_rule("a list that does not say what it holds", order=21)
def open_lists(document: dict[str, Any]) -> Iterator[Change]:
    for node in nodes_of(document, "schema"):
        if node.value.get("type") == "array" and "items" not in node.value:
            yield Change((*node.parts, "items"), {})
