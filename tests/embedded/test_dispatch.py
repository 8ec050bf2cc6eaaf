"""Routes, credentials, bodies and errors: what every operation has in common."""

from __future__ import annotations

from typing import Any

import pytest

from tests.embedded.conftest import BOSS, WORKER, Instance, Start


def test_the_route_comes_before_the_credentials(kimai: Instance) -> None:
    answer = kimai.ask(None, "GET", "doesnotexist")
    assert (answer.status_code, answer.json()) == (404, {"code": 404, "message": "Not Found"})


def test_a_wrong_method_names_the_right_ones(kimai: Instance) -> None:
    answer = kimai.ask(BOSS, "PUT", "customers", {})
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, POST"


@pytest.mark.parametrize("header", ["", "bearer {}", "Basic {}", "Bearer{}", "Bearer {} x", "Bearer"])
def test_what_is_no_bearer_token_is_unauthorised(kimai: Instance, header: str) -> None:
    token = kimai.kimai.users[0]["tokens"][0]["token"]
    answer = kimai.client.get("/api/ping", headers={"Authorization": header.format(token)})
    assert (answer.status_code, answer.json()) == (401, {"code": 401, "message": "Unauthorized"})
    assert "www-authenticate" not in answer.headers


@pytest.mark.parametrize("token", ["nonsense", "embedded-worker-expired"])
def test_a_token_that_does_not_hold_gets_an_empty_body(kimai: Instance, token: str) -> None:
    answer = kimai.client.get("/api/ping", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.content) == (401, b"")
    assert answer.headers["www-authenticate"].startswith('Bearer error="invalid_token"')


def test_a_future_token_and_two_blanks_are_accepted(kimai: Instance) -> None:
    answer = kimai.client.get("/api/ping", headers={"Authorization": "Bearer  embedded-worker-future"})
    assert answer.json() == {"message": "pong"}


def test_the_old_headers_work_with_the_password_that_the_api_sets(kimai: Instance) -> None:
    body: dict[str, Any] = {
        "username": "old",
        "email": "old@example.com",
        "plainPassword": "long-enough",
        "enabled": True,
    }
    kimai.make("users", **body, plainApiToken="legacy-token")
    headers = {"X-AUTH-USER": "old", "X-AUTH-TOKEN": "legacy-token"}
    assert kimai.client.get("/api/users/me", headers=headers).json()["username"] == "old"
    answer = kimai.client.get("/api/users/me", headers=headers | {"X-AUTH-TOKEN": "wrong"})
    assert (answer.status_code, answer.json()) == (403, {"message": "Invalid credentials"})


def test_a_slash_at_the_end_leads_to_the_path_without(kimai: Instance) -> None:
    answer = kimai.ask(BOSS, "GET", "ping/")
    assert (answer.status_code, answer.headers["location"]) == (301, "/api/ping")
    assert kimai.ask(BOSS, "POST", "tags/", {}).status_code == 404


def test_cors_is_open_and_shows_the_paging(kimai: Instance) -> None:
    preflight = {"Origin": "http://app.example", "Access-Control-Request-Method": "PATCH"}
    answer = kimai.client.options("/api/timesheets/1", headers=preflight)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "http://app.example"
    shown = kimai.ask(BOSS, "GET", "ping", headers={"Origin": "http://app.example"})
    assert "X-Total-Count" in shown.headers["access-control-expose-headers"]


