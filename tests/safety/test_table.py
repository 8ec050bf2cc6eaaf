"""The table against the definitions: every operation is in it, and every id is typed."""

from __future__ import annotations

import re

import pytest

from conformance.definition import Index
from conformance.exchange.guard.kinds import KINDS, Kind
from conformance.exchange.guard.operations import Effect, ParamRole
from conformance.exchange.guard.table import OPERATIONS

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
    assert [operation.label for operation in operations if operation.label not in OPERATIONS] == []


def test_every_path_parameter_that_carries_an_id_is_typed(operations: Index) -> None:
    for operation in operations:
        named = set(re.findall(r"{(\w+)}", operation.path)) - NO_ID
        assert named == set(OPERATIONS[operation.label].params), operation.label


def test_every_body_attribute_is_known_and_pointers_are_typed(operations: Index) -> None:
    for operation in operations:
        if operation.body is None:
            continue
        row = OPERATIONS[operation.label]
        names = {field.name for field in operation.body.fields}
        assert names <= row.fields, (operation.label, names - row.fields)
        assert names & POINTERS <= set(row.body), operation.label
        whole = {f.name for f in operation.body.all_fields if "integer" in f.types} - NUMBERS
        assert whole <= POINTERS, (operation.label, whole)


def test_methods_that_change_are_writes_and_reads_are_gets() -> None:
    for label, row in OPERATIONS.items():
        if row.method != "GET":
            assert row.effect is not Effect.READ, label
    assert OPERATIONS["GET /api/timesheets/{id}/stop"].effect is Effect.STOP
    assert OPERATIONS["GET /api/timesheets/{id}/restart"].effect is Effect.START


def test_reads_touch_nothing() -> None:
    for label, row in OPERATIONS.items():
        if row.effect is Effect.READ:
            assert all(param.role is ParamRole.REFERENCE for param in row.params.values()), label
            assert row.creates is None, label


def test_every_id_in_the_path_of_a_write_is_a_target_but_for_members() -> None:
    for label, row in OPERATIONS.items():
        if row.writes:
            weak = {name for name, param in row.params.items() if param.role is not ParamRole.TARGET}
            assert weak <= {"userId"}, label


def test_every_create_has_an_undo_that_deletes_its_kind_but_for_users() -> None:
    for label, row in OPERATIONS.items():
        if row.creates is not None and row.creates is not Kind.USER:
            assert row.undo == f"DELETE {KINDS[row.creates].delete}", label
            assert row.undo in OPERATIONS, label


def test_deletes_that_take_working_hours_with_them_are_cascades() -> None:
    cascades = {label for label, row in OPERATIONS.items() if row.effect is Effect.CASCADE}
    assert cascades == {f"DELETE /api/{plural}/{{id}}" for plural in ("customers", "projects", "activities")}
