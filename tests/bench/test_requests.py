"""What requests are sent for is told, and a run keeps to its number of them. Source: DESIGN, "Budgets"."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.requests import _purpose
from conformance.model import Exit
from tests import processes

SMOKE = 500
"""Requests of a smoke run on the embedded Kimai, set-up and clean-up included; 350 is the aim."""

CHECK = {"check": "test_rate[1]", "module": "test_rates", "again": False, "own": False, "reason": "", "asker": "probes"}


@pytest.mark.parametrize(
    ("line", "purpose"),
    [
        ({}, "test_rates"),
        ({"own": True, "reason": "exchange.ownership.lists.shown"}, "test_rates: shown"),
        ({"again": True, "own": True}, "second asking"),
        ({"check": "", "asker": "run.preflight._ping"}, "preflight"),
        ({"check": "", "asker": "run.witness.shown_witness", "own": True}, "who sees everybody"),
        ({"check": "", "asker": "run.run_cleanup.finish_run", "own": True}, "clean-up"),
    ],
)
def test_a_request_is_told_by_its_purpose(line: dict[str, Any], purpose: str) -> None:
    assert _purpose({**CHECK, **line}) == purpose


@pytest.mark.slow
def test_smoke_keeps_to_its_requests_and_decides_what_it_promised(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KIMAI_", "PYTEST_"))}
    root, log = str(Path(__file__).parents[2]), tmp_path / "requests.jsonl"
    environment = {**kept, "KIMAI_CONFORMANCE_STATE": str(tmp_path / "state"), "PYTHONPATH": root}
    command = [sys.executable, "-m", "bench.requests", "--profile", "smoke", "--log", str(log)]
    run = processes.run(command, cwd=tmp_path, env=environment)
    assert run.returncode == Exit.CONFORMANT, run.stdout + run.stderr  # not UNDECIDED
    assert len(log.read_text(encoding="utf-8").splitlines()) <= SMOKE
