"""Times on instances with settings of all kinds: what a setting refuses or moves is no failure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from conformance.definition import Definition
from conformance.exchange import records
from conformance.model import Actor, Exchange, Status
from conformance.probes.times.booking_constraints import may_book_lately, obstacle
from conformance.probes.times.round_trips import POST, Sent
from conformance.probes.times.spans import Span
from conformance.probes.times.timers import finished
from conformance.probes.times.times import Booked, book
from conformance.probes.times.zones import written
from conformance.verdict import NOT_OBSERVABLE
from contracts import (
    test_booleans,
    test_datetimes,
    test_money_sight,
    test_paging,
    test_permissions,
    test_teams,
    test_timers,
)
from contracts.time_assertions import is_locked, is_too_long, longest
from tests.conftest import Clock
from tests.contracts.checking import labelled, probe_context, run

BERLIN = Actor("worker", (), None, 4, ("ROLE_USER",), "Europe/Berlin")
LOCKED = {
    "timesheet.rules.lockdown_period_start": "first day of last month",
    "timesheet.rules.lockdown_period_end": "last day of last month",
}
FIXED = {"timesheet.mode": "duration_fixed_begin", "timesheet.default_begin": "00:01"}
SETTINGS: list[tuple[Mapping[str, str], Callable[..., None], dict[str, Any]]] = [
    (FIXED, test_timers.test_restart, {"timer": 0}),
    (FIXED, test_timers.test_restart_from_a_time, {"rewound": 0}),
    ({"timesheet.mode": "punch"}, test_timers.test_stop, {"timer": 3}),
    ({"timesheet.mode": "punch"}, test_datetimes.test_guaranteed_form_is_accepted, {"role": 3}),
    (LOCKED, test_datetimes.test_guaranteed_form_is_accepted, {"role": 3}),
    (LOCKED, test_timers.test_restart, {"timer": 3}),
    ({"timesheet.rules.long_running_duration": "90"}, test_datetimes.test_guaranteed_form_is_accepted, {"role": 1}),
    ({"timesheet.rules.allow_overlapping_records": "0"}, test_booleans.test_false_in_post, {"creatable": "timesheets"}),
]


def sent(begin: datetime, hours: int, taken: bool = True) -> Sent:
    """Return a span that was sent in Berlin, accepted or not."""
    span = Span("x", begin, begin + timedelta(hours=hours))
    answer = Exchange("POST", "/api/timesheets", POST, "worker", {}, None, 200 if taken else 400, {}, b"")
    begun, ended = (f"{written(moment)}+0100" for moment in (span.begin, span.end))
    return Sent(POST, span, Booked(BERLIN, 1 if taken else None, answer.status, begun, ended, 0, answer))


def test_an_hour_that_is_there_twice_makes_a_record_longer() -> None:
    across = sent(datetime(2025, 10, 26, 1), 3, taken=False)
    assert longest(across) == timedelta(hours=4)
    assert is_too_long(across, [sent(datetime(2025, 1, 16, 10), 3), across])
    assert not is_too_long(across, [sent(datetime(2025, 1, 16, 10), 4), across])


def test_what_is_refused_up_to_a_day_looks_locked() -> None:
    old, new = sent(datetime(2025, 9, 17, 10), 1, taken=False), sent(datetime(2028, 3, 1, 10), 1)
    assert is_locked([old, new], datetime(2026, 11, 25))
    assert is_locked([old, new], datetime(2037, 11, 25))
    assert not is_locked([old, sent(datetime(2024, 3, 1, 10), 1)], datetime(2026, 11, 25))
    assert not is_locked([sent(datetime(1955, 3, 1, 10), 1, taken=False), new], datetime(2026, 11, 25))


@pytest.mark.parametrize(("settings", "check", "labels"), SETTINGS, ids=range(len(SETTINGS)))
def test_settings_raise_no_alarm(
    definition: Definition, tmp_path: Path, settings: Mapping[str, str], check: Callable[..., None], labels: Any
) -> None:
    with probe_context(definition, tmp_path, settings=settings) as context:
        places = run(context, check, **labelled(context, labels))
    assert places
    assert [place for place in places if place.status in (Status.FAIL, Status.ERROR)] == []


def test_what_a_role_may_not_send_is_not_observable(definition: Definition, tmp_path: Path) -> None:
    with probe_context(definition, tmp_path, settings={"timesheet.mode": "punch"}) as context:
        places = run(context, test_datetimes.test_repeated_local_time, **labelled(context, {"role": 4}))
    assert places
    assert all(place.reason.startswith(NOT_OBSERVABLE) for place in places)


@pytest.mark.parametrize("settings", [LOCKED, {"timesheet.mode": "punch"}], ids=["locked", "punch"])
def test_a_plain_user_finishes_a_record_there_too(
    definition: Definition, tmp_path: Path, clock: Clock, settings: Mapping[str, str]
) -> None:
    clock("2026-04-01T12:00:00+00:00")
    with probe_context(definition, tmp_path, settings=settings) as context:
        assert book(context, context.weakest, "2025-01-15T13:00:00", "2025-01-15T14:30:00").ident is None
        assert finished(context, context.weakest).ident is not None


@pytest.mark.parametrize("settings", [LOCKED, {"timesheet.mode": "punch"}], ids=["locked", "punch"])
@pytest.mark.parametrize(
    ("check", "labels"),
    [
        (test_paging.test_headers_are_true, {}),
        (test_permissions.test_foreign_record_is_not_read, {"owner": "worker"}),
        (test_permissions.test_foreign_record_is_not_listed, {"owner": "worker"}),
        (test_money_sight.test_rates_of_a_member, {}),
    ],
)
def test_what_is_not_about_old_times_is_decided_there_too(
    definition: Definition, tmp_path: Path, settings: Mapping[str, str], check: Callable[..., None], labels: Any
) -> None:
    with probe_context(definition, tmp_path, settings=settings) as context:
        names = {name: next(a.name for a in context.actors if a.role == "ROLE_USER") for name in labels}
        places = run(context, check, **names)
    assert {place.status for place in places} == {Status.PASS}


def test_a_lead_far_away_is_shown_what_a_member_booked_late_in_the_day(
    definition: Definition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where records may not overlap they stand at drawn hours, which are of another day where the lead lives."""
    monkeypatch.setattr(records, "LANES", (20,) * len(records.LANES))
    with probe_context(definition, tmp_path, settings={"timesheet.rules.allow_overlapping_records": "0"}) as context:
        places = run(context, test_teams.test_lead_reads_their_team)
    assert {place.status for place in places} == {Status.PASS}


