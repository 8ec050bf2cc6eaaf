"""Which of the things that a passive observer saw are held against the instance."""

from __future__ import annotations

import pytest

from conformance.model import Exchange
from conformance.probes.responses.passive import PassiveViolation
from contracts.passive_checks import clauses_of, promised

EXCHANGE = Exchange("GET", "/api/timesheets", "GET /api/timesheets", "ada", {}, None, 200, {}, b"[]")


def sight(
    aspect: str, field: str, *, role: str = "ROLE_ADMIN", path: str = "/api/timesheets", expected: str = ""
) -> PassiveViolation:
    return PassiveViolation(f"GET {path}", role, aspect, field, expected, "null", EXCHANGE)


@pytest.mark.parametrize(
    "seen",
    [
        sight("type", "TimesheetEntity.id"),
        sight("present", "[].description"),
        sight("present", "[].description", role="ROLE_USER"),
        sight("set", "[].tags"),
        sight("required", "TimesheetEntity.begin"),
    ],
)
def test_promised(seen: PassiveViolation) -> None:
    assert promised(seen, bundled=False)


@pytest.mark.parametrize(
    "seen",
    [
        sight("null", "TimesheetEntity.description", expected="string"),
        sight("present", "[].rate"),
        sight("set", "[].budget"),
        sight("set", "[].teams", role="ROLE_TEAMLEAD"),
        sight("present", "[].teams[].members", role="ROLE_USER", path="/api/customers"),
        sight("present", "UserEntity.roles", role="ROLE_USER", path="/api/users/me"),
    ],
)
def test_not_promised(seen: PassiveViolation) -> None:
    assert not promised(seen, bundled=False)


def test_values_of_old_records_may_break_their_limits_and_no_enumeration() -> None:
    assert not promised(sight("value", "[].name", expected="at least 2 characters"), bundled=False)
    assert promised(sight("value", "[].status", expected="one of the enumeration"), bundled=False)


def test_a_bundled_definition_does_not_tell_what_is_required() -> None:
    assert not promised(sight("required", "TimesheetEntity.begin"), bundled=True)


def test_a_time_in_another_form_breaks_the_promise_of_its_form_too() -> None:
    assert clauses_of(sight("type", "TimesheetEntity.begin", expected="date-time")) == (
        "definition.types",
        "datetime.iso-8601",
    )
    assert clauses_of(sight("type", "TimesheetEntity.id", expected="integer")) == ("definition.types",)
