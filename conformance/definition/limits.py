"""How large a definition may be, so that a hostile one ends in an error and not in an endless run.

Kimai 2.66.0 has 184 kB, 6,300 values and 140 references: the limits leave room for many plugins, and what they
let through is read, mended and validated in a quarter of a minute.
References are counted by what they would grow to when written out: a few of them, each naming the next one twice,
would fill any memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.definition.errors import DefinitionError
from conformance.definition.grammar import Parts, at, parse_pointer, pointer, walk

MAX_CHARACTERS = 8_000_000
MAX_NODES = 100_000
MAX_DEPTH = 100
MAX_REFERENCES = 20_000
MAX_CHAIN = 100
MAX_EXPANDED = 200_000

Edges = Mapping[str, tuple[str, ...]]


def check_size(document: Any) -> None:
    """Raise DefinitionError where a document has too many nodes, levels or references. Follows no reference."""
    seen = references = 0
    waiting: list[tuple[Parts, Any]] = [((), document)]
    while waiting:
        parts, node = waiting.pop()
        seen += 1
        references += isinstance(node, dict) and "$ref" in node
        _require(seen <= MAX_NODES, f"more than {MAX_NODES:,} values", ())
        _require(len(parts) <= MAX_DEPTH, f"nested deeper than {MAX_DEPTH} levels", parts[:8])
        _require(references <= MAX_REFERENCES, f"more than {MAX_REFERENCES:,} references", parts)
        waiting.extend(_inside(parts, node))


def check_references(document: Any) -> None:
    """Raise DefinitionError where references form too long a chain, or multiply when written out.

    Cycles are legal (a team has users, a user has teams) and count once.
    """
    edges = dict(reference_edges(document))
    weights: dict[str, int] = {}
    for start in edges:
        _expanded_size(start, edges, weights, ())


def reference_edges(document: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each local target of a reference with the local targets that are named in it."""
    refs = (node.value.get("$ref") for node in walk(document) if isinstance(node.value, dict))
    waiting = sorted({ref for ref in refs if isinstance(ref, str) and ref.startswith("#")})
    known = set(waiting)
    while waiting:
        name = waiting.pop()
        inner = tuple(_targets_below(document, name))
        yield name, inner
        fresh = set(inner) - known
        known |= fresh
        waiting.extend(fresh)


def _targets_below(document: Any, name: str) -> Iterator[str]:
    try:
        waiting = [at(document, parse_pointer(name))]
    except KeyError:
        return
    while waiting:
        node = waiting.pop()
        ref = node.get("$ref") if isinstance(node, dict) else None
        if isinstance(ref, str) and ref.startswith("#"):
            yield ref
        waiting.extend(child for _, child in _inside((), node))


def _expanded_size(name: str, edges: Edges, weights: dict[str, int], chain: tuple[str, ...]) -> int:
    if name in weights or name in chain:
        return weights.get(name, 1)
    _require(len(chain) < MAX_CHAIN, f"a chain of more than {MAX_CHAIN} references", parse_pointer(name))
    total = 1 + sum(_expanded_size(inner, edges, weights, (*chain, name)) for inner in edges.get(name, ()))
    _require(total <= MAX_EXPANDED, f"references that multiply to more than {MAX_EXPANDED:,}", parse_pointer(name))
    weights[name] = total
    return total


def _inside(parts: Parts, node: Any) -> Iterator[tuple[Parts, Any]]:
    if isinstance(node, dict):
        yield from (((*parts, key), value) for key, value in node.items())
    elif isinstance(node, list):
        yield from (((*parts, at), value) for at, value in enumerate(node))


def _require(holds: bool, what: str, parts: Parts) -> None:
    if not holds:
        raise DefinitionError(
            f"the definition has {what}: that is not read",
            pointer=pointer(parts),
            hint="Check where the definition comes from; Kimai's own is far below this limit.",
        )
