"""What every operation must have: an id of its own, and answers with a description.

Two routes that share a PHP method get the same operation id; tools then drop one of the two. Names are made from
method and path, so that they are the same in every run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from conformance.definition.grammar import nodes_of, walk
from conformance.definition.repairing import Change, mend_rule


@mend_rule("a missing or repeated operation id", order=40)
def operation_ids(document: dict[str, Any]) -> Iterator[Change]:
    operations = [spot for spot in nodes_of(document, "operation") if spot.parts[0] == "paths"]
    taken = {spot.node.get("operationId") for spot in operations if isinstance(spot.node.get("operationId"), str)}
    seen: set[Any] = set()
    for spot in operations:
        answer = spot.node.get("operationId")
        if not isinstance(answer, str) or not answer or answer in seen:
            words = re.sub(r"[^A-Za-z0-9]+", "_", str(spot.parts[1])).strip("_")
            answer = base = f"{spot.parts[2]}_{words}"
            number = 2
            while answer in taken:
                answer, number = f"{base}_{number}", number + 1
            taken.add(answer)
            yield Change((*spot.parts, "operationId"), answer)
        seen.add(answer)


@mend_rule("an operation without answers", order=41)
def no_responses(document: dict[str, Any]) -> Iterator[Change]:
    for spot in nodes_of(document, "operation"):
        if not spot.node.get("responses"):
            yield Change((*spot.parts, "responses"), {"default": {"description": ""}})


@mend_rule("an answer without a description", order=42)
def no_description(document: dict[str, Any]) -> Iterator[Change]:
    for spot in nodes_of(document, "response"):
        if not isinstance(spot.node.get("description"), str):
            yield Change((*spot.parts, "description"), "")


@mend_rule("a range of statuses in lower case", order=35)
def status_ranges(document: dict[str, Any]) -> Iterator[Change]:
    for spot in walk(document):
        if spot.kind == "map of response" and isinstance(spot.node, dict):
            after = {_upper(str(key)): value for key, value in spot.node.items()}
            if after != spot.node:
                yield Change(spot.parts, after)


def _upper(key: str) -> str:
    return key.upper() if re.fullmatch(r"[1-5]xx", key) else key
