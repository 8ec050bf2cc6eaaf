"""An id does not make a record the run's: a reused id, a restored database, a lying answer, what hangs below below."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from conformance.exchange import LedgerError, RecordFactory, Refused, finish
from conformance.exchange.guard.kinds import Kind

from .fake import ADMIN, MARK, PLAIN, RUN, Fake, cleaner, client


def reborn(fake: Fake, table: str, ident: int, **row: object) -> None:
    """Let somebody else's record have an id."""
    fake.rows[table][ident] = {"id": ident, **row}


@pytest.mark.parametrize("write", ["DELETE", "PATCH"])
def test_an_id_that_was_given_again_is_not_the_runs(tmp_path: Path, write: str) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        customer = RecordFactory(opened).customer()
        opened.session(ADMIN).delete(customer.path)
        assert opened.session(ADMIN).delete(customer.path).status == 404
        reborn(fake, "customers", customer.id, name="ACME")
        with pytest.raises(Refused, match="exists again"):
            opened.session(ADMIN).send(write, customer.path, json={"comment": "x"})
        with pytest.raises(Refused, match="exists again"):
            opened.session(ADMIN).post("/api/projects", json={"name": f"{MARK} p", "customer": customer.id})


def test_what_a_delete_left_standing_is_still_the_runs(tmp_path: Path) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        customer = RecordFactory(opened).customer()
        kept = dict(fake.rows["customers"][customer.id])
        opened.session(ADMIN).delete(customer.path)
        reborn(fake, "customers", customer.id, **{k: v for k, v in kept.items() if k != "id"})
        assert opened.session(ADMIN).delete(customer.path).status == 204


@pytest.mark.parametrize(
    ("text", "stays"), [("null", False), ("", False), (f"{MARK} x", False), ("three hours with the client", True)]
)
def test_a_time_record_with_another_text_than_the_run_gave_it_is_somebodys(
    tmp_path: Path, text: str, stays: bool
) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        own = RecordFactory(opened).timesheet(PLAIN)
        assert opened.session(PLAIN).patch(own.path, json={"description": "null"}).ok
        fake.rows["timesheets"][own.id]["description"] = text
        report = opened.cleanup()
    assert (own.id in fake.rows["timesheets"]) is stays
    assert any("not one that this run gave it" in line for line in report.left_behind) is stays


@pytest.mark.parametrize(
    ("kind", "table", "theirs"),
    [
        (Kind.CUSTOMER, "customers", {"name": "ACME"}),
        (Kind.TEAM, "teams", {"name": "Night shift", "members": []}),
        (Kind.TAG, "tags", {"name": "urgent"}),
        (Kind.TIMESHEET, "timesheets", {"user": 3, "project": 7, "activity": 7, "description": "", "end": "x"}),
    ],
)
def test_after_a_restored_database_nothing_of_it_is_deleted(
    tmp_path: Path, kind: Kind, table: str, theirs: dict[str, object]
) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        record = RecordFactory(opened).of_kind(kind)
    reborn(fake, table, record.id, **theirs)
    for rows in ("projects", "activities", "customers"):
        fake.rows[rows] = {key: row for key, row in fake.rows[rows].items() if MARK not in str(row)}
    with cleaner(fake, tmp_path) as opened:
        report = finish(tmp_path, opened)
    assert fake.rows[table][record.id] == {"id": record.id, **theirs}
    assert any(f"{kind} {record.id}" in line for line in (*report.left_behind, *report.remarks))
    assert report.left_behind


def test_a_rate_below_a_reused_id_stays(tmp_path: Path) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        records = RecordFactory(opened)
        customer = records.customer()
        rate = records.rate(customer)
    reborn(fake, "customers", customer.id, name="ACME")
    with cleaner(fake, tmp_path) as opened:
        finish(tmp_path, opened)
    assert rate.id in fake.rows["customers_rates"]
    assert fake.writes[-1].startswith("POST")


def test_an_edited_ledger_makes_nothing_the_runs(tmp_path: Path) -> None:
    fake = Fake()
    theirs = fake.add("projects", name="Work", customer=1)
    with client(fake, tmp_path):
        pass
    path = tmp_path / "ledger-main.jsonl"
    made = {"event": "made", "number": "", "when": 1.0, "kind": "project", "ident": theirs}
    path.write_text(path.read_text() + json.dumps(made) + "\n")
    with pytest.raises(LedgerError, match="was not written by this installation"):
        client(fake, tmp_path)
    assert theirs in fake.rows["projects"]


