"""The tables that are shipped: they load, and agree with each other."""

from __future__ import annotations

import re

from conformance.model import Level
from conformance.verdict import CORE_FAMILIES, load_clauses, load_deviations


def test_every_core_family_has_an_observable_must() -> None:
    must = {clause.family for clause in load_clauses().values() if clause.level is Level.MUST and clause.observable}
    assert must >= set(CORE_FAMILIES)


def test_deviations_are_of_clauses_that_can_fail() -> None:
    clauses = load_clauses()
    assert {entry.id: clauses.named(entry.clause).level for entry in load_deviations()} == {
        entry.id: level for entry in load_deviations() if (level := clauses.named(entry.clause).level) is not Level.NOTE
    }


def test_operations_of_deviations_are_labels() -> None:
    for entry in load_deviations():
        assert all(re.fullmatch(r"\*|(GET|POST|PATCH|PUT|DELETE) /\S+", name) for name in entry.operations), entry.id
