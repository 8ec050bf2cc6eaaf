"""What a command imports: people wait for it each time. Held by the modules, not by the clock.

An empty interpreter takes about 12 ms, and these commands at most eight times that. pydantic alone takes nine times.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from conformance.cli.main import COMMANDS, group
from tests import processes
from tests.upgrade.made import snapshot, status

LIGHT = {"click", "conformance", "lazy_loader", "platformdirs"}
"""What a light command may import beside the standard library."""
VALIDATOR = {"annotated_types", "pydantic", "pydantic_core", "typing_extensions", "typing_inspection"}
"""What the settings are read with: the help of a command that takes them names their variables."""
SLOW_PARTS = {"asyncio", "email", "multiprocessing", "ssl", "unittest"}
"""Parts of the standard library that take as long as all else together."""

IMPORTED = """
import json, sys
before = set(sys.modules)
from conformance.cli import main
try:
    main(sys.argv[1:])
finally:
    names = {name.partition(".")[0] for name in set(sys.modules) - before}
    print(json.dumps(sorted(names)), file=sys.stderr)
"""


def imported(folder: Path, *arguments: str) -> set[str]:
    """Return the top-level modules that a command imports."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KIMAI_", "PYTEST_", "COV_"))}
    command = [sys.executable, "-c", IMPORTED, *arguments]
    run = processes.run(command, cwd=folder, env={**kept, "KIMAI_CONFORMANCE_STATE": str(folder / "state")})
    assert run.returncode == 0, run.stderr
    return {name for name in json.loads(run.stderr.splitlines()[-1]) if not name.startswith("_sysconfigdata")}


@pytest.mark.parametrize("arguments", [("--help",), ("clauses",), ("clauses", "--format", "json"), ("clean",)])
def test_a_light_command_imports_little(arguments: tuple[str, ...], tmp_path: Path) -> None:
    names = imported(tmp_path, *arguments)
    assert names - LIGHT <= set(sys.stdlib_module_names)
    assert not names & SLOW_PARTS


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_imports_little(command: str, tmp_path: Path) -> None:
    assert imported(tmp_path, command, "--help") - LIGHT - VALIDATOR <= set(sys.stdlib_module_names)


def test_a_comparison_of_files_imports_no_client_no_server_and_no_tests(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(snapshot(status("200")).dump(), encoding="utf-8")
    names = imported(tmp_path, "compare", "one.json", "one.json")
    heavy = {"httpx", "jinja2", "jsonschema", "openapi_spec_validator", "pytest", "rich", "schemathesis", "starlette"}
    assert not names & heavy


def test_help_lists_every_command_with_words_of_its_own() -> None:
    for name, line in COMMANDS.items():
        command = group.get_command(None, name)  # type: ignore[arg-type]
        assert command is not None
        assert command.name == name
        assert line.split()[:2] == str(command.help).replace(",", "").split()[:2]
