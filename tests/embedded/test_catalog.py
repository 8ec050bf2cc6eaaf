"""Customers, projects, activities, teams, tags, users, invoices: rules beyond the booleans."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from conformance.embedded.handlers import HANDLERS
from conformance.embedded.interface import VERSIONS, operations
from conformance.embedded.store.models import Invoice
from tests.embedded.conftest import BOSS, IDS, LEAD, MANAGER, WORKER, Instance, Start


@pytest.mark.parametrize("version", VERSIONS)
def test_every_operation_has_a_handler(version: str) -> None:
    assert {operation.key for operation in operations(version)} <= HANDLERS.keys()


def test_numbers_count_up(start: Start) -> None:
    kimai = start()
    assert [kimai.make("customers", name=f"Customer {n}")["number"] for n in (1, 2)] == ["0002", "0003"]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "This value should not be blank."),
        ("name", "x", "This value is too short. It should have 2 characters or more."),
        ("name", "x" * 151, "This value is too long. It should have 150 characters or less."),
        ("name", "<b>", 'The following characters are not allowed: < > " ='),
        ("name", ["a"], "This value is not valid."),
        ("country", "XX", "Please select a valid country."),
        ("currency", 123, "Please select a valid currency."),
        ("timezone", "Mars/Base", "Please select a valid timezone."),
        ("language", "xx", "The selected choice is invalid."),
        ("color", "#123456", "The selected choice is invalid."),
        ("vatId", "x" * 51, "This value is too long. It should have 50 characters or less."),
        ("budget", "much", "Please enter a valid money amount."),
        ("email", "nobody", "This value is not a valid email address."),
        ("teams", [99999], "The selected choice is invalid."),
    ],
)
def test_customers_refuse(kimai: Instance, field: str, value: Any, message: str) -> None:
    body = kimai.ask(BOSS, "POST", "customers", {"name": "Customer", field: value}).json()
    assert body["errors"]["children"][field] == {"errors": [message]}


@pytest.mark.parametrize(("sent", "seconds"), [(3600, 12_960_000), ("2:30", 9000), ("1h30m", 5400), ("1.5", 5400)])
def test_time_budgets(kimai: Instance, sent: Any, seconds: int) -> None:
    assert kimai.make("customers", name="Customer", timeBudget=sent)["timeBudget"] == seconds


def test_project_dates(kimai: Instance) -> None:
    customer = kimai.make("customers", name="Customer")["id"]
    project = kimai.make("projects", name="Project", customer=customer, start="2026-05-01", end="2026-06-01")
    assert (project["start"], project["end"]) == ("2026-05-01", "2026-06-01")
    path = f"projects/{project['id']}"
    assert kimai.ask(BOSS, "PATCH", path, {"start": "2026-05-02"}).status_code == 400
    assert kimai.ask(BOSS, "PATCH", path, {"start": "2026-05-02T00:00:00"}).json()["start"] == "2026-05-02"
    assert kimai.ask(BOSS, "PATCH", path, {"end": "2026-01-01T00:00:00"}).status_code == 400
    listed = kimai.ask(BOSS, "GET", "projects", params={"start": "2026-01-01", "end": "2026-01-02"}).json()
    assert project["id"] not in [item["id"] for item in listed]


@pytest.mark.parametrize(
    ("params", "there"),
    [
        ({"start": "2026-05-15"}, True),
        ({"start": "2026-04-15"}, False),
        ({"start": "2026-07-15"}, False),
        ({"end": "2026-07-15"}, False),
        ({"end": "2026-04-15"}, False),
        ({"start": "2026-05-15", "end": "2026-07-15"}, False),
    ],
)
def test_each_day_that_is_asked_for_must_be_within_a_project(
    kimai: Instance, params: dict[str, str], there: bool
) -> None:
    customer = kimai.make("customers", name="Customer")["id"]
    project = kimai.make("projects", name="Project", customer=customer, start="2026-05-01", end="2026-06-01")["id"]
    listed = kimai.ask(BOSS, "GET", "projects", params=params).json()
    assert (project in [item["id"] for item in listed]) is there


def test_one_project_may_be_closed_to_global_activities(kimai: Instance) -> None:
    customer = kimai.make("customers", name="Customer")["id"]
    closed = kimai.make("projects", name="Project", customer=customer, globalActivities=False)["id"]
    everybodys = kimai.make("activities", name="Global")["id"]

    def listed(**params: Any) -> bool:
        rows = kimai.ask(BOSS, "GET", "activities", params=params).json()
        return everybodys in [row["id"] for row in rows]

    assert not listed(project=closed)
    assert listed(**{"projects[]": [closed, kimai.project()]})


def test_a_team_closes_a_customer_to_others(kimai: Instance) -> None:
    members = [{"user": IDS[LEAD], "teamlead": True}]
    team = kimai.make("teams", name=kimai.name(), members=members)["id"]
    customer = kimai.make("customers", name="Closed", teams=[team])["id"]
    project = kimai.make("projects", name="Below", customer=customer)["id"]
    for who, listed in ((WORKER, False), (LEAD, True), (MANAGER, True)):
        seen = [item["id"] for item in kimai.ask(who, "GET", "projects").json()]
        assert (project in seen) is listed
    assert kimai.ask(LEAD, "GET", f"customers/{customer}").status_code == 200
    assert kimai.ask(LEAD, "PATCH", f"projects/{project}", {"comment": "mine"}).status_code == 403
    activity = kimai.make("activities", name="Below", project=project)["id"]
    assert kimai.ask(LEAD, "PATCH", f"activities/{activity}", {"comment": "mine"}).status_code == 200
    assert kimai.ask(WORKER, "GET", "projects", params={"customer": customer}).status_code == 403
    assert kimai.ask(BOSS, "DELETE", f"teams/{team}/customers/{customer}").json()["customers"] == []
    assert kimai.ask(LEAD, "GET", f"customers/{customer}").status_code == 403


def test_members_of_a_team(kimai: Instance) -> None:
    team = kimai.make("teams", name=kimai.name(), members=[{"user": IDS[LEAD], "teamlead": True}])["id"]
    path = f"teams/{team}/members"
    assert len(kimai.ask(BOSS, "POST", f"{path}/{IDS[WORKER]}").json()["members"]) == 2
    assert kimai.ask(BOSS, "POST", f"{path}/{IDS[WORKER]}").status_code == 400
    assert kimai.ask(BOSS, "DELETE", f"{path}/{IDS[LEAD]}").status_code == 400
    body = {"members": [{"user": IDS[WORKER], "teamlead": True}]}
    changed = kimai.ask(BOSS, "PATCH", f"teams/{team}", body).json()
    assert [member["user"]["id"] for member in changed["members"]] == [IDS[WORKER]]
    for wrong in ([], [{"user": IDS[WORKER], "teamlead": False}], 1, {"a": 1}, {"a b": body["members"][0]}):
        assert kimai.ask(BOSS, "PATCH", f"teams/{team}", {"members": wrong}).status_code == 400
    assert kimai.ask(BOSS, "GET", f"teams/{team}").json()["members"] == changed["members"]


def test_hidden_tags_are_not_found(kimai: Instance) -> None:
    kimai.make("tags", name="hidden one")
    kimai.make("tags", name="shown one", visible=True)
    assert kimai.ask(WORKER, "GET", "tags", params={"name": "one"}).json() == ["shown one"]
    assert len(kimai.ask(WORKER, "GET", "tags/find", params={"name": "one"}).json()) == 1
    assert kimai.ask(WORKER, "GET", "tags/find").json() == []


def test_users_are_unique(kimai: Instance) -> None:
    body = {"username": "twin", "email": "twin@example.com", "plainPassword": "long-enough"}
    kimai.make("users", **body)
    children = kimai.ask(BOSS, "POST", "users", body).json()["errors"]["children"]
    assert "This e-mail address is already in use." in children["email"]["errors"]
    assert children["username"]["errors"]
    assert children["plainPassword"] == {}


def test_preferences(kimai: Instance) -> None:
    path = f"users/{IDS[WORKER]}/preferences"
    rate = [{"name": "hourly_rate", "value": "55"}]
    assert rate[0] in kimai.ask(BOSS, "PATCH", path, rate).json()["preferences"]
    assert kimai.ask(WORKER, "PATCH", path, rate).status_code == 403
    assert kimai.ask(WORKER, "PATCH", path, [{"name": "nope", "value": "1"}]).status_code == 404
    for wrong in ({"name": 1}, [1], [{"name": "hourly_rate"}], [{"name": "hourly_rate", "value": "1" * 256}]):
        assert kimai.ask(BOSS, "PATCH", path, wrong).status_code == 400


def test_what_was_removed_and_what_was_not(start: Start) -> None:
    new, older = start(), start(emulate="2.62.0")
    body = {"name": "Customer", "country": "DE", "currency": "EUR", "timezone": "UTC"}
    assert new.ask(BOSS, "POST", f"customers/{new.make('customers', **body)['id']}/team").status_code == 410
    team = older.ask(BOSS, "POST", f"customers/{older.make('customers', **body)['id']}/team").json()
    assert (team["name"], len(team["customers"])) == ("Customer", 1)


def test_an_older_version_cannot_delete_customers(start: Start) -> None:
    kimai = start(emulate="2.24.0")
    answer = kimai.ask(BOSS, "DELETE", "customers/1")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, PATCH")
    assert kimai.ask(BOSS, "GET", "version").json()["versionId"] == 22400
    body = kimai.ask(BOSS, "POST", "timesheets", {"begin": ["x"]})
    assert (body.status_code, body.json()["code"]) == (400, 400)


def test_invoices_are_read_from_the_records(start: Start) -> None:
    kimai = start()
    customer = kimai.make("customers", name="Customer")["id"]
    with kimai.kimai.state.storage.session() as session:
        made = datetime(2026, 6, 1, 12)
        session.add(
            Invoice(
                customer_id=customer,
                user_id=1,
                invoice_number="2026/1",
                created_at=made,
                invoice_filename="a.pdf",
                content=b"%PDF",
                fields={"po": ""},
            )
        )
    listed = kimai.ask(LEAD, "GET", "invoices", params={"begin": "2026-01-01T00:00:00", "status[]": ["new"]})
    assert (listed.headers["x-total-count"], listed.json()[0]["invoiceNumber"]) == ("1", "2026/1")
    assert kimai.ask(LEAD, "GET", "invoices/1/download").content == b"%PDF"
    fields = [{"name": "po", "value": "7"}]
    assert kimai.ask(LEAD, "PATCH", "invoices/1/custom-fields", fields).json()["metaFields"] == fields
    assert kimai.ask(LEAD, "PATCH", "invoices/1/custom-fields", [{"name": "x", "value": "7"}]).status_code == 404
    assert kimai.ask(BOSS, "DELETE", "invoices/1").status_code == 403
    assert kimai.ask(WORKER, "GET", "invoices/1").status_code == 403


def test_comments(kimai: Instance) -> None:
    project = kimai.project()
    comment = kimai.make(f"projects/{project}/comments", message="note")
    path = f"projects/{project}/comments/{comment['id']}"
    assert kimai.ask(BOSS, "PATCH", f"{path}/pin").json()["pinned"] is True
    elsewhere = f"projects/{kimai.project()}/comments/{comment['id']}"
    assert kimai.ask(BOSS, "DELETE", elsewhere).status_code == 403
    assert kimai.ask(WORKER, "GET", f"projects/{project}/comments").status_code == 403
    assert kimai.ask(BOSS, "DELETE", path).status_code == 204
    assert kimai.ask(BOSS, "DELETE", path).status_code == 404


def test_a_copy_of_a_project(kimai: Instance) -> None:
    project = kimai.project()
    kimai.make("activities", name="Own", project=project)
    kimai.make(f"projects/{project}/rates", rate=9)
    answer = kimai.ask(BOSS, "POST", f"projects/{project}/duplicate")
    assert (answer.status_code, answer.json()["name"]) == (201, "Project [COPY]")
    copy = answer.json()["id"]
    assert [rate["rate"] for rate in kimai.ask(BOSS, "GET", f"projects/{copy}/rates").json()] == [9.0]
    activities = kimai.ask(BOSS, "GET", "activities", params={"project": copy}).json()
    assert [item["name"] for item in activities if item["project"] == copy] == ["Own"]


@pytest.mark.parametrize("kind", ["customers", "projects", "activities", "timesheets"])
def test_custom_fields_are_unknown(kimai: Instance, kind: str) -> None:
    book = kimai.bookable()
    times = {"begin": "2026-06-01T08:00:00", "end": "2026-06-01T09:00:00"}
    made = {
        "customers": lambda: kimai.make("customers", name="Customer")["id"],
        "projects": lambda: book["project"],
        "activities": lambda: book["activity"],
        "timesheets": lambda: kimai.make("timesheets", **times, **book)["id"],
    }[kind]()
    assert kimai.ask(BOSS, "PATCH", f"{kind}/{made}/meta", {"name": "x"}).status_code == 400
    assert kimai.ask(BOSS, "PATCH", f"{kind}/{made}/meta", {"name": "x", "value": "y"}).status_code == 404
    assert kimai.ask(WORKER, "PATCH", f"{kind}/{made}/meta", {"name": "x", "value": "y"}).status_code == 403


def test_the_oldest_version_stops_and_restarts_with_get(start: Start) -> None:
    kimai = start(emulate="2.24.0")
    body: dict[str, Any] = {"country": "DE", "currency": "EUR", "timezone": "UTC", "visible": True}
    customer = kimai.make("customers", name="Customer", **body)["id"]
    project = kimai.make("projects", name="Project", customer=customer, visible=True, globalActivities=True)["id"]
    activity = kimai.make("activities", name="Activity", visible=True)["id"]
    sheet = kimai.make("timesheets", WORKER, project=project, activity=activity)
    path = f"timesheets/{sheet['id']}"
    assert kimai.ask(WORKER, "GET", f"{path}/stop").json()["end"] is not None
    assert kimai.ask(WORKER, "GET", f"{path}/restart").json()["end"] is None
