"""Allure results: every one is another test case, and what is known fails nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reports.allure import STEP_LIMIT, area_of, environment, results, write
from tests.reports import sample_verdicts
from tests.reports.sample_verdicts import core, made, place

VERDICTS = sample_verdicts.verdicts()


@pytest.mark.parametrize("name", VERDICTS)
def test_no_result_is_another_ones_retry(name: str) -> None:
    """Generators take test case and parameters, or the history id, as what a result is."""
    made_results = results(VERDICTS[name])
    for key in ("uuid", "historyId", "testCaseId", "fullName"):
        assert len({result[key] for result in made_results}) == len(made_results)


def test_every_failing_place_is_shown_and_its_result_fails() -> None:
    verdict = VERDICTS["fail"]
    failing = {(clause.id, place.operation) for clause in verdict.clauses for place in clause.places
               if place.status == "fail"}  # fmt: skip
    shown = {
        (label["value"], step["name"].split(": ")[1].split(" as ")[0].split(" visible")[0].split(" billable")[0])
        for result in results(verdict) if result["status"] == "failed"
        for label in result["labels"] if label["name"] == "clause"
        for step in result["steps"] if step["status"] == "failed"
    }  # fmt: skip
    assert shown == failing


def test_known_and_accepted_have_passed_and_are_known(tmp_path: Path) -> None:
    known = {result["name"]: result for result in results(VERDICTS["known"])}
    assert {result["status"] for result in known.values()} <= {"passed", "skipped"}
    one = known["[permission.kept] customers"]
    assert (one["status"], one["statusDetails"]["known"]) == ("passed", True)
    assert one["statusDetails"]["message"].startswith("KNOWN emptied-name: ")
    path = tmp_path / "accept.toml"
    path.write_text('[[accept]]\nfingerprint = "ffffffffffff"\nreason = "r"\nexpires = 2999-01-01\n', "utf-8")
    accepted = results(made([*core(), sample_verdicts.FAILURES[2]], accept=str(path)))
    assert {result["status"] for result in accepted} <= {"passed", "skipped"}


def test_suites_are_a_tree_and_names_are_words() -> None:
    for result in results(VERDICTS["fail"]):
        labels = {label["name"]: label["value"] for label in result["labels"]}
        assert labels["parentSuite"] == "Kimai API"
        assert (labels["suite"], labels["subSuite"]) == (labels["feature"], labels["clause"])
        assert "<lambda>" not in json.dumps(result)
        assert result["start"] <= result["stop"]


def test_undecided_is_broken_and_says_why() -> None:
    broken = {result["name"]: result for result in results(VERDICTS["undecided"]) if result["status"] == "broken"}
    assert "[boolean.absent] the instance as a whole" in broken
    assert "promised by the plan" in broken["[boolean.absent] the instance as a whole"]["statusDetails"]["message"]


@pytest.mark.parametrize(
    ("operation", "area"),
    [
        ("GET /api/timesheets/{id}/stop", "timesheets"), ("GET /api/ping", "ping"), ("GET /health", "health"),
        ("", "the instance as a whole"), ("the life of records", "life of records"),
    ],
)  # fmt: skip
def test_area_is_the_first_word_of_the_path(operation: str, area: str) -> None:
    assert area_of(operation) == area


def test_a_large_run_is_few_files_and_nothing_is_left_of_the_last(tmp_path: Path) -> None:
    operations = [f"GET /api/area{number % 15}/{number}" for number in range(120)]
    events = [place(name, operation=operation, field=f"f{index}") for name in ("auth.missing", "data.patch")
              for operation in operations for index in range(10)]  # fmt: skip
    (tmp_path / "old-result.json").write_text("{}", encoding="utf-8")
    write(made([*core(), *events]), tmp_path)
    files = list(tmp_path.iterdir())
    assert 30 < len(files) < 60
    assert not (tmp_path / "old-result.json").exists()
    assert max(len(json.loads(path.read_text())["steps"]) for path in tmp_path.glob("*-result.json")) <= STEP_LIMIT


def test_hostile_text_cannot_hide() -> None:
    text = json.dumps(results(sample_verdicts.hostile()), ensure_ascii=False)
    assert not set(text) & set("\x00\x1b\u202e\ud800\r")


def test_environment_is_ascii() -> None:
    assert environment(sample_verdicts.hostile()).isascii()
