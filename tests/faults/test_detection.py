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

from .conftest import Keep
from .detection import Detection, checks_of, run_against

SAMPLES = (
    ("token-missing-accepted", "offset-of-now", "null-is-false-in-patch", "nulls-left-out"),
    ("refused-write-performed", "winter-shifted", "false-ignored", "last-attribute-dropped"),
)


WHOLE_RUN = frozenset(
    {
        "change-called-html", "deleted-is-200", "description-missing-for-leads", "odd-name-accepted",
        "undocumented-in-patch", "undocumented-in-stop", "undocumented-nested",
    }
)  # fmt: skip
"""Faults that every answer of a run is held against, and no check alone asks for."""

SETTINGS = {"data.budget": {"timesheet.rules.allow_overbooking_budget": "0"}}
"""Settings of the instance without which a clause is not decided."""

ALLOWED = {
    "permission.own-account": ("profile",),
    "data.values-work": ("users",),
    "data.lists": ("users",),
    "data.refused-changes-nothing": ("users",),
}
"""What a run must be allowed for a clause to be decided wherever it can be broken."""


def planted(names: Sequence[str], folder: Path, profile: str) -> Detection:
    """Run the checks of these faults' clauses with the faults planted."""
    clauses = [clause for name in names for clause in FAULTS[name].clauses]
    settings = {key: value for clause in clauses for key, value in SETTINGS.get(clause, {}).items()}
    selection = () if WHOLE_RUN & set(names) else ("-k", " or ".join(checks_of(clauses)))
    allowed = [word for clause in clauses for group in ALLOWED.get(clause, ()) for word in ("--allow", group)]
    return run_against(names, folder, "--profile", profile, *selection, *allowed, settings=settings)


def assert_reported(names: Sequence[str], run: Detection) -> None:
    """Every fault is reported under one of its clauses, and the run ends as not conformant.

    Where a fault does what it says it refused, or hides what was made, nobody can prove whose that is: it stays, named,
    and that is exit 4.
    """
    missed = [name for name in names if not run.failed & set(FAULTS[name].clauses)]
    assert not missed, run.words
    left = run.verdict["safety"]["left_behind"]
    assert run.status == (Exit.LEFT_BEHIND if left else Exit.NOT_CONFORMANT), run.words


@pytest.mark.parametrize("names", SAMPLES, ids=("first", "second"))
def test_faults_of_the_four_families_are_reported(names: Sequence[str], tmp_path: Path) -> None:
    assert_reported(names, planted(names, tmp_path, "smoke"))


@pytest.mark.slow
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_reported_under_its_clause(name: str, tmp_path: Path, keep: Keep) -> None:
    run = planted([name], tmp_path, "standard")
    keep(name, run)
    assert_reported([name], run)


@pytest.mark.slow
@pytest.mark.parametrize("name", VARIATIONS)
def test_a_legal_variation_is_not_reported(name: str, tmp_path: Path, keep: Keep) -> None:
    run = run_against([name], tmp_path, "--profile", "smoke")
    keep(name, run)
    assert not run.failed, json.dumps(run.verdict["findings"], indent=1)
    assert run.status == Exit.CONFORMANT, run.words
