"""List parameters such as `users[]` have `items` without a type, and the pattern of an item stands at the list.

A parameter's items travel as text, so text they are; a pattern applies to text only (JSON Schema, 6.3.3), so at a
list it says nothing. Other lists without `items`, which OpenAPI 3.0 requires, may hold anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.definition.grammar import nodes_of
from conformance.definition.repairing import ABSENT, Change, mend_rule


@mend_rule("a list parameter without a type of its items", order=20)
def list_items(document: dict[str, Any]) -> Iterator[Change]:
    for spot in nodes_of(document, "parameter"):
        schema = spot.node.get("schema")
        if isinstance(schema, dict) and schema.get("type") == "array" and not schema.get("items"):
            items: dict[str, Any] = {"type": "string"}
            if "pattern" in schema:
                items["pattern"] = schema["pattern"]
                yield Change((*spot.parts, "schema", "pattern"), ABSENT)
            yield Change((*spot.parts, "schema", "items"), items)


@mend_rule("a list that does not say what it holds", order=21)
def open_lists(document: dict[str, Any]) -> Iterator[Change]:
    for spot in nodes_of(document, "schema"):
        if spot.node.get("type") == "array" and "items" not in spot.node:
            yield Change((*spot.parts, "items"), {})