@pytest.mark.parametrize("content", ['{"name": ', '"x"', "null", "1", '{"name":"x",}', "\ufeff{}", '{"name": NaN}'])
def test_a_body_that_is_no_object_is_a_bad_request(kimai: Instance, content: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = kimai.ask(BOSS, "POST", "tags", headers=headers, content=content.encode())
    assert (answer.status_code, answer.json()) == (400, {"code": 400, "message": "Bad Request"})


def test_a_deeply_nested_body_is_a_bad_request(kimai: Instance) -> None:
    headers = {"Content-Type": "application/json"}
    answer = kimai.ask(BOSS, "POST", "tags", headers=headers, content=b"[" * 200_000)
    assert answer.status_code == 400


def test_a_foreign_content_type_counts_as_empty(kimai: Instance) -> None:
    answer = kimai.ask(BOSS, "POST", "tags", headers={"Content-Type": "text/plain"}, content=b'{"name": "x1"}')
    assert answer.json()["errors"]["children"]["name"] == {"errors": ["This value should not be blank."]}


def test_forms_are_bodies_as_well(kimai: Instance) -> None:
    made = kimai.ask(BOSS, "POST", "tags", data={"name": "sent as form", "visible": "1"})
    assert made.json()["visible"] is True
    members = {"name": "Crew", "members[0][user]": "1", "members[0][teamlead]": "1"}
    assert kimai.ask(BOSS, "POST", "teams", data=members).json()["members"][0]["teamlead"] is True
    parts = {"name": (None, "sent in parts")}
    assert kimai.ask(BOSS, "POST", "tags", files=parts).json()["name"] == "sent in parts"


def test_keys_may_be_in_snake_case(kimai: Instance) -> None:
    customer = kimai.make("customers", name="Snake", vat_id="DE1")
    assert customer["vatId"] == "DE1"
    answer = kimai.ask(BOSS, "PATCH", f"customers/{customer['id']}", {"vatId": "A", "vat_id": "B"})
    assert answer.status_code == 400


def test_an_unknown_attribute_is_refused_and_every_field_is_named(kimai: Instance) -> None:
    body = kimai.ask(BOSS, "POST", "tags", {"name": "fine", "nope": 1}).json()
    assert body == {
        "code": 400,
        "message": "Validation Failed",
        "errors": {
            "errors": ["This form should not contain extra fields."],
            "children": {"name": {}, "color": {}, "visible": {}},
        },
    }


def test_a_record_comes_before_the_right_to_it(kimai: Instance) -> None:
    assert kimai.ask(WORKER, "GET", "users/99999").status_code == 404
    assert kimai.ask(WORKER, "GET", "users/1").status_code == 403
    assert kimai.ask(BOSS, "GET", f"customers/{10**30}").status_code == 404


def test_a_user_without_a_zone_cannot_be_served(start: Start) -> None:
    kimai = start()
    body = [{"name": "timezone", "value": "Nowhere/At_All"}]
    assert kimai.ask(WORKER, "PATCH", "users/4/preferences", body).status_code == 200
    assert kimai.ask(WORKER, "GET", "ping").status_code == 500


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("timesheets", {"size": "x"}),
        ("timesheets", {"order": "asc"}),
        ("timesheets", {"begin": "2026-02-01"}),
        ("timesheets", {"tags[]": ["nosuch"]}),
        ("timesheets", {"tags": "nosuch"}),
        ("timesheets", {"full": "yes"}),
        ("customers", {"visible": "4"}),
        ("projects", {"ignoreDates": "0"}),
        ("projects", {"start": "2026-02-30"}),
        ("users", {"orderBy": "password"}),
        ("invoices", {"status[]": ["nope"]}),
        ("timesheets/recent", {"begin": "bad"}),
    ],
)
def test_wrong_parameters_are_refused(kimai: Instance, path: str, query: dict[str, str]) -> None:
    answer = kimai.ask(BOSS, "GET", path, params=query)
    assert (answer.status_code, answer.json()) == (400, {"code": 400, "message": "Bad Request"})


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("customers", {"name": "Customer", "budget": "1e400"}),
        ("customers", {"name": "Customer", "timeBudget": "9" * 30}),
        ("customers", {"name": "Customer", "timeBudget": 1e300}),
        ("customers", {"name": "Customer", "timeBudget": "-" + "9" * 400}),
        ("customers", {"name": "Customer", "budget": 10**400}),
        ("projects", {"name": "Project", "customer": 10**400}),
        ("teams", {"name": 10**400, "members": [10**400, {"user": -(10**400)}]}),
        ("projects", {"name": "Project", "customer": 1, "end": "10000-01-01"}),
        ("customers", {"name": "Customer", "comment": "x" * 65_536}),
        ("customers", {"name": "Customer", "timeBudget": "99999999999999999999:00"}),
        ("timesheets", {"begin": "0001-01-01T00:00:00", "end": "9999-12-31T23:59:59"}),
        ("timesheets", {"project": True, "activity": 1.5, "tags": {"a": 1}}),
        ("teams", {"name": "Team", "members": {"a": {"user": [], "teamlead": {}}}}),
        ("users", {"username": "u" * 300, "roles": [[1]], "supervisor": {"a": 1}}),
    ],
)
def test_extreme_values_are_refused_and_break_nothing(kimai: Instance, path: str, body: dict[str, object]) -> None:
    assert kimai.ask(BOSS, "POST", path, body).status_code == 400


def test_half_a_surrogate_pair_is_no_text(kimai: Instance) -> None:
    headers = {"Content-Type": "application/json"}
    answer = kimai.ask(BOSS, "POST", "tags", headers=headers, content=b'{"name": "a\\ud800b"}')
    assert answer.status_code == 400


@pytest.mark.parametrize("query", [{"page": "9" * 30}, {"begin": "0001-01-01T00:00:00"}, {"user": "9" * 30}])
def test_extreme_parameters_break_nothing(kimai: Instance, query: dict[str, str]) -> None:
    assert kimai.ask(BOSS, "GET", "timesheets", params=query).status_code < 500
