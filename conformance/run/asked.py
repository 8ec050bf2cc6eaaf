"""What each check asks about: the operations and roles at which it decided something, as runs have shown.

What a check asks cannot be told from its name, nor before it asks. So it is recorded: from standard runs of the
embedded Kimai that emulates the newest and the oldest version (anew by `WRITE_ASKED=1 pytest -m slow
tests/run/test_asked.py`). A selection by operation or role goes by it; of a check that is not in it, by its name alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("asked.json")


@dataclass(frozen=True)
class Asked:
    """Operations ("GET /api/tags") and roles of the places that a check decides."""

    operations: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()


def check_of(node: str) -> str:
    """Return the check of a node id, "contracts/test_x.py::test_y": without its place, wherever it is installed."""
    return "/".join(node.partition("[")[0].split("/")[-2:])


@cache
def asked_by() -> Mapping[str, Asked]:
    """Return what is recorded, by check."""
    rows = json.loads(TABLE.read_text(encoding="utf-8"))
    return {check: Asked(frozenset(row["operations"]), frozenset(row["roles"])) for check, row in rows.items()}
