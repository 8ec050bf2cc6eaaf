"""Effects of a request on records that it does not name: none of them may reach what the run did not make."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from conformance.exchange import Credentials, NoAnswer, RecordFactory, Refused
from conformance.model import Actor, Secret

from .fake import ADMIN, LEAD, MARK, PLAIN, Fake, client, rule_of

UNLISTED: dict[str, Any] = {"allow": frozenset({"unlisted"})}


def local(actor: Actor, **ago: int) -> str:
    """Return a local time of an actor, so long ago."""
    return (datetime.now(ZoneInfo(actor.timezone or "UTC")) - timedelta(**ago)).strftime("%Y-%m-%dT%H:%M:%S")


# Kinds that go by name


@pytest.mark.parametrize("name", ["freelancer", "my-company", "invoice", "default.html", "facture%20fr", "x", MARK])
def test_an_invoice_document_is_not_deleted_by_its_name(tmp_path: Path, name: str) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        assert rule_of(opened, "DELETE", f"/api/invoices/documents/{name}") == 2
    assert fake.writes == []


@pytest.mark.parametrize("name", ["Café", "CAFE", "cafe", " café ", "Cafe\u0301", "Cáfe"])
def test_a_tag_that_a_database_may_take_for_anothers_is_not_attached(tmp_path: Path, name: str) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        own = RecordFactory(opened).timesheet(PLAIN)
        fake.add("tags", name="Café")
        assert rule_of(opened, "PATCH", own.path, PLAIN, json={"tags": name}) == 2


# Operations of a later version


def test_an_unknown_operation_with_the_id_of_another_kind_is_refused(tmp_path: Path) -> None:
    fake = Fake()
    with client(fake, tmp_path, **UNLISTED) as opened:
        own = RecordFactory(opened).customer()
        for method, path in [
            ("DELETE", f"/api/holidays/{own.id}"),
            ("DELETE", f"/api/projects/{own.id}/archive"),
            ("GET", f"/api/holidays/{own.id}/approve"),
            ("GET", "/api/timesheets/7/approve"),
            ("PATCH", f"/api/customers/{own.id}/merge/7"),
            ("PATCH", f"/api/customers/{own.id}x"),
            ("DELETE", "/api/holidays"),
            ("PUT", "/api/holidays"),
            ("PATCH", "/api/timesheets"),
        ]:
            assert rule_of(opened, method, path) == (6 if method == "GET" else 2), path
        before = len(fake.writes)
        assert opened.session(ADMIN).patch(f"/api/customers/{own.id}/archive").status
        assert len(fake.writes) == before + 1


def test_a_known_delete_with_an_unknown_parameter_is_refused(tmp_path: Path) -> None:
    with client(Fake(), tmp_path, **UNLISTED) as opened:
        own = RecordFactory(opened).customer()
        assert rule_of(opened, "DELETE", f"{own.path}?replace=7") == 2


# Running records


@pytest.mark.parametrize(
    "begin",
    ["2099-01-01T10:00:00", "1900-01-01T10:00", " 2099-01-01 10:00:00", "2099-01-01T24:00:00", "2019-02-01T00:00:00Z"],
)
def test_no_running_record_that_cannot_be_stopped(tmp_path: Path, begin: str) -> None:
    """Kimai refuses a person's next start where it cannot stop what runs."""
    fake = Fake()
    with client(fake, tmp_path) as opened:
        records = RecordFactory(opened)
        project, activity = records.bookable()
        own = records.timesheet(PLAIN, begin=local(PLAIN, hours=2), end=local(PLAIN, hours=1))
        body = {"project": project, "activity": activity, "begin": begin}
        for more in ({}, {"end": None}, {"end": ""}):
            assert rule_of(opened, "POST", "/api/timesheets", PLAIN, json={**body, **more}) == 5
            assert rule_of(opened, "POST", "/api/timesheets", ADMIN, json={**body, **more, "user": 3}) == 5
        assert rule_of(opened, "PATCH", f"{own.path}/restart", PLAIN, json={"begin": begin}) == 5
        assert rule_of(opened, "PATCH", own.path, PLAIN, json={"begin": begin, "end": None}) == 5
        assert opened.session(PLAIN).patch(own.path, json={"begin": begin}).ok  # it has ended, and stays so
        running = records.timesheet(PLAIN, end=None)
        assert rule_of(opened, "PATCH", running.path, PLAIN, json={"begin": begin}) == 5


