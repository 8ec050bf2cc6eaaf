"""Timesheets: starting and stopping, rates, tags, lists, who may do what."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Clock
from tests.embedded.conftest import BOSS, COLLEAGUE, IDS, LEAD, MANAGER, WORKER, Instance, Start

TIMES = {"begin": "2026-06-01T08:00:00", "end": "2026-06-01T09:00:00"}


@pytest.fixture
def book(kimai: Instance) -> dict[str, int]:
    """A project and an activity of the test's own."""
    return kimai.bookable()


def test_a_record_has_the_owners_zone_for_every_reader(kimai: Instance, book: dict[str, int]) -> None:
    sheet = kimai.make("timesheets", WORKER, **TIMES, **book)
    assert sheet["begin"] == "2026-06-01T08:00:00-0230"
    assert "rate" not in sheet
    seen = kimai.ask(MANAGER, "GET", f"timesheets/{sheet['id']}").json()
    assert (seen["begin"], seen["rate"]) == (sheet["begin"], 0.0)


def test_for_another_user_the_callers_zone_is_read(kimai: Instance, book: dict[str, int]) -> None:
    sheet = kimai.make("timesheets", MANAGER, **TIMES, **book, user=IDS[WORKER])
    assert sheet["begin"] == "2026-06-01T03:30:00-0230"


def test_starting_stops_the_running_one(kimai: Instance, book: dict[str, int], clock: Clock) -> None:
    clock("2026-06-01T12:00:30+00:00")
    first = kimai.make("timesheets", COLLEAGUE, **book, begin="2026-06-01T08:00:00")
    second = kimai.make("timesheets", COLLEAGUE, **book)
    running = kimai.ask(COLLEAGUE, "GET", "timesheets/active").json()
    assert [sheet["id"] for sheet in running] == [second["id"]]
    assert kimai.ask(COLLEAGUE, "GET", f"timesheets/{first['id']}").json()["end"] is not None
    assert kimai.ask(COLLEAGUE, "PATCH", f"timesheets/{second['id']}/stop").json()["duration"] == 60


def test_one_that_cannot_be_stopped_bars_the_next(start: Start) -> None:
    kimai = start()
    book = kimai.bookable()
    kimai.make("timesheets", WORKER, **book, begin="2099-01-01T08:00:00")
    answer = kimai.ask(WORKER, "POST", "timesheets", book)
    assert answer.status_code == 400
    assert answer.json()["errors"]["errors"] == [
        "You have an active time record which cannot be stopped automatically."
    ]


def test_a_service_refuses_in_another_shape(kimai: Instance, book: dict[str, int]) -> None:
    sheet = kimai.make("timesheets", MANAGER, **book, begin="2099-01-01T08:00:00")
    body = kimai.ask(MANAGER, "PATCH", f"timesheets/{sheet['id']}/stop").json()
    assert body["code"] == "400"
    assert set(body["errors"]["children"]) == {"end_date", "duration"}
    assert kimai.ask(MANAGER, "DELETE", f"timesheets/{sheet['id']}").status_code == 204


def test_restart_and_duplicate_copy(kimai: Instance, book: dict[str, int]) -> None:
    kimai.make("tags", name="copied", visible=True)
    sheet = kimai.make("timesheets", WORKER, **TIMES, **book, description="work", tags="copied,unknown")
    assert sheet["tags"] == ["copied"]
    path = f"timesheets/{sheet['id']}"
    copy = kimai.ask(WORKER, "PATCH", f"{path}/duplicate").json()
    assert (copy["begin"], copy["tags"], copy["description"]) == (sheet["begin"], ["copied"], "work")
    assert kimai.ask(WORKER, "PATCH", f"{path}/restart").json()["description"] is None
    again = kimai.ask(WORKER, "PATCH", f"{path}/restart", {"copy": "all", "begin": "2026-06-02T08:00:29"}).json()
    assert (again["description"], again["begin"]) == ("work", "2026-06-02T08:00:00-0230")
    for wrong in ({"copy": "some"}, {"begin": "2026-06-02"}):
        assert kimai.ask(WORKER, "PATCH", f"{path}/restart", wrong).status_code == 400


