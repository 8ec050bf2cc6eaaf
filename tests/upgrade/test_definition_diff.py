"""Two definitions are compared by the direction of data."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.definition import Index
from conformance.upgrade.definition_diff import documented
from tests.upgrade.made import ITEM, LIST, POST, answer, document, form, query

TEXT, NUMBER = {"type": "string"}, {"type": "number"}
SHORT, LONG = {"type": "string", "maxLength": 5}, {"type": "string", "maxLength": 50}
FEW, MANY = {"type": "string", "enum": ["a"]}, {"type": "string", "enum": ["a", "b"]}
NULL = {"type": "string", "nullable": True}

CASES = [
    (POST, form({"a": TEXT}), form({}), "form-removed", "breaking"),
    (POST, form({}), form({"a": TEXT}), "form-added", "new"),
    (POST, form({}), form({"a": TEXT}, ("a",)), "form-required", "breaking"),
    (POST, form({"a": TEXT}), form({"a": TEXT}, ("a",)), "form-required", "breaking"),
    (POST, form({"a": TEXT}, ("a",)), form({"a": TEXT}), "form-required", "new"),
    (POST, form({"a": TEXT}), form({"a": NUMBER}), "form-type", "breaking"),
    (POST, form({"a": MANY}), form({"a": FEW}), "form-enum", "breaking"),
    (POST, form({"a": FEW}), form({"a": MANY}), "form-enum", "new"),
    (POST, form({"a": LONG}), form({"a": SHORT}), "form-limit", "breaking"),
    (POST, form({"a": SHORT}), form({"a": LONG}), "form-limit", "new"),
    (ITEM, answer({"a": TEXT}), answer({}), "resp-removed", "breaking"),
    (ITEM, answer({}), answer({"a": TEXT}), "resp-added", "new"),
    (ITEM, answer({"a": TEXT}), answer({"a": NUMBER}), "resp-type", "breaking"),
    (ITEM, answer({"a": TEXT}), answer({"a": NULL}), "resp-null", "breaking"),
    (ITEM, answer({"a": NULL}), answer({"a": TEXT}), "resp-null", "cosmetic"),
    (ITEM, answer({"a": FEW}), answer({"a": MANY}), "resp-enum", "breaking"),
    (ITEM, answer({"a": MANY}), answer({"a": FEW}), "resp-enum", "cosmetic"),
    (LIST, query(a={}), query(), "query-removed", "silent"),
    (LIST, query(), query(a={}), "query-widened", "new"),
    (LIST, query(), query(a={"required": True}), "query-required", "breaking"),
    (LIST, query(a={}), query(a={"schema": FEW}), "query-narrowed", "breaking"),
    (LIST, query(a={"schema": FEW}), query(a={"schema": MANY}), "query-widened", "new"),
    (LIST, {}, {"deprecated": True}, "op-deprecated", "cosmetic"),
    (LIST, {}, {"operationId": "other"}, "doc-only", "cosmetic"),
    (POST, {}, {"responses": {"201": {}}}, "status-success", "breaking"),
    (POST, {}, {"responses": {"410": {}}}, "op-removed", "breaking"),
]


@pytest.mark.parametrize(("label", "before", "after", "rule", "change_class"), CASES)
def test_rule_and_class(
    label: str, before: dict[str, Any], after: dict[str, Any], rule: str, change_class: str
) -> None:
    result = list(documented(*(Index.of(document(**{label: item})) for item in (before, after))))
    assert [(entry.rule_id, str(entry.change_class)) for entry in result] == [(rule, change_class)]


def test_operations_come_and_go_and_match_whatever_their_parameters_are_called() -> None:
    old = Index.of(document(**{LIST: {}, "GET /api/things/{id}": {}}))
    new = Index.of(document(**{POST: {}, "GET /api/things/{thing}": {"operationId": "GET /api/things/{id}"}}))
    assert [(item.rule_id, item.operation) for item in documented(old, new)] == [
        ("op-removed", LIST),
        ("op-added", POST),
    ]


def test_a_document_that_says_nothing_of_an_answer_promises_nothing() -> None:
    old, new = (Index.of(document(**{ITEM: item})) for item in ({}, answer({"a": TEXT})))
    assert list(documented(old, new)) == []


def test_a_document_equals_itself() -> None:
    index = Index.of(document(**{POST: form({"a": MANY}, ("a",)), ITEM: answer({"a": NULL}), LIST: query(a={})}))
    assert list(documented(index, index)) == []
