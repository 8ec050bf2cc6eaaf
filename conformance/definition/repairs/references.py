"""References that lead nowhere: to a component that is missing, to another file or host, or back to themselves.

Nothing is ever fetched for a definition. A schema `{"$ref": A}` with A being that very reference has no content, and
validators recurse for ever in it. What cannot be known allows any value.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.definition.grammar import Parts, at, parse_pointer, walk
from conformance.definition.repairing import Change, repair_rule

Edges = dict[Parts, set[Parts]]

_IN_PLACE = ("allOf", "anyOf", "oneOf", "not", "if", "then", "else")
"""Keywords whose schemas judge the same value, so that a cycle of them never ends."""


@repair_rule("a reference that leads nowhere", order=12)
def dangling_references(document: dict[str, Any]) -> Iterator[Change]:
    for node in walk(document):
        refers = node.kind == "schema" and isinstance(node.value, dict) and "$ref" in node.value
        if refers and not _exists(document, node.value["$ref"]):
            yield Change(node.parts, {})


@repair_rule("a reference that leads back to itself", order=13)
def circular_references(document: dict[str, Any]) -> Iterator[Change]:
    # Longer ways come first, for a change may hold another.
    schemas = (node.value for node in walk(document) if node.kind == "schema" and isinstance(node.value, dict))
    targets: set[Parts] = {
        tuple(parse_pointer(schema["$ref"])) for schema in schemas if isinstance(schema.get("$ref"), str)
    }
    edges = {target: set(_same_value(_node(document, target))) for target in targets}
    for target in sorted(_peeled(_turned(_peeled(edges))), key=len, reverse=True):
        yield Change(target, {})


def _node(document: dict[str, Any], target: Parts) -> Any:
    try:
        return at(document, target)
    except KeyError:
        return None


def _exists(document: dict[str, Any], ref: Any) -> bool:
    if not isinstance(ref, str) or not ref.startswith("#/"):
        return False
    try:
        return isinstance(at(document, parse_pointer(ref)), dict | bool)
    except KeyError:
        return False


def _turned(edges: Edges) -> Edges:
    """Return the same edges, each the other way round."""
    turned: Edges = {name: set() for name in edges}
    for name, others in edges.items():
        for other in others & edges.keys():
            turned[other].add(name)
    return turned


def _peeled(edges: Edges) -> Edges:
    """Take away, again and again, what leads to nothing more. What stays lies on a cycle or leads to one."""
    came_from = _turned(edges)
    open_ends = {name: len(others & edges.keys()) for name, others in edges.items()}
    waiting = [name for name, count in open_ends.items() if not count]
    gone: set[Parts] = set()
    while waiting:
        name = waiting.pop()
        gone.add(name)
        for other in came_from[name]:
            open_ends[other] -= 1
            if not open_ends[other]:
                waiting.append(other)
    return {name: others - gone for name, others in edges.items() if name not in gone}


def _same_value(schema: Any) -> Iterator[Parts]:
    """Yield what this schema refers to for judging the very value that it judges itself."""
    waiting = [schema]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, dict):
            continue
        if isinstance(node.get("$ref"), str):
            yield parse_pointer(node["$ref"])
        for keyword in _IN_PLACE:
            value = node.get(keyword)
            waiting.extend(value if isinstance(value, list) else [value])
