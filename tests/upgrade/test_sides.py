"""What OLD and NEW may be: documents alone in any spelling, releases, older files; each told as what it is."""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.cli.main import main
from conformance.definition.sources import BUNDLED
from conformance.model import UsageError
from conformance.upgrade.comparison import compare
from conformance.upgrade.documents import without_words
from conformance.upgrade.facts import About, fact
from conformance.upgrade.releases import release
from conformance.upgrade.sides import of_file, side
from conformance.upgrade.snapshot import Snapshot, write
from tests.upgrade.made import ITEM, answer, document, form, shown, snapshot

TEXT = {"type": "string"}
SPELLING = Callable[[Any], Any]
DOCUMENT = json.loads((BUNDLED / "2.66.0.json").read_text(encoding="utf-8"))


def never(_text: str) -> Snapshot:
    raise AssertionError("no instance is to be asked")


def rewritten(change: SPELLING, node: Any) -> Any:
    """Return a copy of a document with a change made to each object in it, the innermost first."""
    if isinstance(node, dict):
        return change({key: rewritten(change, value) for key, value in node.items()})
    return [rewritten(change, item) for item in node] if isinstance(node, list) else node


def inlined(node: Any) -> Any:
    name = node.get("$ref", "") if isinstance(node.get("$ref"), str) else ""
    component = DOCUMENT["components"]["schemas"].get(name.rpartition("/")[2], {})
    # One level, and nothing that refers on: a definition may be circular.
    return copy.deepcopy(component) if name and "$ref" not in json.dumps(component) else node


def wrapped(node: Any) -> Any:
    return {"allOf": [node]} if "$ref" in node else node


def written_out(node: Any) -> Any:
    if "in" in node and "name" in node:
        return {"required": False, "deprecated": False, "allowEmptyValue": False, **node}
    return {"nullable": False, **node} if node.get("type") in ("string", "integer", "number", "boolean") else node


def reordered(node: Any) -> Any:
    turned = dict(reversed(node.items()))
    return {key: value[::-1] if key in ("enum", "required") and isinstance(value, list) else value
            for key, value in turned.items()}  # fmt: skip


def reworded(node: Any) -> Any:
    return {**node, "description": "other words"} if isinstance(node.get("description"), str) else node


@pytest.mark.parametrize("spelling", [inlined, wrapped, written_out, reordered, reworded])
def test_equal_documents_in_other_spellings_show_nothing(spelling: SPELLING, tmp_path: Path) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    other = rewritten(spelling, DOCUMENT)
    assert other != DOCUMENT or list(other) != list(DOCUMENT)
    old.write_text(json.dumps(DOCUMENT))
    new.write_text(json.dumps(other))
    for before, after in ((old, new), (new, old)):
        comparison = compare(of_file(before), of_file(after))
        assert not comparison.changes, [change.to_json() for change in comparison.changes[:3]]
        assert str(comparison.old) == "an OpenAPI document"


def test_two_documents_need_no_instance_and_no_token(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["compare", str(BUNDLED / "2.62.0.json"), str(BUNDLED / "2.66.0.json"), "--format", "json"])
    assert caught.value.code == 1
    data = json.loads(capsys.readouterr().out)
    assert data["sides"]["old"] == {"kind": "document", "version": ""}
    told = {(change["class"], change["rule"], change["field"]) for change in data["changes"]}
    assert ("breaking", "form-required", "language") in told
    assert {change["seen"] for change in data["changes"]} == {"documented only"}
    assert "Documents alone are compared" in data["differing"][0]


def test_a_document_and_a_snapshot(tmp_path: Path) -> None:
    paths = document(**{ITEM: answer({"a": TEXT})})
    (tmp_path / "a.json").write_text(json.dumps(document(**{ITEM: answer({"a": TEXT, "b": TEXT})})))
    write(snapshot(*shown(("a", "string")), paths=paths), tmp_path / "b.json")
    comparison = compare(of_file(tmp_path / "a.json"), of_file(tmp_path / "b.json"))
    assert [(change.rule_id, change.field, change.seen) for change in comparison.changes] == [
        ("resp-removed", "b", "documented only")
    ]
    assert not comparison.uncertain


