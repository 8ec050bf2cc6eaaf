"""Rules 1 and 3: the origin, and what cannot be undone or belongs to an actor."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from conformance.exchange import BAND, RecordFactory, Refused
from conformance.exchange.guard.kinds import Kind
from conformance.exchange.guard.rules.undo import undoable
from conformance.model import UsageError

from .fake import ADMIN, LEAD, MARK, PLAIN, URL, Fake, client, rule_of

TIMES = {"begin": "2026-07-01T08:00:00", "end": "2026-07-01T09:00:00"}


# Rule 1


@pytest.mark.parametrize(
    "path",
    ["http://evil.test/api/customers", "//evil.test/api/customers", "evil.test", "/\n/x", "https://kimai.test/api/x"],
)
def test_absolute_urls(tmp_path: Path, path: str) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened, pytest.raises(Refused):
        opened.session(ADMIN).get(path)
    assert fake.seen == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.test"},
        {"X-Forwarded-Host": "evil.test"},
        {"X-Original-URL": "/api/customers/7"},
        {"X-Rewrite-URL": "/api/customers/7"},
        {"X-HTTP-Method-Override": "DELETE"},
        {"X-HTTP-Method": "DELETE"},
        {"Forwarded": "host=evil.test"},
        {"Cookie": "PHPSESSID=abc"},
        {"Content-Encoding": "gzip"},
        {"Transfer-Encoding": "chunked"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_headers_that_lead_elsewhere(tmp_path: Path, headers: dict[str, str], method: str) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        assert rule_of(opened, method, "/api/customers", headers=headers) == 1
    assert fake.seen == []


def test_a_write_carries_known_headers_only(tmp_path: Path) -> None:
    fake = Fake()
    body = {"name": f"{MARK} c"}
    with client(fake, tmp_path) as opened:
        assert rule_of(opened, "POST", "/api/customers", json=body, headers={"Remote-User": "boss"}) == 1
        assert rule_of(opened, "POST", "/api/customers", json=body, headers={"Content-Length": "3"}) == 1
    with client(fake, tmp_path / "b", headers={"X-Access": "proxy"}) as opened:
        assert opened.session(ADMIN).post("/api/customers", json=body).ok
        assert fake.seen[-1].headers["x-access"] == "proxy"


def test_what_names_the_same_origin_passes(tmp_path: Path) -> None:
    fake = Fake()
    with client(fake, tmp_path, headers={"Cookie": "proxy=1", "X-Forwarded-Host": "kimai.test"}) as opened:
        opened.transport.handle_request(httpx.Request("GET", "http://kimai.test:80/api/ping"))
        assert opened.session(ADMIN).get("/api/ping", headers={"X-Anything": "on a read"}).status == 200
    assert len(fake.seen) == 2


@pytest.mark.parametrize(
    "headers",
    [[("Host", "kimai.test"), ("Host", "kimai.test")], [("Host", "kimai.test"), ("Host", "evil.test")],
     [("Host", "kimai.test:80")], [("X_Forwarded_Host", "evil.test")], [("x_http_method_override", "DELETE")],
     [("Cookie", "a=b")], [("Content-Length", "1")]],
)  # fmt: skip
def test_headers_that_a_server_may_read_otherwise(tmp_path: Path, headers: list[tuple[str, str]]) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened, pytest.raises(Refused) as caught:
        opened.transport.handle_request(httpx.Request("GET", f"{URL}/api/ping", headers=headers))
    assert caught.value.rule == 1
    assert fake.seen == []


@pytest.mark.parametrize("name", ["_method", "_METHOD", ".method", " method", "_method[]", "-method"])
def test_method_overrides_in_the_body(tmp_path: Path, name: str) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        body = {"name": f"{MARK} c", name: "DELETE"}
        assert rule_of(opened, "POST", "/api/customers", json=body) == 1
        assert opened.session(ADMIN).post("/api/customers", json={"name": f"{MARK} c", "comment": "_method"}).ok


@pytest.mark.parametrize("query", ["?_method=DELETE", "?a=b&_METHOD=DELETE", "?.method=DELETE", "?_method[]=DELETE"])
def test_method_overrides_in_the_query(tmp_path: Path, query: str) -> None:
    with client(Fake(), tmp_path) as opened:
        assert rule_of(opened, "GET", f"/api/customers{query}") == 1
        assert rule_of(opened, "POST", "/api/customers", json={"_method": "DELETE"}) == 1


def test_the_transport_cannot_be_told_another_target(tmp_path: Path) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        for extensions in ({"target": b"/api/customers/7"}, {"sni_hostname": "evil.test"}):
            request = httpx.Request("GET", f"{URL}/api/ping", extensions=extensions)
            with pytest.raises(Refused):
                opened.transport.handle_request(request)
        for url in ("http://evil.test/api/ping", "https://kimai.test/api/ping", "http://kimai.test:81/api/ping",
                    "http://u:p@kimai.test/api/ping"):  # fmt: skip
            with pytest.raises(Refused):
                opened.transport.handle_request(httpx.Request("GET", url))
    assert fake.seen == []


def test_redirects_are_not_followed_and_cookies_not_kept(tmp_path: Path) -> None:
    fake = Fake()
    fake.before = lambda _: httpx.Response(
        302, headers={"location": "http://evil.test/", "set-cookie": "PHPSESSID=abcdefghijklmnopqrst; path=/"}
    )
    with client(fake, tmp_path) as opened:
        assert [opened.session(ADMIN).get("/api/ping").status for _ in range(2)] == [302, 302]
    assert {request.url.host for request in fake.seen} == {"kimai.test"}
    assert all("cookie" not in request.headers for request in fake.seen)


def test_an_instance_in_a_sub_directory(tmp_path: Path) -> None:
    fake = Fake()
    fake.before = lambda _: httpx.Response(200, json=[])
    with client(fake, tmp_path, url=f"{URL}/time") as opened:
        assert opened.session(ADMIN).get("/api/customers").operation == "GET /api/customers"
        assert fake.seen[0].url.path == "/time/api/customers"
        for method in ("GET", "DELETE"):
            assert rule_of(opened, method, "/../api/customers/1") == 1
            with pytest.raises(Refused):
                opened.transport.handle_request(httpx.Request(method, f"{URL}/api/customers/1"))


# Rule 3


@pytest.mark.parametrize("table", ["customers", "projects", "activities"])
def test_2_24_0_cannot_delete_what_it_makes(tmp_path: Path, table: str) -> None:
    fake = Fake()
    body = {"name": f"{MARK} x", "customer": BAND[3]}
    with client(fake, tmp_path, version="2.24.0") as opened:
        body = body if table == "projects" else {"name": f"{MARK} x"}
        assert rule_of(opened, "POST", f"/api/{table}", json=body) == 3
        assert rule_of(opened, "POST", "/api/users", json={}) == 3
    assert fake.writes == []


def test_few_are_made_of_what_nobody_can_delete(tmp_path: Path) -> None:
    fake = Fake()
    with client(fake, tmp_path, version="2.24.0", allow=frozenset({"undeletable", "users"})) as opened:
        session = opened.session(ADMIN)
        user = {"username": f"{MARK}u", "email": "a@example.com", "plainPassword": "12345678"}
        for path, body, most in (("/api/customers", {"name": f"{MARK} c"}, 8), ("/api/users", user, 4)):
            assert all(session.post(path, json=body).ok for _ in range(most))
            assert rule_of(opened, "POST", path, json=body) == 3
            assert session.post(path, json={}).ok  # nothing can come of it


def test_before_the_definition_is_known_nothing_is_made(tmp_path: Path) -> None:
    with client(Fake(), tmp_path) as opened:
        opened.index = None
        assert rule_of(opened, "POST", "/api/tags", json={"name": f"{MARK} t"}) == 3


def test_what_no_actor_may_delete_is_not_made(tmp_path: Path) -> None:
    with client(Fake(), tmp_path, actors=(PLAIN,)) as opened:
        assert rule_of(opened, "POST", "/api/tags", PLAIN, json={"name": f"{MARK} t"}) == 3
    with client(Fake(), tmp_path / "b", actors=(LEAD, PLAIN)) as opened:
        # A lead could delete it, and not see whose records would lose it.
        assert rule_of(opened, "POST", "/api/tags", PLAIN, json={"name": f"{MARK} t"}) == 3
        assert rule_of(opened, "POST", "/api/customers", LEAD, json={"name": f"{MARK} t"}) == 3


@pytest.mark.parametrize("works", [True, False])
def test_a_trial_settles_what_default_roles_do_not(tmp_path: Path, works: bool) -> None:
    fake = Fake()
    fake.before = lambda r: httpx.Response(403) if r.method == "DELETE" and not works else None
    custom = replace(PLAIN, roles=("ROLE_BOOKKEEPER",))
    with client(fake, tmp_path, actors=(custom,)) as opened:
        body = {"name": f"{MARK} t", "members": []}
        send = partial(opened.session(custom).post, "/api/teams", json=body)
        if works:
            assert send().ok
            assert [line.split()[0] for line in fake.writes] == ["POST", "DELETE", "POST"]
        else:
            for _ in range(2):
                with pytest.raises(Refused):
                    send()
            assert [line.split()[0] for line in fake.writes] == ["POST", "DELETE"]
            assert len(opened.cleanup().left_behind) == 1


@pytest.mark.parametrize("value", [True, None, "false", 0, 1])
def test_an_exported_record_that_nobody_could_delete(tmp_path: Path, value: Any) -> None:
    fake = Fake()
    project = fake.add("projects", name="P")
    lent: dict[str, Any] = {"borrowed_project": project, "borrowed_activity": project}
    with client(fake, tmp_path, actors=(LEAD, PLAIN), **lent) as opened:
        own = RecordFactory(opened).timesheet(PLAIN)
        assert rule_of(opened, "PATCH", f"/api/timesheets/{own.id}", LEAD, json={"exported": value}) == 3
        assert rule_of(opened, "PATCH", f"/api/timesheets/{own.id}/export", LEAD) == 3
        assert opened.session(LEAD).patch(f"/api/timesheets/{own.id}", json={"exported": False}).ok


def test_an_actors_own_needs_its_class_and_is_put_back(tmp_path: Path) -> None:
    fake = Fake()
    fake.rows["users"][3] |= {"alias": "Before", "timezone": "UTC"}
    with client(fake, tmp_path) as opened:
        assert rule_of(opened, "PATCH", "/api/users/3", PLAIN, json={"alias": "x"}) == 3
    with client(fake, tmp_path / "b", allow=frozenset({"profile"})) as opened:
        session = opened.session(PLAIN)
        assert session.patch("/api/users/3", json={"alias": "During"}).ok
        assert session.patch("/api/users/3", json={"alias": "Later"}).ok
        refused: list[tuple[str, Any]] = [("timezone", None), ("timezone", ""), ("timezone", "Nowhere/At")]
        refused += [("enabled", False), ("roles", []), ("title", "not shown")]
        for field, value in refused:
            assert rule_of(opened, "PATCH", "/api/users/3", PLAIN, json={field: value}) == 3
        assert rule_of(opened, "PATCH", "/api/users/9", json={"alias": "x"}) == 2
        assert opened.cleanup().left_behind == ()
    assert fake.rows["users"][3] == {"id": 3, "username": "plain", "alias": "Before", "timezone": "UTC"}


def test_what_decides_over_rights_is_sent_only_as_it_is_shown(tmp_path: Path) -> None:
    fake = Fake()
    fake.rows["users"][3] |= {"systemAccount": False, "enabled": True, "roles": ["ROLE_USER"]}
    before = dict(fake.rows["users"][3])
    with client(fake, tmp_path, allow=frozenset({"profile"})) as opened:
        for name in ("systemAccount", "enabled", "roles"):
            assert opened.session(PLAIN).patch("/api/users/3", json={name: before[name]}).ok
        others: list[tuple[str, Any]] = [("systemAccount", True), ("systemAccount", 0), ("enabled", False)]
        others += [("roles", ["ROLE_SUPER_ADMIN"]), ("requiresPasswordReset", False)]
        for name, value in others:
            assert rule_of(opened, "PATCH", "/api/users/3", PLAIN, json={name: value}) == 3
        assert opened.cleanup().left_behind == ()
    assert fake.rows["users"][3] == before


def test_what_was_kept_before_an_earlier_change_is_not_kept_again(tmp_path: Path) -> None:
    fake = Fake()
    fake.rows["users"][3] |= {"alias": "Before", "timezone": "UTC"}
    with client(fake, tmp_path, allow=frozenset({"profile"})) as opened:
        session = opened.session(ADMIN)
        for zone in ("Asia/Tokyo", "Europe/Rome", "Africa/Cairo"):
            assert session.patch("/api/users/3", json={"timezone": zone}).ok
        assert session.patch("/api/users/3", json={"alias": "During", "timezone": "UTC"}).ok
        assert opened.ledger is not None
        kept = [item.values for item in opened.ledger.contents.before.values()]
        assert kept == [{"timezone": "UTC"}, {"alias": "Before", "timezone": "Africa/Cairo"}]
        assert opened.cleanup().left_behind == ()
    assert fake.rows["users"][3]["timezone"] == "UTC"
    assert fake.rows["users"][3]["alias"] == "Before"


@pytest.mark.parametrize("body", [[], [None], "text", None], ids=repr)
def test_a_body_that_is_no_object_keeps_all_that_can_be_put_back(tmp_path: Path, body: Any) -> None:
    fake = Fake()
    fake.rows["users"][3] |= {"alias": "Before", "timezone": "UTC"}
    with client(fake, tmp_path, allow=frozenset({"profile"})) as opened:

        def refuse_and_change(request: httpx.Request) -> httpx.Response | None:
            if request.method != "PATCH":
                return None
            fake.rows["users"][3]["alias"] = "Odd"
            return httpx.Response(400, json={})

        fake.before = refuse_and_change
        opened.session(ADMIN).patch("/api/users/3", json=body)
        fake.before = lambda _: None
        report = opened.cleanup()
    # It cannot be told from what the person did at the same moment.
    assert fake.rows["users"][3]["alias"] == "Odd"
    assert "alias of boss was changed by somebody else" in report.remarks[0]


def zone(value: Any) -> dict[str, Any]:
    return {"name": "timezone", "value": value}


def language(value: Any) -> dict[str, Any]:
    return {"name": "language", "value": value}


@pytest.mark.parametrize(
    "body",
    [[zone("Nowhere/At")], [zone(None)], [{"name": "Time_Zone", "value": "Nowhere/At"}], [language("x")], [language(7)],
     [language("a" * 12)], [language("dé")], [{"name": "locale", "value": ""}], [{"name": "timezone"}], ["timezone"],
     [{"name": 7, "value": "x"}], [{"value": "UTC"}], [zone("UTC"), language("x")]],
)  # fmt: skip
@pytest.mark.parametrize("wrapped", [False, True])
def test_preferences_that_lock_a_person_out_are_refused(tmp_path: Path, body: list[Any], wrapped: bool) -> None:
    """To a PHP server the values of an object are items, too."""
    fake = Fake()
    fake.rows["users"][3]["preferences"] = [zone("UTC"), language("en"), {"name": "locale", "value": "en"}]
    with client(fake, tmp_path, allow=frozenset({"profile"})) as opened:
        sent = {str(number): item for number, item in enumerate(body)} if wrapped else body
        assert rule_of(opened, "PATCH", "/api/users/3/preferences", PLAIN, json=sent) == 3
        good = [zone("Europe/Rome"), language("de"), language("a" * 11)]
        for item in good:
            wrap = {"a": item} if wrapped else [item]
            assert opened.session(PLAIN).patch("/api/users/3/preferences", json=wrap).ok
    assert fake.writes == ["PATCH /api/users/3/preferences"] * 3


def test_what_decides_over_rights_must_be_shown_to_the_sender(tmp_path: Path) -> None:
    fake = Fake()
    fake.rows["users"][3] |= {"enabled": True, "alias": "a"}
    shown = dict(fake.rows["users"][3])

    def less_for_people(request: httpx.Request) -> httpx.Response | None:
        of_admin = "boss" in request.headers.get("authorization", "")
        if request.method != "GET" or request.url.path != "/api/users/3":
            return None
        return httpx.Response(200, json=shown if of_admin else {"id": 3, "alias": "a"})

    fake.before = less_for_people
    with client(fake, tmp_path, allow=frozenset({"profile"})) as opened:
        assert rule_of(opened, "PATCH", "/api/users/3", PLAIN, json={"enabled": True}) == 3
        assert rule_of(opened, "PATCH", "/api/users/3", PLAIN, json={"plainPassword": "12345678"}) == 3
        assert rule_of(opened, "PATCH", "/api/users/3", PLAIN, json={"email": "a@example.com"}) == 3
        assert opened.session(ADMIN).patch("/api/users/3", json={"enabled": True}).ok


def test_a_kind_whose_trial_cannot_be_made_is_not_made(tmp_path: Path) -> None:
    custom = replace(PLAIN, roles=("ROLE_BOOKKEEPER",))
    with client(Fake(), tmp_path, actors=(custom,)) as opened:
        trials: list[Kind] = []

        def try_it(kind: Kind) -> bool:
            trials.append(kind)
            return True

        opened.state.delete_trial = try_it
        assert undoable(Kind.CUSTOMER_RATE, custom, opened.state)
        assert undoable(Kind.TEAM, custom, opened.state) is None
        assert undoable(Kind.TEAM, custom, opened.state) is None
        assert trials == [Kind.TEAM]  # once
        opened.state.tried.clear()
        opened.state.delete_trial = None
        assert undoable(Kind.TEAM, custom, opened.state)


def test_what_a_person_changed_meanwhile_is_not_put_back(tmp_path: Path) -> None:
    fake = Fake()
    fake.rows["users"][3] |= {"alias": "Before", "title": "Mx"}
    with client(fake, tmp_path, allow=frozenset({"profile"})) as opened:
        assert opened.session(PLAIN).patch("/api/users/3", json={"alias": "During", "title": "Dr"}).ok
        fake.rows["users"][3]["alias"] = "Their own"
        report = opened.cleanup()
    assert fake.rows["users"][3] == {"id": 3, "username": "plain", "alias": "Their own", "title": "Mx"}
    assert report.left_behind == ()
    assert "alias of plain was changed by somebody else" in report.remarks[0]


def test_what_cannot_be_put_back_is_named(tmp_path: Path) -> None:
    fake = Fake()
    fake.rows["users"][3] |= {"alias": "Before"}
    with client(fake, tmp_path, allow=frozenset({"profile"})) as opened:
        assert opened.session(PLAIN).patch("/api/users/3", json={"alias": "During"}).ok
        fake.before = lambda r: httpx.Response(403, json={}) if r.method == "PATCH" else None
        assert "alias is not as before" in opened.cleanup().left_behind[0]


def test_every_class_is_allowed_where_the_run_started_the_instance(tmp_path: Path) -> None:
    with client(Fake(), tmp_path, is_embedded=True, version="2.24.0") as opened:
        session = opened.session(ADMIN)
        assert session.post("/api/users", json={"username": f"{MARK}u", "email": "a@example.com"}).ok
        assert session.post("/api/customers", json={"name": f"{MARK} c"}).ok
        assert rule_of(opened, "DELETE", "/api/customers/7") == 2


@pytest.mark.parametrize(
    "url", ["kimai.test", "ftp://kimai.test", "https://", "https://u:p@kimai.test", "https://k.test/?a=b"]
)
def test_a_url_that_is_no_base_is_named_without_its_password(tmp_path: Path, url: str) -> None:
    with pytest.raises(UsageError) as caught:
        client(Fake(), tmp_path, url=url)
    assert "u:p" not in str(caught.value)
