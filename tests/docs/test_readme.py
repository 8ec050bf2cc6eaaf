"""What the README says can be done is what is done."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conformance.cli.main import COMMANDS
from conformance.documentation import PAGES
from conformance.model import EXIT_MEANINGS, Exit
from conformance.verdict import load_acceptance

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


PAGE_TEXTS = [README, *(path.read_text(encoding="utf-8") for path in PAGES.values())]
MESSAGES = [path for package in ("conformance", "reports", "contracts") for path in (ROOT / package).rglob("*.py")]


def commands() -> list[str]:
    return [line for block in re.findall(r"```sh no-run\n(.*?)```", README, re.S) for line in block.splitlines()]


def test_two_single_lines_do_all() -> None:
    run, test = commands()
    assert run.endswith("kimai-conformance run")
    assert test.endswith("tox run -e tests")


def test_ci_calls_the_command_for_tests() -> None:
    assert commands()[1] in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_it_is_read_in_a_minute() -> None:
    assert len(README.splitlines()) <= 120


def test_links_hold_wherever_it_is_shown() -> None:
    links = re.findall(r"\]\(([^)]*)\)", README)
    assert links
    assert [link for link in links if not link.startswith("https://")] == []


def test_every_file_that_it_names_exists() -> None:
    named = re.findall(r"`([A-Z]+\.md|docs/)`", README)
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_command_named_in_the_documents_exists() -> None:
    named = {
        name for text in PAGE_TEXTS for name in re.findall(r"kimai-conformance ([a-z][a-z-]*)\b(?! \w+ \w+,)", text)
    }
    assert named - set(COMMANDS) <= {"asks", "checks"}


def test_every_command_is_documented() -> None:
    texts = "".join(PAGE_TEXTS)
    assert [name for name in COMMANDS if f"kimai-conformance {name}" not in texts] == []


@pytest.mark.parametrize("status", list(Exit))
def test_every_exit_status_is_explained(status: Exit) -> None:
    assert f"| {int(status)} | {EXIT_MEANINGS[status]} |" in README


def test_pages_that_messages_name_are_installed() -> None:
    texts = [README, *(path.read_text(encoding="utf-8") for path in MESSAGES)]
    named = {name for text in texts for name in re.findall(r"(?:kimai-conformance |`)docs ([a-z][a-z-]+)", text)}
    assert named - set(PAGES) == set()
    shown = {name for text in texts for name in re.findall(r"docs/[\w/-]+\.md", text)}
    assert [name for name in shown if not (ROOT / name).is_file()] == []
    assert {"settings", "keys"} <= named


@pytest.mark.parametrize("page", PAGES)
def test_links_of_a_page_lead_somewhere(page: str) -> None:
    """A sample for the default run of what `tox run -e docs` holds strictly, anchors too."""
    text = PAGES[page].read_text(encoding="utf-8")
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)]*)\)", text) if "://" not in link]
    assert [link for link in links if link and not (PAGES[page].parent / link).is_file()] == []


@pytest.mark.parametrize("section", sorted({path.parent for path in PAGES.values()}), ids=lambda path: path.name)
def test_every_page_stands_in_the_index_of_its_section(section: Path) -> None:
    listed = re.findall(r"^([a-z][a-z-]+)$", (section / "index.md").read_text(encoding="utf-8"), re.M)
    assert sorted(listed) == sorted(path.stem for path in section.glob("*.md") if path.stem != "index")


def test_the_accept_file_of_the_documents_is_read(tmp_path: Path) -> None:
    text = PAGES["verdict"].read_text(encoding="utf-8")
    (block,) = re.findall(r"```toml known.toml\n(.*?)```", text, re.S)
    path = tmp_path / "known.toml"
    path.write_text(block, encoding="utf-8")
    assert [entry.fingerprint for entry in load_acceptance(path)] == ["1e8247816c17"]
