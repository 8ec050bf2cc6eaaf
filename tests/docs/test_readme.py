"""What the README says can be done is what is done."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conformance.cli.main import COMMANDS
from conformance.model import Exit
from conformance.verdict import load_acceptance

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands() -> list[str]:
    return [line for block in re.findall(r"```\n(.*?)```", README, re.S) for line in block.splitlines()]


def test_two_single_lines_do_all() -> None:
    run, test = commands()[:2]
    assert run.endswith("kimai-conformance run")
    assert test.endswith("tox run -e tests")


def test_ci_calls_the_command_for_tests() -> None:
    assert commands()[1] in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_every_command_named_in_the_documents_exists() -> None:
    texts = [README, *(path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md"))]
    named = {name for text in texts for name in re.findall(r"kimai-conformance ([a-z][a-z-]*)\b(?! \w+ \w+,)", text)}
    assert named - set(COMMANDS) <= {"asks", "checks"}


def test_every_command_is_documented() -> None:
    texts = README + "".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md"))
    assert [name for name in COMMANDS if f"kimai-conformance {name}" not in texts] == []


@pytest.mark.parametrize("status", list(Exit))
def test_every_exit_status_is_explained(status: Exit) -> None:
    assert f"| {int(status)} |" in README


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\]\(([^)h#][^)]*)\)", README))))
def test_links_lead_somewhere(path: str) -> None:
    assert (ROOT / path).exists()


def test_the_accept_file_of_the_documents_is_read(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "verdict.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```toml\n(.*?)```", text, re.S)
    path = tmp_path / "known.toml"
    path.write_text(block, encoding="utf-8")
    assert [entry.fingerprint for entry in load_acceptance(path)] == ["1e8247816c17"]
