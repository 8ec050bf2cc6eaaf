"""Rules 4 to 7: bad credentials, timers, unlisted operations, read-only; and what is said before a run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from conformance.definition import Index
from conformance.exchange import BAND, Credentials, RecordFactory, Refused
from conformance.exchange.guard.kinds import Kind
from conformance.model import Secret

from .fake import ACTORS, ADMIN, LEAD, MARK, PLAIN, Fake, client, index, rule_of

TIMES = {"begin": "2026-07-01T08:00:00", "end": "2026-07-01T09:00:00"}


# Rule 4


@pytest.mark.parametrize(
    "credentials",
    [Credentials.none(), Credentials.token("wrong-token-0123"), Credentials.scheme("bearer"),
     Credentials.scheme("Basic"), Credentials.query("access_token", Secret("tok-boss-0123456789")),
     Credentials.legacy("boss", "x")],
)  # fmt: skip
def test_bad_credentials_do_no_harm_if_accepted(tmp_path: Path, credentials: Credentials) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        records = RecordFactory(opened)
        own, project, activity = records.customer(), *records.bookable()
        bad = opened.session(ADMIN).with_credentials(credentials)
        assert bad.patch(own.path, json={"comment": "x"}).status == 401
        assert bad.delete(own.path).status == 401
        assert bad.post("/api/customers", json={"name": f"{MARK} bad"}).status == 401
        assert bad.delete(f"/api/customers/{BAND[1]}").status == 401
        assert bad.post("/api/users", json={}).status == 401
        assert bad.post(f"/api/dashboard/widgets/{MARK}").status == 401
        assert bad.post("/api/timesheets", json={**TIMES, "project": project, "activity": activity}).status == 401
        for method, path, body in [
            ("POST", "/api/users", {"username": f"{MARK}u", "email": "a@example.com", "plainPassword": "12345678"}),
            ("POST", "/api/timesheets", {"begin": TIMES["begin"], "project": project, "activity": activity}),
            ("PATCH", "/api/users/1", {"alias": "x"}),
            ("DELETE", "/api/dashboard/widgets", None),
            ("DELETE", "/api/customers/7", None),
        ]:
            with pytest.raises(Refused):
                bad.send(method, path, json=body)


def test_a_create_that_bad_credentials_got_through_is_found_and_deleted(tmp_path: Path) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:

        def accept_and_deny(request: httpx.Request) -> httpx.Response | None:
            if request.method != "POST" or "authorization" in request.headers:
                return None
            fake.add("customers", name=f"{MARK} sneaked")
            return httpx.Response(401, json={})

        fake.before = accept_and_deny
        assert opened.anonymous().post("/api/customers", json={"name": f"{MARK} sneaked"}).status == 401
        assert len(fake.rows["customers"]) == 1
        RecordFactory(opened).customer()
        report = opened.cleanup()
    assert (report.created, report.deleted, report.left_behind) == (2, 2, ())
    assert not fake.rows["customers"]


def test_bad_credentials_make_only_what_could_be_found_again(tmp_path: Path) -> None:
    fake = Fake()
    lent = fake.add("projects", name="Work")
    settings: dict[str, Any] = {"borrowed_project": lent, "borrowed_activity": lent}
    with client(fake, tmp_path, **settings) as opened:
        bad = opened.session(ADMIN).with_credentials(Credentials.token("wrong-token-0123"))
        body = {**TIMES, "project": lent, "activity": lent}
        assert bad.post("/api/timesheets", json={**body, "description": f"{MARK} x"}).status == 401
        assert bad.post("/api/tags", json={"name": f"{MARK} t", "visible": True}).status == 401
        assert bad.post("/api/timesheets", json={}).status == 401
        for path, sent in [
            ("/api/timesheets", body), ("/api/timesheets", {**body, "description": "x"}),
            ("/api/tags", {"name": f"{MARK} t"}),
            ("/api/tags", {"name": f"{MARK} t", "visible": 1}),
            (f"/api/dashboard/widgets/other?{MARK}", {}),
        ]:  # fmt: skip
            with pytest.raises(Refused):
                bad.post(path, json=sent)


# Rule 5


@pytest.mark.parametrize("end", [None, "", False, 0, "now", "abc", "2026-13-01T00:00:00", "absent", [], {}, True])
def test_no_start_for_somebody_who_is_at_work(tmp_path: Path, end: Any) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        own = RecordFactory(opened).timesheet(PLAIN)
        project, activity = RecordFactory(opened).bookable()
        running = fake.add("timesheets", user=3, end=None)
        ending = {} if end == "absent" else {"end": end}
        body = {"begin": TIMES["begin"], "project": project, "activity": activity, **ending}
        assert rule_of(opened, "POST", "/api/timesheets", PLAIN, json=body) in (2, 5)
        assert rule_of(opened, "POST", "/api/timesheets", ADMIN, json={**body, "user": 3}) in (2, 5)
        if end != "absent":
            assert rule_of(opened, "PATCH", f"/api/timesheets/{own.id}", PLAIN, json={"end": end}) in (2, 5)
            assert rule_of(opened, "PATCH", f"/api/timesheets/{own.id}", ADMIN, json={"end": end}) in (2, 5)
        assert rule_of(opened, "PATCH", f"/api/timesheets/{own.id}/restart", PLAIN) == 5
        assert rule_of(opened, "PATCH", f"/api/timesheets/{own.id}/restart", ADMIN) == 5
        assert opened.session(PLAIN).patch(f"/api/timesheets/{own.id}/duplicate").ok
        assert RecordFactory(opened).idle_actor() == LEAD
        assert opened.cleanup().left_behind == ()
    assert list(fake.rows["timesheets"]) == [running]


def test_a_duplicate_of_a_running_record_starts_one(tmp_path: Path) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        own = RecordFactory(opened).timesheet(PLAIN, end=None)
        assert opened.session(PLAIN).patch(f"/api/timesheets/{own.id}/duplicate").ok  # its own may be stopped
        fake.add("timesheets", user=3, end=None)
        assert rule_of(opened, "PATCH", f"/api/timesheets/{own.id}/duplicate", PLAIN) == 5


def test_what_cannot_be_asked_is_taken_for_running(tmp_path: Path) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        project, activity = RecordFactory(opened).bookable()
        fake.before = lambda r: httpx.Response(403, json={}) if r.url.path.endswith("/active") else None
        body = {"project": project, "activity": activity}
        assert rule_of(opened, "POST", "/api/timesheets", PLAIN, json=body) == 5


# Rule 6


@pytest.mark.parametrize("path", ["/api/holidays", "/api/holidays/5", "/api/work-contract/open_days", "/api/a/5/b/6"])
def test_reads_of_the_two_forms_are_announced(tmp_path: Path, path: str) -> None:
    with client(Fake(), tmp_path) as opened:
        opened.session(ADMIN).get(path)
        assert opened.announced


@pytest.mark.parametrize(
    "path",
    ["/api/holidays/5/approve", "/api/holidays/x-5/approve", "/api/a/5/b", "/de/logout", "/api/a/%35/b", "/logout"],
)
def test_other_unknown_reads_are_refused(tmp_path: Path, path: str) -> None:
    with client(Fake(), tmp_path) as opened:
        assert rule_of(opened, "GET", path) in (2, 6)


def test_options_are_asked_of_known_paths(tmp_path: Path) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        for path in ("/api/customers", "/api/customers/7", "/api/timesheets/7/stop"):
            opened.session(ADMIN).send("OPTIONS", path)
        for path in ("/api/holidays", "/api/customers/7/merge", "/logout"):
            assert rule_of(opened, "OPTIONS", path) == 6
    assert len(fake.seen) == 3


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY", "CONNECT", "PROPFIND"])
def test_unknown_writes_need_a_word(tmp_path: Path, method: str) -> None:
    with client(Fake(), tmp_path) as opened:
        assert rule_of(opened, method, "/api/holidays") == 6
    with client(Fake(), tmp_path / "b", allow=frozenset({"unlisted"})) as opened:
        assert rule_of(opened, method, "/api/holidays/7") == 2
        assert rule_of(opened, method, "/api/holidays", json={"user": 7}) == 2


def test_an_attribute_that_only_the_definition_knows_is_refused(tmp_path: Path) -> None:
    with client(Fake(), tmp_path) as opened:
        document = {"openapi": "3.0.0", "info": {"title": "", "version": ""}, "paths": {"/api/customers": {"post": {
            "requestBody": {"content": {"application/json": {"schema": {"type": "object", "properties": {
                "name": {"type": "string"}, "owner": {"type": "string"}}}}}}, "responses": {}}},
            "/api/customers/{id}": {"delete": {"responses": {}}}}}  # fmt: skip
        opened.index = type(index()).of(document)
        body = {"name": f"{MARK} c", "owner": "somebody"}
        assert rule_of(opened, "POST", "/api/customers", json=body) == 6
        opened.index = index()
        assert opened.session(ADMIN).post("/api/customers", json=body).ok


# Rule 7


def test_read_only_writes_nothing(tmp_path: Path) -> None:
    fake = Fake()
    cases: list[tuple[dict[str, Any], Path | None]] = [
        ({"read_only": True}, tmp_path),
        ({}, None),
        ({"read_only": True, "is_embedded": True}, tmp_path / "b"),
    ]
    for settings, folder in cases:
        with client(fake, folder, **settings) as opened:
            assert rule_of(opened, "POST", "/api/tags", json={"name": f"{MARK} t"}) == 7
            assert opened.session(ADMIN).get("/api/tags").ok
    assert fake.writes == []


def test_read_only_on_2_24_0_sends_no_get_that_writes(tmp_path: Path) -> None:
    fake = Fake()
    fake.rows["timesheets"][7] = {"id": 7, "user": 1, "end": None}
    with client(fake, tmp_path, version="2.24.0", read_only=True) as opened:
        for tail in ("stop", "restart"):
            with pytest.raises(Refused):
                opened.session(ADMIN).get(f"/api/timesheets/7/{tail}")
            assert rule_of(opened, "GET", f"/api/timesheets/{BAND[1]}/{tail}") in (5, 7)
    assert all(request.url.path.count("/") < 5 for request in fake.seen)


def test_the_survey_says_what_is_left_out_and_why(tmp_path: Path) -> None:
    with client(Fake(), tmp_path, version="2.24.0") as opened:
        plan = {item.label: item for item in opened.survey()}
    assert plan["GET /api/customers"].used
    assert "no DELETE /api/customers/{id}" in plan["POST /api/customers"].reason
    assert "--allow users" in plan["POST /api/users"].reason
    assert plan["POST /api/tags"].used
    assert not plan["DELETE /api/users/api-token/{id}"].used
    assert plan["DELETE /api/tags/{id}"].used
    assert len(plan) == 72


def of_paths(**paths: list[str]) -> Index:
    """Return a definition of operations without anything else: path by path with its methods."""
    items: dict[str, Any] = {path: {method: {"responses": {}} for method in names} for path, names in paths.items()}
    return Index.of({"openapi": "3.0.0", "info": {"title": "", "version": ""}, "paths": items})


LATER = of_paths(**{
    "/api/things": ["get", "post"], "/api/things/{name}": ["get"], "/api/things/{id}/approve": ["get"],
    "/api/teams": ["post"], "/api/teams/{id}": ["delete"], "/api/tags": ["post"], "/api/timesheets": ["post"],
    "/api/timesheets/{id}": ["delete"], "/api/users": ["post"], "/api/users/me": ["get"],
    "/api/invoices/{id}": ["delete"], "/api/customers/{id}/rates": ["get"],
})  # fmt: skip


def test_the_survey_tells_of_each_operation_what_it_does(tmp_path: Path) -> None:
    with client(Fake(), tmp_path) as opened:
        opened.index = LATER
        told = {item.label: (item.effect, item.group, item.used) for item in opened.survey()}
    assert told == {
        "GET /api/things": ("read", "unlisted", True), "POST /api/things": ("write", "unlisted", False),
        "GET /api/things/{name}": ("read", "unlisted", True),
        "GET /api/things/{id}/approve": ("read", "unlisted", False), "POST /api/teams": ("write", "records", True),
        "DELETE /api/teams/{id}": ("delete", "records", True), "POST /api/tags": ("write", "records", False),
        "POST /api/timesheets": ("write", "records", True), "DELETE /api/timesheets/{id}": ("delete", "records", True),
        "POST /api/users": ("write", "users", False), "GET /api/users/me": ("read", "records", True),
        "DELETE /api/invoices/{id}": ("delete", "records", True), "GET /api/customers/{id}/rates": (
            "read", "records", True),
    }  # fmt: skip


def test_the_survey_goes_by_what_is_allowed_and_by_rights(tmp_path: Path) -> None:
    def used(**settings: Any) -> set[str]:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        with client(Fake(), folder, **settings) as opened:
            opened.index = LATER
            plan = opened.survey()
        assert all(bool(item.reason) is not item.used for item in plan)
        return {item.label for item in plan if item.used}

    writes = {"POST /api/teams", "POST /api/timesheets", "DELETE /api/teams/{id}", "DELETE /api/timesheets/{id}",
              "DELETE /api/invoices/{id}"}  # fmt: skip
    reads = {"GET /api/things", "GET /api/things/{name}", "GET /api/users/me", "GET /api/customers/{id}/rates"}
    assert used() == reads | writes
    assert used(read_only=True) == reads
    assert used(allow=frozenset({"unlisted"})) == reads | writes | {"POST /api/things", "GET /api/things/{id}/approve"}
    assert used(allow=frozenset({"undeletable"})) == reads | writes | {"POST /api/tags"}
    assert used(allow=frozenset({"users"})) == reads | writes | {"POST /api/users"}
    assert used(actors=(PLAIN,)) == reads | writes - {"POST /api/teams"}
    custom = replace(PLAIN, roles=("ROLE_BOOKKEEPER",))
    assert used(actors=(PLAIN, custom)) == reads | writes  # a trial will tell


def test_an_unknown_read_is_known_by_its_path_in_the_definition(tmp_path: Path) -> None:
    with client(Fake(), tmp_path) as opened:
        opened.index = LATER
        for path in ("/api/things/x-5", "/api/things/x.y"):
            opened.session(ADMIN).get(path)
        assert opened.announced == {"GET /api/things/{name}"}
        assert rule_of(opened, "GET", "/api/things/x/approve") == 6
        opened.session(ADMIN).get("/api/others/5")
        assert "GET /api/others/5" in opened.announced


def test_a_record_of_another_process_of_the_run_is_not_this_ones(tmp_path: Path) -> None:
    fake = Fake()
    with client(fake, tmp_path) as first, client(fake, tmp_path / "b") as second:
        own = RecordFactory(first).customer()
        assert rule_of(second, "DELETE", own.path) == 2
        assert first.state.owns(Kind.CUSTOMER, own.id)
    assert len(ACTORS) == 3


def test_a_running_record_is_not_given_to_somebody_at_work(tmp_path: Path) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        own = RecordFactory(opened).timesheet(PLAIN, end=None)
        fake.add("timesheets", user=2, end=None)
        assert rule_of(opened, "PATCH", f"/api/timesheets/{own.id}", json={"user": 2}) == 5