def test_a_record_of_long_ago_is_not_set_running(tmp_path: Path) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        own = RecordFactory(opened).timesheet(PLAIN, begin="2019-01-15T10:00:00", end="2019-01-15T11:00:00")
        assert rule_of(opened, "PATCH", own.path, PLAIN, json={"end": None}) == 5
        assert opened.session(PLAIN).patch(f"{own.path}/restart").ok  # it begins now


def test_a_record_that_was_not_shown_yet_is_read_before_it_is_set_running(tmp_path: Path) -> None:
    """As one that another process of the run made."""
    fake = Fake()
    with client(fake, tmp_path) as opened:
        records, session = RecordFactory(opened), opened.session(PLAIN)
        old = records.timesheet(PLAIN, begin="2019-01-15T10:00:00", end="2019-01-15T11:00:00")
        new = records.timesheet(PLAIN, begin=local(PLAIN, hours=2), end=local(PLAIN, hours=1))
        opened.state.last_seen.clear()
        assert rule_of(opened, "PATCH", old.path, PLAIN, json={"end": None}) == 5
        opened.state.last_seen.clear()
        assert session.patch(old.path, json={"begin": "2018-01-15T10:00:00"}).ok  # it has ended
        opened.state.last_seen.clear()
        assert session.patch(new.path, json={"end": None}).ok
        opened.state.last_seen.clear()
        assert rule_of(opened, "PATCH", new.path, PLAIN, json={"begin": "2099-01-01T10:00:00"}) == 5


def test_a_timer_of_the_run_begins_now(tmp_path: Path) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        record = RecordFactory(opened).timesheet(PLAIN, end=None)
        assert "begin" not in record.body
        begun = RecordFactory(opened).timesheet(PLAIN, begin=local(PLAIN, hours=3), end=None)
        assert begun.body["begin"]


# Favourites


def favourites(fake: Fake, listed: list[int]) -> None:
    """Keep favourites as Kimai does: the newest first, five at most."""

    def handle(request: httpx.Request) -> httpx.Response | None:
        if not request.url.path.startswith("/api/favorites"):
            return None
        last = request.url.path.rsplit("/", 1)[1]
        if request.method == "POST" and int(last) not in listed:
            listed[:] = [int(last), *listed[:4]]
        elif request.method == "DELETE":
            listed[:] = [entry for entry in listed if str(entry) != last]
        return httpx.Response(200, json=[{"id": item} for item in listed])

    fake.before = handle


def test_a_favourite_is_not_pushed_out(tmp_path: Path) -> None:
    fake, listed = Fake(), [7, 3, 9, 4]
    favourites(fake, listed)
    with client(fake, tmp_path, allow=frozenset({"favourites"})) as opened:
        records = RecordFactory(opened)
        first, second = records.timesheet(PLAIN), records.timesheet(PLAIN)
        assert opened.session(PLAIN).post(f"/api/favorites/timesheets/{first.id}").ok
        assert opened.session(PLAIN).post(f"/api/favorites/timesheets/{first.id}").ok
        assert rule_of(opened, "POST", f"/api/favorites/timesheets/{second.id}", PLAIN) == 3
        assert opened.cleanup().left_behind == ()
    assert listed == [7, 3, 9, 4]


def test_favourites_that_a_person_changed_meanwhile_stay_as_they_are(tmp_path: Path) -> None:
    fake, listed = Fake(), [7, 3, 9]
    favourites(fake, listed)
    with client(fake, tmp_path, allow=frozenset({"favourites"})) as opened:
        own = RecordFactory(opened).timesheet(PLAIN)
        assert opened.session(PLAIN).post(f"/api/favorites/timesheets/{own.id}").ok
        listed[:] = [own.id, 5, 9]
        report = opened.cleanup()
    assert listed == [5, 9]
    assert report.left_behind == ()
    assert "changed by somebody else" in report.remarks[0]


# Mail


