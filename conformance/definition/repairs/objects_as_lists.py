"""A PHP list with a gap in its numbering becomes an object in JSON: `"required": {"0": "name", "2": "color"}`.

It happens when a generator removes an entry of a list. The values are taken in their order.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.definition.grammar import LIST, walk
from conformance.definition.repairing import Change, mend_rule

_LISTS = {
    "schema": ("required", "enum"),
    "operation": ("tags", "security", "servers"),
    "path": ("servers",),
    "document": ("tags", "security", "servers"),
}
"""Members that are lists, but for those in the grammar."""


@mend_rule("an object with numbered members where a list is meant", order=11)
def keyed_lists(document: dict[str, Any]) -> Iterator[Change]:
    for spot in walk(document):
        if spot.kind.startswith(f"{LIST} of ") and _numbered(spot.node):
            yield Change(spot.parts, list(spot.node.values()))
        elif isinstance(spot.node, dict):
            for member in _LISTS.get(spot.kind, ()):
                if _numbered(spot.node.get(member)):
                    yield Change((*spot.parts, member), list(spot.node[member].values()))


def _numbered(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and all(str(key).isdecimal() for key in value)
