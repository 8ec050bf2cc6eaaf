"""What a run costs does not grow with what is on the instance already."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from bench.instance import Instance
from conformance.model import Exit
from tests import processes


def requests_over(folder: Path, number: int) -> int:
    """Return how many requests a smoke run sends to an instance with so many time records."""
    folder.mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KIMAI_", "PYTEST_"))}
    with Instance() as instance:
        instance.fill(number)
        before = instance.requests
        command = [sys.executable, "-m", "conformance", "run", "--url", instance.url, "--write", "--profile", "smoke"]
        command += ["--actors", str(instance.write_actors(folder / "actors.json")), "--report-dir", str(folder / "out")]
        run = processes.run(command, cwd=folder, env={**kept, "KIMAI_CONFORMANCE_STATE": str(folder / "state")})
        assert run.returncode == Exit.CONFORMANT, run.stdout + run.stderr
        assert sum(path.stat().st_size for path in (folder / "out").glob("*.*")) < 20_000_000
        return instance.requests - before


@pytest.mark.slow
def test_a_hundred_thousand_time_records_cost_no_more_requests(tmp_path: Path) -> None:
    few, many = (requests_over(tmp_path / str(number), number) for number in (100, 100_000))
    assert many <= few * 1.02
