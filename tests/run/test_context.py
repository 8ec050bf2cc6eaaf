"""The context keeps secrets out of its file and comes back whole."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from conformance.model import Actor, Secret, Token, UsageError
from conformance.run.context import SECRETS_VARIABLE, RunContext


def context(folder: Path) -> RunContext:
    tokens = (Token("a", Secret("hush-token")), Token("b", Secret("hush-old"), datetime(2020, 1, 1, tzinfo=UTC)))
    actor = Actor("anna", tokens, Secret("hush-password"), 4, ("ROLE_ADMIN",), "Europe/Berlin", "en")
    return RunContext(
        run_id="r1",
        url="https://kimai.example.com",
        kind="configured",
        version="2.66.0",
        folder=folder,
        actors=(actor,),
        headers={"X-Access": Secret("hush-header")},
        proxy=Secret("http://u:hush-proxy@proxy"),
        client_cert=("cert", "key"),
    )


def test_a_context_comes_back_as_it_was(tmp_path: Path) -> None:
    before = context(tmp_path)
    environment = before.write(tmp_path / "context.json")
    assert RunContext.read(tmp_path / "context.json", environment[SECRETS_VARIABLE]) == before


def test_no_secret_stands_in_the_file(tmp_path: Path) -> None:
    context(tmp_path).write(tmp_path / "context.json")
    assert "hush" not in (tmp_path / "context.json").read_text(encoding="utf-8")


def test_a_damaged_context_is_a_usage_error(tmp_path: Path) -> None:
    context(tmp_path).write(tmp_path / "context.json")
    with pytest.raises(UsageError, match="context"):
        RunContext.read(tmp_path / "context.json", "[]")
