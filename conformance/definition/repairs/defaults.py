"""A default that its own schema does not allow: null where null is not allowed, the number 1 for a text.

PHP's parameter objects have `null` as "not given", and Kimai's `visible` is a number there and text in the query.
A default is never judged; but validators refuse such a definition, and generators would draw the value.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.definition.grammar import nodes_of
from conformance.definition.repairing import ABSENT, Change, mend_rule

_PYTHON: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}


@mend_rule("a default that its own schema does not allow", order=70)
def defaults(document: dict[str, Any]) -> Iterator[Change]:
    for spot in nodes_of(document, "schema"):
        value, allowed = spot.node.get("default"), _allowed(spot.node)
        if "default" in spot.node and allowed and not any(_is(value, name) for name in allowed):
            yield Change((*spot.parts, "default"), _converted(value, allowed))


def _allowed(schema: dict[str, Any]) -> list[str]:
    answer = schema.get("type")
    names = [name for name in (answer if isinstance(answer, list) else [answer]) if name in _PYTHON]
    return [*names, "null"] if names and schema.get("nullable") is True else names


def _is(value: Any, name: str) -> bool:
    return isinstance(value, _PYTHON[name]) and (name == "boolean") == isinstance(value, bool)


def _converted(value: Any, allowed: list[str]) -> Any:
    """Return a number as the text that the query holds; anything else says nothing."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if number and "string" in allowed else ABSENT
