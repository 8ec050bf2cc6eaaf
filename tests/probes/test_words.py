"""The pure parts of probes: comparing values, folding flags, reading refusals, judging pages."""

from __future__ import annotations

import dataclasses
import json
from types import SimpleNamespace
from typing import Any

import pytest

from conformance.exchange.guard.kinds import fill_path
from conformance.model import Exchange
from conformance.probes.booleans.booleans import Flag, together
from conformance.probes.context import ProbeContext, data_of
from conformance.probes.lists.pages import whole_word
from conformance.probes.records.comparing import (
    alike,
    differences,
    equal_unordered,
    is_stored,
    short,
    unexpected_changes,
)
from conformance.probes.records.creating import MISSING, attribute, ident
from conformance.probes.refusals.errors import body_word, internals


def exchange(status: int = 200, body: Any = None, raw: bytes | None = None) -> Exchange:
    content = raw if raw is not None else json.dumps(body).encode()
    return Exchange("GET", "/api/x", "GET /api/x", "a", {}, None, status, {}, content)


@pytest.mark.parametrize(
    ("name", "sent", "got", "same"),
    [
        ("comment", "x", "x", True),
        ("comment", "x", "X", False),
        ("visible", True, True, True),
        ("visible", True, 1, False),
        ("rate", 12.5, 12.5, True),
        ("rate", 12, 12.0, True),
        ("timeBudget", "01:30", 5400, True),
        ("timeBudget", "01:30", 90, False),
        ("start", "2025-01-15", "2025-01-15T00:00:00+0100", True),
        ("start", "2025-01-15", "2025-01-14", False),
        ("begin", "2025-01-15T10:00:00", "2025-01-15T10:00:00+0100", True),
        ("begin", "2025-01-15T10:00:00", "2025-01-15T11:00:00+0100", False),
        ("comment", "x", None, False),
    ],
)
def test_values_are_kept_or_not(name: str, sent: Any, got: Any, same: bool) -> None:
    assert is_stored(name, sent, {"at": got}, "at") is same


def test_a_missing_attribute_is_not_kept() -> None:
    assert not is_stored("comment", None, {}, "comment")
    assert attribute({"a": {"b": None}}, "a.b") is None
    assert attribute({"a": {}}, "a.b") is MISSING
    assert short(MISSING) == "missing"


def test_custom_fields_are_the_same_whatever_type_an_answer_gives_their_values() -> None:
    typed = {"metaFields": [{"name": "vip", "value": True}, {"name": "km", "value": 5}, {"name": "x", "value": None}]}
    kept_as_text = {
        "metaFields": [{"name": "x", "value": None}, {"name": "km", "value": "5"}, {"name": "vip", "value": "1"}]
    }
    assert not differences(typed, kept_as_text)
    other = {"metaFields": [*kept_as_text["metaFields"][:2], {"name": "vip", "value": "0"}]}
    assert list(differences(typed, other)) == ["metaFields"]


def test_custom_fields_may_come_and_go_with_what_they_hang_on() -> None:
    before: dict[str, Any] = {"metaFields": [{"name": "km", "value": "5"}], "name": "a"}
    after = {"metaFields": [{"name": "km", "value": "5"}, {"name": "vip", "value": None}], "name": "b"}
    assert unexpected_changes(before, after, "name") == []
    assert unexpected_changes(before, {**after, "metaFields": [{"name": "km", "value": None}]}, "name") == [
        "metaFields"
    ]


def test_an_answer_is_cut_only_where_it_is_as_long_as_is_read() -> None:
    context: Any = SimpleNamespace(client=SimpleNamespace(config=SimpleNamespace(max_body=4)))
    garbled = dataclasses.replace(exchange(raw=b"[1"), truncated=True)
    assert ProbeContext.is_truncated(context, dataclasses.replace(garbled, body=b"[1,2"))
    assert not ProbeContext.is_truncated(context, garbled)
    assert not ProbeContext.is_truncated(context, exchange(raw=b"[1,2"))


def test_texts_that_are_no_times_are_compared_whole() -> None:
    assert not alike("2025 was a good year", "2025 was a bad year")


