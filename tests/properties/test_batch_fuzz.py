"""Odd values in all attributes at once come down to what is accepted, past every refusal, and never start a timer."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx

from conformance.exchange.guard.rules.timers import is_end
from conformance.model import Exchange
from conformance.properties.execution.runner import PropertyRunner
from conformance.properties.generation.batch_fuzz import BATCHES, BatchFuzzer, named_in
from conformance.properties.generation.field_kinds import FieldKind
from conformance.properties.generation.fuzz import FuzzRequest, FuzzResult, FuzzScript

from .conftest import Fake

Answer = Callable[[Any], tuple[int, Any]]


def _reply(status: int, body: Any = None) -> FuzzResult:
    content = json.dumps(body).encode()
    return FuzzResult(Exchange("POST", "/api/x", "POST /api/x", "boss", {}, None, status, {}, content))


def _form(*wrong: str, right: tuple[str, ...] = ()) -> dict[str, Any]:
    children = {**{name: {} for name in right}, **{name: {"errors": ["No."]} for name in wrong}}
    return {"code": 400, "message": "Validation Failed", "errors": {"children": children}}


def _sent(script: FuzzScript, answer: Callable[[FuzzRequest], FuzzResult]) -> list[dict[str, Any]]:
    sent = []
    try:
        odd = next(script)
        while True:
            sent.append(dict(odd.attributes or {}))
            odd = script.send(answer(odd))
    except StopIteration:
        return sent


def _swell(**attributes: FieldKind) -> BatchFuzzer:
    return BatchFuzzer(attributes, lambda value: value)


def test_what_a_refusal_names_gets_milder_and_the_rest_stays() -> None:
    def answer(odd: FuzzRequest) -> FuzzResult:
        long = [name for name, value in (odd.attributes or {}).items() if name == "city" and len(value) > 50]
        return _reply(400, _form(*long, right=("city", "comment"))) if long else _reply(200)

    sent = _sent(_swell(city=FieldKind.TEXT, comment=FieldKind.TEXT).script(("the most",)), answer)
    assert [len(entry["city"]) for entry in sent] == [65_536, 65_535, 256, 150, 100, 60, 30]
    assert {len(item["comment"]) for item in sent} == {65_536}


def test_a_refusal_that_says_how_long_a_text_may_be_is_believed() -> None:
    def answer(odd: FuzzRequest) -> FuzzResult:
        if len((odd.attributes or {})["city"]) <= 60:
            return _reply(200)
        return _reply(400, {"errors": {"children": {"city": {"errors": ["At most 60 characters, please."]}}}})

    sent = _sent(_swell(city=FieldKind.TEXT).script(("the most", "the least")), answer)
    assert [len(entry["city"]) for entry in sent] == [65_536, 60, 21_846, 11]


def test_what_the_form_does_not_have_is_left_out() -> None:
    def answer(odd: FuzzRequest) -> FuzzResult:
        return _reply(400, _form("name", right=("city",))) if "fax" in (odd.attributes or {}) else _reply(200)

    sent = _sent(_swell(fax=FieldKind.TEXT, city=FieldKind.TEXT).script(("null",)), answer)
    assert [sorted(item) for item in sent] == [["city", "fax"], ["city"]]


def test_a_refusal_behind_the_form_says_nothing_of_other_attributes() -> None:
    assert named_in(_reply(400, _form("begin_date")))[1] == frozenset()
    assert named_in(_reply(400, {"code": 400, "message": "Bad Request"})) == (frozenset(), frozenset())


def test_a_refusal_that_names_nothing_is_cut_in_two() -> None:
    bad = lambda odd: _reply(400, {"code": 400}) if "city" in (odd.attributes or {}) else _reply(200)  # noqa: E731
    names = dict.fromkeys(("city", "fax", "phone", "mobile"), FieldKind.TEXT)
    sent = _sent(_swell(**names).script(("null",)), bad)
    assert {"fax": None} in sent
    assert {"phone": None, "mobile": None} in sent


def test_no_half_is_sent_where_the_valid_body_is_refused_as_well() -> None:
    names = dict.fromkeys(("city", "fax", "phone", "mobile"), FieldKind.TEXT)
    taken = _reply(400, _form("email", right=tuple(names)))
    sent = _sent(_swell(**names).script(("null", "an empty list")), lambda _: taken)
    assert sent == [dict.fromkeys(names), {}, {name: [] for name in names}]


def test_after_a_server_error_the_rest_is_sent_without_its_cause() -> None:
    def answer(odd: FuzzRequest) -> FuzzResult:
        broken = "city" in (odd.attributes or {})
        return FuzzResult(_reply(500).exchange, frozenset({"city"})) if broken else _reply(200)

    sent = _sent(_swell(city=FieldKind.TEXT, fax=FieldKind.TEXT).script(("null",)), answer)
    assert sent[-1] == {"fax": None}


def test_no_wave_goes_on_where_nobody_may() -> None:
    assert len(_sent(_swell(city=FieldKind.TEXT).script(), lambda _: _reply(403))) == 1
    absent = _sent(_swell(city=FieldKind.TEXT).script(), lambda _: _reply(404))
    assert 1 < len(absent) < len(BATCHES)


def test_no_end_is_emptied() -> None:
    ends = [value for batch in BATCHES.values() for value in batch.get(FieldKind.END, ())]
    assert ends
    assert all(is_end(value) or isinstance(value, list | dict) for value in ends)


def test_the_database_is_reached_past_what_the_form_refuses(
    fake: Fake, make_workshop: Callable[..., PropertyRunner]
) -> None:
    fields = ("name", "number", "comment", "customer", "orderNumber", "invoiceText")

    def odd(request: httpx.Request, body: Any) -> httpx.Response | None:
        if request.method != "PATCH" or not isinstance(body, dict):
            return None
        wrong = [name for name, value in body.items() if name != "comment" and len(str(value)) > 20]
        if wrong:
            return httpx.Response(400, json=_form(*wrong, right=(*fields, *body)))
        return httpx.Response(500) if len(str(body.get("comment"))) > 65_535 else None

    fake.odd = odd
    outcome = make_workshop().run("PATCH /api/projects/{id}")
    (broken,) = outcome.server_errors
    assert broken.cause.words == "comment: a text of more than 65,535 bytes"


def test_a_plain_user_who_may_not_read_sends_no_odd_queries(
    fake: Fake, make_workshop: Callable[..., PropertyRunner]
) -> None:
    sent: list[str] = []

    def forbidden(request: httpx.Request, _body: Any) -> httpx.Response | None:
        if request.headers["authorization"] != f"Bearer {plain.token.secret.reveal()}":
            return None
        sent.append(str(request.url))
        return httpx.Response(403, json={"code": 403})

    workshop = make_workshop()
    assert workshop.plain is not None
    plain = workshop.plain
    fake.odd = forbidden
    workshop.run("GET /api/customers")
    assert len(sent) == 1


def test_a_plain_user_sends_a_part_too(fake: Fake, make_workshop: Callable[..., PropertyRunner]) -> None:
    seen: dict[str, set[str]] = {}

    def odd(request: httpx.Request, _body: Any) -> httpx.Response | None:
        seen.setdefault(request.headers["authorization"], set()).add(f"{request.method} {request.url.path}")
        return None

    fake.odd = odd
    workshop = make_workshop()
    assert workshop.plain is not None
    for label in ("GET /api/customers", "POST /api/customers", "POST /api/timesheets"):
        workshop.run(label)
    plain = seen[f"Bearer {workshop.plain.token.secret.reveal()}"]
    assert {"GET /api/customers", "POST /api/timesheets"} <= plain
    assert "POST /api/customers" not in plain
