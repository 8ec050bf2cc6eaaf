"""The values of a JSON answer as lines of path and value, as scripts show them too."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

SHOWN = 20
"""Values of an attribute that are told."""


def flattened(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield path and value of each scalar, and of what is empty: `.tags[0]`, `[3].begin`."""
    if isinstance(value, dict) and value:
        for name, item in value.items():
            yield from flattened(item, f"{path}.{name}")
    elif isinstance(value, list) and value:
        for at, item in enumerate(value):
            yield from flattened(item, f"{path}[{at}]")
    else:
        yield path, value


def leaf_of_json_path(path: str) -> str:
    """Return the name of the attribute that a path ends in."""
    while path.endswith("]"):
        path = path.rpartition("[")[0]
    return path.rpartition(".")[2]


def judged(answer: Any, headers: Mapping[str, str], name: str) -> Iterator[tuple[str, str]]:
    """Yield path and value, as JSON, of every attribute of that name in an answer, and the header of that name."""
    if name and name.lower() in headers:
        yield name, headers[name.lower()]
    lines = ((path, item) for path, item in flattened(answer) if name and leaf_of_json_path(path) == name)
    for path, item in islice(lines, SHOWN):
        yield path, json.dumps(item, ensure_ascii=False)
