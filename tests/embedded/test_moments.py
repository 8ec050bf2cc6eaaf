"""What an instance does at moments that are odd: around midnight, when clocks change, as a month or a year begins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import Clock
from tests.embedded.conftest import BOSS, LEAD, MANAGER, WORKER, Instance, Start

ZONES = {BOSS: "UTC", MANAGER: "Europe/Berlin", LEAD: "Asia/Kathmandu", WORKER: "America/St_Johns"}

FIXED = {"timesheet.mode": "duration_fixed_begin"}
CLOSEST = {"timesheet.rounding.default.begin": "15", "timesheet.rounding.default.mode": "closest"}
LOCKDOWN = "timesheet.rules.lockdown_period"
LAST_MONTH = {
    f"{LOCKDOWN}_start": "first day of last month 00:00:00",
    f"{LOCKDOWN}_end": "last day of last month 23:59:59",
}
UNSTOPPABLE = "You have an active time record which cannot be stopped automatically."
MINUTE, HOUR = 60, 3600


@pytest.mark.parametrize(
    ("settings", "now", "begin"),
    [
        ({**FIXED, "timesheet.default_begin": "06:30"}, "2027-05-04T03:50:10+00:00", "2027-05-04T06:30:00+0000"),
        ({**FIXED, "timesheet.default_begin": "23:59"}, "2027-12-31T00:00:00+00:00", "2027-12-31T23:59:00+0000"),
        (CLOSEST, "2027-05-04T08:08:00+00:00", "2027-05-04T08:15:00+0000"),
        (CLOSEST, "2027-12-31T23:53:00+00:00", "2028-01-01T00:00:00+0000"),
    ],
)
def test_a_record_that_begins_ahead_can_neither_be_stopped_nor_followed(
    start: Start, clock: Clock, settings: dict[str, str], now: str, begin: str
) -> None:
    """Recorded of a 2.66.0 that rounds to the closest: POST is 400 at the form, stop is 400 at the properties."""
    time = clock(now)
    kimai = start(settings=settings)
    book = kimai.bookable()
    sheet = kimai.make("timesheets", BOSS, **book)
    assert sheet["begin"] == begin
    second = kimai.ask(BOSS, "POST", "timesheets", book)
    assert (second.status_code, second.json()["errors"]["errors"]) == (400, [UNSTOPPABLE])
    stop = f"timesheets/{sheet['id']}/stop"
    refused = kimai.ask(BOSS, "PATCH", stop)
    assert (refused.status_code, set(refused.json()["errors"]["children"])) == (400, {"end_date", "duration"})
    assert kimai.ask(BOSS, "GET", f"timesheets/{sheet['id']}").json()["end"] is None
    time.shift(24 * HOUR)
    assert kimai.ask(BOSS, "PATCH", stop).status_code == 200


def test_a_record_that_begins_ahead_can_be_deleted(start: Start, clock: Clock) -> None:
    clock("2027-05-04T03:50:00+00:00")
    kimai = start(settings={**FIXED, "timesheet.default_begin": "06:30"})
    book = kimai.bookable()
    assert kimai.ask(BOSS, "DELETE", f"timesheets/{kimai.make('timesheets', BOSS, **book)['id']}").status_code == 204
    assert kimai.ask(BOSS, "POST", "timesheets", book).status_code == 200


@pytest.mark.parametrize("mode", ["default", "punch", "duration_fixed_begin"])
@pytest.mark.parametrize(
    ("who", "now", "begin", "end"),
    [
        (BOSS, "2027-12-31T23:59:00+00:00", "2027-12-31T23:59:00+0000", "2028-01-01T00:01:00+0000"),
        (MANAGER, "2028-02-28T22:59:00+00:00", "2028-02-28T23:59:00+0100", "2028-02-29T00:01:00+0100"),
        (LEAD, "2028-02-29T18:14:00+00:00", "2028-02-29T23:59:00+0545", "2028-03-01T00:01:00+0545"),
        (WORKER, "2027-06-01T02:29:00+00:00", "2027-05-31T23:59:00-0230", "2027-06-01T00:01:00-0230"),
        (MANAGER, "2027-03-28T00:59:00+00:00", "2027-03-28T01:59:00+0100", "2027-03-28T03:01:00+0200"),
        (MANAGER, "2027-10-31T00:59:00+00:00", "2027-10-31T02:59:00+0200", "2027-10-31T02:01:00+0100"),
        (WORKER, "2027-03-14T05:29:00+00:00", "2027-03-14T01:59:00-0330", "2027-03-14T03:01:00-0230"),
        (WORKER, "2027-11-07T04:29:00+00:00", "2027-11-07T01:59:00-0230", "2027-11-07T01:01:00-0330"),
    ],
)
def test_a_record_runs_on_over_midnight_and_a_change_of_clocks(
    start: Start, clock: Clock, mode: str, who: str, now: str, begin: str, end: str
) -> None:
    time = clock(now)
    kimai = start(settings={"timesheet.mode": mode})
    sheet = kimai.make("timesheets", who, **kimai.bookable())
    assert (sheet["begin"], sheet["end"]) == (begin, None)
    time.shift(2 * MINUTE)
    stopped = kimai.ask(who, "PATCH", f"timesheets/{sheet['id']}/stop").json()
    assert (stopped["begin"], stopped["end"], stopped["duration"]) == (begin, end, 2 * MINUTE)


def test_a_fixed_time_that_the_day_skips_is_an_hour_later(start: Start, clock: Clock) -> None:
    clock("2027-03-28T12:00:00+00:00")
    kimai = start(settings={**FIXED, "timesheet.default_begin": "02:30"})
    assert kimai.make("timesheets", MANAGER, **kimai.bookable())["begin"] == "2027-03-28T03:30:00+0200"


@pytest.mark.parametrize(
    ("now", "day", "status"),
    [
        ("2027-03-01T00:00:00+00:00", "2027-02-28", 200),  # still February in St. John's
        ("2027-03-01T03:29:59+00:00", "2027-02-28", 200),
        ("2027-03-01T03:30:00+00:00", "2027-02-28", 400),
        ("2027-03-01T03:30:00+00:00", "2027-03-01", 200),
        ("2027-12-31T12:00:00+00:00", "2027-11-30", 400),
        ("2027-12-31T12:00:00+00:00", "2027-12-01", 200),
        ("2028-01-01T12:00:00+00:00", "2027-12-31", 400),
        ("2028-02-29T12:00:00+00:00", "2028-01-31", 400),
        ("2028-03-31T12:00:00+00:00", "2028-02-29", 400),
        ("2028-03-31T12:00:00+00:00", "2028-03-01", 200),
    ],
)
def test_last_month_is_locked_from_the_first_of_the_next_in_the_zone_of_the_user(
    start: Start, clock: Clock, now: str, day: str, status: int
) -> None:
    clock(now)
    kimai = start(settings=LAST_MONTH)
    times = {"begin": f"{day}T00:30:00", "end": f"{day}T00:31:00"}
    assert kimai.ask(WORKER, "POST", "timesheets", {**kimai.bookable(), **times}).status_code == status


def test_a_token_is_valid_up_to_its_second(start: Start, clock: Clock) -> None:
    time = clock("2098-12-31T23:59:59+00:00")
    kimai = start()
    token = {"Authorization": "Bearer embedded-worker-future"}
    assert kimai.ask(None, "GET", "ping", headers=token).status_code == 200
    time.shift(1)
    assert kimai.ask(None, "GET", "ping", headers=token).status_code == 401


@settings(max_examples=30, deadline=None)
@given(
    now=st.datetimes(datetime(2000, 1, 1), datetime(2098, 12, 31), timezones=st.just(UTC)),
    who=st.sampled_from(sorted(ZONES)),
    seconds=st.integers(0, 7200),
)
def test_a_start_and_a_stop_tell_the_minute_at_any_moment(
    kimai: Instance, now: datetime, who: str, seconds: int
) -> None:
    time_machine = pytest.importorskip("time_machine", reason="the package time-machine sets the clock")
    book = kimai.bookable()
    with time_machine.travel(now.timestamp(), tick=False) as time:
        sheet = kimai.make("timesheets", who, **book)
        time.shift(seconds)
        stopped = kimai.ask(who, "PATCH", f"timesheets/{sheet['id']}/stop").json()
    kimai.ask(BOSS, "DELETE", f"timesheets/{sheet['id']}")
    minute, second = timedelta(minutes=1), timedelta(seconds=1)
    first = now.replace(second=0, microsecond=0)
    last = now.replace(microsecond=0) + seconds * second
    last += (first - last) % minute
    for name, instant in (("begin", first), ("end", last)):
        assert stopped[name] == f"{instant.astimezone(ZoneInfo(ZONES[who])):%Y-%m-%dT%H:%M:%S%z}"
    assert stopped["duration"] == (last - first) // second