def test_an_exported_record_is_closed_to_plain_users(kimai: Instance, book: dict[str, int]) -> None:
    number = kimai.make("timesheets", WORKER, **TIMES, **book)["id"]
    assert kimai.ask(WORKER, "PATCH", f"timesheets/{number}/export").status_code == 403
    assert kimai.ask(MANAGER, "PATCH", f"timesheets/{number}/export").json()["exported"] is True
    for method in ("PATCH", "DELETE"):
        assert kimai.ask(WORKER, method, f"timesheets/{number}", {}).status_code == 403
    assert kimai.ask(MANAGER, "DELETE", f"timesheets/{number}").status_code == 204


def test_the_best_fitting_rate_counts(kimai: Instance, book: dict[str, int]) -> None:
    def earned(**more: Any) -> tuple[float, float | None, float | None]:
        sheet = kimai.make("timesheets", MANAGER, **TIMES, **book, **more)
        return sheet["rate"], sheet["hourlyRate"], sheet["fixedRate"]

    assert earned() == (0.0, 0.0, None)
    kimai.make(f"projects/{book['project']}/rates", rate=100)
    assert earned() == (100.0, 100.0, None)
    kimai.make(f"activities/{book['activity']}/rates", rate=7, isFixed=True, user=IDS[MANAGER])
    assert earned() == (7.0, None, 7.0)
    assert earned(hourlyRate=20) == (7.0, 20.0, 7.0)
    assert earned(fixedRate=3) == (3.0, None, 3.0)
    answer = kimai.ask(BOSS, "POST", f"projects/{book['project']}/rates", {"rate": -1})
    assert set(answer.json()["errors"]["children"]["rate"]["errors"]) == {
        "This value should be greater than or equal to 0."
    }


def test_moving_a_record_takes_the_new_rates(kimai: Instance, book: dict[str, int]) -> None:
    number = kimai.make("timesheets", MANAGER, **TIMES, **book, fixedRate=5)["id"]
    moved = kimai.ask(MANAGER, "PATCH", f"timesheets/{number}", {"project": kimai.project()}).json()
    assert (moved["fixedRate"], moved["rate"]) == (None, 0.0)


@pytest.mark.parametrize("field", ["user", "fixedRate", "hourlyRate", "exported", "billable", "duration", "metaFields"])
def test_fields_that_a_plain_user_does_not_get(kimai: Instance, book: dict[str, int], field: str) -> None:
    answer = kimai.ask(WORKER, "POST", "timesheets", {**TIMES, **book, field: IDS[WORKER]})
    assert answer.json()["errors"]["errors"] == ["This form should not contain extra fields."]


def test_end_before_begin_is_refused_and_nothing_is_kept(kimai: Instance, book: dict[str, int]) -> None:
    number = kimai.make("timesheets", WORKER, **TIMES, **book)["id"]
    answer = kimai.ask(WORKER, "PATCH", f"timesheets/{number}", {"end": "2026-06-01T07:00:00", "description": "x"})
    assert answer.status_code == 400
    assert kimai.ask(WORKER, "GET", f"timesheets/{number}").json()["description"] is None


def test_a_hidden_project_cannot_be_booked_on(kimai: Instance, book: dict[str, int]) -> None:
    kimai.ask(BOSS, "PATCH", f"projects/{book['project']}", {"visible": False})
    body = kimai.ask(WORKER, "POST", "timesheets", {**TIMES, **book}).json()
    assert body["errors"]["children"]["project"] == {"errors": ["The selected choice is invalid."]}


def test_pages(start: Start) -> None:
    kimai = start()
    book = kimai.bookable()
    for hour in range(5):
        kimai.make("timesheets", WORKER, **book, begin=f"2026-06-01T0{hour}:00:00", end=f"2026-06-01T0{hour}:30:00")
    answer = kimai.ask(WORKER, "GET", "timesheets", params={"size": 2, "page": 2})
    paging = {name: answer.headers[f"x-{name}"] for name in ("page", "total-count", "total-pages", "per-page")}
    assert paging == {"page": "2", "total-count": "5", "total-pages": "3", "per-page": "2"}
    assert [sheet["id"] for sheet in answer.json()] == [3, 2]
    assert kimai.ask(WORKER, "GET", "timesheets", params={"page": 9}).status_code == 404
    assert kimai.ask(WORKER, "GET", "timesheets", params={"size": 501}).headers["x-per-page"] == "500"