def test_yaml_and_what_gzip_made_of_a_file_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("openapi: 3.0.0\ninfo: {title: t, version: '1'}\npaths: {}\n")
    assert of_file(tmp_path / "a.yaml").is_document
    one = snapshot(*shown(("a", "string")))
    (tmp_path / "b.json.gz").write_bytes(gzip.compress(one.dump().encode()))
    assert of_file(tmp_path / "b.json.gz") == one


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "neither a snapshot nor an OpenAPI document"),
        (b'{"summary": {}}', "is not a snapshot, and no OpenAPI document"),
        (b"[]", "is not a snapshot, and no OpenAPI document"),
        (b"", "is empty"),
        (b"\xff\xfe", "not UTF-8"),
        (b"\x1f\x8bnothing", "cannot be read"),
        (b"a: [", "neither JSON nor YAML"),
        (b'{"openapi": "3.0.0"}', "paths"),
        (b'{"swagger": "2.0", "paths": {}}', "only OpenAPI 3"),
    ],
)
def test_what_is_neither_is_refused_with_what_to_do(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=words) as caught:
        of_file(path)
    assert caught.value.hint


@pytest.mark.parametrize("text", ["released:", "released:1.0", "released:../2.66.0", "builtin:"])
def test_a_version_that_is_not_there_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        side(text, never, never)
    assert caught.value.hint


def test_words_for_people_go_and_names_stay() -> None:
    described = form({"description": {"type": "string", "description": "words", "example": "words"}})
    bare = without_words({**document(**{ITEM: described}), "servers": [{"url": "https://kimai.example.com"}]})
    assert "words" not in json.dumps(bare)
    assert "example.com" not in json.dumps(bare)
    schema = bare["paths"]["/api/things/{id}"]["get"]["requestBody"]["content"]["application/json"]["schema"]
    assert schema["properties"] == {"description": {"type": "string", "description": ""}}


ROUNDING = {name: fact(About.TIME, "POST /api/timesheets", name, field="begin", asked="rounding")
            for name in ("1 min down", "15 min down")}  # fmt: skip


def test_a_setting_that_differs_is_said_first_and_explains_what_hangs_on_it() -> None:
    sent = "the local time as sent"
    old, new = (
        snapshot(
            ROUNDING[name],
            fact(About.TIME, "POST /api/timesheets", word, role="ROLE_USER", field="begin", asked="odd"),
            fact(About.DEFAULT, "POST /api/things", default, field="visible", asked="left out"),
        )
        for name, word, default in (("1 min down", sent, "false"), ("15 min down", "another time: -0:07:00", "true"))
    )
    comparison = compare(old, new)
    assert [(item.name, item.before, item.after) for item in comparison.settings] == [
        ("rounding of begin", "1 min down", "15 min down")
    ]
    assert [(change.rule_id, change.setting) for change in comparison.instance] == [("form-time", "rounding of begin")]
    assert [change.rule_id for change in comparison.changes] == ["form-default"]


def test_what_the_releases_answer_alike_is_none_of_the_versions_doing() -> None:
    old, new = release("2.62.0"), release("2.66.0").model_copy(deep=True)
    new.instance.kind = "configured"
    for row in new.observations:
        if row["operation"] == "DELETE /api/customers/{id}" and row.get("roles") == ["ROLE_TEAMLEAD", "ROLE_USER"]:
            row["answer"] = "204"
    new = Snapshot.model_validate(new.model_dump())
    comparison = compare(old, new)
    assert {(change.rule_id, change.change_class, change.role) for change in comparison.instance} == {
        ("role-allowed", "security", "ROLE_TEAMLEAD"),
        ("role-allowed", "security", "ROLE_USER"),
    }
    assert comparison.changes == compare(old, release("2.66.0")).changes
    same = compare(release("2.66.0"), new)
    assert {change.rule_id for change in same.changes} == {"role-allowed"}
    assert same.failed


@pytest.mark.parametrize(
    ("rule", "old", "new", "known"),
    [
        (
            "form-required",
            form({"a": TEXT}),
            form({"a": TEXT}, ("a",)),
            fact(About.NEEDED, ITEM, "optional", field="a"),
        ),
        ("form-removed", form({"a": TEXT}), form({}), fact(About.TAKEN, ITEM, "stored", field="a")),
        ("form-added", form({}), form({"a": TEXT}), fact(About.TAKEN, ITEM, "refused (400)", field="a")),
    ],
)
def test_one_side_alone_may_show_that_a_document_changed_and_nothing_else(
    rule: str, old: dict[str, Any], new: dict[str, Any], known: Any
) -> None:
    both = fact(About.ORDER, ITEM, "1 2")
    before = snapshot(both, paths=document(**{ITEM: old}))
    after = snapshot(both, known, paths=document(**{ITEM: new}))
    (change,) = compare(before, after).changes
    assert (change.rule_id, change.change_class, change.seen) == (
        rule,
        "cosmetic",
        "documented, and observed to be equal",
    )
    (alone,) = compare(before, snapshot(both, paths=document(**{ITEM: new}))).changes
    assert alone.seen == "documented only"