def test_what_changed_besides_leaves_out_what_is_computed() -> None:
    before = {"begin": "a", "duration": 1, "billable": True}
    assert unexpected_changes(before, {"begin": "b", "duration": 2, "billable": False}, "begin") == ["billable"]
    assert differences({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": 4}) == {"b": (2, 3)}


@pytest.mark.parametrize(
    ("after_true", "after_false", "word"),
    [
        ("true", "false", "unchanged"),
        ("false", "true", "inverted"),
        ("true", "true", "true"),
        ("false", "false", "false"),
        ("", "true", "true"),
        ("400", "400", "400"),
    ],
)
def test_a_flag_asked_from_both_states_has_one_word(after_true: str, after_false: str, word: str) -> None:
    seen = ((after_true, "true"), (after_false, "false"))
    flags = [Flag("PATCH /x", "f", "null", got, exchange(), before) for got, before in seen if got]
    assert together(flags) == {"f": word}


@pytest.mark.parametrize(
    ("status", "body", "word"),
    [
        (404, {"code": 404, "message": "Not Found"}, "code and message"),
        (404, {"code": 500, "message": "Not Found"}, "another code"),
        (400, {"code": "400", "message": "x"}, "code as text"),
        (403, {"message": "x"}, "no code"),
        (400, {"code": 400}, "no message"),
        (400, ["x"], "no message"),
    ],
)
def test_bodies_of_refusals(status: int, body: Any, word: str) -> None:
    assert body_word(exchange(status, body)) == word


def test_bodies_that_are_no_json() -> None:
    assert body_word(exchange(401, raw=b"")) == "empty"
    assert body_word(exchange(404, raw=b"<html>")) == "not JSON"


@pytest.mark.parametrize(
    "text", ["App\\Entity\\Activity object not found", "#0 /var/www/x.php(12)", "SQLSTATE[42S02]", "Doctrine said no"]
)
def test_internals_are_seen(text: str) -> None:
    assert internals(exchange(403, {"code": 403, "message": text}))


@pytest.mark.parametrize("text", ["Forbidden", "Not Found", "Please enter a valid date and time.", "Select a project"])
def test_plain_messages_are_no_internals(text: str) -> None:
    assert not internals(exchange(403, {"code": 403, "message": text}))


@pytest.mark.parametrize(
    ("found", "word"),
    [
        ([1, 2, 3], "each once"),
        ([1, 2], "records missing"),
        ([1, 2, 2], "records missing and repeated"),
        ([1, 2, 3, 3], "records repeated"),
        ([1, 2, 3, 4], "records too many"),
    ],
)
def test_pages_are_whole_or_not(found: list[int], word: str) -> None:
    assert whole_word(found, [1, 2, 3]) == word


def test_ids_are_read_carefully() -> None:
    assert ident(exchange(200, {"id": 7})) == 7
    assert ident(exchange(200, {"id": "7"})) is None
    assert ident(exchange(200, {"id": True})) is None
    assert ident(exchange(400, {"id": 7})) is None
    assert ident(exchange(200, raw=b"no")) is None


def test_paths_are_filled_in_order() -> None:
    assert fill_path("/api/customers/{id}/rates/{rateId}", 3, 5) == "/api/customers/3/rates/5"


def test_observations_are_data_without_exchanges() -> None:
    flag = Flag("POST /x", "f", "null", "true", exchange())
    assert data_of([flag]) == [{"operation": "POST /x", "field": "f", "value": "null", "got": "true", "before": ""}]
    json.dumps(data_of({"a": flag}))


@pytest.mark.parametrize(
    ("name", "sent", "body", "expected"),
    [
        ("tags", "b,a", {"tags": ["a", "b"]}, True),
        ("tags", "b,a", {"tags": ["a"]}, False),
        ("tags", "", {"tags": []}, True),
        ("rate", 12.35, {"rate": 12.3500001}, True),
        ("rate", 12.35, {"rate": 12.4}, False),
        ("members", [{"user": 1, "teamlead": True}], {"members": [{"user": {"id": 1}, "teamlead": True}]}, True),
        ("members", [{"user": 1, "teamlead": True}], {"members": [{"user": {"id": 1}, "teamlead": False}]}, False),
        ("members", [{"user": 1, "teamlead": True}], {"members": []}, False),
        ("members", [{"user": 1, "teamlead": True}], {"members": None}, False),
    ],
)
def test_what_is_kept_of_lists_and_amounts(name: str, sent: object, body: object, expected: bool) -> None:
    assert is_stored(name, sent, body, name) is expected


def test_an_expanded_record_is_the_one_whose_id_the_other_shows() -> None:
    assert not differences({"project": {"id": 3}}, {"project": 3})
    assert list(differences({"project": {"id": 3}}, {"project": 4})) == ["project"]


def test_the_order_of_lists_is_nobodys_promise() -> None:
    assert equal_unordered({"tags": ["b", "a"]}, {"tags": ["a", "b"]})
    assert equal_unordered([{"id": 2}, {"id": 1, "tags": []}], [{"tags": [], "id": 1}, {"id": 2}])
    assert not equal_unordered(["a", "a"], ["a", "b"])
    assert not equal_unordered({"tags": None}, {"tags": []})
    assert not unexpected_changes({"tags": ["b", "a"], "x": 1}, {"tags": ["a", "b"], "x": 2}, "x")
