"""Changes that people have acknowledged: by fingerprint or by cause, for a reason and a while."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.cli.main import main
from conformance.upgrade.facts import About, fact
from conformance.upgrade.snapshot import write
from tests.upgrade.made import POST, snapshot


@pytest.fixture
def sides(tmp_path: Path) -> list[str]:
    paths = []
    for default in ("false", "true"):
        facts = [fact(About.DEFAULT, POST, default, field=name, asked="left out") for name in ("visible", "billable")]
        write(snapshot(*facts), tmp_path / f"{default}.json")
        paths.append(str(tmp_path / f"{default}.json"))
    return paths


def exit_of(*arguments: str) -> int:
    with pytest.raises(SystemExit) as caught:
        main(["compare", *arguments])
    return int(caught.value.code or 0)


def accept(path: Path, *rows: tuple[str, str]) -> str:
    text = "".join(
        f'[[accept]]\nfingerprint = "{fingerprint}"\nreason = "clients send it"\nexpires = {day}\n'
        for fingerprint, day in rows
    )
    path.write_text(text)
    return str(path)


def told(sides: list[str], capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, object]:
    exit_of(*sides, "--format", "json", *more)
    result: dict[str, object] = json.loads(capsys.readouterr().out)
    return result


def test_a_cause_or_a_fingerprint_is_acknowledged_and_the_rest_fails(
    sides: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changes = told(sides, capsys)["changes"]
    assert isinstance(changes, list)
    assert {change["cause"] for change in changes} == {changes[0]["cause"]}
    whole = accept(tmp_path / "whole.toml", (changes[0]["cause"], "2999-01-01"))
    one = accept(tmp_path / "one.toml", (changes[0]["fingerprint"], "2999-01-01"))
    assert exit_of(*sides) == 1
    assert exit_of(*sides, "--accept", whole) == 0
    assert exit_of(*sides, "--accept", one) == 1
    capsys.readouterr()
    data = told(sides, capsys, "--accept", whole)
    assert (data["verdict"], data["changes"]) == ("no change", [])
    acknowledged = data["acknowledged"]
    assert isinstance(acknowledged, dict)
    assert len(acknowledged["changes"]) == 2
    assert [entry["reason"] for entry in acknowledged["used"]] == ["clients send it"]


@pytest.mark.parametrize("kind", ["text", "markdown", "html"])
def test_unused_and_expired_entries_are_told(
    sides: list[str], tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = accept(tmp_path / "a.toml", ("0123456789ab", "2999-01-01"), ("ba9876543210", "2020-01-01"))
    assert exit_of(*sides, "--accept", path, "--format", kind) == 1
    shown = capsys.readouterr().out
    assert "Acknowledged and unused: 0123456789ab" in shown
    assert "Acknowledged and expired: ba9876543210" in shown


@pytest.mark.parametrize("content", ["[[accept]]\nfingerprint = 'x'\n", "accept = 1", "{", ""])
def test_a_bad_file_is_refused(sides: list[str], tmp_path: Path, content: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(content)
    assert exit_of(*sides, "--accept", str(path)) in ((2,) if content else (1,))
