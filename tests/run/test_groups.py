"""Grouped checks stay in one process: timers of one actor, and observations that several checks share."""

from __future__ import annotations

import sys
from pathlib import Path

from tests import processes

CHECKS = """
import os
import pathlib
import pytest

@pytest.mark.parametrize("number", range(12))
@pytest.mark.xdist_group("timer-anna")
def test_grouped(number):
    pathlib.Path(__file__).with_name(f"{number}.pid").write_text(str(os.getpid()))
"""


def test_a_group_runs_in_one_worker(tmp_path: Path) -> None:
    (tmp_path / "test_checks.py").write_text(CHECKS, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    command = [sys.executable, "-P", "-m", "pytest", "-q", "-c", str(tmp_path / "pytest.ini"), "-p", "no:cacheprovider"]
    command += ["-p", "no:schemathesis", "-p", "conformance.plugin", "-n", "2", "--dist", "loadgroup", str(tmp_path)]
    done = processes.run(command, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    workers = {path.read_text(encoding="utf-8") for path in tmp_path.glob("*.pid")}
    assert len(list(tmp_path.glob("*.pid"))) == 12
    assert len(workers) == 1
