"""Which checks are run: those whose clauses can be decided with what is at hand, and in smoke what must hold.

The plan has said before the run what is left out and why; here it is left out. Smoke leaves all but the MUST clauses
and the few others that hurt most to the standard profile, so that it stays within its requests.
"""

from __future__ import annotations

import pytest

from conformance.model import Level
from conformance.probes import COLLECTION
from conformance.verdict import load_clauses

SMOKE_TOO = frozenset({"data.patch-only-sent", "paging.equal-keys", "datetime.patch-leaves-other"})
"""SHOULD clauses that the smoke profile asks as well."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip the checks of clauses that the plan leaves out, and deselect in smoke those that it does not ask."""
    known = config.stash.get(COLLECTION, None)
    if known is None:
        return
    clauses = load_clauses()
    for item in items:
        lacking = {need for name in _clauses(item) for need in clauses[name].needs} - known.capabilities
        if lacking:
            words = ", ".join(sorted(lacking))
            item.add_marker(pytest.mark.skip(reason=f"left out of the plan, for it needs: {words}"))
    if known.profile != "smoke":
        return
    asked = {name for name, clause in clauses.items() if clause.level is Level.MUST} | SMOKE_TOO
    left_out = [item for item in items if not _clauses(item) <= asked]
    items[:] = [item for item in items if _clauses(item) <= asked]
    if left_out:
        config.hook.pytest_deselected(items=left_out)


def _clauses(item: pytest.Item) -> set[str]:
    return {str(argument) for mark in item.iter_markers("clause") for argument in mark.args}
