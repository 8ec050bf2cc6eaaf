"""Rules that hold beside the recorded steps: found by asking what the recordings did not."""

from __future__ import annotations

import pytest

from tests.embedded.conftest import BOSS, IDS, WORKER, Instance

TIMES = {"begin": "2026-06-01T08:00:00", "end": "2026-06-01T09:00:00"}


def test_a_projects_activity_becomes_global_and_keeps_its_records(kimai: Instance) -> None:
    project = kimai.project()
    activity = kimai.make("activities", name="Own", project=project)["id"]
    sheet = kimai.make("timesheets", who=WORKER, **TIMES, project=project, activity=activity)["id"]
    changed = kimai.ask(BOSS, "PATCH", f"activities/{activity}", {"project": None}).json()
    assert (changed["project"], changed["parentTitle"]) == (None, None)
    assert kimai.ask(WORKER, "GET", f"timesheets/{sheet}").json()["activity"] == activity
    assert kimai.ask(BOSS, "DELETE", f"activities/{activity}").status_code == 204
    assert kimai.ask(WORKER, "GET", f"timesheets/{sheet}").status_code == 404


def test_special_text_fields_have_messages_of_their_own(kimai: Instance) -> None:
    body = {"name": "Customer", "mobile": ["x"], "homepage": ["x"], "invoiceEmail": ["x"], "city": ["x"]}
    children = kimai.ask(BOSS, "POST", "customers", body).json()["errors"]["children"]
    assert {name: child["errors"] for name, child in children.items() if child} == {
        "mobile": ["Please provide a valid phone number."],
        "homepage": ["Please enter a valid URL."],
        "invoiceEmail": ["Please enter a valid email address."],
        "city": ["This value is not valid."],
    }


def test_a_homepage_gets_a_scheme_unless_it_has_one(kimai: Instance) -> None:
    sent = ["example.com", "https://example.com/a?b=c#d", "http://[::1]:8080/"]
    made = [kimai.make("customers", name="Customer", homepage=address)["homepage"] for address in sent]
    assert made == ["https://example.com", *sent[1:]]
    for wrong in ("me@example.com", "/path", "https://", "http://a b", "ftp://example.com"):
        answer = kimai.ask(BOSS, "POST", "customers", {"name": "Customer", "homepage": wrong})
        assert answer.json()["errors"]["children"]["homepage"] == {"errors": ["This value is not a valid URL."]}


@pytest.mark.parametrize(("sent", "kept"), [(12.345, 12.35), (12.344, 12.34), ("7,005", 7.01), (5, 5.0), (1e15, 1e15)])
def test_amounts_have_two_decimals(kimai: Instance, sent: float | str, kept: float) -> None:
    customer = kimai.make("customers", name="Customer")["id"]
    assert kimai.ask(BOSS, "POST", f"customers/{customer}/rates", {"rate": sent}).json()["rate"] == kept


@pytest.mark.parametrize("kind", ["members", "customers", "projects", "activities"])
def test_what_a_team_is_linked_to_is_looked_up_before_the_rights(kimai: Instance, kind: str) -> None:
    members = [{"user": IDS[BOSS], "teamlead": True}]
    team = kimai.make("teams", name=kimai.name(), members=members)["id"]
    for method in ("POST", "DELETE"):
        assert kimai.ask(WORKER, method, f"teams/{team}/{kind}/99999").status_code == 404
    assert kimai.ask(WORKER, "POST", f"teams/{team}/members/{IDS[WORKER]}").status_code == 403


def test_amounts_may_have_a_comma(kimai: Instance) -> None:
    made = kimai.make("customers", name="Customer", budget="10,5", timeBudget="1,5")
    assert (made["budget"], made["timeBudget"]) == (10.5, 5400)
    answer = kimai.ask(BOSS, "POST", "customers", {"name": "Customer", "budget": "1,000.5"})
    assert answer.json()["errors"]["children"]["budget"] == {"errors": ["Please enter a valid money amount."]}


def test_the_full_list_of_customers_has_addresses_for_who_may_see_them(kimai: Instance) -> None:
    kimai.make("customers", name="Customer", city="Graz")
    short = kimai.ask(BOSS, "GET", "customers").json()[0].keys()
    full = kimai.ask(BOSS, "GET", "customers", params={"full": "1"}).json()[0].keys()
    assert full - short == {"vatId", "addressLine1", "addressLine2", "addressLine3", "postCode", "city"}
    hidden = kimai.ask(WORKER, "GET", "customers", params={"full": "1"}).json()[0].keys()
    assert hidden == kimai.ask(WORKER, "GET", "customers").json()[0].keys()