@pytest.mark.parametrize(
    ("path", "lie"),
    [
        ("/api/tags", {}),
        ("/api/tags", {"name": "urgent"}),
        ("/api/customers", {"name": "ACME"}),
        ("/api/timesheets", {"user": 3, "project": 7, "activity": 7, "description": None}),
    ],
)
def test_an_answer_that_names_somebody_elses_record_is_not_believed(
    tmp_path: Path, path: str, lie: dict[str, object]
) -> None:
    fake = Fake()
    theirs = fake.add(path.rpartition("/")[2], **lie)
    body = {
        "name": f"{MARK} x",
        "begin": "2026-07-01T08:00:00",
        "end": "2026-07-01T09:00:00",
        "description": f"{MARK} x",
    }
    with client(fake, tmp_path) as opened:
        opened.state.highest_id_at_start(Kind.TIMESHEET)
        later = fake.add(path.rpartition("/")[2], **lie) if path != "/api/tags" else theirs
        fake.before = lambda request: (
            httpx.Response(200, json={"id": later, **lie}) if request.method == "POST" else None
        )
        sent = {key: body[key] for key in (("name",) if "timesheets" not in path else ("begin", "end", "description"))}
        assert opened.session(PLAIN if "timesheets" in path else ADMIN).post(path, json=sent).status == 200
        fake.before = lambda _: None
        opened.cleanup()
    assert {theirs, later} <= set(fake.rows[path.rpartition("/")[2]])
    assert not [line for line in fake.writes if line.startswith("DELETE")]


@pytest.mark.parametrize(
    ("table", "row"),
    [("activities", {"name": "Theirs"}), ("projects_comments", {"message": "hi"}), ("projects_rates", {"rate": 5})],
)
def test_a_customer_stays_while_somebodys_record_is_below_its_project(
    tmp_path: Path, table: str, row: dict[str, object]
) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        records = RecordFactory(opened)
        project = records.project(records.customer())
        theirs = fake.add(table, project=project.id, parent=project.id, **row)
        report = opened.cleanup()
    assert theirs in fake.rows[table]
    assert project.id in fake.rows["projects"]
    assert len(report.left_behind) == 2


def test_a_customer_with_an_invoice_stays(tmp_path: Path) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        customer = RecordFactory(opened).customer()
        fake.add("invoices", customer=customer.id + 1)
        invoice = fake.add("invoices", customer={"id": customer.id})
        report = opened.cleanup()
    assert customer.id in fake.rows["customers"]
    assert f"invoice {invoice}" in report.left_behind[0]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"name=Theirs", "application/x-www-form-urlencoded, text/plain"),
        (b"name[]=x&name=Theirs", "application/x-www-form-urlencoded"),
        (b"name=Theirs", "application/x-www-form-urlencodedx"),
    ],
)
def test_a_form_under_an_odd_type_is_a_form(tmp_path: Path, content: bytes, kind: str) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened, pytest.raises(Refused):
        opened.session(ADMIN).send("POST", "/api/tags", content=content, headers={"content-type": kind})
    assert fake.writes == []


@pytest.mark.parametrize(
    "path", ["/api/%2e%2e/en/timesheet/5", "/api/x/%252e%252e/%252e%252e/admin/5", "/api%2f..%2fa/5"]
)
@pytest.mark.parametrize("allow", [frozenset[str](), frozenset({"unlisted"})])
def test_no_read_leaves_the_api_by_dots(tmp_path: Path, path: str, allow: frozenset[str]) -> None:
    fake = Fake()
    with client(fake, tmp_path, allow=allow) as opened, pytest.raises(Refused):
        opened.session(ADMIN).get(path)
    assert fake.seen == []


def test_an_end_under_another_spelling_ends_nothing(tmp_path: Path) -> None:
    fake = Fake()
    fake.add("timesheets", user=3, description="theirs")
    body = {"begin": "2026-07-01T08:00:00", "e_nd": "2026-07-01T09:00:00", "description": f"{MARK} x"}
    with client(fake, tmp_path) as opened, pytest.raises(Refused, match="running"):
        opened.session(PLAIN).post("/api/timesheets", json=body)


def test_a_read_only_run_is_refused_for_that(tmp_path: Path) -> None:
    with client(Fake(), tmp_path, read_only=True, version="2.24.0") as opened, pytest.raises(Refused) as refused:
        opened.session(ADMIN).post("/api/customers", json={"name": f"{MARK} {RUN}"})
    assert refused.value.rule == 7
