"""Server errors that no check has said, whoever asked: each cause is judged once, with the smallest request."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from conformance.model import Exchange, UsageError
from conformance.probes.refusals.control import Controls
from conformance.run.prepare import prepare
from conformance.run.session import WorkerSession
from conformance.settings import Settings
from conformance.verdict import EventWriter, load_clauses, load_defects, load_deviations, read_events
from conformance.verdict.evidence import WholeEvidence
from tests.run.test_context import context
from tests.verdict.released import NUL, answered


@dataclass
class Server:
    """Answers 500 where one of these parameters is sent, and stands for a client and its sessions.

    `broken` is where each of these answers is noted, as a listener of the client notes it.
    """

    names: tuple[str, ...]
    requests: int = 0
    broken: dict[tuple[str, str], Exchange] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)

    def session(self, _actor: Any) -> Server:
        return self

    def send(self, method: str, target: str, **_: Any) -> Exchange:
        self.requests += 1
        broken = any(f"{name}=" in target for name in self.names)
        status = 500 if broken else 200
        exchange = Exchange(method, target, f"{method} {target.partition('?')[0]}", "anna", {}, None, status, {}, b"")
        if broken:
            self.broken.setdefault((exchange.operation, target), exchange)
        return exchange

    def close(self) -> None:
        """Nothing to close."""


def judged(folder: Path, *exchanges: Exchange, minimising: str = "", server: Server | None = None) -> list[Any]:
    """Return the places that a process writes at its end, after these exchanges have passed."""
    path = folder / "events.jsonl"
    session = WorkerSession.__new__(WorkerSession)
    session.context, session.client = context(folder), server or Server(())  # type: ignore[assignment]
    session.clauses, session.deviations, session.defects = load_clauses(), load_deviations(), load_defects()
    session.definition = type("D", (), {"source": "page", "exact": True, "origin": ""})()
    session.controls, session.is_stopped = Controls(session), False  # type: ignore[arg-type]
    session.broken = session.client.broken  # type: ignore[attr-defined]
    session.minimising, session.events = minimising, EventWriter(path)
    session.evidence = WholeEvidence()  # type: ignore[assignment]
    session.controls = type("C", (), {"why_undecided": lambda *_: ""})()
    for exchange in exchanges:
        own = exchange.operation == session.minimising
        session.broken.setdefault(session.key_of(exchange, own=own), exchange)
    session.judge_broken()
    session.events.close()
    return [event.data for event in read_events(path) if event.kind == "place"]


def test_each_cause_at_an_operation_is_judged(tmp_path: Path) -> None:
    nul = answered("GET /api/projects", (("start", NUL),))
    new = answered("GET /api/projects", (("term", "a"),))
    places = judged(tmp_path, nul, nul, new)
    assert [(place["status"], place["defect"]) for place in places] == [
        ("deviation", "nul-in-a-date-filter"), ("fail", "")
    ]  # fmt: skip


def test_a_read_is_made_smaller_first(tmp_path: Path) -> None:
    names = ("begin", "end", "customers[]", "status[]", "page")
    exchange = answered("GET /api/invoices", tuple((name, "") for name in names))
    exchange = Exchange(**{**vars(exchange), "actor": "anna"})
    (place,) = judged(tmp_path, exchange, server=Server(("status%5B%5D",)))
    assert place["defect"] == "empty-invoice-status"
    assert "begin=" not in place["curl"]


def test_what_a_check_takes_apart_itself_is_left_to_it(tmp_path: Path) -> None:
    several = [answered("GET /api/projects", (("term", word), ("x", ""))) for word in ("a", "b")]
    assert len(judged(tmp_path, *several, minimising="GET /api/projects")) == 1


def test_a_bad_table_ends_a_run_before_anything_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "known_defects.toml").write_text('[[defect]]\nid = "x"\nversions = ""\n', encoding="utf-8")
    monkeypatch.setattr("conformance.verdict.defects.CONTRACTS", tmp_path)
    with pytest.raises(UsageError, match=r"known_defects\.toml: defect 1 \(x\)"):
        prepare(Settings(url="http://127.0.0.1:1"), "r1", tmp_path, own=False)
