"""On the instance that the run started itself there is nobody to protect: nothing is asked on their behalf."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.exchange.guard.kinds import Kind

from .fake import PLAIN, Fake, client


@pytest.mark.parametrize("own", [True, False])
def test_only_parents_that_others_may_see_are_hidden(tmp_path: Path, own: bool) -> None:
    fake = Fake()
    with client(fake, tmp_path, is_embedded=own) as opened:
        opened.records.rate(opened.records.shared_project())
        opened.records.timesheet(PLAIN)
        fake.seen.clear()
        report = opened.cleanup()
    assert report.left_behind == ()
    assert report.deleted == report.created
    assert not any(fake.rows[table] for table in ("customers", "projects", "activities", "timesheets"))
    hidden = [request for request in fake.seen if request.method == "PATCH"]
    looked = [request for request in fake.seen if request.url.path.endswith("/rates") and request.method == "GET"]
    assert (bool(hidden), bool(looked)) == (not own, not own)


@pytest.mark.parametrize("own", [True, False])
def test_timers_of_people_are_asked_for_elsewhere_alone(tmp_path: Path, own: bool) -> None:
    fake = Fake()
    with client(fake, tmp_path, is_embedded=own) as opened:
        record = opened.records.timesheet(PLAIN, end=None)
        assert record.kind is Kind.TIMESHEET
    asked = [request.url.path for request in fake.seen if request.url.path == "/api/timesheets/active"]
    assert bool(asked) is not own
