"""A refusal decides only what it is about."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from conformance.model import Exchange, Status
from conformance.verdict import Judge, load_clauses, load_deviations
from conformance.verdict.undecided import may_be_doubted, undecided
from tests.verdict.kept import Kept

BOOLEAN = "boolean.false-is-false"


def refusal(status: int, body: Any = None) -> Exchange:
    raw = b"" if body is None else json.dumps(body).encode()
    sent = b'{"name": "x", "visible": false}'
    return Exchange("POST", "/api/customers", "POST /api/customers", "a", {}, sent, status, {}, raw)


def naming(*names: str) -> dict[str, Any]:
    children = {"name": {}, "visible": {}, **{name: {"errors": ["not valid"]} for name in names}}
    return {"code": 400, "message": "Validation Failed", "errors": {"errors": [], "children": children}}


@pytest.mark.parametrize("status", [302, 401, 403, 408, 429, 502, 503, 504, 520, 526])
def test_what_was_not_the_question_decides_nothing(status: int) -> None:
    assert undecided(BOOLEAN, refusal(status), "visible", "false")


@pytest.mark.parametrize(
    ("clause", "status", "expected"),
    [
        ("auth.valid-token-accepted", 401, "200"),
        ("auth.missing-refused", 403, "401"),
        ("permission.foreign-read", 403, "refused"),
        ("error.not-found", 403, "404"),
        ("error.body", 401, "code and message"),
        ("error.no-server-error", 503, "no server error"),
        (BOOLEAN, 500, "false"),
        (BOOLEAN, 404, "false"),
        ("paging.beyond", 401, "200 or 401"),
        ("data.deleted-is-gone", 403, "404, 403"),
        ("filter.foreign", 403, "refused, empty"),
    ],
)
def test_what_was_the_question_decides(clause: str, status: int, expected: str) -> None:
    assert undecided(clause, refusal(status), "", expected) == ""


@pytest.mark.parametrize("clause", ["boolean.false-is-false", "data.sent-is-stored", "paging.headers"])
@pytest.mark.parametrize("status", [200, 400, 404])
def test_a_page_where_json_is_due_decides_nothing_of_what_was_asked(clause: str, status: int) -> None:
    page = replace(refusal(status), headers={"content-type": "text/html"}, body=b"<html>")
    assert undecided(clause, page, "visible", "false")
    assert undecided("definition.content-type", page, "", "application/json") == ""
    assert undecided("error.body", page, "", "code and message") == ""


@pytest.mark.parametrize("clause", ["auth.missing-refused", "error.body", "error.unknown-attribute"])
def test_what_a_filter_refused_for_its_text_decides_nothing(clause: str) -> None:
    page = replace(refusal(403), headers={"content-type": "text/html"}, body=b"<html>")
    assert undecided(clause, page, "", "401") == ""
    assert undecided(clause, replace(page, request_body=b'{"message": "<b>"}'), "", "401")
    assert undecided(clause, replace(refusal(403), request_body=b'{"message": "<b>"}'), "", "401") == ""


@pytest.mark.parametrize("status", [429, 502, 503, 504, 521])
def test_a_busy_instance_passes_nothing_either(status: int) -> None:
    """A refusal was expected, and this is none of it."""
    assert undecided("permission.foreign-read", refusal(status), "", "refused")


def test_a_400_that_names_another_attribute_decides_nothing() -> None:
    assert undecided(BOOLEAN, refusal(400, naming("vatId")), "visible", "false")
    assert undecided(BOOLEAN, refusal(400, naming("members")), "members[].teamlead", "true") == ""
    assert undecided(BOOLEAN, refusal(400, naming("vatId", "visible")), "visible", "false") == ""
    assert undecided(BOOLEAN, refusal(400, naming()), "visible", "false") == ""
    assert undecided("error.names-field", refusal(400, naming("vatId")), "visible", "named") == ""


def test_attributes_are_named_by_messages_at_any_depth() -> None:
    nested = {"children": [{"children": {"value": {"errors": ["must not be blank"]}}}]}
    body = naming("color")
    body["errors"]["children"]["metaFields"] = nested
    assert refusal(400, body).refused_for() == {"color", "metaFields"}
    assert refusal(400, [1]).refused_for() == frozenset()


def test_of_a_nested_form_the_attribute_itself_must_be_named() -> None:
    row = {"children": {"user": {"errors": ["not a valid choice"]}, "teamlead": {}}}
    body = naming()
    body["errors"]["children"]["members"] = {"children": [{"children": {"user": {}, "teamlead": {}}}, row]}
    assert refusal(400, body).refused_places() == {"members.user"}
    assert undecided(BOOLEAN, refusal(400, body), "members[].teamlead", "true")
    assert undecided(BOOLEAN, refusal(400, body), "members", "a list") == ""
    row["children"]["teamlead"] = {"errors": ["not valid"]}
    assert undecided(BOOLEAN, refusal(400, body), "members[].teamlead", "true") == ""


@pytest.mark.parametrize("errors", ["text", 7, [1, {"children": 5}], {"children": {"a": 1, "b": {"children": "x"}}}])
def test_errors_of_any_form_are_read(errors: Any) -> None:
    assert refusal(400, {"errors": errors}).refused_for() <= {"a"}


def judged(exchange: Exchange, *, ok: bool, doubt: str = "") -> Status:
    judge = Judge(
        BOOLEAN, load_clauses(), load_deviations(), "2.66.0", Kept(), doubt=lambda _exchange, _field: doubt
    )  # fmt: skip
    return judge.check(
        ok, operation=exchange.operation, field="visible", value="false", expected="false", got="400", exchange=exchange
    )


@pytest.mark.parametrize("ok", [True, False])
def test_neither_fails_nor_passes(ok: bool) -> None:
    assert judged(refusal(503), ok=ok) is Status.SKIPPED
    assert judged(refusal(400, naming("vatId")), ok=ok) is Status.SKIPPED
    assert judged(refusal(400, naming("visible")), ok=ok, doubt="the same without it is refused") is Status.SKIPPED


def test_what_the_control_does_not_doubt_fails() -> None:
    assert judged(refusal(400, naming("visible")), ok=False) is Status.FAIL
    assert judged(refusal(400, naming()), ok=False) is Status.FAIL


@pytest.mark.parametrize(
    ("clause", "status", "result"),
    [
        (BOOLEAN, 400, True), (BOOLEAN, 404, False), (BOOLEAN, 200, False), ("error.body", 400, False),
        ("error.names-field", 403, True), ("permission.foreign-write", 403, False),
    ],
)  # fmt: skip
def test_controls_are_asked_where_a_refusal_may_be_about_something_else(clause: str, status: int, result: bool) -> None:
    assert may_be_doubted(clause, refusal(status)) is result
