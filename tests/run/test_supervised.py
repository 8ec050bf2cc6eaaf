"""Whole runs as a user starts them: exit statuses, reports, and a database that is the same afterwards."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Callable

import pytest

from conformance.model import Exit
from tests import processes
from tests.run.conftest import Desk
from tests.verdict.schema import problems

REPORTS = {"verdict.json", "junit.xml", "report.html", "results.sarif", "summary.md", "allure-results"}
Wait = Callable[[processes.Process, Callable[[], bool]], None]


def test_a_selection_on_the_embedded_kimai_is_partial_and_leaves_its_reports(desk: Desk) -> None:
    status, output = desk.run("run", "--profile", "smoke", "-k", "test_booleans and absent", own=True)
    assert status == Exit.CONFORMANT, output
    assert "the embedded Kimai" in output.splitlines()[0]
    assert "PARTIAL" in output
    assert re.search(r"^  \d+ of [1-9]\d* checks$", output, re.MULTILINE)
    folder = desk.folder / "reports" / "out"
    assert {path.name for path in folder.iterdir()} == REPORTS
    verdict = json.loads((folder / "verdict.json").read_text(encoding="utf-8"))
    assert problems(verdict) == []
    assert verdict["run"]["partial"]
    assert list(desk.folder.glob("state/runs/*")) == []


@pytest.mark.parametrize("profile", ["smoke", "standard"])
def test_a_whole_run_decides_all_that_it_promises(desk: Desk, profile: str) -> None:
    """And each pass could have been otherwise: something that was altered in what it rests on fails it."""
    status, output = desk.run("run", "--profile", profile, own=True)
    assert status == Exit.CONFORMANT, output
    assert "PASS WITH KNOWN" in output
    verdict = json.loads((desk.folder / "reports/out/verdict.json").read_text(encoding="utf-8"))
    passes = [row for row in verdict["clauses"] if row["status"] == "pass"]
    assert [row["id"] for row in passes if not row["proof"]["turned"]] == []
    assert [row["id"] for row in passes if row["proof"]["unaltered"]] == []
    assert len(passes) > 40


def test_an_instance_has_the_same_rows_afterwards(desk: Desk) -> None:
    before = desk.rows()
    status, output = desk.run("run", "--write", "--profile", "smoke", "-k", "test_booleans", "-n", "2")
    assert status == Exit.CONFORMANT, output
    verdict = json.loads((desk.folder / "reports/out/verdict.json").read_text(encoding="utf-8"))
    assert verdict["safety"]["created"] > 0
    assert verdict["safety"]["left_behind"] == []
    assert desk.rows() == before


def test_an_empty_selection_is_undecided(desk: Desk) -> None:
    status, output = desk.run("run", "--read-only", "-k", "no_check_is_called_so")
    assert status == Exit.UNDECIDED, output


def test_what_pytest_refuses_is_wrong_usage(desk: Desk) -> None:
    status, output = desk.run("run", "--read-only", "--", "--no-such-option")
    assert status == Exit.USAGE, output
    assert "--no-such-option" in output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_cleans_up(desk: Desk, wait_for: Wait, number: signal.Signals) -> None:
    before = desk.rows()
    process = desk.start("run", "--write", "--profile", "smoke")
    wait_for(process, lambda: desk.rows() != before and '"kind":"place"' in desk.events())
    process.send_signal(number)
    output, _ = process.communicate(timeout=120)
    assert process.returncode == Exit.INTERRUPTED, output
    assert desk.rows() == before
    verdict = json.loads((desk.folder / "reports/out/verdict.json").read_text(encoding="utf-8"))
    assert verdict["run"]["requests"] >= verdict["safety"]["created"] > 0


def test_a_plan_sends_no_write_and_writes_no_report(desk: Desk) -> None:
    before = desk.rows()
    status, output = desk.run("run", "--plan", "--write", "--profile", "smoke", "--family", "datetime")
    assert status == Exit.CONFORMANT, output
    assert re.search(r"^  MUST   datetime\.offset: \d+ checks?$", output, re.MULTILINE)
    assert "boolean.post-absent-false:" not in output
    assert "auth.expiry-boundary: no token that expires" in output
    assert desk.rows() == before
    assert not (desk.folder / "reports").exists()
    assert list(desk.folder.glob("state/runs/*")) == []


def test_a_selection_by_what_reports_show(desk: Desk) -> None:
    chosen = ("--clause", "auth.missing-refused", "--operation", "GET /api/timesheets")
    status, output = desk.run("run", "--read-only", "--profile", "smoke", *chosen)
    assert status == Exit.CONFORMANT, output
    assert "1 of 1 checks" in output
    assert output.splitlines()[-1].startswith("PARTIAL: nothing failed in the selected part")


def test_a_run_in_the_background_of_a_shell_cleans_up(desk: Desk, wait_for: Wait) -> None:
    before = desk.rows()
    process = desk.start("run", "--write", "--profile", "smoke", background=True)
    wait_for(process, lambda: desk.rows() != before and '"kind":"place"' in desk.events())
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=120)
    assert process.returncode == Exit.INTERRUPTED, output
    assert desk.rows() == before


def test_a_killed_run_is_finished_by_clean(desk: Desk, wait_for: Wait) -> None:
    before = desk.rows()
    process = desk.start("run", "--write", "--profile", "smoke")
    wait_for(process, lambda: desk.rows() != before and '"kind":"place"' in desk.events())
    process.kill()
    process.communicate()
    assert desk.rows() != before
    status, output = desk.run("clean")
    assert status == Exit.CONFORMANT, output
    assert desk.rows() == before
    assert desk.run("clean")[1].startswith("Nothing to clean")


def test_a_read_only_run_writes_nothing(desk: Desk) -> None:
    before = desk.rows()
    status, output = desk.run("run", "--read-only", "--profile", "smoke", "-k", "test_authentication")
    assert status == Exit.CONFORMANT, output
    assert desk.rows() == before
