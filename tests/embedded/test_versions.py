"""What released versions do differently: field reports, each tried on all three of them."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.embedded.store.models import Preference
from tests.embedded.conftest import BOSS, COLLEAGUE, IDS, LEAD, MANAGER, WORKER, Instance, Released

VERSIONS = ("2.24.0", "2.62.0", "2.66.0")
SHOWN: dict[str, Any] = {"visible": True, "billable": True}
DAY: dict[str, Any] = {"begin": "2026-03-02T08:00:00", "end": "2026-03-02T08:30:00"}


def by_version(*values: Any) -> pytest.MarkDecorator:
    """A value for each version."""
    return pytest.mark.parametrize(("emulate", "value"), list(zip(VERSIONS, values, strict=True)))


def customer(kimai: Instance, **more: Any) -> Any:
    body = {"country": "DE", "currency": "EUR", "timezone": "UTC", **SHOWN, **more}
    return kimai.make("customers", **{"name": kimai.name(), **body})


def bookable(kimai: Instance) -> dict[str, Any]:
    project = kimai.make("projects", name="Project", customer=customer(kimai)["id"], globalActivities=True, **SHOWN)
    return {"project": project["id"], "activity": kimai.make("activities", name="Activity", **SHOWN)["id"]}


@by_version([40.0, 40.0], [40.0, 40.0], [20.0, 0.0])
def test_internal_rate_of_a_fixed_rate(released: Released, emulate: str, value: list[float]) -> None:
    kimai = released(emulate)
    with kimai.kimai.state.storage.session() as session:
        session.add(Preference(user_id=IDS[BOSS], name="internal_rate", value="40"))
    book = bookable(kimai)
    spans = (DAY, {**DAY, "end": DAY["begin"]})
    made = [kimai.make("timesheets", **book, **span, fixedRate=100) for span in spans]
    assert [(sheet["rate"], sheet["internalRate"]) for sheet in made] == [(100.0, rate) for rate in value]


@by_version(29519, 29519, 29520)
def test_decimal_hours(released: Released, emulate: str, value: int) -> None:
    made = customer(released(emulate), timeBudget="8.20")
    assert made["timeBudget"] == value


@by_version(True, True, False)
def test_rates_are_shown_to_plain_users(released: Released, emulate: str, value: bool) -> None:
    kimai = released(emulate)
    sheet = kimai.make("timesheets", WORKER, **bookable(kimai), **DAY)
    assert ("rate" in sheet, "hourlyRate" in sheet) == (value, value)


@by_version(None, None, "X-Page, X-Total-Count, X-Total-Pages, X-Per-Page")
def test_browsers_may_read_the_headers_of_paging(released: Released, emulate: str, value: str | None) -> None:
    answer = released(emulate).ask(BOSS, "GET", "timesheets", headers={"Origin": "https://example.com"})
    assert answer.headers.get("access-control-expose-headers") == value


@by_version(["501", "50", None], ["500", "50", None], ["500", "50", None])
def test_sizes_of_pages(released: Released, emulate: str, value: list[str | None]) -> None:
    kimai = released(emulate)
    sizes = [kimai.ask(BOSS, "GET", "timesheets", params={"size": size}) for size in ("501", "0", "-1")]
    assert [answer.headers.get("x-per-page") for answer in sizes] == value


@by_version(404, 200, 410)
def test_a_team_for_a_customer_takes_one_of_the_same_name(released: Released, emulate: str, value: int) -> None:
    kimai = released(emulate)
    made = customer(kimai, name="Acme")["id"]
    kimai.make("teams", name="Acme", members=[{"user": IDS[COLLEAGUE], "teamlead": True}])
    answer = kimai.ask(MANAGER, "POST", f"customers/{made}/team")
    assert answer.status_code == value
    if value == 200:
        leads = [(member["user"]["id"], member["teamlead"]) for member in answer.json()["members"]]
        assert leads == [(IDS[COLLEAGUE], True), (IDS[MANAGER], True)]


@by_version([200, 200, 200], [400, 400, 200], [400, 400, 200])
def test_tags_as_a_filter(released: Released, emulate: str, value: list[int]) -> None:
    kimai = released(emulate)
    kimai.make("tags", name="shown", visible=True)
    kimai.make("tags", name="hidden")
    asked = (["hidden"], [""], ["shown", "unknown"])
    answers = [kimai.ask(BOSS, "GET", "timesheets", params={"tags[]": names}) for names in asked]
    assert [answer.status_code for answer in answers] == value
    assert kimai.ask(BOSS, "GET", "timesheets", params={"tags": "a,b"}).status_code == 400


@by_version(404, 200, 200)
@pytest.mark.parametrize("name", ["project", "projects[]", "customer", "activity"])
def test_absent_ids_as_a_filter(released: Released, emulate: str, value: int, name: str) -> None:
    kimai = released(emulate)
    sheet = kimai.make("timesheets", **bookable(kimai), **DAY)["id"]
    answer = kimai.ask(BOSS, "GET", "timesheets", params={name: "999999"})
    assert answer.status_code == value
    assert value == 404 or sheet in [item["id"] for item in answer.json()]


@by_version(200, 403, 403)
def test_the_actions_of_anothers_record(released: Released, emulate: str, value: int) -> None:
    kimai = released(emulate)
    sheet = kimai.make("timesheets", **bookable(kimai), **DAY)["id"]
    answer = kimai.ask(WORKER, "GET", f"actions/timesheet/{sheet}/index/en")
    assert answer.status_code == value
    assert value == 403 or answer.json() == []


@by_version([200, 200], [403, 403], [403, 403])
def test_a_lead_and_a_member_of_another_team(released: Released, emulate: str, value: list[int]) -> None:
    kimai = released(emulate)
    kimai.make("teams", name="Other", members=[{"user": IDS[WORKER], "teamlead": True}])
    sheet = kimai.make("timesheets", WORKER, **bookable(kimai), **DAY)["id"]
    asked: Any = (("timesheets", {"user": IDS[WORKER]}), (f"timesheets/{sheet}", {}))
    assert [kimai.ask(LEAD, "GET", path, params=params).status_code for path, params in asked] == value


@by_version(404, 200, 403)
def test_the_hours_of_the_own_contract(released: Released, emulate: str, value: int) -> None:
    hours = [{"name": "work_monday", "value": "3600"}]
    kimai = released(emulate)
    assert kimai.ask(WORKER, "PATCH", f"users/{IDS[WORKER]}/preferences", hours).status_code == value


@by_version(False, True, True)
def test_modified_after_empty_is_now(released: Released, emulate: str, value: bool) -> None:
    kimai = released(emulate)
    kimai.make("timesheets", **bookable(kimai), **DAY)
    assert (kimai.ask(BOSS, "GET", "timesheets", params={"modified_after": ""}).json() == []) is value


@pytest.mark.parametrize("emulate", VERSIONS)
def test_an_activity_stays_with_its_customer(released: Released, emulate: str) -> None:
    kimai = released(emulate)
    first, second = (customer(kimai)["id"] for _ in range(2))
    projects = [
        kimai.make("projects", name="Project", customer=number, **SHOWN)["id"] for number in (first, first, second)
    ]
    activity = kimai.make("activities", name="Activity", project=projects[0], **SHOWN)["id"]
    answers = [kimai.ask(BOSS, "PATCH", f"activities/{activity}", {"project": number}) for number in projects[1:]]
    assert [answer.status_code for answer in answers] == [200, 400]
    assert answers[1].json()["errors"]["children"]["project"] == {"errors": ["The selected choice is invalid."]}


@pytest.mark.parametrize("emulate", VERSIONS)
def test_a_time_record_is_put_on_what_can_be_booked_on(released: Released, emulate: str) -> None:
    kimai = released(emulate)
    book = bookable(kimai)
    own = kimai.make("activities", name="Own", project=book["project"], **SHOWN)["id"]
    hidden = kimai.make("activities", name="Hidden", visible=False, billable=True)["id"]
    other = bookable(kimai)["project"]
    chosen = {"own": (book["project"], own), "of another": (other, own), "hidden": (other, hidden)}
    answers = {
        name: kimai.ask(BOSS, "POST", "timesheets", {"project": project, "activity": activity, **DAY})
        for name, (project, activity) in chosen.items()
    }
    assert {name: answer.status_code for name, answer in answers.items()} == {
        "own": 200,
        "of another": 400,
        "hidden": 400,
    }
    assert answers["of another"].json()["errors"]["children"]["activity"] == {
        "errors": ["The selected choice is invalid."]
    }


@by_version(200, 400, 400)
def test_a_project_that_is_over_is_booked_on(released: Released, emulate: str, value: int) -> None:
    kimai = released(emulate)
    book = bookable(kimai)
    over = {"name": "Over", "customer": customer(kimai)["id"], "end": "2026-03-31", "globalActivities": True, **SHOWN}
    project = kimai.make("projects", **over)["id"]
    assert kimai.ask(BOSS, "POST", "timesheets", {**book, "project": project, **DAY}).status_code == value


def test_billable_sent_empty_is_false_where_more_changes(kimai: Instance) -> None:
    sheet = kimai.make("timesheets", **kimai.bookable(), **DAY)["id"]
    path = f"timesheets/{sheet}"
    assert kimai.ask(BOSS, "PATCH", path, {"billable": None}).json()["billable"] is True
    assert kimai.ask(BOSS, "PATCH", path, {"billable": None, "description": "x"}).json()["billable"] is False


def test_a_duplicated_project(kimai: Instance) -> None:
    number = kimai.project(start="2026-01-01", end="2026-06-30")
    for name, shown in (("Shown", True), ("Hidden", False)):
        kimai.make("activities", name=name, project=number, visible=shown)
    copy = kimai.ask(BOSS, "POST", f"projects/{number}/duplicate").json()
    assert (copy["name"], copy["start"], copy["end"]) == ("Project [COPY]", "2026-06-30", None)
    listed = kimai.ask(BOSS, "GET", "activities", params={"project": copy["id"], "visible": 3}).json()
    assert [item["name"] for item in listed if item["project"]] == ["Shown"]
    long = kimai.make("projects", name="x" * 150, customer=kimai.make("customers", name="Customer")["id"])["id"]
    answer = kimai.ask(BOSS, "POST", f"projects/{long}/duplicate")
    assert (answer.status_code, answer.json()["code"]) == (400, "400")


@pytest.mark.parametrize(
    ("sent", "stored"),
    [("1:99", 9540), ("1h30m", 5400), ("0:00:90", 90), ("1\0", 3600), (1.5, 5400), ("30m", 1800)],
)
def test_durations(kimai: Instance, sent: object, stored: int) -> None:
    assert kimai.make("customers", name="Customer", timeBudget=sent)["timeBudget"] == stored


def test_texts_are_read_as_php_reads_them(kimai: Instance) -> None:
    sent: dict[str, Any] = {
        "address_line_1": "Street 1",
        "vat_id": " AT1\u202e\0",
        "city": 1e15,
        "budget": "１２",
        "company": 8.50,
    }
    made = kimai.make("customers", name="Customer", **sent)
    shown = {name: made[name] for name in ("addressLine1", "vatId", "city", "budget", "company")}
    assert shown == {"addressLine1": "Street 1", "vatId": "AT1", "city": "1.0E+15", "budget": 12.0, "company": "8.5"}


def test_parameters_that_are_lists(kimai: Instance) -> None:
    asked = {"term[]": 200, "begin[]": 400, "users[][]": 400, "users[a]": 200}
    assert {name: kimai.ask(BOSS, "GET", "timesheets", params={name: "1"}).status_code for name in asked} == asked
