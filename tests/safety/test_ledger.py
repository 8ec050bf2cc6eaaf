"""The ledger on disk, and what a clean-up makes of what it says and of what it cannot know."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from conformance.exchange import CleanupReport, Ledger, LedgerError, NoAnswer, RecordFactory, finish, unfinished
from conformance.exchange.guard.kinds import Kind
from conformance.exchange.ownership.ledger import read
from conformance.exchange.ownership.seal import Chain
from conformance.model import UsageError

from .fake import ACTORS, ADMIN, LEAD, MARK, PLAIN, Fake, cleaner, client

INTENT: dict[str, Any] = {
    "operation": "POST /api/tags",
    "kind": Kind.TAG,
    "actor": "boss",
    "path": "/api/tags",
    "sent": {"name": f"{MARK} t"},
    "parent": None,
    "floor": 4,
}


def test_an_intent_is_on_disk_before_the_create_leaves(tmp_path: Path) -> None:
    fake = Fake()
    lines: list[str] = []

    def look(request: httpx.Request) -> None:
        if request.method == "POST":
            lines.extend((tmp_path / "ledger-main.jsonl").read_text().splitlines())

    fake.before = look
    with client(fake, tmp_path) as opened:
        RecordFactory(opened).tag()
    assert json.loads(lines[-1])["event"] == "intent"
    assert json.loads(lines[-1])["sent"]["name"].startswith(MARK)


def test_a_line_cut_by_a_crash_is_left_out_and_the_ledger_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "ledger-main.jsonl"
    ledger = Ledger(path, {"run": "x"})
    ledger.intend(**INTENT)
    ledger.close()
    with path.open("a") as file:
        file.write('{"event": "intent", "numb')
    again = Ledger(path)
    assert len(again.contents.intents) == 1
    again.made("", Kind.TAG, 5)
    again.close()
    assert read(path).made.keys() == {(Kind.TAG, 5)}


@pytest.mark.parametrize("line", ["not json", '{"event": "header", "run": "x"}'])
def test_a_ledger_that_cannot_be_read_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "ledger-main.jsonl"
    path.write_text(f"{line}\n{{}}\n")
    with pytest.raises(LedgerError, match="line 1 of the ledger"):
        read(path)


def test_a_ledger_of_a_later_version_is_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "ledger-main.jsonl"
    path.write_text(json.dumps(Chain(b"").sealed({"event": "later invention"})) + "\n")
    with pytest.raises(LedgerError, match="unknown event 'later invention'"):
        read(path)


@pytest.mark.parametrize("change", ["edited", "removed", "swapped", "other key"])
def test_a_ledger_that_somebody_changed_is_not_followed(tmp_path: Path, change: str) -> None:
    path = tmp_path / "ledger-main.jsonl"
    ledger = Ledger(path, {"run": "x", "url": "http://kimai.test"}, key=b"secret")
    for ident in (5, 6, 7):
        ledger.made("", Kind.TAG, ident)
    ledger.close()
    assert len(read(path, b"secret").made) == 3
    lines = path.read_text().splitlines()
    if change == "edited":
        lines[2] = lines[2].replace('"ident": 6', '"ident": 9')
    elif change == "removed":
        del lines[1]
    elif change == "swapped":
        lines[1], lines[2] = lines[2], lines[1]
    path.write_text("\n".join(lines) + "\n")
    key = b"another" if change == "other key" else b"secret"
    with pytest.raises(LedgerError, match="was not written by this installation"):
        read(path, key)
    with pytest.raises(LedgerError):
        Ledger(path, key=key)


def test_a_second_process_cannot_write_the_same_ledger(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger-main.jsonl")
    with pytest.raises(UsageError, match="another run is still at work"):
        Ledger(tmp_path / "ledger-main.jsonl")
    ledger.close()
    Ledger(tmp_path / "ledger-main.jsonl").close()


def test_several_threads_write_whole_lines(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger-main.jsonl")

    def write(first: int) -> None:
        for number in range(first, first + 25):
            ledger.made("", Kind.TAG, number)

    threads = [threading.Thread(target=write, args=(first,)) for first in (0, 100, 200, 300)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ledger.close()
    assert ledger.path is not None
    assert len(read(ledger.path).made) == 100


def test_ledgers_of_several_workers_are_cleaned_together_newest_first(tmp_path: Path) -> None:
    fake = Fake()
    with (
        client(fake, tmp_path) as first,
        client(fake, None, ledger_path=tmp_path / "ledger-gw1.jsonl", process="gw1") as second,
    ):
        customer = RecordFactory(first).customer()
        later = RecordFactory(second).customer()
        RecordFactory(first).project(customer)
    with cleaner(fake, tmp_path) as opened:
        report = finish(tmp_path, opened)
    assert report.created == report.deleted >= 3
    assert report.left_behind == ()
    deletes = [line for line in fake.writes if line.startswith("DELETE")]
    assert deletes[:2] == [f"DELETE {later.path}", f"DELETE {customer.path}"]
    assert not fake.rows["projects"]


def unanswered(fake: Fake, folder: Path, count: int = 1, **settings: Any) -> None:
    """Create `count` tags of one name at the instance, whose answer never comes."""

    def lose(request: httpx.Request) -> httpx.Response | None:
        if request.method != "POST":
            return None
        for _ in range(count):
            fake.add("tags", **json.loads(request.content))
        raise httpx.ReadError("cut")

    with client(fake, folder, **settings) as opened:
        opened.session(ADMIN).get("/api/tags")
        fake.before = lose
        with pytest.raises(NoAnswer):
            opened.session(ADMIN).post("/api/tags", json={"name": f"{MARK} t"})
    fake.before = lambda _: None


def test_a_create_without_answer_is_looked_for(tmp_path: Path) -> None:
    fake = Fake()
    theirs = fake.add("tags", name="urgent")
    unanswered(fake, tmp_path)
    with cleaner(fake, tmp_path) as opened:
        report = finish(tmp_path, opened)
    assert report.left_behind == ()
    assert list(fake.rows["tags"]) == [theirs]
    assert unfinished(tmp_path) == []


def test_a_create_without_answer_is_never_settled_by_not_being_found(tmp_path: Path) -> None:
    """It may be carried out late: the ledger stays until it is found, or until no server can work on it any more."""
    fake = Fake()
    unanswered(fake, tmp_path, 0)
    with cleaner(fake, tmp_path) as opened:
        report = finish(tmp_path, opened)
    assert "may still be carried out" in report.left_behind[0]
    assert len(unfinished(tmp_path)) == 1
    late = fake.add("tags", name=f"{MARK} t", visible=True)
    with cleaner(fake, tmp_path) as opened:
        assert finish(tmp_path, opened).left_behind == ()
    assert late not in fake.rows["tags"]
    assert unfinished(tmp_path) == []


def test_a_create_that_is_carried_out_while_the_clean_up_waits_is_found(tmp_path: Path) -> None:
    fake = Fake()
    unanswered(fake, tmp_path, 0)
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 3:
            fake.add("tags", name=f"{MARK} t", visible=True)

    with cleaner(fake, tmp_path, late_seconds=60) as opened:
        assert finish(tmp_path, opened, sleep=sleep).left_behind == ()
    assert waited == [10.0, 10.0, 10.0]
    assert not fake.rows["tags"]


@pytest.mark.parametrize("stays", [False, True], ids=["its parent goes", "its parent stays"])
def test_a_create_below_a_parent_that_is_gone_is_carried_out_no_more(tmp_path: Path, stays: bool) -> None:
    fake = Fake()

    def lose(request: httpx.Request) -> httpx.Response | None:
        if request.method == "POST" and b"lost" in request.content:
            raise httpx.ReadError("cut")
        return None

    with client(fake, tmp_path) as opened:
        customer = RecordFactory(opened).customer()
        project = RecordFactory(opened).project(customer)
        fake.before = lose
        body = {"name": f"{MARK} lost", "project": project.id, "visible": True}
        with pytest.raises(NoAnswer):
            opened.session(PLAIN).post("/api/activities", json=body)
    fake.before = lambda _: None
    if stays:
        fake.add("timesheets", user=3, project=project.id, activity=None, description="theirs", end="x")
    with cleaner(fake, tmp_path) as opened:
        report = finish(tmp_path, opened)
    assert ("perhaps one activity" in " ".join(report.left_behind)) is stays
    assert bool(fake.rows["projects"]) is stays
    assert bool(unfinished(tmp_path)) is stays


def test_a_create_without_answer_is_settled_an_hour_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake()
    unanswered(fake, tmp_path, 0)
    later = time.time() + 3601
    monkeypatch.setattr("conformance.exchange.cleanup.cleanup.time.time", lambda: later)
    with cleaner(fake, tmp_path) as opened:
        assert finish(tmp_path, opened).left_behind == ()
    assert unfinished(tmp_path) == []


def test_a_create_that_never_left_is_nothing_to_look_for(tmp_path: Path) -> None:
    fake = Fake()

    def refuse(request: httpx.Request) -> httpx.Response | None:
        if request.method == "POST":
            raise httpx.ConnectError("refused")
        return None

    fake.before = refuse
    with client(fake, tmp_path) as opened, pytest.raises(NoAnswer):
        opened.session(ADMIN).post("/api/tags", json={"name": f"{MARK} t"})
    assert unfinished(tmp_path) == []


def test_where_more_than_one_fits_all_are_named_and_left(tmp_path: Path) -> None:
    fake = Fake()
    unanswered(fake, tmp_path, 2)
    with cleaner(fake, tmp_path) as opened:
        report = finish(tmp_path, opened)
    assert "more than one fits" in report.left_behind[0]
    assert len(fake.rows["tags"]) == 2
    assert len(unfinished(tmp_path)) == 1


def test_a_timesheet_without_answer_is_told_from_what_a_person_booked(tmp_path: Path) -> None:
    fake = Fake()
    lent = fake.add("projects", name="Work")
    fake.add("timesheets", user=3, project=lent, activity=lent, description="old", end="x")
    settings: dict[str, Any] = {"borrowed_project": lent, "borrowed_activity": lent, "actors": (LEAD, PLAIN)}
    with client(fake, tmp_path, unseen="nobody does", **settings) as opened:

        def lose(request: httpx.Request) -> httpx.Response | None:
            if request.method != "POST":
                return None
            fake.add("timesheets", **{**json.loads(request.content), "user": 3})
            raise httpx.ReadError("cut")

        fake.before = lose
        with pytest.raises(NoAnswer):
            RecordFactory(opened).timesheet(PLAIN)
    fake.before = lambda _: None
    theirs = fake.add("timesheets", user=3, project=lent, activity=lent, description="person", end="x")
    with cleaner(fake, tmp_path, **settings) as opened:
        assert finish(tmp_path, opened).left_behind == ()
    assert theirs in fake.rows["timesheets"]
    assert [MARK in str(row) for row in fake.rows["timesheets"].values()] == [False, False]


def test_what_was_stored_though_it_was_refused_is_found_by_the_mark(tmp_path: Path) -> None:
    fake = Fake()

    def store_and_refuse(request: httpx.Request) -> httpx.Response | None:
        if request.method != "POST":
            return None
        fake.add("customers", **json.loads(request.content))
        return httpx.Response(400, json={})

    with client(fake, tmp_path) as opened:
        fake.before = store_and_refuse
        opened.session(ADMIN).post("/api/customers", json={"name": f"{MARK} c"})
        fake.before = lambda _: None
        assert len(fake.rows["customers"]) == 1
        RecordFactory(opened).customer()
        assert opened.cleanup().left_behind == ()
    assert not fake.rows["customers"]


def test_a_record_with_the_mark_that_the_run_never_sent_is_named_and_left(tmp_path: Path) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        RecordFactory(opened).customer()
        copied = fake.add("customers", name=f"Copy of {MARK} customer 1")
        report = opened.cleanup()
    assert "nothing shows that this run made it" in report.left_behind[0]
    assert list(fake.rows["customers"]) == [copied]


def test_a_delete_that_fails_is_named_and_tried_by_the_others_first(tmp_path: Path) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        own = RecordFactory(opened).timesheet(PLAIN)
        fake.before = lambda r: httpx.Response(403, json={}) if r.method == "DELETE" else None
        report = opened.cleanup()
    assert any(f"timesheet {own.id}" in line and "403" in line for line in report.left_behind)
    tried = [r.headers["authorization"] for r in fake.seen if r.method == "DELETE" and r.url.path == own.path]
    assert len(set(tried)) == len(ACTORS)


def test_an_instance_that_is_gone_leaves_the_ledger_for_later(tmp_path: Path) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        RecordFactory(opened).customer()

    def gone(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    fake.before = gone
    with cleaner(fake, tmp_path) as opened:
        report = finish(tmp_path, opened)
    assert len(report.left_behind) == 1
    assert "customer" in report.left_behind[0]
    failed = CleanupReport.failed(tmp_path, "the instance does not answer")
    assert (failed.created, failed.deleted, len(failed.left_behind)) == (1, 0, 1)
    fake.before = lambda _: None
    with cleaner(fake, tmp_path) as opened:
        assert finish(tmp_path, opened).left_behind == ()
    assert not fake.rows["customers"]


def test_a_copy_of_what_never_was_is_nothing_to_look_for(tmp_path: Path) -> None:
    with client(Fake(), tmp_path) as opened:
        anonymous, absent = opened.anonymous(), 2**31 - 9
        for method, path in [
            ("PATCH", f"/api/timesheets/{absent}/duplicate"),
            ("PATCH", f"/api/timesheets/{absent}/restart"),
            ("POST", f"/api/projects/{absent}/duplicate"),
        ]:
            assert anonymous.send(method, path).status == 401
        assert opened.cleanup() == CleanupReport.nothing()


def test_own_favourites_are_no_part_of_what_is_put_back(tmp_path: Path) -> None:
    fake = Fake()
    listed = [{"id": 7}]

    def favourites(request: httpx.Request) -> httpx.Response | None:
        if not request.url.path.startswith("/api/favorites"):
            return None
        ident = request.url.path.rsplit("/", 1)[1]
        if request.method == "POST":
            listed.append({"id": int(ident)})
        elif request.method == "DELETE":
            listed[:] = [item for item in listed if str(item["id"]) != ident]
        return httpx.Response(200, json=listed)

    fake.before = favourites
    with client(fake, tmp_path, allow=frozenset({"favourites"})) as opened:
        records = RecordFactory(opened)
        first, second = records.timesheet(PLAIN), records.timesheet(PLAIN)
        session = opened.session(PLAIN)
        for record in (first, second):
            assert session.post(f"/api/favorites/timesheets/{record.id}").ok
        assert opened.cleanup().left_behind == ()
    assert listed == [{"id": 7}]


@pytest.mark.parametrize(
    "answer", [{"id": 101, "name": "ACME"}, {"id": 101, "name": f"{MARK} c"}, {"id": 9999, "name": "ACME"}]
)
def test_an_answer_with_somebody_elses_record_does_not_make_it_the_runs_own(tmp_path: Path, answer: Any) -> None:
    fake = Fake()
    theirs = fake.add("customers", name="ACME")
    fake.before = lambda r: httpx.Response(200, json=answer) if r.method == "POST" else None
    with client(fake, tmp_path) as opened:
        opened.session(ADMIN).post("/api/customers", json={"name": f"{MARK} c"})
        assert not opened.state.owns(Kind.CUSTOMER, answer["id"])
        assert opened.cleanup().left_behind == (
            "perhaps one customer of POST /api/customers: its answer did not tell which it is",
        )
    assert list(fake.rows["customers"]) == [theirs]
