"""Known defects: each covers its cause and nothing else, and a bad table names file and entry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance.embedded.interface import VERSIONS, operations
from conformance.model import Exchange, UsageError
from conformance.verdict import load_clauses, load_defects
from conformance.verdict.causes import Cause
from conformance.verdict.values import Kind
from tests.verdict import released
from tests.verdict.released import ALL, LONG, NEW, NUL, OLD, answered

DEFECTS = load_defects()


def known(exchange: Exchange, version: str | None = NEW, plain: dict[str, Any] | None = None) -> str:
    match = DEFECTS.match(Cause.of(exchange, plain or {}), version)
    return match.id if match else ""


@pytest.mark.parametrize("version", ALL)
def test_what_a_release_crashes_on_is_known(version: str) -> None:
    unknown = [crash for crash in released.crashes(version) if not known(crash.exchange, version)]
    assert unknown == []


@pytest.mark.parametrize("version", ALL)
def test_a_release_of_tomorrow_inherits_what_was_not_mended(version: str) -> None:
    mended = {"search-of-several-fields-for-nothing", "begin-as-a-structure", "project-of-a-time-record-as-a-list"}
    for crash in released.crashes(version):
        now = known(crash.exchange, version)
        assert known(crash.exchange, "3.1.0") == ("" if now in mended else now)


@pytest.mark.parametrize(
    "exchange",
    [
        # another kind of value at the same place
        answered("GET /api/timesheets", (("begin", "2024-05-06T10:00:00"),)),
        answered("GET /api/timesheets", (("begin", ""),)),
        answered("PATCH /api/projects/{id}", body={"name": ["a"]}),
        answered("PATCH /api/customers/{id}", body={"comment": "x" * 300}),
        answered("PATCH /api/customers/{id}", body={"timeBudget": "9999999:00"}),
        answered("PATCH /api/customers/{id}", body={"timeBudget": 1e308}),
        answered("GET /api/customers", (("term", "a:b c:d"),)),
        answered("POST /api/timesheets", body={"project": ["a"]}),
        answered("POST /api/teams", body={"members": [{"user": None}]}),
        answered("POST /api/timesheets", body={"begin": "9999-12-30T10:00:00", "end": "9999-12-30T12:00:00"}),
        answered("GET /api/actions/project/{id}/{view}/{locale}", path="/api/actions/project/7/index/xx"),
        answered("GET /api/actions/project/{id}/{view}/{locale}", path="/api/actions/project/7/%00/en"),
        # the same value at another attribute or parameter
        answered("PATCH /api/projects/{id}", body={"orderNumber": None}),
        answered("GET /api/invoices", (("customers[]", ""),)),
        answered("GET /api/timesheets", (("term", NUL),)),
        # the same value at another operation
        answered("GET /api/users", (("begin", NUL),)),
        answered("GET /api/tags/find", (("name[]", "a"),)),
        answered("PATCH /api/customers/{id}", body={"name": None}),
        answered("POST /api/customers/{id}/comments", body={"message": LONG}),
        # another status
        answered("PATCH /api/projects/{id}", body={"name": None}, status=502),
        # something else beside it
        answered("PATCH /api/projects/{id}", body={"name": None, "color": None}),
        # nothing at all
        answered("GET /api/tags"),
    ],
)
def test_anything_else_is_new(exchange: Exchange) -> None:
    assert known(exchange) == ""


def test_a_version_in_which_it_is_mended_fails() -> None:
    as_list = answered("POST /api/timesheets", body={"project": ["a"]})
    assert known(as_list, OLD)
    assert not known(as_list, "2.62.0")
    nothing = answered("GET /api/users", (("term", released.NOTHING),))
    assert known(nothing, "2.33.0")
    assert not known(nothing, "2.34.0")


def test_an_unknown_version_has_no_known_defects() -> None:
    assert known(answered("PATCH /api/projects/{id}", body={"name": None}), None) == ""


def test_where_the_value_does_not_matter_it_is_new() -> None:
    cause = Cause.of(answered("PATCH /api/projects/{id}", body={"name": None})).whatever()
    assert DEFECTS.match(cause, NEW) is None


def test_the_table_names_operations_that_exist_and_server_errors_alone() -> None:
    there = {operation.key for version in VERSIONS for operation in operations(version)}
    for entry in DEFECTS:
        assert set(entry.operations) <= there, entry.id
        assert entry.clause in load_clauses()
        assert min(entry.observed) >= 500


# --- bad tables

GOOD = """
[[defect]]
id = "one"
clause = "error.no-server-error"
versions = ">=2.0"
operations = ["GET /api/tags"]
cause = { place = "query", names = ["name"], values = ["a list"] }
observed = [500]
danger = "crash"
reason = "r"
reference = "here"
"""


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("error.no-server-error", "error.no-server-eror", "there is no 'error.no-server-eror'"),
        (">=2.0", "", "is an empty version range"),
        (">=2.0", ">=3,<2", "is an empty version range"),
        (">=2.0", "two", "is not a version range"),
        ('"query"', '"cookie"', "the suite cannot tell 'cookie'"),
        ('"a list"', '"a prime"', "the suite cannot tell 'a prime'"),
        ('"a list"', f'"{Kind.WHATEVER}"', "the suite cannot tell"),
        ('names = ["name"]', "names = []", "must not be empty"),
        ("[500]", "[]", "must not be empty"),
        ('"crash"', '"awful"', "danger: Input should be 'access', "),
        ('reference = "here"', 'refrence = "here"', "refrence"),
    ],
)
def test_a_bad_entry_is_an_error_that_names_file_and_entry(tmp_path: Path, before: str, after: str, said: str) -> None:
    table = tmp_path / "known.toml"
    table.write_text(GOOD.replace(before, after), encoding="utf-8")
    with pytest.raises(UsageError, match=r"known\.toml: defect 1 \(one\)") as caught:
        load_defects(table)
    assert said in str(caught.value)


def test_the_good_table_is_read_and_two_of_a_name_are_not(tmp_path: Path) -> None:
    table = tmp_path / "known.toml"
    table.write_text(GOOD, encoding="utf-8")
    assert [entry.id for entry in load_defects(table)] == ["one"]
    table.write_text(GOOD + GOOD, encoding="utf-8")
    with pytest.raises(UsageError, match="listed twice: one"):
        load_defects(table)
