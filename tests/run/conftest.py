"""The command line as a process of its own, against an embedded Kimai that these tests can look into."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from conformance.embedded.server import EmbeddedKimai
from tests import processes
from tests.safety.strangers.rows import Rows, read_rows


@dataclass
class Desk:
    """A folder to work in, with its own state, and an instance beside it."""

    folder: Path
    kimai: EmbeddedKimai
    database: Path
    running: list[processes.Process] = field(default_factory=list)

    def start(self, *arguments: str, own: bool = False, background: bool = False) -> processes.Process:
        """Start `kimai-conformance ARGUMENTS` against the instance, or on its own embedded Kimai.

        In the background it ignores the signals that `nohup … &` has it ignore.
        """
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("KIMAI_", "PYTEST_"))}
        environment["KIMAI_CONFORMANCE_STATE"] = str(self.folder / "state")
        if not own:
            actors = self.kimai.write_users_file(self.folder / "actors.json")
            environment |= {"KIMAI_URL": self.kimai.url, "KIMAI_ACTORS": str(actors)}
        shell = ("sh", "-c", "trap '' INT QUIT HUP; exec \"$@\"", "sh") if background else ()
        process = processes.start(
            [*shell, sys.executable, "-m", "conformance", *arguments], cwd=self.folder, env=environment
        )
        self.running.append(process)
        return process

    def run(self, *arguments: str, own: bool = False) -> tuple[int, str]:
        """Return exit status and output of a command."""
        process = self.start(*arguments, own=own)
        output, _ = process.communicate(timeout=1800)
        return process.returncode, output

    def rows(self) -> Rows:
        """Return every row of every table but for columns that change by themselves."""
        return read_rows(self.database)

    def events(self) -> str:
        """Return what the children have written so far."""
        return "".join(path.read_text(encoding="utf-8") for path in self.folder.glob("state/runs/*/events/*.jsonl"))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    database = tmp_path / "kimai.sqlite"
    with EmbeddedKimai(database=database) as kimai:
        desk = Desk(tmp_path, kimai, database)
        yield desk
        for process in desk.running:
            if process.poll() is None:
                process.kill()
                process.communicate()


@pytest.fixture
def wait_for() -> Callable[[processes.Process, Callable[[], bool]], None]:
    """Wait until something holds while a process runs; fail where the process ends first."""

    def wait(process: processes.Process, holds: Callable[[], bool]) -> None:
        while not holds():
            try:
                process.wait(timeout=0.05)
            except processes.StillRunning:
                continue
            pytest.fail(f"ended with {process.returncode} too early: {process.communicate()[0]}")

    return wait
