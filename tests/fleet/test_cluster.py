"""A fleet on a Dask cluster of two workers, one of which is killed half-way: right verdicts, nothing left anywhere."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from conformance.embedded.interface import VERSIONS
from conformance.embedded.server import EmbeddedKimai
from conformance.model import Exit
from tests import processes
from tests.safety.strangers.rows import Rows, read_rows


@dataclass
class Instance:
    """An embedded Kimai with its database, and what the fleet must say of it."""

    name: str
    kimai: EmbeddedKimai
    database: Path
    status: Exit
    before: Rows


@contextmanager
def instances(folder: Path, number: int) -> Iterator[list[Instance]]:
    """Serve so many instances of all versions, every third with a fault, and write the fleet file for them."""
    with ExitStack() as stack:
        made = []
        for place in range(number):
            database, faults = folder / f"{place}.sqlite", ["token-missing-accepted"] if place % 3 == 2 else []
            version = VERSIONS[place % len(VERSIONS)]
            kimai = stack.enter_context(EmbeddedKimai(database=database, emulate=version, faults=faults))
            kimai.write_users_file(folder / f"{place}.json")
            status = Exit.NOT_CONFORMANT if faults else Exit.CONFORMANT
            made.append(Instance(f"kimai-{place}", kimai, database, status, read_rows(database)))
        lines = ['[fleet]\nprofile = "smoke"\nwrite = true\nselect = "test_missing or test_read_is_as_answered"\n']
        for place, one in enumerate(made):
            lines.append(f'[[instance]]\nname = "{one.name}"\nurl = "{one.kimai.url}"\nactors = "{place}.json"\n')
        (folder / "instances.toml").write_text("\n".join(lines), encoding="utf-8")
        yield made


@contextmanager
def started(folder: Path, *command: str) -> Iterator[processes.Process]:
    """Start a process that ends with the test."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KIMAI_", "PYTEST_"))}
    with (folder / f"{command[0]}.log").open("a") as log:
        process = processes.start([sys.executable, "-m", *command], cwd=folder, env=kept, stdout=log)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, processes.Process]]:
    """Start a scheduler and two workers. Yields the scheduler's address, and one of the workers."""
    file = folder / "scheduler.json"
    quiet = ("--scheduler-file", str(file), "--no-dashboard", "--host", "127.0.0.1")
    with started(folder, "distributed.cli.dask_scheduler", "--port", "0", *quiet) as scheduler:
        until(lambda: file.is_file() and bool(address(file)), scheduler)
        worker = ("distributed.cli.dask_worker", "--nthreads", "1", "--no-nanny", *quiet)
        with started(folder, *worker) as one, started(folder, *worker):
            yield address(file), one


def address(file: Path) -> str:
    try:
        return str(json.loads(file.read_text(encoding="utf-8"))["address"])
    except ValueError:
        return ""


def until(holds: object, process: processes.Process) -> None:
    """Wait until something holds while a process runs."""
    while not holds():  # type: ignore[operator]
        try:
            process.wait(timeout=0.05)
        except processes.StillRunning:
            continue
        pytest.fail(f"ended with {process.returncode} too early: {process.communicate()[0]}")


def writing(folder: Path) -> bool:
    """Whether a run of the fleet has made something and not ended."""
    return any(path.stat().st_size > 4000 for path in folder.glob("out/*/state/runs/*/ledger-main.jsonl"))


def prove(folder: Path, number: int) -> None:
    """Run a fleet, kill a worker half-way, and hold every result and every row against what must be."""
    with instances(folder, number) as made, cluster(folder) as (scheduler, worker):
        command = ("conformance", "fleet", "instances.toml", "--scheduler", scheduler, "--report-dir", "out")
        with started(folder, *command) as fleet:
            until(lambda: writing(folder), fleet)
            worker.kill()
            assert fleet.wait(timeout=1800) == Exit.NOT_CONFORMANT, (folder / "conformance.log").read_text()
        results = {item["name"]: item for item in json.loads((folder / "out" / "fleet.json").read_text())["instances"]}
        assert {name: item["status"] for name, item in results.items()} == {one.name: one.status for one in made}
        assert {one.name: read_rows(one.database) for one in made} == {one.name: one.before for one in made}
        assert not list(folder.glob("out/*/state/runs/*"))


def test_a_fleet_survives_the_death_of_a_worker(tmp_path: Path) -> None:
    prove(tmp_path, 3)


@pytest.mark.slow
def test_twenty_instances_of_three_versions(tmp_path: Path) -> None:
    prove(tmp_path, 20)


def test_a_scheduler_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    with (
        instances(tmp_path, 1),
        started(
            tmp_path,
            "conformance",
            "fleet",
            "instances.toml",
            "--scheduler",
            "tcp://127.0.0.1:9",
            "--report-dir",
            "out",
        ) as fleet,
    ):
        assert fleet.wait(timeout=120) == Exit.USAGE
        assert "no Dask scheduler" in (tmp_path / "conformance.log").read_text()
