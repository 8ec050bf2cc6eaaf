"""The worked examples of CONTRIBUTING.md, each done in a copy of the project."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from tests import processes

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"^### (.+?)\n(.*?)(?=^##|\Z)", TEXT, re.S | re.M))
BLOCK = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```", re.S | re.M)
SAMPLE = ("A fault", "A release")
COPIED = ("conformance", "contracts", "reports", "tests", "pyproject.toml", "conftest.py")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of what the examples touch."""
    for name in COPIED:
        source, target = ROOT / name, tmp_path / name
        ignored = shutil.ignore_patterns("__pycache__", "out")
        shutil.copytree(source, target, ignore=ignored) if source.is_dir() else shutil.copy(source, target)
    (tmp_path / "openapi.json").write_bytes((ROOT / "conformance/kimai/definitions/2.66.0.json").read_bytes())
    return tmp_path


def write(copy: Path, kind: str, name: str, text: str) -> None:
    """Put a block into its file."""
    path = copy / name
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    if kind != "diff":
        path.write_text(before + text, encoding="utf-8")
        return
    (place,) = [line for line in text.splitlines() if not line.startswith("+")]
    added = [line[1:] for line in text.splitlines() if line.startswith("+")]
    old, lines = (place[1:], added) if place.startswith("-") else (place, [place, *added])
    assert before.count(f"{old}\n") == 1, f"{name} has not one line {old!r}"
    path.write_text(before.replace(f"{old}\n", "\n".join([*lines, ""])), encoding="utf-8")


def prove(copy: Path, session: str) -> None:
    """Run the commands of a session, and look for the lines that stand below each in what it prints."""
    for part in re.split(r"^\$ ", session, flags=re.M)[1:]:
        command, *expected = part.strip().splitlines()
        line, _, target = command.partition(" > ")
        words = [sys.executable, *shlex.split(line)[1:]]
        done = processes.run(words, cwd=copy, env={**os.environ, "PYTHONPATH": str(copy)}, timeout=120)
        assert done.returncode == 0, done.stdout
        if target:
            (copy / target).write_text(done.stdout, encoding="utf-8")
        assert [text for text in expected if text not in done.stdout] == [], done.stdout


def is_in_sample(title: str) -> bool:
    return title.startswith(SAMPLE)


@pytest.mark.parametrize(
    "title", [pytest.param(title, marks=() if is_in_sample(title) else pytest.mark.slow) for title in EXAMPLES]
)
def test_an_example_works_as_it_stands(copy: Path, title: str) -> None:
    sessions = []
    for kind, name, text in BLOCK.findall(EXAMPLES[title]):
        sessions.append(text) if kind == "console" else write(copy, kind, name, text)
    assert sessions
    for session in sessions:
        prove(copy, session)


def test_an_example_touches_no_more_files_than_it_says() -> None:
    for title, text in EXAMPLES.items():
        said = [int(number) for number in re.findall(r"\d+", title)]
        touched = {name for kind, name, _ in BLOCK.findall(text) if kind != "console"}
        assert len(touched) <= max(said) * (2 if "each" in title else 1), title


ROOMS = [path for path in sorted((ROOT / "conformance").rglob("__init__.py")) if "\n| `" in path.read_text("utf-8")]


@pytest.mark.parametrize("room", ROOMS, ids=lambda path: path.parent.name)
def test_the_table_of_a_room_names_modules_that_are_there(room: Path) -> None:
    rows = re.findall(r"^\| (`.*?) \|", room.read_text(encoding="utf-8"), re.M)
    named = [name for row in rows for name in re.findall(r"`([\w/]+)`", row)]
    assert named
    missing = [name for name in named if not ((room.parent / name).is_dir() or (room.parent / f"{name}.py").is_file())]
    assert missing == []
