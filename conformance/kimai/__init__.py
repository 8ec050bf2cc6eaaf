"""What is Kimai's, as data: the one source for embedded Kimai, definition, guard and comparison.

| data | what it says |
| --- | --- |
| `definitions/` | the OpenAPI definition of each release, flaws included; its prose is our own |
| unsaid.toml | what no definition says: names of inline forms, fields that a form takes and its schema leaves out |

A further release is its definition here, stripped of its prose by `python -m conformance.kimai FILE`, and what truly
behaves differently in `conformance/embedded/behaviour/versions.py`.

Source: the definitions that running instances of these versions serve to an administrator.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from packaging.version import Version

DEFINITIONS = Path(str(files(__package__).joinpath("definitions")))
"""The folder of the definitions, one file a version."""

VERSIONS = tuple(sorted((path.stem for path in DEFINITIONS.glob("*.json")), key=Version))
"""The releases that are described, oldest first."""

NEWEST = VERSIONS[-1]


def definition(version: str) -> dict[str, Any]:
    """Return the definition of a release, a new object with every call. Raises `ValueError` for an unknown version."""
    document: dict[str, Any] = json.loads(_text(version))
    return document


@cache
def _text(version: str) -> str:
    if version not in VERSIONS:
        raise ValueError(f"no definition describes Kimai {version}: there are {', '.join(VERSIONS)}")
    return (DEFINITIONS / f"{version}.json").read_text(encoding="utf-8")
