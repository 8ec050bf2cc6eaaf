"""The clock can be set for tests and for what they start, and some tests pass at some of the chosen moments."""

from __future__ import annotations

import json
import os
import random
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

pytest.importorskip("time_machine", reason="the package time-machine sets the clock")

from tests import processes
from tests.clock import moments
from tests.clock.shifting import ROOT, shifted

SOON = timedelta(minutes=1)
LEAP = datetime(2028, 2, 29, 23, 59, 58, tzinfo=UTC)
SAMPLE = ("tests/embedded/test_rules.py", "tests/embedded/test_timesheets.py")
AT = ("2028-02-29T23:59:59.5+00:00@Pacific/Kiritimati", "2027-10-31T00:30:00+00:00@America/St_Johns")
"""Midnight of a leap day, and the hour that Berlin has twice."""

FAILS_AT_NEW_YEAR = """
from conformance.run.state import new_run_id

def test_planted():
    assert new_run_id().startswith("2712")
"""


def at_moments(*arguments: str | Path, at: tuple[str, ...] = AT) -> processes.Done:
    """Run tests at moments, in a pytest of their own."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "tests.clock.plugin"]
    command += [f"--clock-at={moment}" for moment in at]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return processes.run([*command, *map(str, arguments)], cwd=ROOT, env=kept)


def test_a_sample_passes_at_some_moments() -> None:
    done = at_moments(*SAMPLE)
    assert done.returncode == 0, done.stdout
    assert "clock: 2 files read it, run at 4 moments, 2 or more each" in done.stdout


def test_what_fails_at_a_moment_is_reported_with_it(tmp_path: Path) -> None:
    planted = tmp_path / "test_planted.py"
    planted.write_text(FAILS_AT_NEW_YEAR, encoding="utf-8")
    done = at_moments(planted, "-c", "/dev/null", at=("2027-12-31T23:59:00+00:00@UTC", "2028-01-01T00:00:00+00:00@UTC"))
    assert done.returncode == 1, done.stdout
    assert re.search(r"^1 failed, 1 passed", done.stdout, re.MULTILINE), done.stdout
    assert done.stdout.count("--clock-at 2028-01-01T00:00:00.000000Z@UTC") == 1, done.stdout


def test_what_is_started_has_the_same_clock(tmp_path: Path) -> None:
    script = """
import json, time
from datetime import datetime
before = time.monotonic()
time.sleep(0.01)
print(json.dumps([time.time(), datetime.now().astimezone().utcoffset().total_seconds(), time.monotonic() - before]))
"""
    with shifted(LEAP, "Pacific/Kiritimati", tmp_path / "note") as readings:
        now, offset, passed = json.loads(processes.run([sys.executable, "-c", script], check=True).stdout)
        here = datetime.now(UTC)
    assert LEAP <= datetime.fromtimestamp(now, UTC) < here < LEAP + SOON
    assert offset == 14 * 3600
    assert 0.01 <= passed < 60
    assert readings.here
    assert not abs(datetime.now(UTC) - LEAP) < SOON


@pytest.mark.parametrize("statement", ["time.time()", "state.new_run_id()"])
def test_it_is_noted_whether_the_project_reads_the_clock(tmp_path: Path, statement: str) -> None:
    script = f"import time; from conformance.run import state; {statement}"
    with shifted(LEAP, "UTC", tmp_path / "note") as readings:
        processes.run([sys.executable, "-c", script], check=True)
    assert readings.any == statement.startswith("state")


def test_chosen_moments_are_around_what_they_say() -> None:
    result = moments.chosen(random.Random(1))
    assert {moment.host for moment in result} == set(moments.HOSTS)
    for moment in result:
        assert moments.read(str(moment)).begin == moment.begin
        zone = ZoneInfo(moment.what.split()[-1])
        before, after = (moment.begin + away for away in (-timedelta(hours=1), timedelta(hours=1)))
        changes = {(at.astimezone(zone).date(), at.astimezone(zone).utcoffset()) for at in (before, after)}
        assert len(changes) == 2, moment
    assert len({moment.what for moment in result}) == 10


def test_drawn_moments_are_of_some_years() -> None:
    result = moments.drawn(random.Random(1), 200)
    assert {moment.begin.year for moment in result} > set(range(2026, 2037))
    assert sum(moment.begin.minute == 59 for moment in result) > 90
