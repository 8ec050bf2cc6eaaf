"""Answers as reports show them: the run's own records, of others what is judged."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.exchange.evidence import Cutter, ForeignTexts
from tests.evidence.telling import MARK, Story

PRIVATE = "Salary talk with Bob"
ALIAS = 'Zoë "Z" Müller'


def cut(story: Story, label: str, answer: Any, field: str = "", **more: Any) -> Any:
    """Return an answer, cut."""
    text = Cutter(story.history, MARK).text(story.asked(label, answer, **more), field)
    assert PRIVATE not in text
    return json.loads(text.splitlines()[1])


def test_a_record_of_others_is_its_id_and_the_judged_attribute() -> None:
    sheet = {"id": 9, "begin": "2026-07-01T08:00:00", "description": PRIVATE, "rate": 80.0, "tags": [PRIVATE]}
    assert cut(Story(), "GET /api/timesheets/{id}", sheet, "Timesheet.begin") == {"id": 9, "begin": sheet["begin"]}
    assert cut(Story(), "GET /api/timesheets/{id}", sheet, "description") == {
        "id": 9,
        "description": "*** (20 characters)",
    }
    assert cut(Story(), "GET /api/timesheets/{id}", sheet) == {"id": 9}


def test_an_own_record_is_whole_but_for_records_of_others_in_it() -> None:
    story = Story()
    story.customer(2)
    story.project(5, customer=2)
    story.timesheet(7, project=5)
    user = {"id": 3, "alias": PRIVATE, "email": "bob@private.example"}
    customer = {"id": 8, "name": PRIVATE}
    sheet = {"id": 7, "description": f"{MARK} x", "user": user, "project": {"id": 5, "name": "p", "customer": customer}}
    assert cut(story, "GET /api/timesheets", [sheet]) == [
        {
            "id": 7,
            "description": f"{MARK} x",
            "user": {"id": 3},
            "project": {"id": 5, "name": "p", "customer": {"id": 8}},
        }
    ]


def test_of_many_records_of_others_a_few_are_told_and_the_number() -> None:
    story = Story()
    story.customer(2)
    records = [*({"id": ident, "name": PRIVATE} for ident in range(10, 30)), {"id": 2, "name": f"{MARK} own"}]
    seen = cut(story, "GET /api/customers", records, "name")
    assert seen[:3] == [{"id": ident, "name": "*** (20 characters)"} for ident in (10, 11, 12)]
    assert seen[3:] == [{"id": 2, "name": f"{MARK} own"}, "… and 17 more of others"]


@pytest.mark.parametrize(
    ("label", "answer", "seen"),
    [
        ("GET /api/tags", [PRIVATE, f"{MARK} tag"], ["*** (20 characters)", f"{MARK} tag"]),
        ("GET /api/version", {"version": "2.66.0"}, {"version": "2.66.0"}),
    ],
    ids=("tags", "version"),
)
def test_lists_of_texts_and_what_is_about_the_instance(label: str, answer: Any, seen: Any) -> None:
    assert cut(Story(), label, answer) == seen


def test_a_refusal_tells_its_messages_without_what_they_quote() -> None:
    answer = {
        "code": 400,
        "message": f'"{PRIVATE}" exists',
        "errors": {"children": {"name": {"errors": ["too short"]}}},
        "x": 1,
    }
    assert cut(Story(), "POST /api/tags", answer, status=400) == {
        "code": 400, "message": '"***" exists', "errors": {"children": {"name": {"errors": ["too short"]}}},
    }  # fmt: skip


def test_what_is_no_json_is_described() -> None:
    story = Story()
    exchange = story.asked("GET /api/timesheets", path="/api/timesheets")
    broken = type(exchange)(**{**vars(exchange), "body": f'[{{"name": "{PRIVATE}"'.encode()})
    text = Cutter(story.history, MARK).text(broken, "")
    assert PRIVATE not in text
    assert "bytes, not JSON" in text
    assert PRIVATE in Cutter(story.history, MARK, full=True).text(broken, "")


def test_texts_of_others_are_masked_by_value_and_own_ones_are_not() -> None:
    story = Story()
    foreign = ForeignTexts(story.history, MARK, ["worker"])
    exchanges = [
        story.customer(2, comment="What the run wrote"),
        story.asked("GET /api/customers/{id}", {"id": 2, "comment": "What the run wrote"}, path="/api/customers/2"),
        story.asked("GET /api/timesheets", [{"id": 9, "description": PRIVATE, "begin": "2026-07-01T08:00:00+0200"}]),
        story.asked("GET /api/users", [{"id": 8, "username": "worker", "alias": ALIAS, "timezone": "Europe/Berlin"}]),
    ]  # fmt: skip
    for exchange in exchanges:
        foreign.notice(exchange)
    quoted = json.dumps({"alias": ALIAS})
    assert foreign.redact(f"expected x, got {PRIVATE!r}") == "expected x, got '***'"
    assert foreign.redact(quoted) == '{"alias": "***"}'
    for text in ("What the run wrote", "2026-07-01T08:00:00+0200", "worker", "Europe/Berlin", "the timesheet"):
        assert foreign.redact(f"got {text}") == f"got {text}"
