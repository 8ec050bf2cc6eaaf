"""Runs the suite against an embedded Kimai with planted faults, as people do: by the command, over a socket."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.embedded.server import EmbeddedKimai
from tests import processes

_COMMAND = (sys.executable, "-c", "from conformance.cli import main; main()")


@dataclass(frozen=True)
class Detection:
    """What a run said: its exit status, the clauses by status, and its last words."""

    status: int
    clauses: dict[str, str]
    verdict: dict[str, Any]
    words: str

    @property
    def failed(self) -> frozenset[str]:
        """The clauses that failed."""
        return frozenset(clause for clause, status in self.clauses.items() if status == "fail")

    def row(self) -> dict[str, Any]:
        """Return what the score keeps: exit status, clauses that failed or are unsteady, what stayed, requests."""
        return {
            "status": self.status,
            "failed": sorted(self.failed),
            "unsteady": sorted(clause for clause, status in self.clauses.items() if status == "unsteady"),
            "left": len(self.verdict.get("safety", {}).get("left_behind", ())),
            "requests": self.verdict.get("run", {}).get("requests", 0),
        }


def run_against(faults: Sequence[str], folder: Path, *arguments: str, **instance: Any) -> Detection:
    """Serve an embedded Kimai with these faults and run the suite against it; `folder` takes reports and state.

    `instance` are further arguments of `EmbeddedKimai`.
    """
    with EmbeddedKimai(faults=faults, **instance) as kimai:
        actors = kimai.write_users_file(folder / "actors.json")
        return ask(kimai.url, actors, folder, arguments)


def ask(url: str, actors: Path, folder: Path, arguments: Sequence[str]) -> Detection:
    """Run the suite against the instance of that URL; `folder` takes reports and state."""
    reports = folder / "reports"
    consent = () if "--read-only" in arguments else ("--write",)
    flags = ("--url", url, *consent, "--actors", str(actors), "--report-dir", str(reports))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KIMAI_", "PYTEST_"))}
    process = processes.start(
        [*_COMMAND, "run", *flags, *arguments],
        env={**kept, "KIMAI_CONFORMANCE_STATE": str(folder / "state")},
        cwd=folder,
    )
    words, _ = process.communicate(timeout=1800)
    path = reports / "verdict.json"
    verdict = json.loads(path.read_text()) if path.exists() else {}
    clauses = {clause["id"]: clause["status"] for clause in verdict.get("clauses", ())}
    return Detection(process.returncode, clauses, verdict, words)


def checks_of(clauses: Sequence[str]) -> list[str]:
    """Return the names of the test functions that decide these clauses: a run of those alone is quick."""
    table = processes.run([*_COMMAND, "clauses", "--format", "json"], check=True)
    rows = [row for row in json.loads(table.stdout) if row["id"] in clauses]
    return sorted({check.partition("::")[2] for row in rows for check in row["checks"]})
