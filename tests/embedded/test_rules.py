"""What an instance does to records that are started, moved, rounded or locked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from conformance.embedded.behaviour.lockdown import locked, relative
from conformance.embedded.errors import EmbeddedError
from conformance.embedded.store.settings import Settings
from tests.conftest import Clock
from tests.embedded.conftest import BOSS, IDS, LEAD, MANAGER, WORKER, Instance, Start

TIMES = {"begin": "2026-03-03T08:07:29", "end": "2026-03-03T09:22:31"}
TUESDAY, WEDNESDAY = "2026-03-03", "2026-03-04"
ROUNDING = "timesheet.rounding.default"


def bookable(kimai: Instance) -> dict[str, int]:
    """A project and an activity, in old versions too, which want more of a customer."""
    more: dict[str, Any] = {"country": "DE", "currency": "EUR", "timezone": "UTC", "visible": True}
    customer = kimai.make("customers", name="Customer", **more)["id"]
    project = kimai.make("projects", name="Project", customer=customer, visible=True, globalActivities=True)["id"]
    return {"project": project, "activity": kimai.make("activities", name="Activity", visible=True)["id"]}


def test_the_day_of_the_end_decides_about_rounding(start: Start) -> None:
    kimai = start(settings={f"{ROUNDING}.begin": "15", f"{ROUNDING}.end": "15", f"{ROUNDING}.days": "wednesday"})
    book = kimai.bookable()
    over = kimai.make("timesheets", BOSS, **book, begin=f"{TUESDAY}T23:07:00", end=f"{WEDNESDAY}T00:22:00")
    assert (over["begin"][:19], over["end"][:19]) == (f"{TUESDAY}T23:00:00", f"{WEDNESDAY}T00:30:00")
    before = kimai.make("timesheets", BOSS, **book, begin=f"{TUESDAY}T21:07:00", end=f"{TUESDAY}T22:22:00")
    assert before["duration"] == 75 * 60


def test_a_sent_begin_is_rounded_when_its_record_ends(kimai: Instance, clock: Clock) -> None:
    clock("2026-03-03T12:00:00+00:00")
    sheet = kimai.make("timesheets", BOSS, **kimai.bookable(), begin=TIMES["begin"])
    assert sheet["begin"][:19] == TIMES["begin"]
    stopped = kimai.ask(BOSS, "PATCH", f"timesheets/{sheet['id']}/stop").json()
    assert stopped["begin"][:19] == "2026-03-03T08:07:00"


def test_a_restart_begins_at_the_fixed_time(start: Start) -> None:
    kimai = start(settings={"timesheet.mode": "duration_fixed_begin", "timesheet.default_begin": "06:30"})
    sheet = kimai.make("timesheets", BOSS, **TIMES, **kimai.bookable())
    path = f"timesheets/{sheet['id']}/restart"
    now = kimai.ask(BOSS, "PATCH", path).json()
    assert "T06:30:00" in now["begin"]
    # Before that time it lies ahead and bars the next start: what a Kimai answers then is not recorded of a restart.
    kimai.ask(BOSS, "DELETE", f"timesheets/{now['id']}")
    sent = kimai.ask(BOSS, "PATCH", path, {"begin": "2026-03-05T10:00:00"}).json()
    assert sent["begin"][:19] == "2026-03-05T06:30:00"


def test_nobody_sent_times_in_old_punching_modes(start: Start) -> None:
    kimai = start(emulate="2.24.0", settings={"timesheet.mode": "punch"})
    book = bookable(kimai)
    for who in (BOSS, LEAD, WORKER):
        assert kimai.ask(who, "POST", "timesheets", {**TIMES, **book}).status_code == 400
        assert kimai.ask(who, "POST", "timesheets", book).status_code == 200


def test_records_may_touch_where_they_may_not_overlap(start: Start) -> None:
    kimai = start(settings={"timesheet.rules.allow_overlapping_records": "0"})
    book = kimai.bookable()
    kimai.make("timesheets", BOSS, **book, begin=f"{TUESDAY}T10:00:00", end=f"{TUESDAY}T11:00:00")
    kimai.make("timesheets", BOSS, **book, begin=f"{TUESDAY}T11:00:00", end=f"{TUESDAY}T12:00:00")
    around = {"begin": f"{TUESDAY}T09:00:00", "end": f"{TUESDAY}T13:00:00"}
    assert kimai.ask(BOSS, "POST", "timesheets", {**book, **around}).status_code == 400


def test_a_record_that_is_opened_again_stops_nothing(kimai: Instance) -> None:
    book = kimai.bookable()
    ended = kimai.make("timesheets", LEAD, **TIMES, **book)
    running = kimai.make("timesheets", LEAD, **book)
    assert kimai.ask(LEAD, "PATCH", f"timesheets/{ended['id']}", {"end": ""}).json()["end"] is None
    active = kimai.ask(LEAD, "GET", "timesheets/active").json()
    assert {sheet["id"] for sheet in active} == {ended["id"], running["id"]}
    for sheet in active:
        kimai.ask(BOSS, "DELETE", f"timesheets/{sheet['id']}")


def test_a_record_that_moves_is_billable_as_what_it_moves_to(kimai: Instance) -> None:
    sheet = kimai.make("timesheets", BOSS, **TIMES, **kimai.bookable(), billable=False, hourlyRate=50)
    other = {"activity": kimai.make("activities", name=kimai.name())["id"]}
    moved = kimai.ask(BOSS, "PATCH", f"timesheets/{sheet['id']}", other).json()
    assert (moved["billable"], moved["hourlyRate"]) == (True, 0.0)


@pytest.mark.parametrize(("emulate", "rate"), [("2.24.0", 50.0), ("2.66.0", None)])
def test_a_restart_that_copies(start: Start, emulate: str, rate: float | None) -> None:
    kimai = start(emulate=emulate)
    sheet = kimai.make("timesheets", BOSS, **TIMES, **bookable(kimai), description="x", billable=False, hourlyRate=50)
    again = kimai.ask(BOSS, "PATCH", f"timesheets/{sheet['id']}/restart", {"copy": "all"}).json()
    assert (again["description"], again["billable"], again["hourlyRate"]) == ("x", emulate == "2.66.0", rate)


def test_recent_are_those_made_last(kimai: Instance) -> None:
    book = kimai.bookable()
    kimai.make("timesheets", WORKER, **book, begin="2026-03-05T10:00:00", end="2026-03-05T11:00:00")
    last = kimai.make("timesheets", WORKER, **TIMES, **book)
    recent = kimai.ask(WORKER, "GET", "timesheets/recent").json()
    assert [sheet["id"] for sheet in recent if sheet["project"]["id"] == book["project"]] == [last["id"]]
    later = kimai.ask(WORKER, "GET", "timesheets/recent", params={"begin": "2026-03-04T00:00:00"}).json()
    assert [sheet["begin"][:10] for sheet in later if sheet["project"]["id"] == book["project"]] == ["2026-03-05"]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("last day of last month 23:59:59", datetime(2026, 10, 31, 23, 59, 59)),
        ("2026-11-01", datetime(2026, 11, 1)),
        ("2026-11-01 08:30", datetime(2026, 11, 1, 8, 30)),
    ],
)
def test_moments_with_a_date_or_a_time_of_day(text: str, moment: datetime) -> None:
    assert relative(text, datetime(2026, 11, 25, 12)) == moment


def test_a_locked_period_without_times_ends_at_the_hour_that_it_is() -> None:
    name = "timesheet.rules.lockdown_period"
    settings = Settings({f"{name}_start": "first day of last month", f"{name}_end": "last day of last month"})
    evening, noon = datetime(2026, 10, 31, 20), datetime(2026, 11, 25, 12)
    assert not locked(settings, evening, noon, "UTC")
    assert locked(settings, evening, noon.replace(hour=21), "UTC")


def test_a_lead_exports_what_is_locked(start: Start, clock: Clock) -> None:
    clock("2026-04-01T12:00:00+00:00")
    name = "timesheet.rules.lockdown_period"
    kimai = start(settings={f"{name}_start": "-2 days", f"{name}_end": "-1 hour"})
    sheet = kimai.make("timesheets", BOSS, **TIMES, **kimai.bookable(), user=IDS[LEAD])
    path = f"timesheets/{sheet['id']}"
    assert kimai.ask(LEAD, "PATCH", path, {"description": "x"}).status_code == 403
    assert kimai.ask(LEAD, "PATCH", f"{path}/export").json()["exported"] is True


def test_roles_have_the_rights_that_they_are_given(start: Start) -> None:
    kimai = start(settings={"rights.ROLE_USER": "+view_activity", "rights.ROLE_ADMIN": "-view_other_timesheet"})
    activity = kimai.make("activities", name="Activity")["id"]
    assert kimai.ask(WORKER, "GET", f"activities/{activity}").status_code == 200
    kimai.make("timesheets", WORKER, **TIMES, **kimai.bookable())
    assert kimai.ask(MANAGER, "GET", "timesheets", params={"user": "all"}).json() == []


def test_a_right_without_a_sign_is_refused(start: Start) -> None:
    with pytest.raises(EmbeddedError, match=r"\+name or -name"):
        start(settings={"rights.ROLE_USER": "view_team"})
