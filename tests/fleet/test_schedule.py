"""The order of a fleet: bounded, one at a time per host, resumed where it was interrupted, the worst first."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, Future
from pathlib import Path

import pytest

from conformance.fleet import schedule
from conformance.fleet.job import Job, Result, forget, kept_result
from conformance.fleet.overview import PRECEDENCE, cell, fleet_status, worst_first, write_overview
from conformance.fleet.schedule import Stop, run_all
from conformance.model import Exit


def job(name: str, host: str = "", folder: Path = Path("none")) -> Job:
    return Job(name, f"https://{host or name}", host or name, str(folder / name))


def result(name: str, status: int = 0, **more: object) -> Result:
    return Result(name, f"https://{name}", status, **more)  # type: ignore[arg-type]


class Machine:
    """Begins jobs, and ends the oldest whenever somebody waits; notes which ran at the same time."""

    def __init__(self) -> None:
        self.running: dict[Future[Result], Job] = {}
        self.together: list[list[Job]] = []
        self.broken = ""

    def submit(self, job: Job) -> Future[Result]:
        future: Future[Result] = Future()
        self.running[future] = job
        self.together.append(list(self.running.values()))
        return future

    def wait(self, futures: Iterable[Future[Result]], return_when: str) -> tuple[set[Future[Result]], set[object]]:
        assert (set(futures), return_when) == (set(self.running), FIRST_COMPLETED)
        future, job = next(iter(self.running.items()))
        del self.running[future]
        if job.name == self.broken:
            future.set_exception(RuntimeError("the worker died three times"))
        else:
            future.set_result(result(job.name))
        return {future}, set()


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine()
    monkeypatch.setattr(schedule, "wait", machine.wait)
    return machine


def run(jobs: list[Job], limit: int, machine: Machine, stop: Stop | None = None) -> list[Result]:
    return run_all(jobs, machine.submit, limit, lambda _: None, stop or Stop())


def test_every_job_is_run_once_and_no_more_than_allowed_at_a_time(machine: Machine) -> None:
    results = run([job(str(number)) for number in range(9)], 3, machine)
    assert sorted(item.name for item in results) == [str(number) for number in range(9)]
    assert max(map(len, machine.together)) <= 3


def test_a_host_is_asked_by_one_at_a_time(machine: Machine) -> None:
    run([job(str(number), host="abc"[number % 3]) for number in range(9)], 9, machine)
    hosts = [[item.host for item in jobs] for jobs in machine.together]
    assert all(len(set(names)) == len(names) for names in hosts)
    assert max(map(len, hosts)) > 1


def test_a_job_that_cannot_be_run_stops_no_other(machine: Machine) -> None:
    machine.broken = "b"
    results = {item.name: item for item in run([job("a"), job("b"), job("c")], 2, machine)}
    assert results["b"].status == Exit.CRASH
    assert "the worker died" in results["b"].words
    assert [results[name].status for name in "ac"] == [0, 0]


def test_nothing_is_begun_after_an_interruption(machine: Machine) -> None:
    stop = Stop()
    stop.now()
    assert run([job("a")], 1, machine, stop) == []
    assert machine.together == []


def keep(made: Job, status: int, digest: str = "") -> None:
    folder = Path(made.folder)
    (folder / "state").mkdir(parents=True)
    kept = result(made.name, status, digest=digest or made.digest)
    (folder / "result.json").write_text(json.dumps(dataclasses.asdict(kept)), encoding="utf-8")


@pytest.mark.parametrize(("status", "again"), [(0, False), (1, False), (5, False), (4, False), (130, True), (70, True)])
def test_a_resumed_fleet_keeps_what_came_to_its_end(status: int, again: bool, tmp_path: Path) -> None:
    made = job("a", folder=tmp_path)
    keep(made, status)
    assert (kept_result(made) is None) is again


def test_a_result_of_other_settings_is_not_kept(tmp_path: Path) -> None:
    made = job("a", folder=tmp_path)
    keep(made, 0, digest="of another job")
    assert kept_result(made) is None


def test_the_state_outlives_what_is_forgotten(tmp_path: Path) -> None:
    made = job("a", folder=tmp_path)
    keep(made, 0)
    forget(made)
    assert [path.name for path in Path(made.folder).iterdir()] == ["state"]


def test_the_worst_comes_first_and_gives_the_status() -> None:
    results = [result(str(int(status)), status) for status in reversed(PRECEDENCE)]
    assert [item.status for item in worst_first(results)] == [4, 130, 70, 3, 2, 1, 5, 0]
    assert fleet_status(results) == Exit.LEFT_BEHIND
    assert fleet_status([]) == Exit.CONFORMANT


def test_of_two_that_fail_the_one_with_more_failures_comes_first() -> None:
    few, many = (result(name, 1, families={"boolean": {"fail": n}}) for name, n in (("few", 1), ("many", 2)))
    assert worst_first([few, many]) == [many, few]


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"fail": 2, "pass": 1}, "2 fail"),
        ({"error": 1, "fail": 1}, "1 error, 1 fail"),
        ({"deviation": 1, "pass": 2}, "known"),
        ({"pass": 2, "skipped": 1}, "ok"),
        ({"skipped": 3}, "–"),
    ],
)
def test_a_cell_says_what_is_wrong(counts: dict[str, int], words: str) -> None:
    assert cell(result("a", families={"boolean": counts}), "boolean") == words


def test_the_page_escapes_what_instances_say(tmp_path: Path) -> None:
    write_overview([result("a", 1, words="<script>alert(1)</script>", families={"boolean": {"fail": 1}})], tmp_path)
    page = (tmp_path / "fleet.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert 'href="a/report.html"' in page
    assert json.loads((tmp_path / "fleet.json").read_text(encoding="utf-8"))["status"] == Exit.NOT_CONFORMANT
