"""Where in an OpenAPI document which kind of object stands.

A property may be called `items`, and an example may hold `"schema": []`: only the grammar of OpenAPI tells a keyword
from a name. So mends and checks never search for keys; they take the spots of their kind from `walk`.
No reference is followed, so a walk costs as much as the document is large.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote

Parts = tuple[str | int, ...]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

ONE, MAP, LIST = "one", "map", "list"
"""How a keyword holds its children: one object, an object of objects by name, a list of objects."""

_SCHEMA: dict[str, tuple[str, str]] = {
    "items": (ONE, "schema"),
    "not": (ONE, "schema"),
    "if": (ONE, "schema"),
    "then": (ONE, "schema"),
    "else": (ONE, "schema"),
    "contains": (ONE, "schema"),
    "propertyNames": (ONE, "schema"),
    "additionalProperties": (ONE, "schema"),
    "unevaluatedItems": (ONE, "schema"),
    "unevaluatedProperties": (ONE, "schema"),
    "properties": (MAP, "schema"),
    "patternProperties": (MAP, "schema"),
    "dependentSchemas": (MAP, "schema"),
    "$defs": (MAP, "schema"),
    "allOf": (LIST, "schema"),
    "anyOf": (LIST, "schema"),
    "oneOf": (LIST, "schema"),
    "prefixItems": (LIST, "schema"),
    "discriminator": (ONE, "plain"),
    "externalDocs": (ONE, "plain"),
    "xml": (ONE, "plain"),
}

_PARAMETER: dict[str, tuple[str, str]] = {
    "schema": (ONE, "schema"),
    "content": (MAP, "media"),
    "examples": (MAP, "plain"),
}

GRAMMAR: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "document": {
        "info": (ONE, "plain"),
        "paths": (MAP, "path"),
        "webhooks": (MAP, "path"),
        "components": (ONE, "components"),
        "externalDocs": (ONE, "plain"),
    },
    "components": {
        "schemas": (MAP, "schema"),
        "responses": (MAP, "response"),
        "parameters": (MAP, "parameter"),
        "requestBodies": (MAP, "body"),
        "headers": (MAP, "header"),
        "examples": (MAP, "plain"),
        "securitySchemes": (MAP, "plain"),
        "links": (MAP, "plain"),
        "callbacks": (MAP, "callback"),
        "pathItems": (MAP, "path"),
    },
    "path": {**dict.fromkeys(METHODS, (ONE, "operation")), "parameters": (LIST, "parameter")},
    "operation": {
        "parameters": (LIST, "parameter"),
        "requestBody": (ONE, "body"),
        "responses": (MAP, "response"),
        "callbacks": (MAP, "callback"),
        "externalDocs": (ONE, "plain"),
    },
    "parameter": _PARAMETER,
    "header": _PARAMETER,
    "body": {"content": (MAP, "media")},
    "media": {"schema": (ONE, "schema"), "encoding": (MAP, "plain"), "examples": (MAP, "plain")},
    "response": {"content": (MAP, "media"), "headers": (MAP, "header"), "links": (MAP, "plain")},
    "schema": _SCHEMA,
}
"""Kind of object → keyword → how it holds its children, and of which kind. Source: OpenAPI 3.0.3 and 3.1.0."""


class Node(NamedTuple):
    """One place of the document: its kind ("schema", "map of response", …), the way to it, and what stands there."""

    kind: str
    parts: Parts
    value: Any


def pointer(parts: Parts) -> str:
    """Return the JSON pointer (RFC 6901) of a way into the document."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def parse_pointer(text: str) -> tuple[str, ...]:
    """Return the way that a JSON pointer or a reference with `#` names; list positions stay text."""
    tokens = (unquote(text[1:]) if text.startswith("#") else text).split("/")[1:]
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in tokens)


def walk(document: Any) -> Iterator[Node]:
    """Yield every place of the document that the grammar knows, wrong types included, in the document's order."""
    waiting = [Node("document", (), document)]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(list(_children(node))))


def nodes_of(document: Any, *kinds: str) -> Iterator[Node]:
    """Yield the places of these kinds that hold an object and no reference."""
    for node in walk(document):
        if node.kind in kinds and isinstance(node.value, dict) and "$ref" not in node.value:
            yield node


def _children(node: Node) -> Iterator[Node]:
    how, _, kind = node.kind.rpartition(" of ")
    if how == MAP and isinstance(node.value, dict):
        # Among paths and answers `x-…` is an extension, among schemas it is a name.
        extensible = kind in ("path", "response", "callback")
        for key, value in node.value.items():
            if not (extensible and str(key).startswith("x-")):
                yield Node(kind, (*node.parts, key), value)
    elif how == LIST and isinstance(node.value, list):
        yield from (Node(kind, (*node.parts, at), value) for at, value in enumerate(node.value))
    elif not how and isinstance(node.value, dict):
        for keyword, (how, kind) in GRAMMAR.get(node.kind, {}).items():
            if keyword in node.value:
                yield Node(kind if how == ONE else f"{how} of {kind}", (*node.parts, keyword), node.value[keyword])


def at(document: Any, parts: Parts) -> Any:
    """Return what stands at the end of a way. Raises KeyError where the way ends earlier."""
    for part in parts:
        try:
            document = document[int(part)] if isinstance(document, list) else document[part]
        except (IndexError, TypeError, ValueError):
            raise KeyError(pointer(parts)) from None
    return document
