"""Attempts to reach somebody else's record: by id in path, body, lists, and in every spelling."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from conformance.exchange import BAND, Client, Credentials, RecordFactory, Refused

from .fake import ACTORS, ADMIN, MARK, PLAIN, Fake, client

THEIRS = 7


@pytest.fixture
def fake() -> Fake:
    fake = Fake()
    for table in ("customers", "projects", "activities", "timesheets", "teams", "tags"):
        fake.rows[table][THEIRS] = {"id": THEIRS, "name": "ACME", "user": 9, "end": "x", "project": THEIRS}
    return fake


@pytest.fixture
def opened(fake: Fake, tmp_path: Path) -> Iterator[Client]:
    with client(fake, tmp_path) as opened:
        yield opened


def refused(fake: Fake, opened: Client, method: str, path: str, **body: Any) -> int:
    """Return the rule that refused a request of the strongest actor, and see that nothing arrived."""
    before = fake.writes
    with pytest.raises(Refused) as caught:
        opened.session(ADMIN).send(method, path, **body)
    assert fake.writes == before
    return caught.value.rule


@pytest.mark.parametrize(
    "spelling",
    [
        "7", "07", "+7", "-7", "7.0", "7e0", " 7", "7 ", "%37", "%2537", "٧", "%D9%A7", "７", "7abc", "0x7", "7;a=1",
        "7%00", "7%20", "7%0A", "7/", "/7", "7//", "./7", "x/../7", "7%2F", "7.json", "⁷", "Ⅶ", "4294967303", "7?",
        "7%3F", "7%23", "7\\", "७",
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["DELETE", "PATCH"])
def test_their_record_in_the_path(fake: Fake, opened: Client, method: str, spelling: str) -> None:
    body = {"json": {"comment": "x"}} if method == "PATCH" else {}
    assert refused(fake, opened, method, f"/api/customers/{spelling}", **body) in (2, 6)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/customers/7/rates", {"rate": 5.5}),
        ("POST", "/api/projects/7/rates", {"rate": 5.5}),
        ("POST", "/api/projects/7/comments", {"message": "x"}),
        ("POST", "/api/projects/7/duplicate", None),
        ("PATCH", "/api/projects/7", {"budget": 1}),
        ("PATCH", "/api/projects/7/meta", {"name": "a", "value": "b"}),
        ("DELETE", "/api/tags/7", None),
        ("DELETE", "/api/teams/7", None),
        ("PATCH", "/api/timesheets/7/stop", None),
        ("PATCH", "/api/timesheets/7/restart", None),
        ("PATCH", "/api/timesheets/7/duplicate", None),
        ("PATCH", "/api/timesheets/7/export", None),
        ("GET", "/api/timesheets/7/stop", None),
        ("GET", "/api/timesheets/7/restart", None),
        ("HEAD", "/api/timesheets/7/stop", None),
        ("GET", "/api/timesheets/7/stop/", None),
        ("GET", "/api/timesheets//7/stop", None),
        ("GET", "/api/timesheets/7%2Fstop", None),
        ("GET", "/api/timesheets/7/%73top", None),
        ("GET", "/api/timesheets/7/stop;x=1", None),
        ("GET", "/api/timesheets/7/stop.json", None),
        ("GET", "/api/timesheets/7/x/../stop", None),
        ("GET", "/api/timesheets/7/STOP", None),
        ("POST", "/api/favorites/timesheets/7", None),
        ("DELETE", "/api/invoices/7", None),
        ("DELETE", "/api/users/api-token/7", None),
        ("DELETE", "/api/users/roles/7", None),
        ("DELETE", "/api/export/7", None),
        ("PATCH", "/api/users/me", {"alias": "x"}),
        ("PATCH", "/api/users/9", {"alias": "x"}),
        ("PATCH", "/api/users/1", {"alias": "x"}),
        ("PUT", "/api/customers/7", {"name": "x"}),
        ("DELETE", "/api/customers", None),
        ("DELETE", "/api/customers/", None),
        ("DELETE", "/api/customers//", None),
        ("DELETE", "/api/customers//7", None),
        ("TRACE", "/api/customers/7", None),
        ("DELETE", "/api/dashboard/widgets", None),
        ("POST", "/api/dashboard/widgets/totals", None),
        ("DELETE", "/logout", None),
    ],
)
def test_their_record_by_every_operation(fake: Fake, opened: Client, method: str, path: str, body: Any) -> None:
    assert refused(fake, opened, method, path, **({} if body is None else {"json": body})) in (2, 3, 6)


@pytest.mark.parametrize(
    "value",
    [
        7,
        "7",
        7.0,
        "7.0",
        "07",
        "+7",
        " 7",
        "٧",
        True,
        [7],
        {"id": 7},
        {"a": [{"b": "7"}]},
        ["x", 7],
        -7,
        2**32 + 7,
        "7x",
    ],
)
@pytest.mark.parametrize("name", ["customer", "Customer", "CUSTOMER", "_customer", "customer_"])
def test_their_record_in_a_body(fake: Fake, opened: Client, name: str, value: Any) -> None:
    body = {"name": f"{MARK} p", name: value}
    assert refused(fake, opened, "POST", "/api/projects", json=body) == 2


@pytest.mark.parametrize(
    "body",
    [
        {"teams": [7]},
        {"teams": {"0": 7}},
        {"teams": "7"},
        {"global_activities": True, "teams": [[7]]},
        {"invoiceTemplate": "7"},
        {"invoice_template": 7},
        {"unknown": 7},
        {"project_edit_form": {"customer": 7}},
        [7],
        7,
        "7",
        [{"teams": [7]}],
    ],
)
def test_their_record_anywhere_in_a_body(fake: Fake, opened: Client, body: Any) -> None:
    own = RecordFactory(opened).customer()
    assert refused(fake, opened, "PATCH", f"/api/customers/{own.id}", json=body) in (2, 6)


@pytest.mark.parametrize("user", [9, "9", [9], {"id": 9}, 9.0, True])
def test_a_user_who_is_not_an_actor(fake: Fake, opened: Client, user: Any) -> None:
    project, activity = RecordFactory(opened).bookable()
    body = {"begin": "2026-07-01T08:00:00", "end": "2026-07-01T09:00:00", "project": project, "activity": activity}
    assert refused(fake, opened, "POST", "/api/timesheets", json={**body, "user": user}) == 2


@pytest.mark.parametrize(
    "members",
    [
        [{"user": 9, "teamlead": True}],
        [{"user": 1, "teamlead": True}, {"User": 9}],
        {"0": {"user": "9"}},
        [9],
        "9",
        [[{"user": 9}]],
        [{"user": {"id": 9}}],
        [{"user": 1, "USER": 9}],
    ],
)
def test_a_stranger_in_a_team(fake: Fake, opened: Client, members: Any) -> None:
    body = {"name": f"{MARK} team", "members": members}
    assert refused(fake, opened, "POST", "/api/teams", json=body) == 2


@pytest.mark.parametrize("tail", ["members/9", "customers/7", "projects/7", "activities/7", "members/me", "members/٩"])
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_what_is_attached_to_a_team_is_touched(fake: Fake, opened: Client, method: str, tail: str) -> None:
    team = RecordFactory(opened).team([PLAIN])
    assert refused(fake, opened, method, f"/api/teams/{team.id}/{tail}") == 2


def test_a_rate_of_an_own_customer_below_another_own_customer(fake: Fake, opened: Client) -> None:
    records = RecordFactory(opened)
    rate, other = records.rate(records.customer()), records.customer()
    before = len(fake.seen)
    opened.session(ADMIN).delete(f"/api/customers/{other.id}/rates/{rate.id}")
    assert [str(item.url.path) for item in fake.seen[before:]][-1] == f"/api/customers/{other.id}/rates/{rate.id}"


@pytest.mark.parametrize("stranger", ["7", "99", "١"])
def test_a_rate_of_an_own_customer_below_a_strangers(fake: Fake, opened: Client, stranger: str) -> None:
    rate = RecordFactory(opened).rate(RecordFactory(opened).customer())
    assert refused(fake, opened, "DELETE", f"/api/customers/{stranger}/rates/{rate.id}") == 2


@pytest.mark.parametrize("tags", ["ACME", "acme", ["ACME"], f"{MARK} x,ACME", "7", 7, [7], {"a": "ACME"}, " ACME "])
def test_a_tag_of_somebody_else(fake: Fake, opened: Client, tags: Any) -> None:
    own = RecordFactory(opened).timesheet(PLAIN)
    assert refused(fake, opened, "PATCH", f"/api/timesheets/{own.id}", json={"tags": tags}) == 2


@pytest.mark.parametrize("asked", ["/api/tags/find", "/api/tags"])
@pytest.mark.parametrize("answer", [(200, ["Never Heard"]), (200, [{"name": "never heard"}]), (403, {}), (200, {})])
def test_a_tag_must_be_seen_to_be_nobodys_in_both_lists(
    fake: Fake, opened: Client, asked: str, answer: tuple[int, Any]
) -> None:
    own = RecordFactory(opened).timesheet(PLAIN)
    status, listed = answer
    fake.before = lambda request: httpx.Response(status, json=listed) if request.url.path == asked else None
    assert refused(fake, opened, "PATCH", f"/api/timesheets/{own.id}", json={"tags": "never heard"}) == 2


@pytest.mark.parametrize("name", ["123", "a\u0000b", "x\u200by"])
def test_a_tag_that_may_be_read_as_another_is_not_named(fake: Fake, opened: Client, name: str) -> None:
    own = RecordFactory(opened).timesheet(PLAIN)
    assert refused(fake, opened, "PATCH", f"/api/timesheets/{own.id}", json={"tags": [name]}) == 2


def test_members_of_a_team_that_somebody_joined_are_not_replaced(fake: Fake, opened: Client) -> None:
    team = RecordFactory(opened).team([PLAIN])
    body = {"members": [{"user": PLAIN.user_id, "teamlead": True}]}
    assert opened.session(ADMIN).patch(team.path, json=body).ok
    fake.rows["teams"][team.id]["members"] = [{"user": {"id": 3}}, {"user": {"id": 9}}]
    assert refused(fake, opened, "PATCH", team.path, json=body) == 2
    assert opened.session(ADMIN).patch(team.path, json={"color": "#ffffff"}).ok


def test_own_and_unknown_tags_may_be_named(opened: Client) -> None:
    records = RecordFactory(opened)
    tag, own = records.tag(), records.timesheet(PLAIN)
    answer = opened.session(ADMIN).patch(
        f"/api/timesheets/{own.id}", json={"tags": f"{tag.body['name']},never heard,{MARK} x"}
    )
    assert answer.ok


@pytest.mark.parametrize(
    "content",
    [b'{"customer": 102, "customer": 7}', b'{"teams": [], "Teams": [7]}', b"{customer: 7}", b"customer=7", b"\xff7"],
)
def test_bodies_that_can_be_read_twice_or_not_at_all(fake: Fake, opened: Client, content: bytes) -> None:
    own = RecordFactory(opened).customer()
    for media in ("application/json", "text/plain", ""):
        headers = {"content-type": media} if media else {}
        assert refused(fake, opened, "PATCH", f"/api/customers/{own.id}", content=content, headers=headers) in (2, 6)


@pytest.mark.parametrize(
    "content",
    [
        b"teams[]=7",
        b"teams%5B0%5D=7",
        b"teams[0][id]=7",
        b"teams=7&teams=",
        b"teams.x=7",
        b"teams[=7",
        b"x=1&teams[]=%37",
        # what stands before and behind a list is read as well
        b"invoiceTemplate=7&teams[]=",
        b"teams[]=&invoiceTemplate=7",
        b"teams[0]=7&x[]=",
        b"teams[1]=7&teams[]=x",
    ],
)
def test_forms(fake: Fake, opened: Client, content: bytes) -> None:
    own = RecordFactory(opened).customer()
    headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    assert refused(fake, opened, "PATCH", f"/api/customers/{own.id}", content=content, headers=headers) in (2, 6)


def test_multipart_is_refused(fake: Fake, opened: Client) -> None:
    own = RecordFactory(opened).customer()
    headers = {"content-type": "multipart/form-data; boundary=x"}
    assert refused(fake, opened, "PATCH", f"/api/customers/{own.id}", content=b"--x--", headers=headers) == 2


@pytest.mark.parametrize("query", ["customer=7", "id=7", "user=9", "teams[]=7"])
def test_ids_in_the_query_of_a_write(fake: Fake, opened: Client, query: str) -> None:
    own = RecordFactory(opened).customer()
    assert refused(fake, opened, "PATCH", f"/api/customers/{own.id}?{query}", json={"comment": "x"}) == 2


def test_a_borrowed_project_is_lent_to_book_on_and_for_nothing_else(fake: Fake, tmp_path: Path) -> None:
    with client(fake, tmp_path, borrowed_project=THEIRS, borrowed_activity=THEIRS) as opened:
        body = {"begin": "2026-07-01T08:00:00", "end": "2026-07-01T09:00:00", "project": 7, "activity": 7}
        assert (
            refused(fake, opened, "POST", "/api/timesheets", json=body) == 2
        )  # without the mark it could not be found
        assert opened.session(PLAIN).post("/api/timesheets", json={**body, "description": f"{MARK} x"}).ok
        for method, path, other in [
            ("PATCH", "/api/projects/7", {"budget": 1}),
            ("POST", "/api/projects/7/rates", {"rate": 1.5}),
            ("POST", "/api/projects/7/duplicate", {}),
            ("POST", "/api/activities", {"name": f"{MARK} a", "project": 7}),
            ("DELETE", "/api/projects/7", {}),
        ]:
            assert refused(fake, opened, method, path, json=other) == 2


def test_absent_ids_are_read_first_and_must_be_absent(fake: Fake, opened: Client) -> None:
    absent = BAND[5]
    assert opened.session(ADMIN).delete(f"/api/customers/{absent}").status == 404
    arrived = [f"{r.method} {r.url.path}" for r in fake.seen]
    assert arrived[-2:] == [f"GET /api/customers/{absent}", f"DELETE /api/customers/{absent}"]
    fake.rows["customers"][BAND[6]] = {"id": BAND[6], "name": "far up"}
    assert refused(fake, opened, "DELETE", f"/api/customers/{BAND[6]}") == 2


@pytest.mark.parametrize(
    "path", ["users/roles", "users/api-token", "export", "invoices/templates", "invoices/documents"]
)
def test_a_delete_of_an_absent_id_that_nothing_can_show(fake: Fake, opened: Client, path: str) -> None:
    assert refused(fake, opened, "DELETE", f"/api/{path}/{BAND[5]}") == 2


def test_names_without_the_mark_are_refused(fake: Fake, opened: Client) -> None:
    own = RecordFactory(opened).customer()
    for method, path in [("POST", "/api/customers"), ("PATCH", f"/api/customers/{own.id}"), ("POST", "/api/tags")]:
        for name in ("ACME", 12345, True, "xx"):
            assert refused(fake, opened, method, path, json={"name": name}) == 2


def test_what_is_deleted_stays_the_runs_own(opened: Client) -> None:
    own = RecordFactory(opened).customer()
    session = opened.session(ADMIN)
    assert [session.delete(own.path).status for _ in range(2)] == [204, 404]


def test_the_guard_goes_by_the_request_not_by_the_sender(fake: Fake, opened: Client) -> None:
    for actor in ACTORS:
        for credentials in (Credentials.none(), Credentials.token("x" * 20), Credentials.legacy(actor.name, "x" * 20)):
            with pytest.raises(Refused):
                opened.session(actor).with_credentials(credentials).delete("/api/customers/7")
    assert fake.writes == []
