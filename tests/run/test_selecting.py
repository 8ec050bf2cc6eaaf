"""What a selection means, and what is said of a name that there is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.model import Actor, Secret, Token, UsageError
from conformance.nearest import known_one
from conformance.run.context import RunContext
from conformance.run.pytest_process import cache_folder
from conformance.run.selecting import Chosen, choose

LEAD = Actor("anna", (Token("t", Secret("x")),), roles=("ROLE_TEAMLEAD",))


def test_a_clause_is_its_own_checks_and_those_that_decide_it_besides() -> None:
    chosen = choose(clauses=["datetime.offset"])
    assert chosen.clauses == ("datetime.offset",)
    assert chosen.takes_clause("contracts/test_x.py::test_y", {"datetime.offset"})
    assert any(check.startswith("contracts/test_timers.py::") for check in chosen.checks)
    assert not chosen.takes_clause("contracts/test_booleans.py::test_absent_in_post", {"boolean.post-absent-false"})


def test_family_and_level_narrow_each_other() -> None:
    families = choose(families=["auth"], levels=["must"]).clauses
    assert families
    assert all(name.startswith("auth.") for name in families)
    assert set(families) < set(choose(families=["authentication"]).clauses)


def test_chosen_survives_the_command_line() -> None:
    chosen = choose(clauses=["datetime.offset"], operations=["get /api/tags"], roles=["user"])
    assert Chosen.from_json(chosen.to_json()) == chosen
    assert (chosen.operations, chosen.roles) == (("GET /api/tags",), ("ROLE_USER",))


def test_nothing_chosen_takes_everything() -> None:
    chosen = choose()
    assert not chosen
    assert chosen.takes_clause("any", set())
    assert chosen.takes_operation([])
    assert chosen.takes_role("", set(), [])


@pytest.mark.parametrize(
    ("place", "taken"),
    [
        ("GET /api/tags", True), ("GET /api/tags name", True), ("tags: POST /api/tags, GET /api/tags", True),
        ("GET /api/tags/find", False), ("POST /api/tags", False), ("", False),
    ],
)  # fmt: skip
def test_operation_is_taken_by_its_whole_label(place: str, taken: bool) -> None:
    assert Chosen(operations=("GET /api/tags",)).takes_operation([place]) is taken


@pytest.mark.parametrize(
    ("places", "asked", "taken"),
    [
        (["3"], ["GET /api/tags/{id}"], True),
        (["3"], ["GET /api/tags"], False),
        (["POST /api/tags"], ["GET /api/tags/{id}"], False),
    ],
)
def test_a_check_that_names_no_operation_is_taken_by_what_a_run_showed(
    places: list[str], asked: list[str], taken: bool
) -> None:
    assert Chosen(operations=("GET /api/tags/{tag}",)).takes_operation(places, asked) is taken


def test_a_check_that_names_no_role_is_taken_by_what_a_run_showed() -> None:
    chosen = Chosen(roles=("ROLE_USER",))
    assert chosen.takes_role("0", set(), [LEAD], ["ROLE_USER", "ROLE_ADMIN"])
    assert not chosen.takes_role("0", set(), [LEAD], ["ROLE_ADMIN"])
    assert not chosen.takes_role("anna", set(), [LEAD], ["ROLE_USER"])


def test_role_is_taken_by_actor_or_by_what_the_clause_needs() -> None:
    chosen = Chosen(roles=("ROLE_TEAMLEAD",))
    assert chosen.takes_role("anna", set(), [LEAD])
    assert chosen.takes_role("GET /api/x", {"lead-actor"}, [LEAD])
    assert not chosen.takes_role("GET /api/x", set(), [LEAD])


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ({"clauses": ["auth.mising-refused"]}, "auth.missing-refused"),
        ({"families": ["permisions"]}, "permission"),
        ({"levels": ["MUSS"]}, "MUST"),
        ({"roles": ["lead"]}, "ROLE_TEAMLEAD"),
        ({"operations": ["tags"]}, "GET /api/"),
        ({"clauses": ["auth.missing-refused"], "levels": ["NOTE"]}, "Leave one"),
    ],
)
def test_what_there_is_not_is_said_with_what_there_is(arguments: dict[str, list[str]], hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        choose(**arguments)
    assert hint in caught.value.hint


def test_near_operations_are_suggested() -> None:
    with pytest.raises(UsageError) as caught:
        known_one("operation", "GET /api/timesheet", ["GET /api/timesheets", "GET /api/ping"])
    assert "GET /api/timesheets" in caught.value.hint


def test_what_failed_last_time_goes_by_instance(tmp_path: Path) -> None:
    def folder(url: str, kind: str = "configured") -> Path:
        return cache_folder(tmp_path, RunContext("r", url, kind, "2.66.0", tmp_path, ()))

    assert folder("https://a.test") == folder("https://a.test") != folder("https://b.test")
    assert folder("http://127.0.0.1:1", "embedded") == folder("http://127.0.0.1:2", "embedded")
