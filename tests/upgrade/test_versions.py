"""What is known to change between released versions is found, in its class, on the embedded Kimai."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.upgrade.comparison import Comparison, compare
from conformance.upgrade.releases import release
from conformance.upgrade.snapshot import Snapshot

pytestmark = pytest.mark.xdist_group("upgrade-versions")


@pytest.fixture(scope="module")
def from_62(v2_62: Snapshot, v2_66: Snapshot) -> Comparison:
    return compare(v2_62, v2_66)


@pytest.fixture(scope="module")
def from_24(v2_24: Snapshot, v2_66: Snapshot) -> Comparison:
    return compare(v2_24, v2_66)


def found(comparison: Comparison) -> set[tuple[str, str, str, str]]:
    return {(str(change.change_class), change.rule_id, change.operation, change.field) for change in comparison.changes}


@pytest.mark.parametrize(
    ("operation", "field"),
    [
        *(("POST /api/customers", name) for name in ("visible", "billable")),
        *(("POST /api/projects", name) for name in ("visible", "billable", "globalActivities")),
        *(("POST /api/activities", name) for name in ("visible", "billable")),
    ],
)
def test_booleans_left_out_of_a_post_change_silently(from_62: Comparison, operation: str, field: str) -> None:
    (change,) = (
        item
        for item in from_62.changes
        if item.rule_id == "form-default" and (item.operation, item.field) == (operation, field)
    )
    assert (change.change_class, change.before, change.after, change.seen) == (
        "silent",
        "false",
        "true",
        "undocumented",
    )


def test_they_are_told_as_one_cause(from_62: Comparison) -> None:
    cause = next(
        item for item in from_62.causes if item.first.rule_id == "form-default" and item.first.before == "false"
    )
    assert len(cause.changes) == 7


def test_nothing_else_is_silent(from_62: Comparison) -> None:
    silent = {(change.rule_id, change.field) for change in from_62.changes if change.change_class == "silent"}
    defaults = {("form-default", name) for name in ("visible", "billable", "globalActivities", "number")}
    assert silent == defaults | {("form-absent", "members[].teamlead"), ("list-order", "")}


def test_rates_are_hidden_from_plain_users(from_62: Comparison) -> None:
    hidden = {(change.role, change.field) for change in from_62.changes if change.rule_id == "role-attribute"}
    assert not [change for change in from_62.changes if change.change_class == "security"]
    assert hidden == {("ROLE_USER", name) for name in ("rate", "internalRate", "hourlyRate", "fixedRate")}


def test_nothing_else_is_breaking(from_62: Comparison) -> None:
    breaking = {(change.rule_id, change.operation) for change in from_62.changes if change.change_class == "breaking"}
    breaking -= {item for item in breaking if item[0] == "role-attribute"}
    assert breaking == {
        ("op-removed", f"POST /api/{name}/{{id}}/team") for name in ("customers", "projects", "activities")
    }


@pytest.mark.parametrize(
    "change",
    [
        ("new", "form-required", "POST /api/customers", "country"),
        ("new", "op-added", "POST /api/projects/{id}/duplicate", ""),
        ("new", "form-added", "POST /api/customers", "invoiceEmail"),
        ("cosmetic", "form-required", "POST /api/customers", "language"),
    ],
)
def test_from_62(from_62: Comparison, change: tuple[str, str, str, str]) -> None:
    assert change in found(from_62)


@pytest.mark.parametrize(
    "change",
    [
        ("breaking", "op-removed", "GET /api/timesheets/{id}/stop", ""),
        ("breaking", "op-removed", "GET /api/timesheets/{id}/restart", ""),
        ("breaking", "form-removed", "POST /api/customers", "address"),
        ("breaking", "form-limit", "POST /api/customers", "name"),
        ("silent", "list-page", "GET /api/timesheets", "x-per-page"),
        ("silent", "form-default", "POST /api/projects", "visible"),
        ("silent", "list-order", "GET /api/timesheets", ""),
        ("silent", "query-meaning", "GET /api/timesheets", "modified_after"),
        ("new", "op-added", "DELETE /api/customers/{id}", ""),
        ("new", "form-added", "POST /api/customers", "addressLine1"),
        ("breaking", "role-attribute", "GET /api/timesheets/{id}", "rate"),
    ],
)
def test_from_24(from_24: Comparison, change: tuple[str, str, str, str]) -> None:
    assert change in found(from_24)


def test_the_other_way_round_is_the_mirror(v2_62: Snapshot, v2_66: Snapshot) -> None:
    back = compare(v2_66, v2_62)
    assert ("breaking", "form-required", "POST /api/customers", "country") in found(back)
    assert ("breaking", "op-removed", "POST /api/projects/{id}/duplicate", "") in found(back)
    assert ("silent", "form-default", "POST /api/projects", "visible") in found(back)


@pytest.mark.parametrize("version", ["v2_24", "v2_62", "v2_66"])
def test_the_same_version_is_no_change(version: str, request: pytest.FixtureRequest) -> None:
    one = request.getfixturevalue(version)
    assert compare(one, one).verdict == "no change"


@pytest.mark.parametrize("version", ["2.24.0", "2.62.0", "2.66.0"])
def test_an_emulated_version_answers_as_the_release(version: str, builtin: Callable[[str], Snapshot]) -> None:
    result = compare(builtin(version), release(version))
    assert {str(change.change_class) for change in result.changes} <= {"cosmetic"}, result.changes
    assert {(change.rule_id, change.setting) for change in result.instance} == (
        {("form-enum", "reader of the definition")} if version == "2.66.0" else set()
    )


def test_most_is_observed(v2_24: Snapshot, v2_62: Snapshot, v2_66: Snapshot) -> None:
    for snapshot in (v2_24, v2_62, v2_66):
        observed = [fact for fact in snapshot.facts if fact.state == "observed"]
        assert len(observed) > 1000
        assert len(observed) / len(snapshot.facts) > 0.95
