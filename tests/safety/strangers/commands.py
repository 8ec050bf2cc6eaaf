"""The command line as a process of its own, against a site."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests import processes
from tests.safety.strangers.site import Site

PATIENCE = 1800
"""Seconds that a command may take."""


@dataclass(frozen=True)
class Finished:
    """A command that has ended. `lines` are those in which it may name what stays."""

    status: int
    output: str
    lines: tuple[str, ...]


@dataclass
class Commands:
    """Starts commands with a state folder of their own; what still runs in the end is killed. A context manager."""

    site: Site
    running: dict[processes.Process, str] = field(default_factory=dict)

    @property
    def state(self) -> Path:
        """The state folder."""
        return self.site.folder / "state"

    def __post_init__(self) -> None:
        self.site.cleans_up = lambda: any(self.state.glob("runs/*/ledger-cleanup.jsonl"))

    def start(self, *arguments: str, **environment: str) -> processes.Process:
        """Start `kimai-conformance ARGUMENTS`; on 2.24.0 it is lent a project and an activity."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("KIMAI_", "PYTEST_"))}
        own = {"KIMAI_CONFORMANCE_STATE": str(self.state), "KIMAI_ACTORS": str(self.site.actors_file)}
        if arguments[0] not in ("clean", "compare"):
            own["KIMAI_URL"] = self.site.url
        if self.site.version == "2.24.0" and arguments[0] != "clean":
            arguments += ("--project", str(self.site.own.project), "--activity", str(self.site.own.activity))
        command = [sys.executable, "-m", "conformance", *arguments]
        process = processes.start(command, cwd=self.site.folder, env={**inherited, **own, **environment})
        self.running[process] = arguments[0]
        return process

    def finish(self, process: processes.Process) -> Finished:
        """Wait for a command and return how it ended."""
        output, _ = process.communicate(timeout=PATIENCE)
        path = self.site.folder / "reports" / "out" / "verdict.json"
        if self.running[process] == "run" and path.exists():
            verdict = json.loads(path.read_text(encoding="utf-8"))
            return Finished(process.returncode, output, (*verdict["safety"]["left_behind"], *verdict["safety"]["kept"]))
        # The other commands say it, and a terminal breaks lines.
        return Finished(process.returncode, output, (" ".join(output.split()),))

    def run(self, *arguments: str) -> Finished:
        """Return how a command ended."""
        return self.finish(self.start(*arguments))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.running:
            if process.poll() is None:
                for pid in (*descendants(process.pid), process.pid):
                    _kill(pid)
                process.communicate()


def descendants(pid: int) -> Iterator[int]:
    """Yield the processes that a process started, and those that they did."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            child = int(path.parent.name)
            yield from descendants(child)
            yield child


def fill_the_disk(process: processes.Process) -> None:
    """Let a command and what it started write no byte more to any file, as on a full disk."""
    for pid in (process.pid, *descendants(process.pid)):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


@dataclass
class Rival:
    """A second command that is started beside a first one, and waits for it."""

    commands: Commands
    arguments: tuple[str, ...]
    _process: processes.Process | None = None
    _holds: int = 0

    def comes(self, _passing: object = None) -> bool:
        """Start the command, and hold the request of the first one until the second waits for a lock, or has ended.

        A deed of the proxy: no request is held so long that its sender gives up, so it may take several.
        """
        self._process = self._process or self.commands.start(*self.arguments)
        self._holds += 1
        until = time.monotonic() + 2
        while time.monotonic() < until:
            if self._process.poll() is not None or _sleeps(self._process.pid):
                return True
            time.sleep(0.02)
        return self._holds > 5

    def finish(self) -> Finished:
        """Return how it ended."""
        assert self._process is not None, "it was never started"
        return self.commands.finish(self._process)


def _sleeps(pid: int) -> bool:
    """Whether a process sleeps by its own will, as whoever asks for a lock again and again does."""
    try:
        return "nanosleep" in Path(f"/proc/{pid}/wchan").read_text()
    except OSError:
        return False


def _kill(pid: int) -> None:
    try:
        os.kill(pid, 9)
    except ProcessLookupError:
        return
