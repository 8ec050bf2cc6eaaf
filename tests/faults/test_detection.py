"""The proof of the suite: planted faults turn a run to exit 1 under the right clause, legal variations do not.

Two runs with a fault of each of the four families by default; the whole catalogue, one by one, under the marker `slow`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from conformance.embedded.faults import FAULTS, VARIATIONS
from conformance.model import Exit

from .detection import checks_of, run_against

SAMPLES = (
    ("token-missing-accepted", "offset-of-now", "null-is-false-in-patch", "nulls-left-out"),
    ("refused-write-performed", "winter-shifted", "false-ignored", "last-attribute-dropped"),
)


SETTINGS = {"data.budget": {"timesheet.rules.allow_overbooking_budget": "0"}}
"""Settings of the instance without which a clause is not decided."""

ALLOWED = {
    "permission.own-account": ("profile",),
    "data.values-work": ("users",),
    "data.lists": ("users",),
    "data.refused-changes-nothing": ("users",),
}
"""What a run must be allowed for a clause to be decided wherever it can be broken."""


def detected(names: Sequence[str], folder: Path, profile: str) -> None:
    """Run the checks of these faults' clauses with the faults planted; every fault must be reported."""
    clauses = [clause for name in names for clause in FAULTS[name].clauses]
    settings = {key: value for clause in clauses for key, value in SETTINGS.get(clause, {}).items()}
    chosen = " or ".join(checks_of(clauses))
    allowed = [word for clause in clauses for group in ALLOWED.get(clause, ()) for word in ("--allow", group)]
    run = run_against(names, folder, "--profile", profile, "-k", chosen, *allowed, settings=settings)
    missed = [name for name in names if not run.failed & set(FAULTS[name].clauses)]
    assert not missed, run.words
    assert run.status == Exit.NOT_CONFORMANT, run.words


@pytest.mark.parametrize("names", SAMPLES, ids=("first", "second"))
def test_faults_of_the_four_families_are_reported(names: Sequence[str], tmp_path: Path) -> None:
    detected(names, tmp_path, "smoke")


@pytest.mark.slow
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_reported_under_its_clause(name: str, tmp_path: Path) -> None:
    detected([name], tmp_path, "standard")


@pytest.mark.slow
@pytest.mark.parametrize("name", VARIATIONS)
def test_a_legal_variation_is_not_reported(name: str, tmp_path: Path) -> None:
    run = run_against([name], tmp_path, "--profile", "smoke")
    assert not run.failed, json.dumps(run.verdict["findings"], indent=1)
    assert run.status == Exit.CONFORMANT, run.words
