"""What each check asks about is recorded, so that a selection by operation or role takes every such check."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from rich.console import Console

from conformance.embedded.server import EmbeddedKimai
from conformance.model import Exit
from conformance.run.asked import TABLE, Asked, asked_by, check_of
from conformance.run.clause_coverage import checks_by_clause
from conformance.run.finish import Outcome, finish
from conformance.run.pytest_process import Selection
from conformance.run.session import EVENTS
from conformance.run.supervisor import supervise
from conformance.settings import ALLOW_CLASSES, Settings
from conformance.settings.actors import actors_of
from conformance.verdict.events import Event, read_events

WRITE = bool(os.environ.get("WRITE_ASKED"))
"""Set it to write the table anew, from whole runs."""


def recorded(events: Iterable[Event]) -> dict[str, Asked]:
    """Return what the checks of a run asked about. `events` are those of whole files, one after the other."""
    results: dict[str, Asked] = {}
    operations, roles = set[str](), set[str]()
    for event in events:
        if event.kind == "place":
            operations.add(event.data["operation"])
            roles.add(event.data["role"])
        elif event.kind == "check":
            before = results.get(check_of(event.data["node"]), Asked())
            now = Asked(before.operations | operations - {""}, before.roles | roles - {""})
            results[check_of(event.data["node"])] = now
        if event.kind in ("check", "start"):
            operations.clear()
            roles.clear()
    return results


def write(results: Iterable[Mapping[str, Asked]]) -> None:
    """Write what several runs have shown."""
    joined: dict[str, Asked] = {}
    for result in results:
        for check, asked in result.items():
            before = joined.get(check, Asked())
            joined[check] = Asked(before.operations | asked.operations, before.roles | asked.roles)
    lines = [
        f" {json.dumps(check)}: " + json.dumps({"operations": sorted(row.operations), "roles": sorted(row.roles)})
        for check, row in sorted(joined.items())
    ]
    TABLE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8", newline="\n")


def shown_by_a_run(version: str, folder: Path, keyword: str = "") -> Mapping[str, Asked]:
    """Return what the checks of a run on an emulated version ask about."""
    results: dict[str, Asked] = {}

    def conclude(outcome: Outcome, console: Console) -> Exit:
        results.update(recorded(read_events(outcome.ready.context.folder / EVENTS)))
        return finish(outcome, console)

    with EmbeddedKimai(emulate=version) as server:
        settings = Settings(
            url=server.url, actors=actors_of({"users": server.users}, "the embedded Kimai"), write=True,
            allow=frozenset(ALLOW_CLASSES), report_dir=folder,
        )  # fmt: skip
        supervise(settings, Selection(keyword=keyword), Console(quiet=True), conclude)
    return results


@pytest.mark.slow
def test_the_table_is_what_runs_show(tmp_path: Path) -> None:
    runs = [shown_by_a_run(version, tmp_path / version) for version in ("2.66.0", "2.24.0")]
    if WRITE:
        write(runs)
        asked_by.cache_clear()
    for run in runs:
        for check, shown in run.items():
            assert shown.operations <= asked_by()[check].operations, check
            assert shown.roles <= asked_by()[check].roles, check


def test_a_sample_of_it_is_what_a_run_shows(tmp_path: Path) -> None:
    shown = shown_by_a_run("2.66.0", tmp_path, keyword="test_stop and not duration")
    assert "PATCH /api/timesheets/{id}/stop" in shown["contracts/test_timers.py::test_stop"].operations
    for check, row in shown.items():
        assert row.operations <= asked_by()[check].operations, f"{check}: write the table anew (WRITE_ASKED=1)"


def test_it_holds_the_checks_that_there_are() -> None:
    checks = {check for names in checks_by_clause().values() for check in names}
    gone = {check for check in asked_by() if check.startswith("contracts/")} - checks
    assert not gone, f"write the table anew (WRITE_ASKED=1): {sorted(gone)}"
    assert len(asked_by().keys() & checks) > 0.9 * len(checks)


def test_the_places_of_a_check_are_those_since_the_last_one_ended() -> None:
    def place(operation: str, role: str = "") -> Event:
        return Event("place", {"operation": operation, "role": role})

    def ended(node: str) -> Event:
        return Event("check", {"clause_ids": [], "seconds": 0.0, "node": node})

    events = [
        Event("start"), place("GET /api/a", "ROLE_USER"), ended("/x/contracts/test_a.py::test_a[1]"),
        place("GET /api/b"), Event("start"), place(""), place("GET /api/c"), ended("/x/contracts/test_a.py::test_a[2]"),
        place("GET /api/d"),
    ]  # fmt: skip
    assert recorded(events) == {
        "contracts/test_a.py::test_a": Asked(frozenset({"GET /api/a", "GET /api/c"}), frozenset({"ROLE_USER"}))
    }
