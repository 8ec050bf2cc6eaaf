"""The option `--score FILE`: what a run of the catalogue says of each fault and legal variation, kept as data."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .detection import Detection

_PROPERTY = "detection"

Keep = Callable[[str, Detection], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option; it is there only where this folder is named on the command line."""
    parser.addoption("--score", type=Path, metavar="FILE", help="write what was said of each planted fault here")


def pytest_configure(config: pytest.Config) -> None:
    """Collect what was said, in the process that sees all tests."""
    path = config.getoption("--score", None)
    if path is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Rows(path), "score")


@pytest.fixture
def keep(record_property: Callable[[str, object], None]) -> Keep:
    """Keep what a run said of one planted name, for the score."""

    def row(name: str, run: Detection) -> None:
        record_property(_PROPERTY, {"name": name, **run.row()})

    return row


class _Rows:
    """The rows of all tests, written when the last has ended."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rows: list[Any] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the row of a test, from whichever process ran it."""
        if report.when == "teardown":
            self._rows += [value for name, value in report.user_properties if name == _PROPERTY]

    def pytest_sessionfinish(self) -> None:
        """Write them in the order of their names."""
        rows = sorted(self._rows, key=lambda row: str(row["name"]))
        self._path.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
