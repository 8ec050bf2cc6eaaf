"""The matrix of clauses: no clause without a check, and every check with its places."""

from __future__ import annotations

import json

import pytest

from conformance.cli import main
from conformance.run.clause_coverage import checks_by_clause, matrix
from conformance.verdict import load_clauses


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as caught:
        main(["clauses", *arguments])
    assert not caught.value.code
    return capsys.readouterr().out


def test_json_has_what_others_rely_on(capsys: pytest.CaptureFixture[str]) -> None:
    rows = json.loads(shown(capsys, "--format", "json"))
    assert len(rows) >= 40
    assert all({"id", "level", "title", "source", "checks"} <= row.keys() for row in rows)


def test_every_observable_clause_has_a_check() -> None:
    assert [row["id"] for row in matrix() if row["observable"] and not row["checks"]] == []


def test_no_check_names_an_unknown_clause() -> None:
    assert checks_by_clause().keys() <= load_clauses().keys()


def test_a_check_that_judges_by_a_function_of_its_module_is_one_of_the_clause() -> None:
    checks = checks_by_clause()
    assert "contracts/test_lists.py::test_a_refused_change_leaves_the_list" in checks["data.refused-changes-nothing"]
    assert all("::test_" in check for names in checks.values() for check in names)


def test_places_are_endpoints_and_fields(capsys: pytest.CaptureFixture[str]) -> None:
    rows = {row["id"]: row for row in json.loads(shown(capsys, "--format", "json", "--places"))}
    assert any("GET /api/teams/{id}]" in place for place in rows["auth.missing-refused"]["places"])
    assert any("[POST /api/customers visible]" in place for place in rows["boolean.post-absent-false"]["places"])
