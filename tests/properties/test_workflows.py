"""The state machine: the same steps for one seed, and what departs from the model is seen."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import httpx
import pytest

from conformance.definition import Definition
from conformance.exchange import Client, ClientConfig, RecordFactory
from conformance.properties.workflows import DELETED, DURATION, LISTED, READ, STORED, Trace, run_machine

from .conftest import ACTORS, Fake

ITEM = re.compile(r"/api/timesheets/(\d+)(?:/(\w+))?\Z")


class Timesheets(Fake):
    """The fake with the actions of a timesheet. `lie` may change an answer."""

    def _answer(self, request: httpx.Request, body: Any) -> httpx.Response:
        match = ITEM.match(request.url.path)
        if request.url.path == "/api/timesheets/active":
            return httpx.Response(200, json=[])
        if request.method == "GET" and request.url.path == "/api/timesheets":
            wanted = request.url.params.get("project")
            return httpx.Response(200, json=[row for row in self._timesheets() if str(row["project"]) == wanted])
        if request.method == "DELETE" and not match:
            for row in self._timesheets():
                del self.rows["timesheets", row["id"]]
        if request.method == "POST" and request.url.path == "/api/timesheets":
            return super()._answer(request, self._timed({"user": 1, "description": "", "end": None, **body}))
        if match and request.method == "PATCH":
            return self._change(int(match[1]), match[2], body)
        return super()._answer(request, body)

    def _timesheets(self) -> list[dict[str, Any]]:
        return [row for (plural, _), row in self.rows.items() if plural == "timesheets"]

    def _change(self, ident: int, action: str | None, body: Any) -> httpx.Response:
        row = self.rows["timesheets", ident]
        if action == "duplicate":
            self.last += 1
            row = self.rows["timesheets", self.last] = {**row, "id": self.last}
        elif action == "stop":
            row["end"] = row["begin"]
        row |= self._timed(body or row)
        return httpx.Response(200, json=row)

    def _timed(self, row: dict[str, Any]) -> dict[str, Any]:
        zoned = {name: f"{row[name][:19]}+0200" for name in ("begin", "end") if row.get(name)}
        now = datetime.now(timezone(timedelta(hours=2))).strftime("%Y-%m-%dT%H:%M:%S%z")
        return {**row, **zoned, "begin": zoned.get("begin", row.get("begin", now))}


@pytest.fixture
def fake() -> Fake:
    """An instance that knows timesheets."""
    return Timesheets()


@pytest.fixture
def tell(client: Client) -> Callable[..., Trace]:
    """Tells a story on the fake."""

    def tell(seed: int = 1, lives: int = 2, steps: int = 8) -> Trace:
        return run_machine(RecordFactory(client), client.session(ACTORS[0]), seed, lives, steps)

    return tell


def _broken(story: Trace) -> set[tuple[str, str, str]]:
    return {(step.clause, step.operation, step.field) for step in story.steps if not step.ok}


def test_a_life_without_departures(fake: Fake, tell: Any) -> None:
    story = tell(lives=4, steps=12)
    assert not story.refused
    assert _broken(story) == set()
    assert {READ, LISTED, DELETED, STORED} <= {step.clause for step in story.steps}
    assert not [key for key in fake.rows if key[0] != "tags"]


PROJECT, ACTIVITY = 900, 901
"""What is lent where nobody may make projects."""


def _lent(fake: Fake, definition: Definition, ledger: Path, lent: tuple[int | None, int | None]) -> Trace:
    fake.odd = lambda request, _: (
        httpx.Response(403, json={"code": 403, "message": "Forbidden"})
        if request.method == "POST" and request.url.path == "/api/projects"
        else None
    )
    config = ClientConfig(
        "http://127.0.0.1:1",
        ACTORS,
        "unit",
        ledger,
        borrowed_project=lent[0],
        borrowed_activity=lent[1],
        transport=httpx.MockTransport(fake),
        witness=ACTORS[0].name,
    )
    with Client(config, definition.index) as client:
        return run_machine(RecordFactory(client), client.session(ACTORS[0]), 1, 2, 8)


def test_on_a_lent_project_each_record_carries_the_mark(fake: Fake, definition: Definition, tmp_path: Path) -> None:
    stranger = {"id": 500, "project": PROJECT, "activity": ACTIVITY, "begin": "2024-05-01T08:00:00+0200", "end": None}
    fake.rows["timesheets", 500] = stranger
    story = _lent(fake, definition, tmp_path / "ledger.jsonl", (PROJECT, ACTIVITY))
    assert not story.refused
    assert _broken(story) == set()
    assert {READ, LISTED, STORED} <= {step.clause for step in story.steps}
    booked = [body for line, body in zip(fake.log, fake.bodies, strict=True) if line == "POST /api/timesheets"]
    assert len(booked) > 1
    assert all(b"conformance-test-unit" in body for body in booked)
    assert not [line for line in fake.log if "/timesheets/500" in line]


def test_where_nothing_can_be_booked_on_it_ends_with_the_reason(
    fake: Fake, definition: Definition, tmp_path: Path
) -> None:
    story = _lent(fake, definition, tmp_path / "ledger.jsonl", (None, None))
    assert {step.clause for step in story.steps} <= {DELETED}
    assert any("--project" in reason for reason in story.refused)


def test_the_same_seed_tells_the_same_story(tmp_path: Path, definition: Definition) -> None:
    logs = []
    for name in ("1", "2"):
        fake = Timesheets()
        config = ClientConfig(
            "http://127.0.0.1:1",
            ACTORS,
            "unit",
            tmp_path / f"{name}.jsonl",
            transport=httpx.MockTransport(fake),
            witness=ACTORS[0].name,
        )
        with Client(config, definition.index) as client:
            run_machine(RecordFactory(client), client.session(ACTORS[0]), 7, 2, 6)
        logs.append((fake.log, fake.bodies))
    assert logs[0] == logs[1]
    assert len(logs[0][0]) > 10


def test_a_record_that_reads_otherwise_is_seen(fake: Fake, tell: Any) -> None:
    def odd(request: httpx.Request, _: Any) -> httpx.Response | None:
        match = ITEM.match(request.url.path)
        row = fake.rows.get(("timesheets", int(match[1]))) if match and request.method == "GET" else None
        return httpx.Response(200, json={**row, "activity": 99}) if row else None

    fake.odd = odd
    assert (READ, "GET /api/timesheets/{id}", "activity") in _broken(tell())


def test_a_record_missing_in_the_list_is_seen(fake: Fake, tell: Any) -> None:
    fake.odd = lambda request, _: (
        httpx.Response(200, json=[]) if request.method == "GET" and request.url.path == "/api/timesheets" else None
    )
    assert (LISTED, "GET /api/timesheets", "") in _broken(tell())


def test_a_wrong_duration_is_seen(fake: Fake, tell: Any) -> None:
    def odd(request: httpx.Request, body: Any) -> httpx.Response | None:
        if request.method == "POST" and request.url.path == "/api/timesheets" and body.get("end"):
            return fake._answer(request, {**body, "duration": 1})
        return None

    fake.odd = odd
    assert (DURATION, "POST /api/timesheets", "duration") in _broken(tell(steps=12))


def test_durations_may_be_rounded_by_one_rule(fake: Fake, tell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    timed = fake._timed  # type: ignore[attr-defined]

    def rounded(row: dict[str, Any]) -> dict[str, Any]:
        row = timed(row)
        if not row.get("end"):
            return dict(row)
        begin, end = (datetime.fromisoformat(row[name]) for name in ("begin", "end"))
        return {**row, "duration": -(-int((end - begin).total_seconds()) // 900) * 900}

    monkeypatch.setattr(fake, "_timed", rounded)
    story = tell(steps=12)
    assert len(story.timed) > 2
    assert DURATION not in {clause for clause, *_ in _broken(story)}
