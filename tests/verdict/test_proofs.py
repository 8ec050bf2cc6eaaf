"""What stands behind a pass, in the verdict: summed over checks and processes; what is vacuous is not decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conformance.model import Exit
from conformance.verdict import Event
from conformance.verdict.proofs import VACUOUS, Proof, by_clause
from tests.verdict.schema import problems

Built = Callable[..., dict[str, Any]]
Decided = Callable[..., Event]


def proof(clause: str, check: str, alterations: int, turned: int, unaltered: int = 0) -> Event:
    data = {"clause": clause, "check": check, "alterations": alterations, "turned": turned, "unaltered": unaltered}
    return Event("proof", data)


def row(verdict: dict[str, Any], clause: str) -> dict[str, Any]:
    return next(one for one in verdict["clauses"] if one["id"] == clause)


def test_checks_are_summed_and_each_counts_once(built: Built, core: list[Event]) -> None:
    """A check that two processes proved, as every exchange is by each, is one."""
    events = [proof("auth.missing", "a", 3, 1), proof("auth.missing", "b", 2, 0), proof("auth.missing", "a", 2, 0)]
    for order in (events, events[::-1]):
        verdict = built([*core, *order])
        assert row(verdict, "auth.missing")["proof"] == {"alterations": 5, "turned": 1, "unaltered": 0}
        assert row(verdict, "auth.missing")["status"] == "pass"
    assert row(verdict, "boolean.absent")["proof"] == {"alterations": 0, "turned": 0, "unaltered": 0}
    assert problems(verdict) == []


@pytest.mark.parametrize(("strict", "status"), [(False, Exit.CONFORMANT), (True, Exit.UNDECIDED)])
def test_a_defect_of_the_suite_holds_nobodys_instance_back(
    built: Built, core: list[Event], place: Decided, strict: bool, status: Exit
) -> None:
    events = [*core, place("definition.types"), proof("definition.types", "a", 40, 0)]
    verdict = built(events, run={"strict": strict}, plan={"promised": ["definition.types"]})
    assert row(verdict, "definition.types")["status"] == "skipped"
    assert verdict["summary"]["exit_status"] == status


def test_a_promised_pass_that_nothing_turns_is_undecided(built: Built, core: list[Event]) -> None:
    verdict = built([*core, proof("auth.missing", "a", 40, 0)], instance={"kind": "embedded"})
    vacuous = row(verdict, "auth.missing")
    assert (vacuous["status"], vacuous["reason"]) == ("skipped", VACUOUS)
    assert [(one["expected"], one["got"]) for one in vacuous["places"]] == [("", "")]
    assert vacuous["undecided"]
    assert not vacuous["decided"]
    assert verdict["summary"]["exit_status"] == Exit.UNDECIDED
    assert verdict["summary"]["verdict"] == "UNDECIDED"
    assert any("auth.missing" in reason and VACUOUS in reason for reason in verdict["summary"]["reasons"])
    assert problems(verdict) == []


@pytest.mark.parametrize("status", ["fail", "deviation"])
def test_a_check_that_went_against_the_instance_elsewhere_is_not_vacuous(
    built: Built, core: list[Event], place: Decided, status: str
) -> None:
    against = place("auth.missing", status, operation="GET /api/b", got="true", deviation="d1")
    verdict = built([*core, against, proof("auth.missing", "a", 40, 0)])
    assert row(verdict, "auth.missing")["status"] == status
    assert {one["status"] for one in row(verdict, "auth.missing")["places"]} == {"pass", status}


def test_a_pass_that_could_not_be_altered_stands(built: Built, core: list[Event]) -> None:
    verdict = built([*core, proof("auth.missing", "a", 0, 0, 1)])
    assert row(verdict, "auth.missing")["status"] == "pass"
    assert row(verdict, "auth.missing")["proof"]["unaltered"] == 1


def test_proofs_of_no_clause_are_none() -> None:
    assert by_clause([]) == {}
    assert not Proof().is_vacuous
    assert Proof(1, 0).is_vacuous
    assert not Proof(1, 1).is_vacuous


def test_of_two_processes_the_one_that_could_judge_counts() -> None:
    """Whichever wrote first."""
    events = [proof("auth.missing", "a", 3, 1, unaltered).data for unaltered in (1, 0)]
    for order in (events, events[::-1]):
        assert by_clause(order) == {"auth.missing": Proof(3, 1, 0)}
