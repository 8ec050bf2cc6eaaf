"""The commands of README and documentation do what these say, with the output that these show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.documentation import PAGES
from conformance.embedded.server import EmbeddedKimai
from tests.docs.console import BLOCK, FILE, PORT, SET, commands, free_port, is_as_shown, outputs

ROOT = Path(__file__).parents[2]
PAGE_TEXTS = {name: path.read_text(encoding="utf-8") for name, path in {"README": ROOT / "README.md", **PAGES}.items()}
HOSTS = ("https://staging.example.com", "https://kimai.example.com", "https://new.example.com")
TOKEN = "embedded-superadmin-token"
QUICK = [name for name, text in PAGE_TEXTS.items() if commands(text, slow=False)]
SLOW = [name for name, text in PAGE_TEXTS.items() if commands(text, slow=True) != commands(text, slow=False)]


@pytest.fixture
def kimai(tmp_path: Path) -> Iterator[EmbeddedKimai]:
    """An embedded Kimai that stands for the instances of the pages, with its users in `actors.json`."""
    with EmbeddedKimai() as server:
        server.write_users_file(tmp_path / "actors.json")
        yield server


@pytest.mark.parametrize(
    ("name", "slow"),
    [(name, False) for name in QUICK] + [pytest.param(name, True, marks=pytest.mark.slow) for name in SLOW],
)
def test_commands_of_a_page_do_what_it_says(name: str, slow: bool, tmp_path: Path, kimai: EmbeddedKimai) -> None:
    text = PAGE_TEXTS[name]
    replaced = {**dict.fromkeys(HOSTS, kimai.url), "KIMAI_TOKEN=…": f"KIMAI_TOKEN={TOKEN}", PORT: free_port()}
    known = {"KIMAI_URL": kimai.url, "KIMAI_ACTORS": str(tmp_path / "actors.json")}
    variables = {name: known[name] for names in SET.findall(text) for name in names.split()}
    for file, content in FILE.findall(text):
        (tmp_path / file).write_text(content, encoding="utf-8")
    wanted = commands(text, slow=slow)
    results = outputs(wanted, tmp_path, replaced, variables)
    for command, (status, output) in zip(wanted, results, strict=True):
        assert command.status is None or status == command.status, f"{command.text}\n{output}"
        assert command.shown is None or is_as_shown(output, command.shown), f"{command.text}\n{output}"


# --- the patterns can fail


@pytest.mark.parametrize(
    ("shown", "output"),
    [("7 checks\n", "12 checks\n"), ("a\n…\nc\n", "a\nb\nb\nc\n"), ("a …\n", "a b\n"), ("", ""), ("1,637\n", "5\n")],
)
def test_output_is_as_shown(shown: str, output: str) -> None:
    assert is_as_shown(output, shown)


@pytest.mark.parametrize(
    ("shown", "output"),
    [("7 checks\n", "7 check\n"), ("a\n", "a\nb\n"), ("", "a\n"), ("a\n", ""), ("PASS\n…\n", "FAIL\nx\n")],
)
def test_output_is_not_as_shown(shown: str, output: str) -> None:
    assert not is_as_shown(output, shown)


def test_few_blocks_are_not_run() -> None:
    blocks = [(name, *block) for name, text in PAGE_TEXTS.items() for block in BLOCK.findall(text)]
    skipped = [(name, body) for name, _, words, body in blocks if "no-run" in words]
    assert len(skipped) <= 12, skipped


@pytest.mark.parametrize("name", PAGE_TEXTS)
def test_each_block_says_what_it_is(name: str) -> None:
    opening = re.findall(r"^ *(```.*)$", PAGE_TEXTS[name], re.MULTILINE)[::2]
    assert "```" not in opening
