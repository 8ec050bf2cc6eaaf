"""Limits written as text (`"maxLength": "60"`) and switches written as text or number (`"nullable": "true"`).

Annotations of a PHP class reach the definition with the type they were written in. A limit that is null, or no
number at all, limits nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.definition.grammar import nodes_of
from conformance.definition.repairing import ABSENT, Change, repair_rule

_COUNTS = ("maxLength", "minLength", "maxItems", "minItems", "maxProperties", "minProperties")
_NUMBERS = ("maximum", "minimum", "multipleOf")
_SWITCHES: Mapping[str, tuple[str, ...]] = {
    "schema": ("nullable", "readOnly", "writeOnly", "deprecated", "uniqueItems"),
    "parameter": ("required", "deprecated", "allowEmptyValue", "explode", "allowReserved"),
    "operation": ("deprecated",),
    "body": ("required",),
}
_WORDS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False, "": False}


@repair_rule("a limit that is not written as a number", order=30)
def limits(document: dict[str, Any]) -> Iterator[Change]:
    for node in nodes_of(document, "schema"):
        for name in (*_COUNTS, *_NUMBERS):
            if name in node.value and not _is_number(node.value[name], whole=name in _COUNTS):
                yield Change((*node.parts, name), _number(node.value[name], whole=name in _COUNTS))


@repair_rule("a switch that is not written as true or false", order=30)
def switches(document: dict[str, Any]) -> Iterator[Change]:
    for node in nodes_of(document, *_SWITCHES):
        for name in _SWITCHES[node.kind]:
            value = node.value.get(name, False)
            if not isinstance(value, bool):
                yield Change((*node.parts, name), _WORDS.get(str(value).lower(), ABSENT))


def _is_number(value: Any, *, whole: bool) -> bool:
    if isinstance(value, bool):
        return False
    return (isinstance(value, int) and (not whole or value >= 0)) or (isinstance(value, float) and not whole)


def _number(value: Any, *, whole: bool) -> Any:
    text = str(value).strip()
    if re.fullmatch(r"\d{1,18}(\.0+)?" if whole else r"-?\d{1,18}", text):
        return int(text.partition(".")[0])
    if not whole and re.fullmatch(r"-?\d{1,18}\.\d{1,18}", text):
        return float(text)
    return ABSENT
