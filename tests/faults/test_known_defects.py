"""A release that crashes as the real one does passes, and whatever is planted beside it fails, first in the list.

A part of the operations by default; whole runs, for each release, profile and set of actors, under the marker `slow`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from conformance.embedded.faults import FAULTS, unvalidated_values
from conformance.embedded.interface import VERSIONS
from conformance.model import Exit
from conformance.verdict import load_defects

from .detection import Detection, run_against

REAL = {"crashes": "real"}
PART = ("--profile", "standard", "-k", "test_operation and (invoices or teams-id)")
BESIDE = [*(row[0] for row in unvalidated_values.CRASHES), "huge-page-crashes"]
"""Faults that lie beside what releases crash on."""


def passes(run: Detection, version: str, least: int) -> None:
    """Hold a run to what a sound release gives: nothing new, and what is known said in so many words."""
    result = run.verdict["findings"]
    assert run.status == Exit.CONFORMANT, run.words
    assert len(result) >= least, run.words
    assert all(finding["known"] and finding["status"] == "deviation" for finding in result)
    assert f"{len(result)} known defects of Kimai {version}, none new" in " ".join(run.words.split())


def test_what_a_release_crashes_on_does_not_fail_a_run(tmp_path: Path) -> None:
    passes(run_against((), tmp_path, *PART, settings=REAL), "2.66.0", 2)


def test_a_new_crash_beside_a_known_one_comes_first_and_the_known_fails_on_demand(
    tmp_path: Path,
) -> None:
    run = run_against(("huge-page-crashes",), tmp_path, *PART, "--fail-on", "known", settings=REAL)
    first, *others = run.verdict["findings"]
    assert run.status == Exit.NOT_CONFORMANT, run.words
    assert not first["known"]
    assert "page" in first["title"]
    assert all(finding["known"] and finding["status"] == "fail" for finding in others)
    assert any("GET /api/invoices" in str(finding["places"]) for finding in others)


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "flags",
    [
        ("--profile", "smoke", "--seed", "5"),
        ("--profile", "standard", "--seed", "6", "-n", "2"),
        ("--profile", "standard", "--seed", "7", "--read-only"),
        ("--profile", "thorough", "--seed", "8", "-n", "2"),
        ("--profile", "standard", "--seed", "9", "--allow", "all", "-n", "2"),
    ],
    ids=("smoke", "standard", "read-only", "thorough", "all-allowed"),
)
def test_a_sound_release_passes(version: str, flags: Sequence[str], tmp_path: Path) -> None:
    run = run_against(("years-out-of-the-calendar",), tmp_path, *flags, emulate=version, settings=REAL)
    assert run.verdict["summary"]["findings"]["new"] == 0, run.words
    assert run.verdict["summary"]["verdict"] in {"PASS WITH KNOWN", "UNDECIDED"}
    assert run.status in {Exit.CONFORMANT, Exit.LEFT_BEHIND}, run.words


@pytest.mark.slow
def test_every_defect_of_the_table_that_is_emulated_is_seen(tmp_path: Path) -> None:
    """What the table says is what the suite finds: a table of causes that nothing shows would prove nothing."""
    seen = set()
    for version in VERSIONS:
        folder = tmp_path / version
        folder.mkdir()
        run = run_against((), folder, "--profile", "standard", "--allow", "undeletable", "-n", "2",
                          emulate=version, settings=REAL)  # fmt: skip
        seen |= {entry["id"] for entry in run.verdict["known_defects"]["seen"]}
    results = {entry.id for entry in load_defects() if "not tried" not in entry.reference}
    assert results - seen == NOT_EMULATED


NOT_EMULATED = {"empty-full-of-a-new-time-record", "long-preference", "preference-name-as-a-structure"}
"""What real releases were said to do, without a recording of it."""


@pytest.mark.slow
@pytest.mark.parametrize("name", BESIDE)
def test_what_is_planted_beside_a_known_defect_is_new(name: str, tmp_path: Path) -> None:
    run = run_against((name,), tmp_path, "--profile", "standard", "-k", "test_operation", settings=REAL)
    assert run.status == Exit.NOT_CONFORMANT, run.words
    assert not run.verdict["findings"][0]["known"]
    assert FAULTS[name].clauses[0] in run.failed