def test_filters(start: Start) -> None:
    kimai = start()
    book, other = kimai.bookable(), kimai.bookable()
    kimai.make("tags", name="red", visible=True)
    first = kimai.make("timesheets", WORKER, **TIMES, **book, description="first job", tags="red")["id"]
    second = kimai.make("timesheets", WORKER, **other, begin="2026-06-05T08:00:00", end="2026-06-05T09:00:00")["id"]

    def found(**query: Any) -> list[int]:
        answer = kimai.ask(WORKER, "GET", "timesheets", params={"order": "ASC", "orderBy": "id", **query})
        assert answer.status_code == 200, answer.text
        return [sheet["id"] for sheet in answer.json()]

    assert found() == [first, second]
    assert found(project=book["project"]) == [first]
    assert found(**{"activities[]": [other["activity"]]}) == [second]
    assert found(term="JOB first") == [first]
    assert found(**{"tags[]": ["red"]}) == [first]
    assert found(begin="2026-06-02T00:00:00") == [second]
    assert found(end="2026-06-02T00:00:00") == [first]
    assert found(exported="1") == []
    assert found(active="0") == [first, second]
    assert found(modified_after="2020-01-01T00:00:00") == [first, second]
    assert found(modified_after="") == []
    assert found(users="") == [first, second]
    assert found(user="99999") == [first, second]


def test_other_peoples_records(kimai: Instance, book: dict[str, int]) -> None:
    number = kimai.make("timesheets", COLLEAGUE, **TIMES, **book)["id"]
    assert kimai.ask(WORKER, "GET", f"timesheets/{number}").status_code == 403
    assert kimai.ask(LEAD, "GET", f"timesheets/{number}").status_code == 200
    for asked in (str(IDS[COLLEAGUE]), "all"):  # a plain user's own records, whoever is asked for
        listed = kimai.ask(WORKER, "GET", "timesheets", params={"user": asked}).json()
        assert {sheet["user"] for sheet in listed} <= {IDS[WORKER]}
    members = [{"user": IDS[MANAGER], "teamlead": True}, {"user": IDS[COLLEAGUE]}]
    team = kimai.make("teams", name=kimai.name(), members=members)["id"]
    assert kimai.ask(LEAD, "PATCH", f"timesheets/{number}", {}).status_code == 403
    assert kimai.ask(BOSS, "DELETE", f"teams/{team}").status_code == 204


def test_favourites(kimai: Instance, book: dict[str, int]) -> None:
    number = kimai.make("timesheets", WORKER, **TIMES, **book)["id"]
    for _ in range(2):
        assert kimai.ask(WORKER, "POST", f"favorites/timesheets/{number}").status_code == 204
    assert [sheet["id"] for sheet in kimai.ask(WORKER, "GET", "favorites/timesheets").json()] == [number]
    assert kimai.ask(COLLEAGUE, "POST", f"favorites/timesheets/{number}").status_code == 403
    assert kimai.ask(WORKER, "DELETE", f"favorites/timesheets/{number}").status_code == 204
    assert kimai.ask(WORKER, "GET", "favorites/timesheets").json() == []


def test_deleting_a_customer_takes_all_below(kimai: Instance, book: dict[str, int]) -> None:
    number = kimai.make("timesheets", WORKER, **TIMES, **book)["id"]
    customer = kimai.ask(BOSS, "GET", f"projects/{book['project']}").json()["customer"]
    assert kimai.ask(BOSS, "DELETE", f"customers/{customer}").status_code == 204
    for path in (f"timesheets/{number}", f"projects/{book['project']}", f"customers/{customer}"):
        assert kimai.ask(BOSS, "GET", path).status_code == 404
    assert kimai.ask(BOSS, "DELETE", f"customers/{customer}").status_code == 404
