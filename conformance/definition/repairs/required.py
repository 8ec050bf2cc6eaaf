"""`required` and `enum` that are not lists of distinct entries.

OpenAPI 3.0 wants at least one entry, each once; PHP generators leave empty lists behind and repeat inherited names.
`"required": true` at a property is the spelling of an older JSON Schema: the name belongs to the object around it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.definition.grammar import nodes_of
from conformance.definition.repairing import ABSENT, Change, repair_rule


@repair_rule("a property that calls itself required", order=24)
def own_required(document: dict[str, Any]) -> Iterator[Change]:
    for node in nodes_of(document, "schema"):
        properties = node.value.get("properties")
        items = properties.items() if isinstance(properties, dict) else ()
        named = [name for name, inner in items if isinstance(inner, dict) and inner.get("required") is True]
        answer = node.value.get("required")
        if named:
            listed = answer if isinstance(answer, list) else []
            yield Change((*node.parts, "required"), list(dict.fromkeys([*listed, *named])))


@repair_rule("a list of required names or values that is empty, repeats itself or is no list", order=25)
def lists(document: dict[str, Any]) -> Iterator[Change]:
    for node in nodes_of(document, "schema"):
        for name in ("required", "enum"):
            if name in node.value and (after := _tidy(name, node.value[name])) != node.value[name]:
                yield Change((*node.parts, name), after if after else ABSENT)


def _tidy(name: str, value: Any) -> list[Any] | None:
    if not isinstance(value, list) or not value:
        return None
    entries = [entry for entry in value if name == "enum" or isinstance(entry, str)]
    distinct: list[Any] = []
    for entry in entries:
        if not any(entry == other and type(entry) is type(other) for other in distinct):
            distinct.append(entry)
    return distinct
