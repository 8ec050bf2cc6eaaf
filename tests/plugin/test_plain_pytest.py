"""`pytest -p conformance.plugin` as people start it, against an embedded Kimai that these tests can look into."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from conformance.model import Exit
from tests import processes
from tests.run.conftest import Desk, desk

EXAMPLE = Path(__file__).parents[2] / "examples" / "own_suite"
__all__ = ["desk"]


def ask(desk: Desk, *arguments: str, named: bool = True, cwd: Path | None = None) -> tuple[int, str]:
    """Return exit status and output of `pytest -p conformance.plugin ARGUMENTS`."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("KIMAI_", "PYTEST_"))}
    environment["KIMAI_CONFORMANCE_STATE"] = str(desk.folder / "state")
    if named:
        actors = desk.kimai.write_users_file(desk.folder / "actors.json")
        environment |= {"KIMAI_URL": desk.kimai.url, "KIMAI_ACTORS": str(actors)}
    command = [sys.executable, "-m", "pytest", "-p", "conformance.plugin", "-p", "no:cacheprovider", *arguments]
    done = processes.run(command, cwd=cwd or desk.folder, env=environment, timeout=400)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("workers", [(), pytest.param(("-n", "2"), marks=pytest.mark.slow)])
def test_a_part_of_the_suite_gives_verdict_and_reports(desk: Desk, workers: tuple[str, ...]) -> None:
    before = desk.rows()
    chosen = ("--pyargs", "contracts.test_booleans", "-k", "absent and customers", "--kimai-write", *workers)
    status, output = ask(desk, *chosen, "--kimai-profile", "smoke")
    assert status == Exit.CONFORMANT, output
    assert "PARTIAL: nothing failed in the selected part" in output
    verdict = json.loads((desk.folder / "reports/out/verdict.json").read_text(encoding="utf-8"))
    assert verdict["run"]["partial"]
    assert verdict["safety"]["created"] > 0
    assert verdict["run"]["requests"] > 0
    assert desk.rows() == before


def test_without_an_instance_nothing_is_skipped_with_exit_0(desk: Desk) -> None:
    status, output = ask(desk, "--pyargs", "contracts.test_booleans", named=False)
    assert status == pytest.ExitCode.USAGE_ERROR
    assert "no instance was named" in output
    assert "INTERNALERROR" not in output


@pytest.mark.slow
def test_wrong_settings_are_a_usage_error(desk: Desk) -> None:
    for arguments in ((), ("--kimai-write", "--kimai-profile", "smok"), ("--kimai-write", "--kimai-accept", "none")):
        status, output = ask(desk, "--pyargs", "contracts.test_booleans", *arguments)
        assert status == pytest.ExitCode.USAGE_ERROR, output
        assert "INTERNALERROR" not in output
        assert "Traceback" not in output


@pytest.mark.slow
def test_an_instance_that_is_down_is_exit_3(desk: Desk) -> None:
    arguments = ("--kimai-url", "http://127.0.0.1:9", "--kimai-read-only")
    status, output = ask(desk, "--pyargs", "contracts.test_booleans", *arguments)
    assert status == Exit.UNFIT
    assert "http://127.0.0.1:9/api/ping" in output
    assert "INTERNALERROR" not in output


def test_the_fixtures_serve_another_projects_suite(desk: Desk) -> None:
    before = desk.rows()
    project = desk.folder / "project"
    shutil.copytree(EXAMPLE, project, ignore=shutil.ignore_patterns("__pycache__"))
    status, output = ask(desk, "--kimai-write", cwd=project)
    assert status == Exit.CONFORMANT, output
    assert "3 passed" in output
    assert (project / "reports/out/verdict.json").is_file()
    assert desk.rows() == before
    status, output = ask(desk, "--kimai-write", "-k", "listed", cwd=project)
    assert (status, "1 passed" in output) == (Exit.CONFORMANT, True), output
    assert desk.rows() == before


@pytest.mark.slow
def test_a_failure_is_exit_1_as_in_a_run(desk: Desk) -> None:
    project = desk.folder / "project"
    project.mkdir()
    (project / "test_own.py").write_text(
        "import pytest\n\n\n@pytest.mark.clause('data.read-is-answered')\ndef test_it(judge):\n"
        "    judge.check(False, operation='GET /api/ping', expected='200', got='404')\n",
        encoding="utf-8",
    )
    status, output = ask(desk, "--kimai-read-only", cwd=project)
    assert status == Exit.NOT_CONFORMANT, output
    assert "FAIL: 1 promise is not kept" in output
