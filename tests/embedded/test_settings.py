"""Settings of an instance: what they change, and which are refused."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from conformance.embedded.behaviour import datetimes, timesheet_service
from conformance.embedded.errors import EmbeddedError
from conformance.embedded.store.settings import Settings
from conformance.embedded.web.serve_command import parsed
from tests.conftest import Clock
from tests.embedded.conftest import BOSS, LEAD, WORKER, Instance, Start

TIMES = {"begin": "2026-03-03T08:07:29", "end": "2026-03-03T09:22:31"}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"timesheet.mod": "punch"}, "there is no setting 'timesheet.mod'"),
        ({"timesheet.mode": "chaos"}, "none of default, punch"),
        ({"timesheet.active_entries.hard_limit": "many"}, "is not a number"),
        ({"timesheet.rules.require_activity": "yes"}, "none of 0, 1"),
    ],
)
def test_a_wrong_setting_is_named(given: dict[str, str], told: str) -> None:
    with pytest.raises(EmbeddedError, match=told):
        Settings(given)


def test_settings_of_the_command_line() -> None:
    assert parsed(["timesheet.mode=punch"]) == {"timesheet.mode": "punch"}
    with pytest.raises(EmbeddedError, match="KEY=VALUE"):
        parsed(["timesheet.mode"])


def refused(kimai: Instance, who: str, **more: Any) -> list[str]:
    answer = kimai.ask(who, "POST", "timesheets", {**kimai.bookable(), **more})
    assert answer.status_code == 400, answer.text
    messages: list[str] = answer.json()["errors"].get("errors", [])
    return messages


@pytest.mark.parametrize("mode", ["punch", "duration_fixed_begin"])
def test_without_times_of_ones_own(start: Start, mode: str) -> None:
    kimai = start(settings={"timesheet.mode": mode})
    assert kimai.ask(WORKER, "GET", "config/timesheet").json()["trackingMode"] == mode
    assert refused(kimai, WORKER, **TIMES) == ["This form should not contain extra fields."]
    assert kimai.make("timesheets", LEAD, **TIMES, **kimai.bookable())["duration"] == 4560
    running = kimai.make("timesheets", WORKER, **kimai.bookable())
    assert kimai.ask(WORKER, "PATCH", f"timesheets/{running['id']}/stop").json()["end"]


def test_a_fixed_begin(start: Start) -> None:
    settings = {"timesheet.mode": "duration_fixed_begin", "timesheet.default_begin": "06:30"}
    kimai = start(settings=settings)
    assert "T06:30:00" in kimai.make("timesheets", WORKER, **kimai.bookable())["begin"]


def test_two_at_a_time(start: Start) -> None:
    kimai = start(settings={"timesheet.active_entries.hard_limit": "2"})
    book = kimai.bookable()
    for _ in range(3):
        kimai.make("timesheets", WORKER, **book)
    assert [sheet["id"] for sheet in kimai.ask(WORKER, "GET", "timesheets/active").json()] == [3, 2]


@pytest.mark.parametrize(
    ("setting", "value", "body", "message"),
    [
        ("allow_zero_duration", "0", {"end": TIMES["begin"]}, "An empty duration is not allowed."),
        ("long_running_duration", "60", {}, "Maximum 1:00 hours allowed."),
        (
            "allow_future_times",
            "0",
            {"begin": "2026-05-01T08:00:00", "end": "2026-05-01T09:00:00"},
            "The begin date cannot be in the future.",
        ),
    ],
)
def test_rules_refuse(start: Start, clock: Clock, setting: str, value: str, body: dict[str, str], message: str) -> None:
    clock("2026-04-01T12:00:00+00:00")
    kimai = start(settings={f"timesheet.rules.{setting}": value})
    assert message in refused(kimai, WORKER, **{**TIMES, **body})


def test_overlap(start: Start) -> None:
    kimai = start(settings={"timesheet.rules.allow_overlapping_records": "0"})
    sheet = kimai.make("timesheets", WORKER, **TIMES, **kimai.bookable())
    assert refused(kimai, WORKER, **TIMES) == ["You already have an entry for this time."]
    body = kimai.ask(WORKER, "PATCH", f"timesheets/{sheet['id']}/duplicate").json()
    assert set(body["errors"]["children"]) == {"begin_date"}
    kimai.make("timesheets", LEAD, **TIMES, **kimai.bookable())


def test_a_locked_period(start: Start, clock: Clock) -> None:
    clock("2026-04-01T12:00:00+00:00")
    name = "timesheet.rules.lockdown"
    kimai = start(settings={f"{name}_period_start": "-1 day", f"{name}_period_end": "-1 day"})
    for who in (WORKER, LEAD):
        assert "This period is locked. Please choose a later date." in refused(kimai, who, **TIMES)
    sheet = kimai.make("timesheets", BOSS, **TIMES, **kimai.bookable(), user=4)
    assert kimai.ask(WORKER, "PATCH", f"timesheets/{sheet['id']}", {}).status_code == 403


def test_without_an_activity(start: Start) -> None:
    kimai = start(settings={"timesheet.rules.require_activity": "0"})
    body = kimai.ask(WORKER, "POST", "timesheets", {**TIMES, "project": kimai.project()}).json()
    assert body["errors"]["children"]["activity"] == {"errors": ["This value should not be null."]}


def test_a_start_rounded_into_the_future_bars_stop_and_next_start(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime(2026, 11, 24, 23, 26, 57)
    for module in (datetimes, timesheet_service):
        monkeypatch.setattr(module, "utc_now", lambda: now)
    name = "timesheet.rounding.default"
    kimai = start(settings={f"{name}.begin": "15", f"{name}.end": "15", f"{name}.mode": "closest"})
    sheet = kimai.make("timesheets", BOSS, **kimai.bookable())
    assert sheet["begin"] == "2026-11-24T23:30:00+0000"
    unstoppable = "You have an active time record which cannot be stopped automatically."
    assert refused(kimai, BOSS) == [unstoppable]
    body = kimai.ask(BOSS, "PATCH", f"timesheets/{sheet['id']}/stop").json()
    assert body["message"] == "There was a problem saving."
    assert set(body["errors"]["children"]) == {"end_date", "duration"}
    assert kimai.ask(BOSS, "GET", f"timesheets/{sheet['id']}").json()["end"] is None
