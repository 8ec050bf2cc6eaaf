"""Replay a recording on an embedded Kimai of its own, and read the figures."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from pathlib import Path
from unittest import mock

from conformance.embedded.behaviour import datetimes
from conformance.embedded.server import EmbeddedKimai
from tests import processes
from tests.fidelity.recordings import ACTORS, REPLAY, Figures, Recording

_LINE = re.compile(r"(.+?)\s+(\d+) steps  status +([\d.]+) %  shape +([\d.]+) %  value +([\d.]+) %")


def replay(recording: Recording, file: Path | None = None, show: int = 0) -> tuple[dict[str, Figures], str]:
    """Replay it, or the steps of another `file`, on a fresh server. Those at which the release crashes do not count.

    Returns the figures by group, those of all steps as `all`, and what the tool said of up to `show` differences.
    Raises `RuntimeError` where the tool itself fails.
    """
    kimai = EmbeddedKimai(ACTORS, emulate=recording.emulate, settings=dict(recording.settings))
    with stopped_clock(recording.clock), kimai:
        command = [sys.executable, str(REPLAY), str(file or recording.file), "--url", kimai.url]
        command += ["--actors", str(ACTORS), "--show", str(show), "--no-5xx"]
        if recording.group:
            command += ["--group", recording.group]
        done = processes.run(command, timeout=1800)
    figures = parse(done.stdout)
    if "all" not in figures:
        raise RuntimeError(f"{REPLAY.name} said no figures for {recording.name}: {done.stderr.strip()[-500:]}")
    return figures, "\n".join(line for line in done.stdout.splitlines() if not _LINE.fullmatch(line))


def parse(text: str) -> dict[str, Figures]:
    """The figures in the output of the tool, by group."""
    results = (_LINE.fullmatch(line) for line in text.splitlines())
    return {m[1]: Figures(int(m[2]), float(m[3]), float(m[4]), float(m[5])) for m in results if m}


@contextmanager
def stopped_clock(moment: datetime) -> Iterator[None]:
    """Let the embedded Kimai believe that it is that moment: answers hold the time of their request."""

    class Stopped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return moment.astimezone(tz)

    with mock.patch.object(datetimes, "datetime", Stopped):
        yield
