"""What every operation must have: an id of its own, and answers with a description.

Two routes that share a PHP method get the same operation id; tools then drop one of the two. Names are made from
method and path, so that they are the same in every run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from conformance.definition.grammar import nodes_of, walk
from conformance.definition.repairing import Change, repair_rule


@repair_rule("a missing or repeated operation id", order=40)
def operation_ids(document: dict[str, Any]) -> Iterator[Change]:
    operations = [node for node in nodes_of(document, "operation") if node.parts[0] == "paths"]
    taken = {node.value.get("operationId") for node in operations if isinstance(node.value.get("operationId"), str)}
    seen: set[Any] = set()
    for node in operations:
        answer = node.value.get("operationId")
        if not isinstance(answer, str) or not answer or answer in seen:
            words = re.sub(r"[^A-Za-z0-9]+", "_", str(node.parts[1])).strip("_")
            answer = base = f"{node.parts[2]}_{words}"
            number = 2
            while answer in taken:
                answer, number = f"{base}_{number}", number + 1
            taken.add(answer)
            yield Change((*node.parts, "operationId"), answer)
        seen.add(answer)


@repair_rule("an operation without answers", order=41)
def no_responses(document: dict[str, Any]) -> Iterator[Change]:
    for node in nodes_of(document, "operation"):
        if not node.value.get("responses"):
            yield Change((*node.parts, "responses"), {"default": {"description": ""}})


@repair_rule("an answer without a description", order=42)
def no_description(document: dict[str, Any]) -> Iterator[Change]:
    for node in nodes_of(document, "response"):
        if not isinstance(node.value.get("description"), str):
            yield Change((*node.parts, "description"), "")


@repair_rule("a range of statuses in lower case", order=35)
def status_ranges(document: dict[str, Any]) -> Iterator[Change]:
    for node in walk(document):
        if node.kind == "map of response" and isinstance(node.value, dict):
            after = {_upper(str(key)): value for key, value in node.value.items()}
            if after != node.value:
                yield Change(node.parts, after)


def _upper(key: str) -> str:
    return key.upper() if re.fullmatch(r"[1-5]xx", key) else key
