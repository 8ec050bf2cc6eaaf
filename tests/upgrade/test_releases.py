"""The releases that are kept, as they came: what is known to change between them, each in its class, and no more."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from conformance.model import UsageError
from conformance.upgrade.changes import Seen
from conformance.upgrade.comparison import Comparison, compare
from conformance.upgrade.facts import About
from conformance.upgrade.releases import FOLDER, release, versions
from conformance.upgrade.rules import Class
from conformance.upgrade.sides import of_file

SHARED = Path(__file__).parents[2].parent / "shared" / "kimai" / "snapshots"
FROM_RECORDINGS = {
    (About.FILTER, "modified_after", "minutes from the change"),
    (About.ORDER, "", "default order"),
}
DANGEROUS = {Class.SECURITY, Class.SILENT, Class.BREAKING}


def dangerous(comparison: Comparison) -> set[tuple[str, str, str]]:
    """Return class, rule and what is named of every cause that may break a client."""
    return {
        (str(cause.first.change_class), cause.first.rule_id, ", ".join(cause.fields) or cause.operations[0])
        for cause in comparison.causes
        if cause.first.change_class in DANGEROUS
    }


FROM_62 = {
    ("silent", "form-default", "billable, globalActivities, visible"),
    ("silent", "form-default", "number"),
    ("silent", "form-absent", "members[].teamlead"),
    ("silent", "list-order", "GET /api/timesheets"),
    ("breaking", "role-attribute", "fixedRate, hourlyRate, internalRate, rate"),
    ("breaking", "op-removed", "POST /api/activities/{id}/team"),
    ("breaking", "form-enum", "roles"),
}
FROM_24 = {
    ("silent", "form-absent", "members[].teamlead"),
    ("silent", "form-default", "billable, globalActivities, visible"),
    ("silent", "form-default", "number"),
    ("silent", "list-order", "GET /api/timesheets"),
    ("silent", "query-meaning", "modified_after"),
    ("silent", "list-page", "x-per-page"),
    ("breaking", "role-attribute", "fixedRate, hourlyRate, internalRate, rate"),
    ("breaking", "role-denied", "DELETE /api/timesheets/{id}"),
    ("breaking", "op-removed", "GET /api/timesheets/{id}/restart"),
    ("breaking", "op-removed", "GET /api/timesheets/{id}/stop"),
    ("breaking", "form-removed", "address"),
    ("breaking", "form-limit", "name"),
    ("breaking", "form-type", "teams"),
    ("breaking", "form-enum", "locale"),
    ("breaking", "form-enum", "roles"),
    ("breaking", "query-narrowed", "globals"),
    ("breaking", "query-narrowed", "tags[]"),
    ("breaking", "resp-null", "preferences[].value"),
}


BETWEEN = {
    ("silent", "list-page", "x-per-page"),
    ("silent", "query-meaning", "modified_after"),
    ("breaking", "op-removed", "GET /api/timesheets/{id}/restart"),
    ("breaking", "op-removed", "GET /api/timesheets/{id}/stop"),
    ("breaking", "role-denied", "DELETE /api/timesheets/{id}"),
    ("breaking", "form-removed", "address"),
    ("breaking", "form-limit", "name"),
    ("breaking", "form-type", "teams"),
    ("breaking", "form-enum", "locale"),
    ("breaking", "query-narrowed", "globals"),
    ("breaking", "query-narrowed", "tags[]"),
    ("breaking", "resp-null", "preferences[].value"),
}


def test_nothing_else_changed_between_the_two_older_releases() -> None:
    assert dangerous(compare(release("2.24.0"), release("2.62.0"))) == BETWEEN


def test_what_an_old_release_could_not_be_asked_is_told_from_one_on_the_way() -> None:
    changes = compare(release("2.24.0"), release("2.66.0")).changes
    on_the_way = [change for change in changes if change.seen == Seen.ON_THE_WAY]
    assert {change.rule_id for change in on_the_way} == {"form-default"}
    directly = compare(release("2.62.0"), release("2.66.0")).changes
    assert {change.fingerprint for change in on_the_way} <= {change.fingerprint for change in directly}
    assert not [change for change in directly if change.seen == Seen.ON_THE_WAY]


@pytest.mark.parametrize(("old", "expected"), [("2.62.0", FROM_62), ("2.24.0", FROM_24)])
def test_what_is_known_to_change_is_told_in_its_class_and_nothing_else(
    old: str, expected: set[tuple[str, str, str]]
) -> None:
    comparison = compare(release(old), release("2.66.0"))
    assert dangerous(comparison) == expected
    assert not comparison.instance
    assert str(comparison.old) == f"Kimai {old} (the release as it came)"


@pytest.mark.parametrize("old", ["2.62.0", "2.24.0"])
def test_what_people_read_is_short_and_its_counts_are_what_is_listed(old: str) -> None:
    comparison = compare(release(old), release("2.66.0"))
    assert len(comparison.causes) <= 40
    assert sum(comparison.counts.values()) == len(comparison.causes)
    listed = [change.fingerprint for cause in comparison.causes for change in cause.changes]
    assert sorted(listed) == sorted(change["fingerprint"] for change in comparison.to_json()["changes"])


@pytest.mark.parametrize("version", versions())
def test_a_release_equals_itself(version: str) -> None:
    assert compare(release(version), release(version)).verdict == "no change"


@pytest.mark.parametrize("version", versions())
def test_a_release_holds_nothing_for_people_and_nothing_secret(version: str) -> None:
    text = (FOLDER / f"{version}.json").read_text(encoding="utf-8")
    document = release(version).definition.document
    assert '"description": "' not in text.replace('"description": ""', "")
    assert not {"title", "summary", "example"} & _keywords(document.get("paths"))
    for word in ("http://", "https://", "@", "Bearer ", "conformance-"):
        assert word not in text.replace("401 empty Bearer invalid_token", "")


def _keywords(node: object) -> set[str]:
    if isinstance(node, dict):
        names = set(node) - set(node.get("properties", {}) if isinstance(node.get("properties"), dict) else {})
        return names | {word for key, value in node.items() if key != "properties" for word in _keywords(value)}
    return {word for item in node for word in _keywords(item)} if isinstance(node, list) else set()


def test_a_release_that_is_not_kept_is_refused_with_those_that_are() -> None:
    with pytest.raises(UsageError, match="no snapshot of the release") as caught:
        release("2.50.0")
    assert "released:2.66.0" in (caught.value.hint or "")


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared")
def test_the_same_release_with_other_peoples_data_is_no_change() -> None:
    one, two = (of_file(SHARED / f"{name}.json.gz") for name in ("2.66.0", "2.66.0-other-data"))
    for before, after in ((one, two), (two, one), (release("2.66.0"), two)):
        comparison = compare(before, after)
        assert (comparison.verdict, comparison.instance, comparison.settings) == ("no change", (), ())


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared")
@pytest.mark.parametrize("version", versions())
def test_what_is_kept_is_what_was_taken(version: str) -> None:
    taken = of_file(SHARED / f"{version}.json.gz")
    added = set(release(version).facts) - set(taken.facts)
    assert {(fact.about, fact.field, fact.asked) for fact in added} <= FROM_RECORDINGS
    assert {fact.about for fact in set(taken.facts) - set(release(version).facts)} <= {About.ORDER}
    assert json.loads(gzip.decompress((SHARED / f"{version}.json.gz").read_bytes()))["format_version"] == 1
