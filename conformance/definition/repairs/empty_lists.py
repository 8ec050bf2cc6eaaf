"""PHP has one empty array, and its JSON is `[]`: also where an object is meant (`"schema": []`, `"items": []`).

Seen in Kimai 2.24.0 to 2.66.0: ten places each. Lists that are meant as lists (`default`, `required`, a security
scheme's scopes) stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.definition.grammar import LIST, walk
from conformance.definition.repairing import Change, mend_rule


@mend_rule("an empty list where an object is meant", order=10)
def empty_lists(document: dict[str, Any]) -> Iterator[Change]:
    for spot in walk(document):
        if spot.node == [] and not spot.kind.startswith(f"{LIST} of ") and spot.parts:
            yield Change(spot.parts, {})