def test_something_may_be_booked_in_the_first_minute_after_a_locked_month(
    definition: Definition, tmp_path: Path, clock: Clock
) -> None:
    now = "2027-03-01T03:30:20+00:00"
    clock(now)
    names = ("timesheet.rules.lockdown_period_start", "timesheet.rules.lockdown_period_end")
    settings = dict(zip(names, ("first day of last month", "last day of last month 23:59:59"), strict=True))
    with probe_context(definition, tmp_path, settings=settings) as context:
        worker = next(actor for actor in context.actors if actor.timezone == "America/St_Johns")
        assert may_book_lately(context, worker, datetime.fromisoformat(now))


def test_another_record_stands_in_the_way(definition: Definition, tmp_path: Path) -> None:
    with probe_context(definition, tmp_path, settings={"timesheet.rules.allow_overlapping_records": "0"}) as context:
        book(context, context.weakest, "2025-01-16T09:00:00", "2025-01-16T12:00:00")
        at = datetime(2025, 1, 16, 10)
        assert obstacle(context, context.weakest, at, at + timedelta(hours=1))
        assert obstacle(context, context.weakest, at + timedelta(days=7), at + timedelta(days=7, hours=1)) is None


def test_a_project_with_an_end_stands_in_the_way(definition: Definition, tmp_path: Path) -> None:
    with probe_context(definition, tmp_path) as context:
        context.cache["booked project"] = {"start": "2025-02-01", "end": None}
        winter, summer = datetime(2025, 1, 16, 10), datetime(2025, 7, 16, 10)
        assert obstacle(context, context.weakest, winter, winter + timedelta(hours=1))
        assert obstacle(context, context.weakest, summer, summer + timedelta(hours=1)) is None
