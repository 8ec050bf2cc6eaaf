"""The clause and deviation tables: good entries load, bad ones are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.model import Exchange, Level, UsageError
from conformance.verdict import Deviations, load_clauses, load_deviations
from conformance.verdict.deviations import contains

CLAUSE = """
[[clause]]
id = "boolean.post-absent-false"
level = "MUST"
title = "A boolean that is absent in POST is false"
source = "REST page, booleans"
needs = ["write"]
"""

DEVIATION = """
[[deviation]]
id = "post-absent-default"
clause = "boolean.post-absent-false"
versions = ">=2.63"
operations = ["POST /api/customers"]
fields = ["visible", "billable"]
observed = "true"
reason = "keeps the record's default"
reference = "2.63"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "table.toml"
    path.write_text(text, encoding="utf-8")
    return path


def deviations(folder: Path, text: str = DEVIATION) -> Deviations:
    return load_deviations(written(folder, text))


def test_clause_is_read_with_its_family(tmp_path: Path) -> None:
    clause = load_clauses(written(tmp_path, CLAUSE))["boolean.post-absent-false"]
    assert (clause.level, clause.family, clause.needs, clause.observable) == (Level.MUST, "boolean", ("write",), True)


def test_auth_is_the_authentication_family(tmp_path: Path) -> None:
    text = CLAUSE.replace("boolean.post-absent-false", "auth.missing")
    assert load_clauses(written(tmp_path, text))["auth.missing"].family == "authentication"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('"boolean.post-absent-false"', '"bool.absent"', "id: Value error, must begin with one of auth."),
        ('"MUST"', '"MAY"', "level"),
        ('source = "REST page, booleans"\n', "", "source: Field required"),
        ('title = "A boolean that is absent in POST is false"', 'title = ""', "title"),
        ("needs", "need", "need: Extra inputs"),
        ("[[clause]]", "[[clause]", "is not TOML"),
        ("[[clause]]", "[clause]", "not a list of tables"),
    ],
)
def test_bad_clause_is_named(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    with pytest.raises(UsageError, match=r"table\.toml") as caught:
        load_clauses(written(tmp_path, CLAUSE.replace(old, new)))
    assert complaint in str(caught.value)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load_clauses(tmp_path / "none.toml")


def test_clause_listed_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="listed twice: boolean"):
        load_clauses(written(tmp_path, CLAUSE * 2))


def test_unknown_clause_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load_clauses(written(tmp_path, CLAUSE)).named("boolean.post-absent-fals")
    assert caught.value.hint == "Did you mean boolean.post-absent-false?"


@pytest.mark.parametrize(
    ("operation", "field", "got", "version", "known"),
    [
        ("POST /api/customers", "visible", "true", "2.66.0", True),
        ("POST /api/customers", "visible", "true", "3.1.0", True),
        ("POST /api/customers", "visible", "true", "2.63.0", True),
        ("POST /api/customers", "visible", "true", "2.64.0-beta", True),
        ("POST /api/customers", "visible", "true", "2.62.0", False),
        ("POST /api/customers", "visible", "true", None, False),
        ("POST /api/customers", "visible", "true", "custom build", False),
        ("POST /api/customers", "visible", "null", "2.66.0", False),
        ("POST /api/customers", "other", "true", "2.66.0", False),
        ("POST /api/tags", "visible", "true", "2.66.0", False),
    ],
)
def test_deviation_matches_exactly(
    tmp_path: Path, operation: str, field: str, got: str, version: str | None, known: bool
) -> None:
    table = deviations(tmp_path)
    match = table.match("boolean.post-absent-false", operation, field, "absent", got, version)
    assert (match is not None) is known


def test_deviation_of_another_clause_does_not_match(tmp_path: Path) -> None:
    assert not deviations(tmp_path).match("boolean.null", "POST /api/customers", "visible", "", "true", "2.66.0")


def test_values_limit_an_entry(tmp_path: Path) -> None:
    table = deviations(tmp_path, DEVIATION + 'values = ["null", "0"]\n')
    places = [
        table.match("boolean.post-absent-false", "POST /api/customers", "visible", value, "true", "2.66.0")
        for value in ("null", "0", "absent")
    ]
    assert [place is not None for place in places] == [True, True, False]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('">=2.63"', '"since 2.63"', "versions"),
        ('observed = "true"\n', "", "observed"),
        ('["POST /api/customers"]', "[]", "operations"),
        ('reason = "keeps the record\'s default"\n', "", "reason"),
    ],
)
def test_bad_deviation_is_named(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    with pytest.raises(UsageError, match="post-absent-default") as caught:
        deviations(tmp_path, DEVIATION.replace(old, new))
    assert complaint in str(caught.value)


SERVER_ERROR = """
[[deviation]]
id = "tz-500"
clause = "error.no-server-error"
versions = ">=2.24"
operations = ["PATCH /api/users/{id}"]
status = 500
body = {timezone = "*"}
reason = "an unknown zone is a server error"
reference = "2.66.0"
"""


@pytest.mark.parametrize(
    ("status", "body", "known"),
    [
        (500, b'{"timezone": "Mars", "alias": "x"}', True),
        (502, b'{"timezone": "Mars"}', False),
        (500, b'{"alias": "x"}', False),
        (500, b"{", False),
        (500, None, False),
    ],
)
def test_server_error_is_known_by_status_and_body(tmp_path: Path, status: int, body: bytes | None, known: bool) -> None:
    table = deviations(tmp_path, SERVER_ERROR)
    label = "PATCH /api/users/{id}"
    exchange = Exchange("PATCH", "/api/users/1", label, "a", {}, body, status, {}, b"")
    match = table.match("error.no-server-error", label, "", "", str(status), "2.66.0", exchange)
    assert (match is not None) is known


@pytest.mark.parametrize(
    ("whole", "part", "expected"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, True),
        ({"a": 1}, {"a": True}, False),
        ({"a": [1, 2]}, {"a": [1]}, False),
        ({"a": {"b": None}}, {"a": {"b": None}}, True),
        ({"a": {}}, {"a": {"b": None}}, False),
        ([], {"a": 1}, False),
    ],
)
def test_contains_goes_by_value_and_type(whole: object, part: object, expected: bool) -> None:
    assert contains(whole, part) is expected
