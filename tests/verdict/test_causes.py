"""What a server error hangs on: the same for whichever operation and attribute showed it, and another for another."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.model import Exchange
from conformance.verdict.causes import BODY, PATH, QUERY, WHOLE, Cause, Part
from conformance.verdict.values import Kind
from tests.verdict.released import answered


def cause(operation: str = "POST /api/customers", body: Any = None, **more: Any) -> Cause:
    return Cause.of(answered(operation, body=body, **more), {"name": "x"})


def test_one_cause_over_operations_and_attributes() -> None:
    long = "x" * 70_000
    texts = {
        cause(body={"name": "x", "comment": long}).text, cause("PATCH /api/projects/{id}", {"invoiceText": long}).text
    }  # fmt: skip
    assert texts == {"500; a text in the body: a text of more than 65,535 bytes"}


@pytest.mark.parametrize(
    "other",
    [
        {"body": {"comment": "x" * 300}}, {"body": {"begin": None}}, {"body": {"comment": []}},
        {"body": {"comment": None}, "status": 503}, {"query": (("comment", ""),)}, {},
    ],
)  # fmt: skip
def test_another_cause(other: dict[str, Any]) -> None:
    assert cause(**other).text != cause(body={"comment": None}).text


def test_brackets_make_a_list_of_what_is_one_value() -> None:
    (part,) = cause("GET /api/tags", query=(("name[]", "a"),)).parts
    assert part == Part(QUERY, "name", Kind.LIST)
    (part,) = cause("GET /api/invoices", query=(("status[]", ""),)).parts
    assert part == Part(QUERY, "status[]", Kind.NOTHING)
    (part,) = cause("GET /api/timesheets", query=(("tags[][]", "a"),)).parts
    assert part == Part(QUERY, "tags[]", Kind.LIST)


def test_words_of_a_path_are_parts_and_plain_ids_are_not() -> None:
    operation = "GET /api/actions/project/{id}/{view}/{locale}"
    assert cause(operation).parts == ()
    (part,) = cause(operation, path="/api/actions/project/7/index/de%20DE").parts
    assert part == Part(PATH, "locale", Kind.NO_LOCALE)


def test_bodies_that_are_no_object() -> None:
    assert cause(body=[1]).parts == (Part(WHOLE, "", Kind.LIST),)
    assert cause(body=[{"name": ["a"], "value": "b"}]).parts == (
        Part(BODY, "name", Kind.LIST), Part(BODY, "value", Kind.TEXT)
    )  # fmt: skip
    broken = Exchange("POST", "/api/a", "POST /api/a", "a", {}, b"{", 500, {}, b"")
    assert Cause.of(broken).parts == (Part(WHOLE, "", Kind.TEXT),)


def test_where_the_value_does_not_matter_the_operation_is_told() -> None:
    whatever = [cause(operation, {"comment": None}).whatever() for operation in ("POST /api/a", "POST /api/b")]
    assert len({item.text for item in whatever}) == 2
    assert whatever[0].words == "comment: whatever it holds"


def test_false_is_not_the_plain_value_0() -> None:
    (part,) = Cause.of(answered("POST /api/customers/{id}/rates", body={"rate": False}), {"rate": 0}).parts
    assert part == Part(BODY, "rate", Kind.FALSE)
    assert Cause.of(answered("POST /api/customers/{id}/rates", body={"rate": 0}), {"rate": 0}).parts == ()