@pytest.mark.parametrize(
    "value",
    [
        "boss@kimai.org",
        "a@b",
        "a@example.com.evil.org",
        "a@notexample.com",
        ["x@company.de"],
        {"0": "x@company.de"},
        "A <x@company.de>",
        "x@company.de,y@example.com",
    ],
)
def test_no_address_that_could_be_somebodys(tmp_path: Path, value: object) -> None:
    fake = Fake()
    with client(fake, tmp_path, allow=frozenset({"users"})) as opened:
        for name in ("email", "invoiceEmail", "invoice_email"):
            assert rule_of(opened, "POST", "/api/customers", json={"name": f"{MARK} c", name: value}) == 2
        body = {"username": f"{MARK}-u", "plainPassword": "12345678", "email": value}
        assert rule_of(opened, "POST", "/api/users", json=body) == 2
        for nobodys in ("a@example.com", "a@mail.example.org", "a@host.test", "no address", ""):
            assert opened.session(ADMIN).post("/api/customers", json={"name": f"{MARK} c", "email": nobodys}).ok


# What no answer told


def hiding_tags(fake: Fake, *, lost: bool) -> None:
    """Show no hidden tag in any list, and take no name twice. `lost`: the next create is stored, and not answered."""
    left = [lost]

    def handle(request: httpx.Request) -> httpx.Response | None:
        if not request.url.path.startswith("/api/tags"):
            return None
        if request.method == "GET":
            shown = [row for row in fake.rows["tags"].values() if row.get("visible")]
            wanted = request.url.params.get("name", "")
            return httpx.Response(200, json=[row for row in shown if wanted in row["name"]])
        if request.method == "POST":
            body = json.loads(request.content)
            if body["name"] in [row["name"] for row in fake.rows["tags"].values()]:
                return httpx.Response(400, json={})
            if left.pop() if left else False:
                fake.add("tags", **body)
                raise httpx.ReadError("cut")
        return None

    fake.before = handle


@pytest.mark.parametrize("stored", [True, False])
def test_a_hidden_tag_whose_answer_was_lost_is_named(tmp_path: Path, stored: bool) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        opened.session(ADMIN).get("/api/tags")
        hiding_tags(fake, lost=True)
        with pytest.raises(NoAnswer):
            opened.session(ADMIN).post("/api/tags", json={"name": f"{MARK} t"})
        if not stored:
            fake.rows["tags"].clear()
        report = opened.cleanup()
    assert "perhaps one tag" in report.left_behind[0]
    assert len(fake.rows["tags"]) == stored


def test_a_hidden_tag_that_was_sent_again_leaves_nothing_in_doubt(tmp_path: Path) -> None:
    """Names of tags are unique: what the repeated create made is all that there is."""
    fake = Fake()
    with client(fake, tmp_path) as opened:
        opened.session(ADMIN).get("/api/tags")
        hiding_tags(fake, lost=False)
        hiding, busy = fake.before, [httpx.Response(503, headers={"retry-after": "0"})]
        fake.before = lambda request: busy.pop() if busy and request.method == "POST" else hiding(request)
        assert opened.session(ADMIN).post("/api/tags", json={"name": f"{MARK} t"}).ok
        assert opened.cleanup().left_behind == ()
    assert not fake.rows["tags"]


def test_a_hidden_tag_whose_name_was_trimmed_is_deleted(tmp_path: Path) -> None:
    """Forms of Kimai take control and format characters off its ends, too; the answer alone shows the tag."""
    fake = Fake()
    with client(fake, tmp_path) as opened:
        opened.session(ADMIN).get("/api/tags")
        hiding_tags(fake, lost=False)
        hiding = fake.before

        def trim(request: httpx.Request) -> httpx.Response | None:
            early = hiding(request)
            if early is None and request.method == "POST" and request.url.path == "/api/tags":
                return httpx.Response(200, json=fake.rows["tags"][fake.add("tags", name=f"{MARK} t")])
            return early

        fake.before = trim
        assert opened.session(ADMIN).post("/api/tags", json={"name": f"{MARK} t \u202e\u0000"}).ok
        assert opened.cleanup().left_behind == ()
    assert not fake.rows["tags"]


def test_a_server_error_over_a_list_as_a_name_leaves_nothing_in_doubt(tmp_path: Path) -> None:
    """No tag is called so: it is the server that failed, and not the clean-up."""
    fake = Fake()
    fake.before = lambda request: httpx.Response(500) if request.method == "POST" else None
    with client(fake, tmp_path) as opened:
        assert opened.session(ADMIN).post("/api/tags", json={"name": ["a"]}).status == 500
        fake.before = lambda _: None
        assert opened.cleanup().left_behind == ()


