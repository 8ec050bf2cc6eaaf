"""Teams: whose time records a lead reaches, and on what they are booked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.embedded.conftest import BOSS, COLLEAGUE, IDS, LEAD, WORKER, Instance

TIMES = {"begin": "2026-06-01T08:00:00", "end": "2026-06-01T09:00:00"}


@pytest.fixture
def led(kimai: Instance) -> Iterator[None]:
    """A team of the lead and the worker, while it is there."""
    members = [{"user": IDS[LEAD], "teamlead": True}, {"user": IDS[WORKER], "teamlead": False}]
    team = kimai.make("teams", name=kimai.name(), members=members)["id"]
    yield
    assert kimai.ask(BOSS, "DELETE", f"teams/{team}").status_code == 204


def hide(kimai: Instance, kind: str, number: int) -> int:
    """Give a record to a team of the colleague's own, and return that team."""
    team: int = kimai.make("teams", name=kimai.name(), members=[{"user": IDS[COLLEAGUE], "teamlead": True}])["id"]
    assert kimai.ask(BOSS, "POST", f"teams/{team}/{kind}/{number}").is_success
    return team


@pytest.mark.parametrize("kind", ["projects", "activities"])
@pytest.mark.usefixtures("led")
def test_a_members_record_on_what_is_hidden_is_out_of_reach(kimai: Instance, kind: str) -> None:
    book = kimai.bookable()
    sheet = kimai.make("timesheets", WORKER, **TIMES, **book)["id"]
    assert kimai.ask(LEAD, "GET", f"timesheets/{sheet}").status_code == 200
    team = hide(kimai, kind, book["project" if kind == "projects" else "activity"])
    assert kimai.ask(LEAD, "GET", f"timesheets/{sheet}").status_code == 403
    assert kimai.ask(WORKER, "GET", f"timesheets/{sheet}").status_code == 200
    for who, params in ((LEAD, {"user": "all"}), (WORKER, {})):
        listed = kimai.ask(who, "GET", "timesheets", params=params).json()
        assert sheet not in [item["id"] for item in listed]
    kimai.ask(BOSS, "DELETE", f"teams/{team}")


def test_a_mere_member_does_not_lead(kimai: Instance) -> None:
    members = [{"user": IDS[COLLEAGUE], "teamlead": True}, *({"user": IDS[who]} for who in (LEAD, WORKER))]
    team = kimai.make("teams", name=kimai.name(), members=members)["id"]
    sheet = kimai.make("timesheets", WORKER, **TIMES, **kimai.bookable())["id"]
    assert kimai.ask(LEAD, "GET", f"timesheets/{sheet}").status_code == 403
    assert kimai.ask(LEAD, "GET", "timesheets", params={"user": IDS[WORKER]}).status_code == 403
    kimai.ask(BOSS, "DELETE", f"teams/{team}")


@pytest.mark.usefixtures("led")
def test_a_lead_books_for_those_he_leads(kimai: Instance) -> None:
    book = kimai.bookable()
    answers = {who: kimai.ask(LEAD, "POST", "timesheets", {**TIMES, **book, "user": IDS[who]}) for who in IDS}
    taken = [who for who, answer in answers.items() if answer.status_code == 200]
    assert taken == [LEAD, WORKER]
    assert answers[COLLEAGUE].json()["errors"]["children"]["user"]["errors"]


def test_who_is_in_no_team_is_asked_for_by_leads_unless_he_has_a_role(kimai: Instance) -> None:
    seen = {who: kimai.ask(LEAD, "GET", "timesheets", params={"user": IDS[who]}).status_code for who in (WORKER, BOSS)}
    assert seen == {WORKER: 200, BOSS: 403}


def test_members_see_the_time_budget_of_their_project(kimai: Instance) -> None:
    project = kimai.project()
    members = [{"user": IDS[LEAD], "teamlead": True}, {"user": IDS[WORKER]}]
    team = kimai.make("teams", name=kimai.name(), members=members)["id"]
    kimai.ask(BOSS, "POST", f"teams/{team}/projects/{project}")
    shown = next(item for item in kimai.ask(WORKER, "GET", "projects").json() if item["id"] == project)
    assert {"budget", "timeBudget", "budgetType"} & set(shown) == {"timeBudget", "budgetType"}
    kimai.ask(BOSS, "DELETE", f"teams/{team}")
