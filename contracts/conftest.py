"""The smoke profile asks what must hold: of the other promises, the few that hurt most.

Everything else is left to the standard profile, so that smoke stays within its requests.
"""

from __future__ import annotations

import pytest

from conformance.probes import COLLECTION
from conformance.verdict import load_clauses
from conformance.words import Level

SMOKE_TOO = frozenset({"data.patch-only-sent", "paging.equal-keys", "datetime.patch-leaves-other"})
"""SHOULD clauses that the smoke profile asks as well."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect, in the smoke profile, the checks of clauses that it does not ask."""
    known = config.stash.get(COLLECTION, None)
    if known is None or known.profile != "smoke":
        return
    clauses = load_clauses()
    asked = {name for name, clause in clauses.items() if clause.level is Level.MUST} | SMOKE_TOO
    left_out = [item for item in items if not _clauses(item) <= asked]
    items[:] = [item for item in items if _clauses(item) <= asked]
    if left_out:
        config.hook.pytest_deselected(items=left_out)


def _clauses(item: pytest.Item) -> set[str]:
    return {str(each) for mark in item.iter_markers("clause") for each in mark.args}
