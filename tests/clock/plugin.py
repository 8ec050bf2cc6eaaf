"""Runs the tests with the clock set, a file at a time: `pytest -p tests.clock.plugin`.

A file whose tests do not read the clock is run once, another at moments in an order of its own until it had all of
them, or its share of seconds. All fixtures end before the clock is set again: an instance that a file's tests share
would see time go back. What is drawn hangs on the seed and the file's name.
"""

from __future__ import annotations

import itertools
import math
import random
import secrets
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from tests.clock import moments
from tests.clock.moments import Moment
from tests.clock.shifting import shifted

NOW = pytest.StashKey[Moment]()
TURNS = pytest.StashKey[list[tuple[int, bool]]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("clock", "tests at other moments")
    group.addoption("--clock-seed", default=secrets.token_hex(4), metavar="SEED", help="seed of what is drawn")
    group.addoption("--clock-share", type=float, default=3.0, metavar="SECONDS", help="after which a file is done")
    group.addoption("--clock-drawn", type=int, default=8, metavar="N", help="moments that are drawn")
    group.addoption("--clock-claims", type=Path, metavar="FOLDER", help="where processes claim the files that they run")
    group.addoption("--clock-at", type=moments.read, action="append", metavar="TIME@ZONE", help="these moments alone")


def pytest_report_header(config: pytest.Config) -> str:
    """Say how to have the same moments again."""
    return f"clock: --clock-seed {config.getoption('clock_seed')}"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what goes by a clock that cannot be set here."""
    left_out = [item for item in items if item.get_closest_marker("machine_clock")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def pytest_runtestloop(session: pytest.Session) -> bool:
    """Run each file's tests at its moments."""
    turns = session.config.stash.setdefault(TURNS, [])
    items_to_run = [] if session.config.getoption("collectonly") else session.items
    for path, items in itertools.groupby(items_to_run, key=lambda item: item.path):
        if _claimed(session.config, path):
            turns.append(_run_file(session, path, list(items)))
    return True


def _run_file(session: pytest.Session, path: Path, items: Sequence[pytest.Item]) -> tuple[int, bool]:
    """Run a file's tests until it is done; return how often, and whether they read the clock."""
    option = session.config.getoption
    share = math.inf if option("clock_at") else option("clock_share")
    begun, turns, read = time.perf_counter(), 0, False
    with tempfile.TemporaryDirectory() as folder:
        for moment in _moments(session.config, path):
            session.config.stash[NOW] = moment
            turns += 1
            with shifted(moment.begin, moment.host, Path(folder, str(turns))) as readings:
                _run(session, items)
            read = read or readings.any
            if not read or time.perf_counter() - begun > share:
                break
    return turns, read


def _run(session: pytest.Session, items: Sequence[pytest.Item]) -> None:
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)


def _claimed(config: pytest.Config, path: Path) -> bool:
    """Whether this process is the first to ask for the file."""
    folder = config.getoption("clock_claims")
    if folder is None:
        return True
    with suppress(FileExistsError):
        (folder / "_".join(path.relative_to(config.rootpath).parts)).touch(exist_ok=False)
        return True
    return False


def _moments(config: pytest.Config, path: Path) -> list[Moment]:
    """Return the file's moments in an order of its own."""
    at: list[Moment] | None = config.getoption("clock_at")
    if at:
        return at
    chance = random.Random(f"{config.getoption('clock_seed')} {path.relative_to(config.rootpath)}")
    result = moments.chosen(chance) + moments.drawn(chance, config.getoption("clock_drawn"))
    chance.shuffle(result)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say when it was where a test failed."""
    report = yield
    moment = item.config.stash[NOW]
    report.sections.append(("clock", f"{moment.what}: -p tests.clock.plugin --clock-at {moment}"))
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say how much was run how often."""
    turns = [times for times, read in config.stash.get(TURNS, []) if read]
    least = min(turns, default=0)
    terminalreporter.write_line(f"clock: {len(turns)} files read it, run at {sum(turns)} moments, {least} or more each")
