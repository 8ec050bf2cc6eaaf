"""Snapshot files are read with care, and comparisons are rendered without obeying what an instance says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from conformance.cli.main import main
from conformance.model import UsageError
from conformance.upgrade.comparison import Comparison, compare
from conformance.upgrade.facts import About, fact
from conformance.upgrade.rendering import FORMATS
from conformance.upgrade.snapshot import Snapshot, read, write
from tests.upgrade.made import POST, shown, snapshot, status

NASTY = "<script>alert(1)</script>`|\x1b[31m"


def kept(snapshot: Snapshot, path: Path) -> str:
    write(snapshot, path)
    return str(path)


def exit_of(*arguments: str) -> int:
    with pytest.raises(SystemExit) as caught:
        main(list(arguments))
    return int(caught.value.code or 0)


def test_a_file_comes_back_as_it_was(tmp_path: Path) -> None:
    one = snapshot(status("200"), *shown(("ä", "string")))
    assert read(Path(kept(one, tmp_path / "deep" / "a.json"))) == one
    assert (tmp_path / "deep" / "a.json").read_bytes() == one.dump().encode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is not JSON"),
        ("[]", "is not a snapshot"),
        ('{"openapi": "3.0.0"}', "is not a snapshot"),
        ('{"format": "kimai-conformance snapshot", "format_version": 99}', "format version 99"),
        ('{"format": "kimai-conformance snapshot", "format_version": 1}', "damaged snapshot"),
    ],
)
def test_what_is_no_snapshot_is_refused_with_a_reason(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(content)
    with pytest.raises(UsageError, match=words) as caught:
        read(path)
    assert caught.value.hint


@pytest.mark.parametrize("damage", [{"definition": {"document": {}}}, {"observations": [{"about": "nothing"}]}])
def test_a_damaged_file_is_refused(tmp_path: Path, damage: dict[str, object]) -> None:
    data = snapshot(status("200")).model_dump()
    for key, value in damage.items():
        data[key] = {**data[key], **value} if isinstance(value, dict) else value
    path = tmp_path / "x.json"
    path.write_text(json.dumps(data))
    with pytest.raises(UsageError, match="damaged"):
        read(path)


def test_exit_statuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = kept(snapshot(*shown(("a", "string"))), tmp_path / "old.json")
    new = kept(snapshot(*shown(("a", "string"), ("b", "string"))), tmp_path / "new.json")
    other = kept(snapshot(status("200"), zones={"ROLE_ADMIN": "UTC"}), tmp_path / "other.json")
    assert exit_of("compare", old, new) == 0
    assert exit_of("compare", old, new, "--fail-on", "new") == 1
    assert exit_of("compare", new, old) == 1
    assert exit_of("compare", old, str(tmp_path / "missing.json")) == 2
    assert exit_of("compare", old, new, "--url", "http://127.0.0.1") == 2
    assert exit_of("compare", old, other) == 3
    assert exit_of("compare", old, "builtin:1.0") == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_url_needs_consent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIMAI_TOKEN", "a-token-for-nobody")
    old = kept(snapshot(status("200")), tmp_path / "old.json")
    assert exit_of("compare", old, "http://127.0.0.1:9") == 2
    assert exit_of("snapshot", "--out", str(tmp_path / "x"), "--url", "http://127.0.0.1:9") == 2
    result = capsys.readouterr().err
    assert "--write" in result
    assert "--read-only" in result


@pytest.fixture
def nasty() -> Comparison:
    zones = {"ROLE_USER": "UTC"}
    old = snapshot(fact(About.DEFAULT, POST, "false", field=NASTY), status("200"), zones=zones)
    new = snapshot(fact(About.DEFAULT, POST, NASTY, field=NASTY), status("403"), zones=zones)
    return compare(old, new)


def test_json_has_a_verdict_and_every_change(nasty: Comparison) -> None:
    data = json.loads(FORMATS["json"](nasty))
    assert data["verdict"] == "no go"
    wanted = {"class", "method", "path", "role", "field", "before", "after", "fingerprint", "cause"}
    assert len(data["changes"]) == 2
    assert all(wanted <= change.keys() for change in data["changes"])
    assert {cause["cause"] for cause in data["causes"]} == {change["cause"] for change in data["changes"]}


def test_html_and_terminal_do_not_obey_an_instance(nasty: Comparison) -> None:
    page = FORMATS["html"](nasty)
    assert "<script" not in page
    assert not re.search(r"(src|href)=", page)
    assert "\x1b" not in FORMATS["text"](nasty)


def test_markdown_keeps_values_in_code(nasty: Comparison) -> None:
    text = FORMATS["markdown"](nasty)
    assert "\x1b" not in text
    for line in (line for line in text.splitlines() if line.startswith("| ")):
        assert "<script" not in re.sub(r"`[^`]*`", "", line)


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_renders_no_change_and_ends_in_its_verdict(kind: str) -> None:
    one = snapshot(status("200"))
    assert "no change" in FORMATS[kind](compare(one, one))