@pytest.mark.parametrize(("status", "left"), [(403, False), (500, True)])
def test_a_kind_that_nobody_may_make_or_list_leaves_nothing(tmp_path: Path, status: int, left: bool) -> None:
    """What was no JSON was refused before rights were looked at."""
    fake = Fake()

    def handle(request: httpx.Request) -> httpx.Response | None:
        if request.url.path != "/api/teams":
            return None
        return httpx.Response(400 if request.content == b"{" else 403 if request.method == "GET" else status, json={})

    fake.before = handle
    with client(fake, tmp_path) as opened:
        opened.session(ADMIN).post("/api/teams", json={"name": f"{MARK} t", "members": [{"user": 1, "teamlead": True}]})
        opened.session(ADMIN).post("/api/teams", content="{", headers={"content-type": "application/json"})
        assert bool(opened.cleanup().left_behind) is left


@pytest.mark.parametrize("status", [400, 403, 500])
def test_a_server_that_takes_no_tag_leaves_nothing_in_doubt(tmp_path: Path, status: int) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        fake.before = lambda request: (
            httpx.Response(500 if b"odd" in request.content else status) if (request.method == "POST") else None
        )
        assert opened.session(ADMIN).post("/api/tags", json={"name": f"{MARK} odd"}).status == 500
        assert opened.cleanup().left_behind == ()


def test_bad_credentials_make_no_tag_that_no_list_would_show(tmp_path: Path) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        for hidden in ({}, {"visible": False}, {"visible": None}):
            with pytest.raises(Refused):
                opened.anonymous().post("/api/tags", json={"name": f"{MARK} t", **hidden})
        assert opened.anonymous().post("/api/tags", json={"name": f"{MARK} t", "visible": True}).status == 401
        assert opened.cleanup().left_behind == ()


@pytest.mark.parametrize("copied", [True, False])
def test_a_lost_restart_on_a_lent_project_is_named_and_no_persons_record_deleted(tmp_path: Path, copied: bool) -> None:
    fake = Fake()
    lent = fake.add("projects", name="Work", visible=True)
    with client(fake, tmp_path, borrowed_project=lent, borrowed_activity=lent, actors=(LEAD, PLAIN)) as opened:
        own = RecordFactory(opened).timesheet(PLAIN)

        def lose(request: httpx.Request) -> httpx.Response | None:
            if not request.url.path.endswith("/restart"):
                return None
            text = {"description": own.body["description"]} if copied else {}
            begin = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
            fake.add("timesheets", user=3, project=lent, activity=lent, begin=begin, end=None, **text)
            raise httpx.ReadError("cut")

        fake.before = lose
        with pytest.raises(NoAnswer):
            opened.session(PLAIN).patch(f"{own.path}/restart", json={"copy": "all"} if copied else {})
        fake.before = lambda _: None
        theirs = fake.add("timesheets", user=3, project=lent, activity=lent, begin="2020-01-01T08:00:00+0000", end="x")
        report = opened.cleanup()
    left = [ident for ident in fake.rows["timesheets"] if ident != theirs]
    assert theirs in fake.rows["timesheets"]
    assert len(left) == (not copied)
    assert all(f"timesheet {ident}" in report.left_behind[0] for ident in left)


@pytest.mark.parametrize("lost", [True, False])
def test_a_copied_project_goes_with_its_activities_and_rates(tmp_path: Path, lost: bool) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        records = RecordFactory(opened)
        project = records.project()
        records.rate(project)
        activity = records.activity(project)
        records.rate(activity)

        def copy(request: httpx.Request) -> httpx.Response | None:
            if not request.url.path.endswith("/duplicate"):
                return None
            row = {"customer": records.shared_customer().id, "name": f"{project.body['name']} [COPY]"}
            made = fake.add("projects", **row)
            fake.add("projects_rates", parent=made, rate=42.5)
            copied = fake.add("activities", project=made, name=activity.body["name"])
            fake.add("activities_rates", parent=copied, rate=42.5)
            if lost:
                raise httpx.ReadError("cut")
            return httpx.Response(201, json={"id": made, **row})

        fake.before = copy
        with suppress(NoAnswer):
            opened.session(ADMIN).post(f"{project.path}/duplicate")
        fake.before = lambda _: None
        assert opened.cleanup().left_behind == ()
    assert {name for name, rows in fake.rows.items() if rows} == {"users"}


