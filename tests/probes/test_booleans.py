"""Booleans: which of a form are asked."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from conformance.definition import Definition
from conformance.probes.booleans.booleans import sendable_slots
from tests.contracts.checking import probe_context


@pytest.mark.parametrize(("role", "names"), [("ROLE_TEAMLEAD", {"billable"}), ("ROLE_ADMIN", {"billable", "exported"})])
def test_a_record_is_marked_as_exported_only_where_somebody_could_delete_it_then(
    definition: Definition, tmp_path: Path, role: str, names: set[str]
) -> None:
    with probe_context(definition, tmp_path) as context:
        alone = dataclasses.replace(context, actors=tuple(actor for actor in context.actors if actor.role == role))
        assert {slot.name for slot in sendable_slots(alone, context.index["POST /api/timesheets"])} == names
