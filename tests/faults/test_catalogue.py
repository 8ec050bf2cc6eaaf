"""The catalogue as a whole: named, documented, tied to clauses, and found by name."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from conformance.embedded.faults import FAULTS, VARIATIONS, find, lines, wrap
from conformance.embedded.faults.registry import Fault
from conformance.model import Exit, UsageError

from .tiny import KNOWN, Tiny

TABLE = Path(__file__).parents[2] / "contracts" / "clauses.toml"
CLAUSES = {row["id"]: row for row in tomllib.loads(TABLE.read_text())["clause"]}
UNPLANTED = {
    "auth.https": "the embedded Kimai and the proxy speak plain HTTP on loopback",
    "auth.certificate": "the same",
    "auth.expiry-boundary": "needs a token that expires within the run",
    "auth.last-usage": "not observable",
    "auth.token-name": "not observable",
    "definition.examples-accepted": "the bundled definitions have no examples",
}
"""Clauses that can fail and that no fault breaks, and why."""


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_is_described_and_breaks_clauses_that_can_fail(fault: Fault) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", fault.id)
    assert fault.description.endswith(".")
    assert "\t" not in fault.description
    assert fault.clauses
    assert all(CLAUSES[clause]["level"] in {"MUST", "SHOULD"} for clause in fault.clauses)


def test_every_clause_that_can_fail_has_a_fault_or_a_reason() -> None:
    broken = {clause for fault in FAULTS.values() for clause in fault.clauses}
    binding = {name for name, row in CLAUSES.items() if row["level"] != "NOTE"}
    assert binding - broken == UNPLANTED.keys()


def test_the_four_families_have_at_least_five_faults_each() -> None:
    families = Counter(fault.clauses[0].partition(".")[0] for fault in FAULTS.values())
    assert all(families[family] >= 5 for family in ("auth", "datetime", "boolean", "attribute"))


def test_a_line_has_id_clauses_and_description() -> None:
    rows = [line.split("\t") for line in lines()]
    assert [row[0] for row in rows] == list(FAULTS)
    assert all(len(row) == 3 and row[1] and row[2] for row in rows)


def test_variations_break_nothing() -> None:
    assert len(VARIATIONS) >= 5
    assert not any(variation.clauses for variation in VARIATIONS.values())
    assert all(variation.description for variation in VARIATIONS.values())


def test_an_unknown_name_is_refused_with_near_ones() -> None:
    with pytest.raises(UsageError, match="there is no fault 'ofset-missing'") as caught:
        find(["ofset-missing"])
    assert "offset-missing" in caught.value.hint
    assert "--list-faults" in caught.value.hint
    assert caught.value.status is Exit.USAGE


def test_a_fault_that_must_know_the_users_says_so() -> None:
    with pytest.raises(UsageError, match="must know the users"):
        wrap(Tiny().app, ["password-accepted"])
    wrap(Tiny().app, ["password-accepted"], KNOWN)


def test_no_names_plant_nothing() -> None:
    app = Tiny().app
    assert wrap(app, ()) is app
