"""A clock that is another time, in this process and in those that it starts; and who reads it.

Only the time of day is shifted: monotonic clocks, which waiting, locks and sockets go by, are not.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from unittest import mock
from zoneinfo import ZoneInfo

import time_machine

ROOT = Path(__file__).resolve().parents[2]
SECONDS, NOTE = "SHIFTED_CLOCK_SECONDS", "SHIFTED_CLOCK_NOTE"
"""What started processes are told: by how much the clock is shifted, and the file that says that they read it."""

_STARTED = str(Path(__file__).with_name("started"))
_OURS = tuple(str(ROOT / room) + os.sep for room in ("conformance", "contracts", "reports", "tests"))


@dataclass
class Readings:
    """Whether the project's code read the clock: in this process, or in those that it started."""

    here: bool = False
    note: Path | None = None

    @property
    def any(self) -> bool:
        """Whether anybody did."""
        return self.here or (self.note is not None and self.note.exists())


@contextmanager
def shifted(begin: datetime, host: str, note: Path | None = None) -> Iterator[Readings]:
    """Have it be that moment within (aware), on a machine in that zone; time goes on from there."""
    readings = Readings(note=note)
    with noticing(begin.astimezone(ZoneInfo(host)), readings):
        seconds = begin.timestamp() - time_machine.escape_hatch.time.time()
        path = os.pathsep.join(filter(None, (_STARTED, os.environ.get("PYTHONPATH"))))
        with mock.patch.dict(os.environ, {SECONDS: repr(seconds), NOTE: str(note or ""), "PYTHONPATH": path}):
            yield readings


@contextmanager
def noticing(destination: datetime | timedelta, readings: Readings) -> Iterator[None]:
    """Travel there, and note whether the project's code reads the clock."""
    with time_machine.travel(destination) as traveller:
        traveller.time_ns()  # It goes on from when it is first asked.
        _notice(traveller, readings)
        yield


def _notice(traveller: time_machine.Traveller, readings: Readings) -> None:
    original: Callable[[], int] = traveller.time_ns

    def time_ns() -> int:
        if not readings.here and _reader().startswith(_OURS):
            readings.here = True
            if readings.note:
                readings.note.touch()
        return original()

    traveller.time_ns = time_ns  # type: ignore[method-assign]


def _reader() -> str:
    """Return the file of the function that asked for the time."""
    frame = sys._getframe(2)
    while frame.f_back and frame.f_code.co_filename == time_machine.__file__:
        frame = frame.f_back
    return frame.f_code.co_filename
