"""What is asked of lists, and how a change is read: pure parts."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from conformance.definition import Index
from conformance.model import Actor
from conformance.probes.lists.filter_cases import FilterCase, among, anything, every, has, running, says, tagged
from conformance.probes.lists.orders import _default, _plain
from conformance.probes.lists.sheet_filters import Staged, _by_user
from conformance.probes.records.lifecycle import GROUP, _groups, _steps
from conformance.probes.records.list_scopes import ListScope


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("conformance-test-26 filtered gamma 12", "gamma"),
        ("conformance-test-26 filtered gamma gw1-12", "gamma"),
        ("user1", "user"),
        ("lead", "lead"),
        ("Lead", None),
        ("admin_super", None),
        ("zoë", None),
        ("anna beta", None),
        ("", None),
        (None, None),
    ],
)
def test_only_what_every_database_sorts_alike_is_a_key(text: Any, word: str | None) -> None:
    assert _plain(text) == word


def described(by: str, order: str) -> Index:
    parameters = [
        {"name": name, "in": "query", "description": text, "schema": {"type": "string"}}
        for name, text in (("orderBy", by), ("order", order))
    ]
    operation = {"parameters": parameters, "responses": {"200": {"description": ""}}}
    return Index.of({"openapi": "3.0.0", "info": {}, "paths": {"/api/things": {"get": operation}}})


def test_the_default_order_is_what_the_definition_says() -> None:
    index = described("Allowed values: id, begin (default: begin)", "ASC, DESC (default: DESC)")
    assert _default(index["GET /api/things"]) == ("begin", "DESC")
    assert _default(described("Allowed values: id", "(default: DESC)")["GET /api/things"]) is None


def test_what_computes_something_is_changed_alone_and_the_rest_in_twos() -> None:
    assert list(_steps(["a", "name", "b", "c", "end"])) == [("name",), ("end",), ("a", "c"), ("b",)]


def test_what_is_coupled_is_read_alone() -> None:
    steps = [("a", "b"), ("c",), ("d",), ("e",), ("f",)]
    assert list(_groups(steps)) == [tuple(steps[:4]), tuple(steps[4:])]
    coupled = [("a",), ("hourlyRate",), ("fixedRate",), ("d",)]
    assert list(_groups(coupled)) == [(step,) for step in coupled]
    assert GROUP == 4


@pytest.mark.parametrize(
    ("fits", "row", "expected"),
    [
        (anything, {}, True),
        (has("billable", True), {"billable": False}, False),
        (has("project", 3, None), {"project": None}, True),
        (running(True), {"end": None}, True),
        (running(False), {"end": None}, False),
        (says("ZEBRA", "description"), {"description": "a zebra"}, True),
        (says("zebra", "description"), {"description": None}, False),
        (tagged("a", "b"), {"tags": ["b"]}, True),
        (tagged("a"), {"tags": None}, False),
        (every(has("a", 1), has("b", 2)), {"a": 1, "b": 3}, False),
        (among({1: {}}, has("a", 1)), {"id": 2, "a": 9}, True),
        (among({1: {}}, has("a", 1)), {"id": 1, "a": 9}, False),
    ],
)
def test_which_rows_fit(fits: Any, row: dict[str, Any], expected: bool) -> None:
    assert fits(row) is expected


def test_a_question_expects_the_own_records_that_fit() -> None:
    own = {1: {"id": 1, "flag": True}, 2: {"id": 2, "flag": False}}
    question = FilterCase("GET /api/things", "flag, order", "1", {}, has("flag", True), own)
    assert question.expected == (1,)
    assert question.parameters == ("flag", "order")


@pytest.mark.parametrize(("params", "matched"), [({"project": 4}, False), ({"project": 4, "begin": "2015"}, True)])
def test_everybodys_list_of_a_lent_project_may_have_others(params: dict[str, Any], matched: bool) -> None:
    me, them = (Actor(name, (), None, number, ("ROLE_SUPER_ADMIN",)) for number, name in ((1, "me"), (2, "them")))
    stage = Staged(ListScope(me, 4, 5, 2015, params), (5,), other=them)
    context: Any = SimpleNamespace(strongest=me)
    cases = {case.value: case for case in _by_user(context, stage)}
    stranger = {"id": 9, "project": 4, "user": 3}
    assert cases["all"].matches(stranger) is matched
    assert not cases["another"].matches(stranger)
