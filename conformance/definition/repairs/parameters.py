"""Parameters that do not fit their path: not required, not declared, declared twice, or without a schema.

A parameter in a path is always there, so it is required; one that the path names and nobody declares is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from conformance.definition.grammar import METHODS, Node, at, nodes_of, parse_pointer
from conformance.definition.repairing import Change, repair_rule

_NAMES = re.compile(r"\{([^{}]+)\}")


@repair_rule("a path parameter that is not required", order=45)
def not_required(document: dict[str, Any]) -> Iterator[Change]:
    for node in nodes_of(document, "parameter"):
        if node.value.get("in") == "path" and node.value.get("required") is not True:
            yield Change((*node.parts, "required"), True)


@repair_rule("a parameter without a schema", order=19)
def no_schema(document: dict[str, Any]) -> Iterator[Change]:
    for node in nodes_of(document, "parameter"):
        if "schema" not in node.value and "content" not in node.value:
            yield Change((*node.parts, "schema"), {"type": "string"})


@repair_rule("a parameter that its path does not have, or that is there twice", order=46)
def superfluous_parameters(document: dict[str, Any]) -> Iterator[Change]:
    for node in nodes_of(document, "operation", "path"):
        answer = node.value.get("parameters")
        if not isinstance(answer, list) or node.parts[0] != "paths":
            continue
        kept, seen, names = [], set[tuple[str, str]](), _names_of(node)
        for parameter in answer:
            key = _key(document, parameter)
            stray = key is not None and key[0] == "path" and key[1] not in names
            if not stray and key not in seen:
                kept.append(parameter)
            if key:
                seen.add(key)
        if kept != answer:
            yield Change((*node.parts, "parameters"), kept)


@repair_rule("a path parameter that is not declared", order=47)
def undeclared(document: dict[str, Any]) -> Iterator[Change]:
    for node in nodes_of(document, "path"):
        if node.parts[0] != "paths":
            continue
        shared = _declared(document, node.value.get("parameters"))
        for method in METHODS:
            operation = node.value.get(method)
            answer = operation.get("parameters", []) if isinstance(operation, dict) else None
            if isinstance(answer, list):
                declared = shared | _declared(document, answer)
                missing = [name for name in _names_of(node) if name not in declared]
                added = [
                    {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in missing
                ]
                if added:
                    yield Change((*node.parts, method, "parameters"), [*answer, *added])


def _names_of(node: Node) -> list[str]:
    return _NAMES.findall(str(node.parts[1]))


def _declared(document: dict[str, Any], parameters: Any) -> set[str]:
    result = parameters if isinstance(parameters, list) else []
    return {key[1] for key in (_key(document, item) for item in result) if key and key[0] == "path"}


def _key(document: dict[str, Any], parameter: Any) -> tuple[str, str] | None:
    if isinstance(parameter, dict) and isinstance(parameter.get("$ref"), str):
        try:
            parameter = at(document, parse_pointer(parameter["$ref"]))
        except KeyError:
            return None
    if not isinstance(parameter, dict) or "in" not in parameter or "name" not in parameter:
        return None
    return str(parameter["in"]), str(parameter["name"])
