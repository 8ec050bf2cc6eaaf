"""Filters by what is absent: asked only where the records that they should tell apart differ."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.definition import Definition
from conformance.model import Status
from conformance.probes.lists import absent_filters
from contracts import test_filters
from tests.contracts.checking import probe_context, run


def test_records_of_one_activity_are_not_told_apart_by_it(
    definition: Definition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever may make no activity books on the one that was lent alone."""
    monkeypatch.setattr(absent_filters, "_other_activity", lambda context: context.bookable[1])
    with probe_context(definition, tmp_path) as context:
        places = run(context, test_filters.test_absent_ids)
    assert {place.status for place in places} <= {Status.PASS, Status.DEVIATION}
    assert places
    assert "the own one and an absent one" not in {place.value for place in places}
