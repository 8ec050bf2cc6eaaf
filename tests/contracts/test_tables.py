"""The promises and the known departures: complete, consistent, and each with a check."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import contracts
from conformance.definition import bundled
from conformance.embedded.interface import VERSIONS, operations
from conformance.exchange.guard.table import OPERATIONS
from conformance.model import Level
from conformance.verdict import load_clauses, load_deviations, load_untested

CONTRACTS = Path(contracts.__file__).parent
PROPERTIES = CONTRACTS.parent / "conformance" / "properties"
CLAUSES = load_clauses()
DEVIATIONS = load_deviations()
CORE = {
    "boolean.post-absent-false",
    "boolean.patch-absent-false",
    "boolean.false-is-false",
    "boolean.anything-else-true",
}


def marked() -> Iterator[tuple[str, str]]:
    """Yield clause id and function of every check."""
    for path in [*CONTRACTS.glob("test_*.py"), *PROPERTIES.glob("test_*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.FunctionDef):
                continue
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name) and mark.func.id == "clause":
                    yield ast.literal_eval(mark.args[0]), f"{path.name}::{node.name}"


CHECKS = list(marked())


def test_every_clause_has_a_check() -> None:
    assert set(CLAUSES) - {clause for clause, _ in CHECKS} == set()


def test_every_check_has_a_clause() -> None:
    assert {clause for clause, _ in CHECKS} - set(CLAUSES) == set()


def test_every_check_is_marked_once() -> None:
    for path in CONTRACTS.glob("test_*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                assert sum("clause" in ast.dump(mark) for mark in node.decorator_list) == 1, node.name


def test_the_rulings_on_booleans() -> None:
    musts = {name for name, clause in CLAUSES.items() if name.startswith("boolean.") and clause.level is Level.MUST}
    assert musts == CORE


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("boolean.no-stable-default", Level.NOTE),
        ("boolean.structures", Level.NOTE),
        ("boolean.record-default", Level.NOTE),
        ("data.patch-only-sent", Level.SHOULD),
        ("datetime.local-time-kept", Level.MUST),
        ("datetime.gap", Level.NOTE),
        ("datetime.overlap", Level.MUST),
        ("datetime.other-reader", Level.NOTE),
        ("datetime.other-forms", Level.NOTE),
        ("error.no-server-error", Level.MUST),
    ],
)
def test_the_levels_of_the_rulings(name: str, level: Level) -> None:
    assert CLAUSES[name].level is level


def test_there_are_enough_clauses_with_sources() -> None:
    assert len(CLAUSES) >= 40
    assert all(clause.source for clause in CLAUSES.values())


def test_no_note_has_a_deviation() -> None:
    assert [item.id for item in DEVIATIONS if CLAUSES[item.clause].level is Level.NOTE] == []


@pytest.mark.parametrize("entry", DEVIATIONS, ids=lambda entry: entry.id)
def test_deviations_name_clauses_and_operations_that_exist(entry: object) -> None:
    known = {operation.key for version in VERSIONS for operation in operations(version)} | {"*", "GET /api/doc"}
    assert entry.clause in CLAUSES  # type: ignore[attr-defined]
    assert set(entry.operations) <= known  # type: ignore[attr-defined]


def test_what_is_not_tested_is_what_cannot_be_made_or_read_back() -> None:
    index = bundled(VERSIONS[-1]).index
    made = {row.creates for row in OPERATIONS.values() if row.creates}
    unmade = {
        operation.label
        for operation in index.operations
        if not all(param.kind in made for param in OPERATIONS[operation.label].params.values())
    }
    unread = {
        (operation.label, field.path)
        for operation in index.operations
        for field in (operation.body.all_fields if operation.body else ())
        if field.path not in index.reads_back(operation)
    }
    table = [place for entry in load_untested() for place in entry.places]
    assert len(table) == len(set(table))
    assert set(table) == {(label, "") for label in unmade} | unread
