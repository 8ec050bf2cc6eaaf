"""A run that is killed at any request is finished from its ledger: no row more, less or other, but a person's own."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import httpx
import pytest

from conformance.embedded.server import EmbeddedKimai
from tests import processes

ROOT = Path(__file__).parents[2]
PROGRAM = (sys.executable, "-m", "tests.safety.killed")
WRITES = 23
POINTS = [f"{number}{where}" for number in range(1, WRITES + 1) for where in "ba"]
CHOSEN = sorted(random.Random(13).sample(POINTS, 20), key=POINTS.index)


def furnish(kimai: EmbeddedKimai) -> None:
    """Put ordinary data into an instance, with a running record of an actor."""
    boss, worker = kimai.users[0]["tokens"][0]["token"], kimai.users[-1]["tokens"][0]["token"]
    with httpx.Client(base_url=kimai.url, trust_env=False) as client:

        def post(token: str, path: str, **body: object) -> int:
            answer = client.post(path, json=body, headers={"Authorization": f"Bearer {token}"}).raise_for_status()
            return int(answer.json()["id"])

        customer = post(boss, "/api/customers", name="ACME", country="DE", currency="EUR", timezone="UTC", visible=True)
        project = post(boss, "/api/projects", name="Work", customer=customer, visible=True, globalActivities=True)
        activity = post(boss, "/api/activities", name="Thinking", visible=True)
        post(boss, "/api/tags", name="urgent", visible=True)
        times = {"begin": "2026-06-01T08:00:00", "end": "2026-06-01T09:00:00"}
        post(worker, "/api/timesheets", project=project, activity=activity, tags="urgent", **times)
        post(boss, "/api/timesheets", project=project, activity=activity, begin="2026-06-02T08:00:00")


@pytest.mark.parametrize("points", [CHOSEN[:10], CHOSEN[10:]], ids=["first", "second"])
def test_killed_at_twenty_points(tmp_path: Path, points: list[str]) -> None:
    database = tmp_path / "kimai.sqlite"
    with EmbeddedKimai(database=database) as kimai:
        furnish(kimai)
        users = kimai.write_users_file(tmp_path / "users.json")
        command = [*PROGRAM, kimai.url, str(database), str(users), str(tmp_path / "runs"), *points]
        done = processes.run(command, timeout=300, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-3000:]
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert [result["point"] for result in results] == points
    for result in results:
        assert result["killed"], result
        assert result["left_behind"] == [], result
        assert result["lost"] == [], result
        assert [row for row in result["new"] if "Meanwhile" not in row] == [], result
        assert len(result["new"]) == 2, result
