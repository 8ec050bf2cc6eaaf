"""The table against the definitions: every operation is in it, and every id is typed."""

from __future__ import annotations

import re

import pytest

from conformance.definition import Index
from conformance.exchange.guarding.kinds import KINDS, Kind
from conformance.exchange.guarding.operations import Effect, Role
from conformance.exchange.guarding.table import OPERATIONS

from .fake import index

VERSIONS = ("2.24.0", "2.62.0", "2.66.0")
# Path parameters that carry no id: which view, which language, which widget.
NO_ID = {"view", "locale", "widget"}
# Whole numbers in bodies that are values.
NUMBERS: set[str] = set()
POINTERS = {"customer", "project", "activity", "user", "supervisor", "teams", "members", "invoiceTemplate", "tags"}


@pytest.fixture(params=VERSIONS)
def operations(request: pytest.FixtureRequest) -> Index:
    return index(request.param)


def test_every_operation_is_in_the_table(operations: Index) -> None:
    assert [each.label for each in operations if each.label not in OPERATIONS] == []


def test_every_path_parameter_that_carries_an_id_is_typed(operations: Index) -> None:
    for each in operations:
        named = set(re.findall(r"{(\w+)}", each.path)) - NO_ID
        assert named == set(OPERATIONS[each.label].params), each.label


def test_every_body_attribute_is_known_and_pointers_are_typed(operations: Index) -> None:
    for each in operations:
        if each.body is None:
            continue
        row = OPERATIONS[each.label]
        names = {field.name for field in each.body.fields}
        assert names <= row.fields, (each.label, names - row.fields)
        assert names & POINTERS <= set(row.body), each.label
        whole = {f.name for f in each.body.all_fields if "integer" in f.types} - NUMBERS
        assert whole <= POINTERS, (each.label, whole)


def test_methods_that_change_are_writes_and_reads_are_gets() -> None:
    for label, row in OPERATIONS.items():
        if row.method != "GET":
            assert row.effect is not Effect.READ, label
    assert OPERATIONS["GET /api/timesheets/{id}/stop"].effect is Effect.STOP
    assert OPERATIONS["GET /api/timesheets/{id}/restart"].effect is Effect.START


def test_reads_touch_nothing() -> None:
    for label, row in OPERATIONS.items():
        if row.effect is Effect.READ:
            assert all(param.role is Role.REFERENCE for param in row.params.values()), label
            assert row.creates is None, label


def test_every_id_in_the_path_of_a_write_is_a_target_but_for_members() -> None:
    for label, row in OPERATIONS.items():
        if row.writes:
            weak = {name for name, param in row.params.items() if param.role is not Role.TARGET}
            assert weak <= {"userId"}, label


def test_every_create_has_an_undo_that_deletes_its_kind_but_for_users() -> None:
    for label, row in OPERATIONS.items():
        if row.creates is not None and row.creates is not Kind.USER:
            assert row.undo == f"DELETE {KINDS[row.creates].delete}", label
            assert row.undo in OPERATIONS, label


def test_deletes_that_take_working_hours_with_them_are_cascades() -> None:
    cascades = {label for label, row in OPERATIONS.items() if row.effect is Effect.CASCADE}
    assert cascades == {f"DELETE /api/{plural}/{{id}}" for plural in ("customers", "projects", "activities")}
