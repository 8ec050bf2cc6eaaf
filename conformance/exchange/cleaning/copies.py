"""What a copy brings along without being asked: a duplicated project has copies of its activities."""

from __future__ import annotations

from typing import Any

from conformance.exchange.guarding.ids import id_of
from conformance.exchange.guarding.kinds import KINDS, Kind
from conformance.exchange.guarding.state import State

DUPLICATE = "POST /api/projects/{id}/duplicate"


def brought_along(state: State, project: int) -> list[dict[str, Any]]:
    """Return the activities of a project that was just made as a copy, [] where they cannot be listed."""
    params = {"project": str(project), "globals": "0", "visible": "3"}
    status, listed = state.read(state.strongest, KINDS[Kind.ACTIVITY].listing, params)
    items = listed if status == 200 and isinstance(listed, list) else []
    return [
        item
        for item in items
        if isinstance(item, dict) and isinstance(item.get("id"), int) and id_of(item.get("project")) == project
    ]
