"""The package is installed as docs/how-to/install.md says, and works without a checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.model import Exit
from tests import processes
from tests.package.conftest import checked, tool

pytestmark = pytest.mark.slow


def works(command: Path, folder: Path) -> None:
    """Hold that a command is there, with its pages and its files for CI."""
    state = str(folder / "state")
    assert "kimai-conformance, version" in checked(command, "--version", cwd=folder)
    assert "# Safety" in checked(command, "docs", "safety", cwd=folder)
    assert "| `auth.missing-refused` |" in checked(command, "docs", "clauses", cwd=folder)
    assert "datetime.offset" in checked(command, "explain", "datetime.offset", cwd=folder)
    checked(command, "init", "--url", "https://k.example.com", "--ci", "github", cwd=folder)
    assert "Nothing is wrong" in checked(command, "check-settings", cwd=folder, KIMAI_CONFORMANCE_STATE=state)
    (folder / "kimai-conformance.toml").unlink()


def test_pip(installed: Path, tmp_path: Path) -> None:
    works(installed / "kimai-conformance", tmp_path)


def test_pipx(wheel: Path, tmp_path: Path) -> None:
    places = {name: str(tmp_path / name.lower()) for name in ("PIPX_HOME", "PIPX_BIN_DIR", "PIPX_MAN_DIR")}
    checked(tool("pipx"), "install", wheel, cwd=tmp_path, **places)
    works(tmp_path / "pipx_bin_dir" / "kimai-conformance", tmp_path)


def test_uv(wheel: Path, tmp_path: Path) -> None:
    places = {name: str(tmp_path / name.lower()) for name in ("UV_TOOL_DIR", "UV_TOOL_BIN_DIR")}
    checked(tool("uv"), "tool", "install", wheel, cwd=tmp_path, **places)
    works(tmp_path / "uv_tool_bin_dir" / "kimai-conformance", tmp_path)


def test_a_run_of_the_installed_package_gives_a_verdict(installed: Path, tmp_path: Path) -> None:
    told = checked(
        installed / "kimai-conformance", "run", "--profile", "smoke", "--clause", "auth.missing-refused",
        cwd=tmp_path, KIMAI_CONFORMANCE_STATE=str(tmp_path / "state"),
    )  # fmt: skip
    assert "(exit 0)" in told.splitlines()[-1]
    assert (tmp_path / "reports" / "out" / "verdict.json").is_file()


def test_what_a_message_names_is_there(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "kimai-conformance.toml").write_text("[instance\n", encoding="utf-8")
    done = processes.run([installed / "kimai-conformance", "run"], cwd=tmp_path)
    assert done.returncode == Exit.USAGE
    command = done.stderr.splitlines()[-1].partition(": ")[2].split()
    assert command[:2] == ["kimai-conformance", "docs"]
    assert "# Settings" in checked(installed / command[0], *command[1:], cwd=tmp_path)
