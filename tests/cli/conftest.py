"""Files that commands about verdicts read, and a folder in which nothing is set."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.cli import main
from conformance.verdict import Verdict

Saved = Callable[[str, Verdict], Path]
Asked = Callable[..., int]


@pytest.fixture
def hermetic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder, no KIMAI_ variable, a state folder of its own."""
    monkeypatch.chdir(tmp_path)
    for name in ("KIMAI_URL", "KIMAI_TOKEN", "KIMAI_ACTORS", "KIMAI_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KIMAI_CONFORMANCE_STATE", str(tmp_path / "state"))


@pytest.fixture
def saved(tmp_path: Path) -> Saved:
    """Return what writes a verdict into a file of the test's folder."""

    def save(name: str, verdict: Verdict) -> Path:
        path = tmp_path / name
        path.write_text(json.dumps(verdict.document()), encoding="utf-8")
        return path

    return save


@pytest.fixture
def asked() -> Asked:
    """Return what runs a command and returns its exit status."""

    def ask(*arguments: str | Path) -> int:
        with pytest.raises(SystemExit) as caught:
            main([str(argument) for argument in arguments])
        return int(caught.value.code or 0)

    return ask
