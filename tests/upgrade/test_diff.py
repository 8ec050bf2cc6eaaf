"""Observations and documents are joined: what is real, what is only written, and what cannot be compared."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.upgrade.comparison import NotComparableError, compare
from conformance.upgrade.facts import About, State, fact, settled, unseen
from conformance.upgrade.rules import Class
from conformance.upgrade.snapshot import Snapshot, read, write
from tests.upgrade.made import ITEM, LIST, POST, answer, document, form, shown, snapshot, status

TEXT = {"type": "string"}


def test_the_same_snapshot_twice_is_no_change() -> None:
    one = snapshot(status("200"), *shown(("a", "string")))
    result = compare(one, one)
    assert (result.verdict, result.changes, result.failed) == ("no change", (), False)


def test_a_silent_change_is_undocumented_and_no_go() -> None:
    old, new = (snapshot(fact(About.DEFAULT, POST, name, field="visible")) for name in ("false", "true"))
    result = compare(old, new)
    (change,) = result.changes
    assert (change.change_class, change.seen, result.verdict, result.failed) == (
        Class.SILENT,
        "undocumented",
        "no go",
        True,
    )


def test_a_documented_change_that_was_seen_is_told_once() -> None:
    old = snapshot(*shown(("a", "string")), status("200"), paths=document(**{ITEM: answer({"a": TEXT, "b": TEXT})}))
    new = snapshot(*shown(("b", "string")), status("200"), paths=document(**{ITEM: answer({"b": TEXT})}))
    results = [(change.rule_id, change.field, change.role, change.seen) for change in compare(old, new).changes]
    assert ("resp-removed", "a", "ROLE_USER", "documented and observed") in results
    assert [item for item in results if item[1] == "a"] == results[:1]


def test_a_documented_change_that_behaviour_does_not_show_is_cosmetic() -> None:
    optional = fact(About.NEEDED, POST, "optional", field="language")
    old = snapshot(optional, paths=document(**{POST: form({"language": TEXT})}))
    new = snapshot(optional, paths=document(**{POST: form({"language": TEXT}, ("language",))}))
    (change,) = compare(old, new).changes
    assert (change.rule_id, change.change_class) == ("form-required", Class.COSMETIC)
    assert change.seen == "documented, and observed to be equal"


def test_documents_of_another_version_are_not_compared_and_that_is_said() -> None:
    old = snapshot(status("200"), paths=document(**{LIST: {}, POST: {}}), own=False)
    result = compare(old, snapshot(status("200")))
    assert not result.changes
    assert "documents are not compared" in " ".join(result.differing)


def test_hidden_from_one_role_or_gone_for_all_is_breaking() -> None:
    admin = shown(("rate", "number"), role="ROLE_ADMIN")
    zones = {"ROLE_USER": "UTC", "ROLE_ADMIN": "UTC"}
    old = snapshot(*admin, *shown(("rate", "number"), ("id", "number")), zones=zones)
    hidden = snapshot(*admin, *shown(("id", "number")), zones=zones)
    assert [item.rule_id for item in compare(old, hidden).changes] == ["role-attribute"]
    gone = snapshot(*shown(role="ROLE_ADMIN"), *shown(("id", "number")), zones=zones)
    assert {change.rule_id for change in compare(old, gone).changes} == {"resp-removed"}


def test_an_attribute_of_no_object_says_nothing() -> None:
    old = snapshot(*shown(("team", "object"), ("team.name", "string")))
    new = snapshot(*shown(("team", "null")))
    result = compare(old, new)
    assert [change.field for change in result.changes] == ["team"]
    assert result.uncertain == {"asked on one side alone": 1}


def test_what_varies_or_was_not_observed_is_counted_and_no_change() -> None:
    varying = replace(status("200 or 500"), state=State.VARIES)
    old = snapshot(varying, unseen(About.ORDER, LIST, "no answer"), status("200", POST))
    new = snapshot(status("404"), fact(About.ORDER, LIST, "1 2"), status("200", POST), status("200", ITEM))
    result = compare(old, new)
    assert not result.changes
    assert result.uncertain == {"asked on one side alone": 1, "not observed": 1, "varies": 1}


def test_other_zones_and_settings_are_said_first() -> None:
    old, new = (snapshot(status("200"), zones={"ROLE_USER": zone}) for zone in ("UTC", "Europe/Vienna"))
    assert compare(old, new).differing == ("The zone of ROLE_USER differs: UTC before, Europe/Vienna after.",)


def read_by(reader: str, *roles: str) -> Snapshot:
    """Return a snapshot whose definition somebody read, and whose form lists these roles."""
    field = {"type": "array", "items": {"type": "string", "enum": list(roles)}}
    result = snapshot(status("200"), paths=document(**{LIST: {}, POST: form({"roles": field})}))
    result.definition = result.definition.model_copy(update={"source": "instance", "reader": reader})
    return result


@pytest.mark.parametrize(
    ("reader", "version", "instance"),
    [("ROLE_ADMIN", 0, 1), ("", 0, 1), ("ROLE_SUPER_ADMIN", 1, 0)],
)
def test_roles_that_only_another_reader_is_shown_are_not_the_versions_doing(
    reader: str, version: int, instance: int
) -> None:
    old, new = read_by("ROLE_SUPER_ADMIN", "ROLE_ADMIN", "ROLE_SUPER_ADMIN"), read_by(reader, "ROLE_ADMIN")
    result = compare(old, new)
    assert (len(result.changes), len(result.instance)) == (version, instance)
    assert [change.setting for change in result.instance] == ["reader of the definition"] * instance
    assert any("read by ROLE_SUPER_ADMIN before" in line for line in result.differing) == bool(instance)


def test_what_a_write_of_another_role_has_done_already_is_no_refusal() -> None:
    alone = snapshot(status("200", POST, "ROLE_ADMIN"), status("200", role="ROLE_ADMIN"))
    after = status("400", POST, "ROLE_ADMIN")
    two = snapshot(after, status("200", role="ROLE_ADMIN"), status("200", POST, "ROLE_USER"))
    assert not compare(alone, two).changes
    same = snapshot(after, status("200", role="ROLE_ADMIN"))
    assert [change.rule_id for change in compare(alone, same).changes] == ["status-refused"]


def test_who_read_the_definition_is_kept_where_it_is_known(tmp_path: Path) -> None:
    known, unknown = read_by("ROLE_ADMIN"), read_by("")
    for side in (known, unknown):
        write(side, tmp_path / "a.json")
        assert read(tmp_path / "a.json") == side
    assert '"reader": "ROLE_ADMIN"' in known.dump()
    assert "reader" not in unknown.dump()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (snapshot(status("200"), zones={"ROLE_ADMIN": "UTC"}), snapshot(status("200")), "no role in common"),
        (snapshot(), snapshot(status("200")), "no question"),
    ],
)
def test_nothing_in_common_is_not_comparable(old: object, new: object, words: str) -> None:
    with pytest.raises(NotComparableError, match=words) as caught:
        compare(old, new)  # type: ignore[arg-type]
    assert caught.value.status == 3


def test_one_cause_for_all_roles_and_operations() -> None:
    roles = ("ROLE_USER", "ROLE_ADMIN")
    old, new = (
        snapshot(*(item for role in roles for label in (LIST, ITEM) for item in shown(*names, label=label, role=role)))
        for names in ((("id", "number"),), (("id", "number"), ("color", "string")))
    )
    result = compare(old, new)
    assert (len(result.changes), len(result.causes)) == (4, 1)
    assert len({change.fingerprint for change in result.changes}) == 4


def test_fingerprints_do_not_hang_on_names_of_path_parameters() -> None:
    prints = set()
    for label in ("GET /api/things/{id}", "GET /api/things/{thing}"):
        result = compare(snapshot(status("200", label)), snapshot(status("403", label)))
        prints |= {change.fingerprint for change in result.changes}
    assert len(prints) == 1
    assert len(prints.pop()) == 12


@pytest.mark.parametrize(("fail_on", "failed"), [(Class.BREAKING, False), (Class.NEW, True), (Class.COSMETIC, True)])
def test_fail_on(fail_on: Class, failed: bool) -> None:
    old, new = snapshot(*shown(("a", "string"))), snapshot(*shown(("a", "string"), ("b", "string")))
    assert compare(old, new, fail_on).failed is failed


def test_two_rounds_that_differ_vary() -> None:
    same, other, third = status("200"), status("200", POST), status("404", POST)
    result = settled([same, other], [same, third, status("200", ITEM)])
    assert {entry.operation: str(entry.state) for entry in result} == {LIST: "observed", POST: "varies", ITEM: "varies"}
    unknown = settled([other], [unseen(About.STATUS, POST, "no answer", role="ROLE_USER")])
    assert [item.state for item in unknown] == [State.UNSEEN]


def test_the_order_of_observations_does_not_matter() -> None:
    facts = [status("200"), *shown(("a", "string"), ("b", "number")), status("404", POST)]
    assert settled(facts, facts) == settled(facts[::-1], facts)
    texts = {json.dumps(compare(snapshot(*item), snapshot(status("403"))).to_json()) for item in (facts, facts[::-1])}
    assert len(texts) == 1