@pytest.mark.parametrize(("sent", "stored", "later"), [(1, 1, 0), (1, 1, 1), (3, 3, 0), (3, 1, 0), (1, 2, 0)])
def test_what_was_refused_and_done_is_deleted_where_one_create_accounts_for_it(
    tmp_path: Path, sent: int, stored: int, later: int
) -> None:
    """A person may have copied what the run sent: where several records or creates are alike, none is deleted; nor what
    was made `later` than the next record of the run.
    """
    fake = Fake()
    body = {"name": f"{MARK} c"}
    theirs = fake.add("customers", name="ACME")
    with client(fake, tmp_path) as opened:
        for _ in range(sent):
            assert opened.anonymous().post("/api/customers", json=body).status == 401
        if later:
            RecordFactory(opened).customer()
        for _ in range(stored):
            fake.add("customers", **body)
        if not later:
            RecordFactory(opened).customer()
        report = opened.cleanup()
    alone = (sent, stored, later) == (1, 1, 0)
    assert theirs in fake.rows["customers"]
    assert len(fake.rows["customers"]) == (1 if alone else stored + 1)
    assert len(report.left_behind) == (0 if alone else stored)


@pytest.mark.parametrize("body", [{"name": f"{MARK} x", "country": "nowhere"}, '{"name": '])
def test_a_create_without_an_answer_made_nothing_where_the_same_is_refused(tmp_path: Path, body: Any) -> None:
    answers = iter([502, 502, 400])
    fake = Fake(before=lambda request: httpx.Response(next(answers)) if request.method == "POST" else None)
    content = body if isinstance(body, str) else json.dumps(body)
    headers = {"content-type": "application/json"}
    with client(fake, tmp_path) as opened:
        assert opened.session(ADMIN).post("/api/customers", content=content, headers=headers).status == 502
        assert opened.cleanup().left_behind == ()
        assert opened.ledger is not None
        assert opened.ledger.contents.finished
    assert next(answers, None) is None


def test_a_create_without_an_answer_stays_in_doubt_where_the_same_is_accepted(tmp_path: Path) -> None:
    answers = iter([httpx.Response(502)])
    fake = Fake(before=lambda request: next(answers, None) if request.method == "POST" else None)
    with client(fake, tmp_path) as opened:
        assert opened.session(ADMIN).post("/api/customers", json={"name": f"{MARK} x"}).status == 502
        (left,) = opened.cleanup().left_behind
    assert "perhaps one customer" in left
    assert not fake.rows["customers"]


def test_what_was_carried_out_just_before_the_same_was_refused_is_deleted(tmp_path: Path) -> None:
    body, fake = {"name": f"{MARK} x", "number": "K1"}, Fake()
    answers = iter([502, 400])

    def late(request: httpx.Request) -> httpx.Response | None:
        status = next(answers, None) if request.method == "POST" else None
        if status == 400:  # Its number is taken, by the first.
            fake.add("customers", **body)
        return httpx.Response(status) if status else None

    fake.before = late
    with client(fake, tmp_path) as opened:
        assert opened.session(ADMIN).post("/api/customers", json=body).status == 502
        assert opened.cleanup().left_behind == ()
    assert not fake.rows["customers"]


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_create_without_an_answer_stays_in_doubt_where_the_token_or_a_right_is_lost(
    tmp_path: Path, status: int
) -> None:
    answers = chain([502], repeat(status))
    fake = Fake(before=lambda request: httpx.Response(next(answers)) if request.method == "POST" else None)
    with client(fake, tmp_path) as opened:
        assert opened.session(ADMIN).post("/api/customers", json={"name": f"{MARK} x"}).status == 502
        (left,) = opened.cleanup().left_behind
    assert "perhaps one customer" in left


def test_a_create_with_bad_credentials_stays_in_doubt_without_an_answer(tmp_path: Path) -> None:
    """An instance that takes the token may still carry it out, and that it refuses none shows nothing."""
    answers = iter([httpx.Response(502)])
    fake = Fake(before=lambda request: next(answers, None) if request.method == "POST" else None)
    with client(fake, tmp_path) as opened:
        wrong = opened.session(ADMIN).with_credentials(Credentials.token(Secret("tok-nobody-0123456789")))
        assert wrong.post("/api/customers", json={"name": f"{MARK} x"}).status == 502
        (left,) = opened.cleanup().left_behind
    assert "perhaps one customer" in left
