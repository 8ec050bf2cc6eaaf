"""A default that its own schema does not allow: null where null is not allowed, the number 1 for a text.

PHP's parameter objects have `null` as "not given", and Kimai's `visible` is a number there and text in the query.
A default is never judged; but validators refuse such a definition, and generators would draw the value.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.definition.grammar import nodes_of
from conformance.definition.json_types import JSON_TYPES, is_of_type
from conformance.definition.repairing import ABSENT, Change, repair_rule


@repair_rule("a default that its own schema does not allow", order=70)
def defaults(document: dict[str, Any]) -> Iterator[Change]:
    for node in nodes_of(document, "schema"):
        value, types = node.value.get("default"), node.value.get("type")
        allowed = [name for name in (types if isinstance(types, list) else [types]) if name in JSON_TYPES]
        if allowed and node.value.get("nullable") is True:
            allowed.append("null")
        if "default" in node.value and allowed and not any(is_of_type(value, name) for name in allowed):
            # A number becomes the text that the query holds; anything else says nothing.
            number = isinstance(value, int | float) and not isinstance(value, bool)
            converted = str(value) if number and "string" in allowed else ABSENT
            yield Change((*node.parts, "default"), converted)
