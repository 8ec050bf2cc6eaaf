"""Fingerprints survive what differs between runs, and tell causes apart."""

from __future__ import annotations

import pytest

from conformance.verdict.fingerprints import (
    ACROSS,
    combined,
    default,
    departure,
    fingerprint,
    kind_of,
    stable,
    told_kind,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("got 2026-07-01T10:00:00+0200", "got 2025-01-01T09:30:00+0100"),
        ("offset +0200", "offset +01:00"),
        ("GET /api/customers/17", "GET /api/customers/4"),
        ("record kc-1a2b3c4d5e6f", "record kc-99ffeedd0011"),
        ("id 2147483000", "id 2147483001"),
        ("Kimai 2.66.0", "Kimai 2.67.1"),
        ("a  b", "a b"),
    ],
)
def test_what_varies_by_run_does_not_count(one: str, other: str) -> None:
    assert fingerprint("data.x", one) == fingerprint("data.x", other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("200", "500"), ("true", "false"), ("unchanged", "inherited"), ("minLength 2", "minLength 3")],
)
def test_causes_differ(one: str, other: str) -> None:
    assert fingerprint("data.x", one) != fingerprint("data.x", other)


def test_fingerprint_is_pinned() -> None:
    """Accept files of users hold it: a change here breaks them."""
    assert fingerprint("boolean.post-absent-false", "false|true", "absent") == "bf01ed571c7b"
    assert fingerprint("boolean.post-absent-false", "false|true") == "dd378bda438e"
    assert fingerprint("data.x", f"{ACROSS}POST /api/a: null", "number") == "13d15b687b9d"
    assert combined("data.x", ["b", "a", "b"]) == combined("data.x", ["a", "b"]) == "c8527f1eafc5"


def test_ordinary_words_stay() -> None:
    assert stable("unchanged: added deadbeef facade") == "unchanged: added deadbeef facade"


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("null", "null"), ("true", "true"), ("0", "number"), ("1.5", "number"), ('"false"', "string"), ("[]", "list"),
        ("{}", "object"), ("absent", "absent"), ("", ""), ("2026-01-01T00:00:00", "text"),
    ],
)  # fmt: skip
def test_kind_of_value(value: str, kind: str) -> None:
    assert kind_of(value) == kind


def test_values_of_an_attribute_are_one_cause() -> None:
    causes = {
        default("TimesheetEntity.begin", "2026-07-01T10:00:00+0200", "2026-07-01T10:00:00"),
        default("end", "2026-12-01T10:00:00+0100", "2026-12-01T10:00:00"),
    }
    assert causes == {"begin or end|<value>|<value>"}
    assert default("duration", "3600", "60") == default("[].duration", "18000", "300") != default("rate", "3600", "60")
    assert default("color", "as sent", "#ff0000") == "color|as sent|<value>"


def test_words_and_statuses_are_kept() -> None:
    assert default("visible", "false", "true") == "false|true"
    assert default("", "404 or 403", "200") == "404 or 403|200"
    assert default("name", "400, named", "400, not named") == "400, named|400, not named"


def test_a_time_in_another_form_is_one_cause_by_each_clause() -> None:
    causes = [departure(field, "date-time", "string") for field in ("ProjectEntity.start", "[].end")]
    assert {fingerprint(clause, cause) for clause in ("definition.types", "datetime.iso-8601") for cause in causes} == {
        fingerprint("", causes[0])
    }
    assert departure("A.name", "string", "integer") == departure("[].name", "string", "integer")
    assert departure("A.tags[]", "string", "integer") == departure("tags", "string", "integer")


def test_names_of_cases_do_not_tell_findings_apart() -> None:
    assert told_kind("over midnight") == told_kind("gap") == ""
    assert [told_kind(value) for value in ("null", "0", "absent", "absent from true")] == [
        "null", "number", "absent", "absent from true"
    ]  # fmt: skip
