"""Runs of the faultless embedded Kimai in drawn circumstances: equal verdicts, nothing failed, nothing left.

`KIMAI_STEADY` is how many; one that differs is run alone by its number in the name of the test.
"""

from __future__ import annotations

import json
import os
import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from conformance.embedded.server import EmbeddedKimai
from conformance.embedded.store.users import built_in
from conformance.model import Exit
from tests.clock.moments import Moment, chosen
from tests.clock.shifting import ROOT, shifted
from tests.faults.detection import Detection, ask
from tests.safety.strangers.stranger import PEOPLE, user_data
from tests.steady.shuffled import SEED

MANY = int(os.environ.get("KIMAI_STEADY", "50"))
_PAUSE = 0.05  # seconds between the requests of somebody at work


@dataclass(frozen=True)
class Circumstances:
    """What a run is under: its own arguments, when it begins and where its host is, and who else is there."""

    seed: int
    processes: int
    order: str
    moment: Moment | None
    colleagues: int
    at_once: int

    @property
    def arguments(self) -> tuple[str, ...]:
        """The arguments of the run."""
        shuffled = ("--", "-p", "tests.steady.shuffled") if self.order else ()
        return ("--profile", "smoke", "--seed", str(self.seed), "-n", str(self.processes), *shuffled)


def drawn(number: int) -> Circumstances:
    """Return the circumstances of a number; the first are those of a quiet day."""
    chance = random.Random(f"steady {number}")
    if not number:
        return Circumstances(1, 0, "", None, 0, 1)
    return Circumstances(
        seed=chance.randrange(1, 1_000_000),
        processes=chance.choice((0, 2)),
        order=chance.choice(("", f"order {number}")),
        moment=chance.choice((None, chance.choice(chosen(chance)))),
        colleagues=chance.choice((0, 2)),
        at_once=chance.choice((1, 1, 1, 2)),
    )


@pytest.fixture(scope="session")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the run of a quiet day said."""
    (found,) = runs(drawn(0), tmp_path_factory.mktemp("quiet"))
    return told(found)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(1, MANY))
def test_the_verdict_is_the_same(number: int, tmp_path: Path, expected: dict[str, Any]) -> None:
    for found in runs(drawn(number), tmp_path):
        assert told(found) == expected, f"{drawn(number)}\n{found.words}"


def told(found: Detection) -> dict[str, Any]:
    """Return what a verdict says of the instance: its end, each clause, each finding, what stayed."""
    assert Exit(found.status) is Exit.CONFORMANT, found.words
    findings = [finding["fingerprint"] for finding in found.verdict["findings"]]
    return {**found.clauses, "findings": findings, "left behind": found.verdict["safety"]["left_behind"]}


def runs(circumstances: Circumstances, folder: Path) -> list[Detection]:
    """Run the suite against a new instance, by the same actors so many times at once, and return what they said."""
    users = folder / "users.json"
    users.write_text(json.dumps({"users": [*built_in(), *(user_data(*person) for person in PEOPLE)]}))
    folders = [folder / str(number) for number in range(circumstances.at_once)]
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        if circumstances.order:
            patch.setenv("PYTHONPATH", str(ROOT))
            patch.setenv(SEED, circumstances.order)
        if circumstances.moment:
            stack.enter_context(shifted(circumstances.moment.begin, circumstances.moment.host))
        kimai = stack.enter_context(EmbeddedKimai(users))
        for name, _ in PEOPLE[: circumstances.colleagues]:
            stack.enter_context(at_work(kimai.url, f"token-of-{name}"))
        actors = folder / "actors.json"
        actors.write_text(json.dumps({"users": list(built_in())}))
        actors.chmod(0o600)
        pool = stack.enter_context(ThreadPoolExecutor())
        return list(pool.map(lambda own: _run(kimai.url, actors, own, circumstances), folders))


def _run(url: str, actors: Path, folder: Path, circumstances: Circumstances) -> Detection:
    folder.mkdir()
    return ask(url, actors, folder, circumstances.arguments)


@contextmanager
def at_work(url: str, token: str) -> Iterator[None]:
    """Have somebody who may do all make customers, projects, activities and hours, change and delete them, within."""
    home = threading.Event()

    def work() -> None:
        with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, trust_env=False) as client:
            for number in count():
                if home.wait(_PAUSE):
                    return
                _day(client, f"{token} {number}", lambda: home.wait(_PAUSE))

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        home.set()
        thread.join()


def _day(client: httpx.Client, name: str, rest: Callable[[], bool]) -> None:
    shown = {"visible": True, "billable": True}
    customer = _make(client, "customers", name=name, country="DE", currency="EUR", timezone="UTC", **shown)
    project = _make(client, "projects", name=name, customer=customer, globalActivities=True, **shown)
    activity = _make(client, "activities", name=name, project=project, **shown)
    for day in range(1, 5):
        times = {"begin": f"2026-06-0{day}T08:00:00", "end": f"2026-06-0{day}T09:30:00"}
        hours = _make(client, "timesheets", **times, project=project, activity=activity, description=name)
        client.patch(f"/api/timesheets/{hours}", json={"description": f"{name}, {day}"}).raise_for_status()
        rest()
    client.delete(f"/api/customers/{customer}").raise_for_status()


def _make(client: httpx.Client, collection: str, **body: Any) -> int:
    return int(client.post(f"/api/{collection}", json=body).raise_for_status().json()["id"])
