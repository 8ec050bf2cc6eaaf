"""Rights that an administrator gave to a role are no defects: an embedded Kimai whose roles have more than theirs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance.definition import Definition
from conformance.embedded.behaviour.access import RIGHTS
from conformance.exchange import Refused
from conformance.model import Place, Status
from contracts import assertions, test_filters, test_money_sight, test_paging, test_permissions, test_teams
from contracts.assertions import GRANTED
from tests.contracts.checking import probe_context, run

OTHERS = {f"{action}_other_timesheet" for action in ("view", "edit", "delete", "start", "stop", "create")}
SEEING = {f"view_{kind}" for kind in ("customer", "project", "activity")}


def give(monkeypatch: pytest.MonkeyPatch, role: str, rights: set[str], taken: frozenset[str] = frozenset()) -> None:
    """Give a role more rights, and take others."""
    monkeypatch.setitem(RIGHTS, role, frozenset({*RIGHTS[role], *rights}) - taken)


def failed(places: list[Place]) -> list[tuple[str, str, str, str]]:
    """Return the places that failed."""
    wrong = [place for place in places if place.status in (Status.FAIL, Status.ERROR)]
    return [(place.operation, place.field, place.value, place.got) for place in wrong]


@pytest.mark.parametrize(
    ("check", "labels", "skipped"),
    [
        (test_permissions.test_foreign_record_is_not_read, "owner", True),
        (test_permissions.test_foreign_record_is_not_changed, "owner", True),
        (test_permissions.test_foreign_record_is_not_listed, "owner", False),
        (test_permissions.test_running_record_is_not_stopped, "runner", True),
    ],
)
@pytest.mark.parametrize("more", [set(), {"view_all_data"}], ids=["where teams end", "of all teams"])
def test_users_who_see_others(
    definition: Definition,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    check: Any,
    labels: str,
    skipped: bool,
    more: set[str],
) -> None:
    give(monkeypatch, "ROLE_USER", {*OTHERS, *more})
    with probe_context(definition, tmp_path) as context:
        context.profile = "standard"
        places = run(context, check, **{labels: context.actors[4].name})
    assert failed(places) == []
    reasons = {place.reason for place in places if place.status is Status.SKIPPED}
    assert reasons == ({GRANTED} if skipped or more else set())


def test_reading_without_listing_is_no_right(definition: Definition, tmp_path: Path) -> None:
    with probe_context(definition, tmp_path, "user-reads-foreign") as context:
        context.profile = "standard"
        places = run(context, test_permissions.test_foreign_record_is_not_read, owner=context.actors[4].name)
    assert failed(places)


def test_users_who_see_budgets(definition: Definition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, "ROLE_USER", {*SEEING, "budget_project", "time_activity"})
    with probe_context(definition, tmp_path) as context:
        places = run(context, test_money_sight.test_budgets, budget_viewer=context.actors[4].name)
    assert failed(places) == []
    assert {(place.operation, place.field) for place in places if place.got == "shown"} == {
        ("GET /api/projects", "budget"), ("GET /api/projects", "budgetType"),
        ("GET /api/activities", "timeBudget"), ("GET /api/activities", "budgetType"),
    }  # fmt: skip


@pytest.mark.parametrize("number", [2, 3])
def test_roles_that_see_all_projects(
    definition: Definition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    give(monkeypatch, "ROLE_USER", {*SEEING, "comments_project"})
    with probe_context(definition, tmp_path) as context:
        context.profile = "standard"
        places = run(context, test_teams.test_hidden_project_is_hidden, outsider=context.actors[number].name)
    assert failed(places) == []
    assert sum("see all projects" in place.reason for place in places) == 3


def test_leads_who_see_all_teams(definition: Definition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, "ROLE_TEAMLEAD", {"view_all_data"})
    with probe_context(definition, tmp_path) as context:
        context.profile = "standard"
        hidden = run(context, test_teams.test_hidden_project_is_hidden, outsider=context.actors[2].name)
        reached = run(context, test_teams.test_lead_does_not_reach_other_teams)
    assert failed([*hidden, *reached]) == []
    assert [place.reason for place in reached] == [test_teams.SEES_ALL]


def test_a_lead_who_lists_others_records_alone_was_given_no_right(definition: Definition, tmp_path: Path) -> None:
    with probe_context(definition, tmp_path, "lead-lists-everybody") as context:
        assert failed(run(context, test_teams.test_lead_does_not_reach_other_teams))


@pytest.mark.parametrize("version", ["2.62.0", "2.66.0"])
def test_users_who_see_all_teams_give_records_to_anybody(
    definition: Definition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    give(monkeypatch, "ROLE_USER", {"view_all_data"})
    with probe_context(definition, tmp_path, emulate=version) as context:
        context.profile = "standard"
        places = run(context, test_permissions.test_foreign_record_is_not_changed, owner=context.actors[4].name)
    assert failed(places) == []


def test_super_administrators_who_do_not_see_others(
    definition: Definition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, "ROLE_SUPER_ADMIN", set(), frozenset({"view_other_timesheet"}))
    with probe_context(definition, tmp_path) as context:
        context.profile = "standard"
        places = run(context, test_filters.test_rows_match, filtered_list="GET /api/timesheets")
        places += run(context, test_filters.test_records_are_found, filtered_list="GET /api/timesheets")
    assert failed(places) == []
    assert {place.value for place in places if place.field == "user"} == {"absent", "oneself"}


def test_users_who_do_not_see_their_own(
    definition: Definition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, "ROLE_USER", set(), frozenset({"view_own_timesheet"}))
    with probe_context(definition, tmp_path) as context:
        places = run(context, test_paging.test_headers_are_true)
    assert {place.status for place in places} == {Status.PASS}


def refuse(*_: object) -> bool:
    """Make no project, as where the instance could not delete it again."""
    raise Refused(3, "this instance cannot undo it")


def test_where_no_project_may_be_made_a_lead_may_have_been_given_the_right(
    definition: Definition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assertions, "sees_all_teams", refuse)
    with probe_context(definition, tmp_path, "lead-lists-everybody") as context:
        places = run(context, test_teams.test_lead_does_not_reach_other_teams)
    assert [place.reason for place in places] == [test_teams.UNTOLD]


def test_where_no_project_may_be_made_a_release_is_held_to_what_is_known_of_it(
    definition: Definition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assertions, "sees_all_teams", refuse)
    with probe_context(definition, tmp_path, emulate="2.24.0") as context:
        places = run(context, test_teams.test_lead_does_not_reach_other_teams)
    assert failed(places) == []
    assert "shown" in {place.got for place in places if place.status is Status.DEVIATION}


@pytest.mark.parametrize("more", [set(), SEEING, OTHERS], ids=("alone", "beside projects", "beside records"))
def test_all_users_who_see_all_teams(
    definition: Definition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: set[str]
) -> None:
    give(monkeypatch, "ROLE_USER", {"view_all_data", *more})
    with probe_context(definition, tmp_path) as context:
        context.profile = "standard"
        for number in (2, 4):
            name = context.actors[number].name
            places = run(context, test_teams.test_hidden_project_is_hidden, outsider=name)
            assert failed(places) == []
            assert any(place.reason == test_teams.SEES_ALL for place in places)
        assert failed(run(context, test_teams.test_lead_does_not_reach_other_teams)) == []


def test_all_users_who_see_all_teams_and_book_nothing(
    definition: Definition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, "ROLE_USER", {"view_all_data"}, frozenset({"create_own_timesheet"}))
    with probe_context(definition, tmp_path) as context:
        places = run(context, test_teams.test_hidden_project_is_hidden, outsider=context.actors[4].name)
    assert failed(places) == []
    assert test_teams.SEES_ALL in {place.reason for place in places}


def test_leads_who_list_users(definition: Definition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, "ROLE_ADMIN", {"view_user"})
    with probe_context(definition, tmp_path) as context:
        assert (
            failed(run(context, test_permissions.test_all_users_are_not_for_everybody, role=context.actors[1].name))
            == []
        )


def test_leads_without_rights_over_others(
    definition: Definition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, "ROLE_TEAMLEAD", set(), frozenset(OTHERS))
    with probe_context(definition, tmp_path) as context:
        context.profile = "standard"
        for check in (test_teams.test_lead_reads_their_team, test_teams.test_lead_does_not_reach_other_teams):
            assert failed(run(context, check)) == []


def test_users_who_edit_what_was_exported(
    definition: Definition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, "ROLE_TEAMLEAD", {"edit_exported_timesheet"})
    with probe_context(definition, tmp_path) as context:
        assert failed(run(context, test_permissions.test_exported_is_closed)) == []
