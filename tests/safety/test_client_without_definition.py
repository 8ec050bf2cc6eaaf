"""The client from end to end, against a fake: what it makes is gone, what was there stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.exchange import RecordFactory, Refused, finish, unfinished
from conformance.exchange.guard.kinds import Kind

from .fake import ADMIN, PLAIN, Fake, client


def test_everything_made_is_deleted_and_nothing_else(tmp_path: Path) -> None:
    fake = Fake()
    theirs = fake.add("customers", name="ACME")
    with client(fake, tmp_path) as opened:
        records = RecordFactory(opened)
        records.timesheet(PLAIN)
        records.tag()
        records.team([PLAIN])
        customer = records.customer()
        records.rate(customer)
        records.comment(customer)
        report = opened.cleanup()
    assert (report.created, report.deleted, report.left_behind) == (9, 9, ())
    left = {table: list(rows) for table, rows in fake.rows.items() if rows and table != "users"}
    assert left == {"customers": [theirs]}
    assert unfinished(tmp_path) == []


def test_a_killed_run_is_finished_from_its_folder(tmp_path: Path) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        RecordFactory(opened).timesheet(PLAIN)
    assert [run.run_id for run in unfinished(tmp_path)] == ["t35t"]
    with client(fake, None) as opened:
        report = finish(tmp_path, opened)
    assert report.left_behind == ()
    assert not fake.rows["timesheets"]
    assert not fake.rows["customers"]
    assert unfinished(tmp_path) == []


def test_what_somebody_else_made_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    fake = Fake()
    theirs = fake.add("customers", name="ACME")
    with client(fake, tmp_path) as opened, pytest.raises(Refused) as caught:
        opened.session(ADMIN).delete(f"/api/customers/{theirs}")
    assert caught.value.rule == 2
    assert fake.writes == []
    assert opened.refused[2] == 1


def test_other_peoples_records_below_ours_keep_ours(tmp_path: Path) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        project, activity = RecordFactory(opened).bookable()
        theirs = fake.add("timesheets", user=9, project=project, activity=activity, end="x")
        report = opened.cleanup()
    assert f"timesheet {theirs} below it: it is not of this run" in "\n".join(report.left_behind)
    assert project in fake.rows["projects"]
    assert theirs in fake.rows["timesheets"]
    assert {opened.state.made(Kind.PROJECT, project) is not None} == {True}
