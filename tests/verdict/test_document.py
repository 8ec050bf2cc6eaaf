"""The typed verdict: its schema is the committed one, and files that are no verdict are told apart in words."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from conformance.model import UsageError
from conformance.verdict import Event, Verdict, json_schema, read_verdict
from tests.verdict.schema import SCHEMA

Built = Callable[..., dict[str, Any]]


def test_committed_schema_is_that_of_the_model() -> None:
    """WRITE_GOLDEN=1 writes it anew."""
    if os.environ.get("WRITE_GOLDEN"):
        SCHEMA.write_text(json.dumps(json_schema(), indent=1) + "\n", encoding="utf-8")
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == json_schema()
    Draft202012Validator.check_schema(json_schema())


def test_what_is_written_can_be_read(built: Built, core: list[Event], tmp_path: Path) -> None:
    path = tmp_path / "verdict.json"
    path.write_text(json.dumps(built(core)), encoding="utf-8")
    assert read_verdict(path) == read_verdict(tmp_path) == Verdict.model_validate(built(core))


def test_verdict_of_an_earlier_run_can_be_read(built: Built, core: list[Event], tmp_path: Path) -> None:
    verdict = built(core)
    del verdict["safety"]["kept"], verdict["safety"]["remarks"]
    path = tmp_path / "verdict.json"
    path.write_text(json.dumps(verdict), encoding="utf-8")
    assert read_verdict(path).safety.kept == []


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (lambda text: text[: len(text) // 2], "cut off"),
        (lambda _: "", "cut off"),
        (lambda _: "[" * 100_000, "cut off"),
        (lambda _: "[]", "the whole file"),
        (lambda _: '{"schema_version": 99}', "schema version 99"),
        (lambda _: '{"schema_version": 1}', "instance: Field required"),
        (lambda text: text.replace('"status": "pass"', '"status": "green"'), "clauses.0.status"),
    ],
)
def test_what_is_no_verdict_is_named(
    built: Built, core: list[Event], tmp_path: Path, damage: Callable[[str], str], complaint: str
) -> None:
    path = tmp_path / "verdict.json"
    path.write_text(damage(json.dumps(built(core))), encoding="utf-8")
    with pytest.raises(UsageError, match="verdict") as caught:
        read_verdict(path)
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.hint


def test_missing_and_binary_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(b"\xff\xfe\x00")
    for name in ("nothing.json", "page.html"):
        with pytest.raises(UsageError, match=name):
            read_verdict(tmp_path / name)
