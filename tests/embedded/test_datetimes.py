"""The arithmetic of times, against what was measured on a released Kimai."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from conformance.embedded.behaviour import datetimes
from conformance.embedded.behaviour.lockdown import locked, relative
from conformance.embedded.store.settings import Settings

BERLIN, ST_JOHNS, KATHMANDU = "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2026-07-01T10:00:00", "2026-07-01T10:00:00+0200"),
        ("2026-07-01T10:00", "2026-07-01T10:00:00+0200"),
        (" 2026-07-01 10:00:00 ", "2026-07-01T10:00:00+0200"),
        ("2026-07-01T10:00:00.123", "2026-07-01T10:00:00+0200"),
        ("2026-07-01T10:00:00Z", "2026-07-01T12:00:00+0200"),
        ("2026-07-01T10:00:00-0330", "2026-07-01T15:30:00+0200"),
        ("2026-07-01T10:00:00+02:00", "2026-07-01T10:00:00+0200"),
        ("2026-07-01T24:00:00", "2026-07-02T00:00:00+0200"),
        ("1969-12-31T22:00:00", "1969-12-31T22:00:00+0100"),
        ("2026-03-29T02:30:00", "2026-03-29T03:30:00+0200"),
        ("2026-10-25T02:30:00", "2026-10-25T02:30:00+0100"),
    ],
)
def test_a_time_is_read_in_the_zone_and_written_with_its_offset(text: str, written: str) -> None:
    moment = datetimes.read(text, BERLIN)
    assert moment is not None
    assert datetimes.write(moment, BERLIN) == written


@pytest.mark.parametrize(
    "text",
    [
        "2026-07-01",
        "now",
        "1782892800",
        "2026-02-30T10:00:00",
        "2026-07-01T25:00:00",
        "2026-07-01T10:60:00",
        "2026-07-01T24:00:01",
        "26-07-01T10:00:00",
        "9999-12-31T24:00:00",
        "٢٠٢٦-07-01T10:00:00",
    ],
)
def test_other_forms_are_refused(text: str) -> None:
    assert datetimes.read(text, BERLIN) is None


@pytest.mark.parametrize(
    ("wall", "zone", "written"),
    [
        ("2026-11-01T01:30:00", ST_JOHNS, "2026-11-01T01:30:00-0230"),
        ("2026-03-08T02:30:00", ST_JOHNS, "2026-03-08T03:30:00-0230"),
        ("2026-07-01T10:00:00", KATHMANDU, "2026-07-01T10:00:00+0545"),
    ],
)
def test_twice_and_never_in_other_zones(wall: str, zone: str, written: str) -> None:
    moment = datetimes.read(wall, zone)
    assert moment is not None
    assert datetimes.write(moment, zone) == written


def test_a_query_takes_only_the_documented_form() -> None:
    assert datetimes.read_query("2026-02-01T00:00:00", "UTC") == datetime(2026, 2, 1)
    for text in ("2026-02-01", "2026-02-01T00:00:00Z", "2026-02-01 00:00:00", "2026-02-01T24:00:00", "garbage"):
        assert datetimes.read_query(text, "UTC") is None


def test_the_default_rounding_cuts_begin_and_lifts_end() -> None:
    rules = Settings().rounding
    moment = datetime(2026, 7, 1, 10, 7, 37)
    assert datetimes.round_begin(moment, "UTC", rules) == datetime(2026, 7, 1, 10, 7)
    assert datetimes.round_end(moment, "UTC", rules) == datetime(2026, 7, 1, 10, 8)
    assert datetimes.round_duration(61, moment, "UTC", rules) == 61


@pytest.mark.parametrize(
    ("mode", "begin", "end"),
    [
        ("default", (8, 0), (9, 30)),
        ("closest", (8, 0), (9, 30)),
        ("floor", (8, 0), (9, 15)),
        ("ceil", (8, 15), (9, 30)),
    ],
)
def test_rounding_by_steps(mode: str, begin: tuple[int, int], end: tuple[int, int]) -> None:
    name = "timesheet.rounding.default"
    rules = Settings({f"{name}.begin": "15", f"{name}.end": "15", f"{name}.mode": mode}).rounding
    assert datetimes.round_begin(datetime(2026, 3, 3, 8, 7, 29), "UTC", rules) == datetime(2026, 3, 3, *begin)
    assert datetimes.round_end(datetime(2026, 3, 3, 9, 22, 31), "UTC", rules) == datetime(2026, 3, 3, *end)


def test_days_without_rounding_are_left_alone() -> None:
    rules = Settings({"timesheet.rounding.default.days": "monday"}).rounding
    tuesday = datetime(2026, 3, 3, 8, 7, 29)
    assert datetimes.round_begin(tuesday, "UTC", rules) == tuesday


def test_a_date_is_read_with_whatever_time_follows() -> None:
    assert datetimes.read_date("2026-05-01T10:00:00") == date(2026, 5, 1)
    assert datetimes.read_date("2026-02-30") is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("first day of last month", datetime(2026, 10, 1, 12)),
        ("last day of last month", datetime(2026, 10, 31, 12)),
        ("+1 day", datetime(2026, 11, 26, 12)),
        ("-2 weeks midnight", datetime(2026, 11, 11)),
        ("first day of next year", datetime(2027, 11, 1, 12)),
    ],
)
def test_relative_moments(text: str, moment: datetime) -> None:
    assert relative(text, datetime(2026, 11, 25, 12)) == moment


def test_a_locked_period_ends_with_its_grace() -> None:
    settings = Settings(
        {
            "timesheet.rules.lockdown_period_start": "first day of last month",
            "timesheet.rules.lockdown_period_end": "last day of last month",
            "timesheet.rules.lockdown_grace_period": "+10 days",
        }
    )
    october, september, november = (datetime(2026, month, 15) for month in (10, 9, 11))
    early, late = datetime(2026, 11, 5), datetime(2026, 11, 20)
    assert not locked(settings, october, early, "UTC")
    assert locked(settings, october, late, "UTC")
    assert locked(settings, september, early, "UTC")
    assert not locked(settings, november, late, "UTC")
