"""A small run, made by hand: its clauses, its context and its events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest

from conformance.model import Level, Place, Status
from conformance.verdict import Clause, Clauses, Deviation, Deviations, Event, build_verdict

Built = Callable[..., dict[str, Any]]
Decided = Callable[..., Event]


def _clause(clause_id: str, level: Level = Level.MUST, **more: Any) -> Clause:
    return Clause(id=clause_id, level=level, title=f"title of {clause_id}", source="a page", **more)


CORE = ("auth.missing", "datetime.round-trip", "boolean.absent", "attribute.names")

CLAUSES = Clauses(
    [
        *(_clause(name) for name in CORE),
        _clause("data.patch", Level.SHOULD),
        _clause("boolean.lists", Level.NOTE),
        _clause("auth.last-usage", observable=False),
        _clause("definition.types"),
        _clause("error.no-server-error"),
    ]
)

DEVIATIONS = Deviations(
    [
        Deviation(
            id="d1", clause="boolean.absent", versions=">=2.63", operations=("POST /api/a", "POST /api/b"),
            fields=("visible",), observed="true", reason="keeps its default", reference="2.63",
        ),
        Deviation(
            id="d2", clause="boolean.absent", versions=">=2.24", operations=("*",), observed="unchanged",
            reason="stays as it was", reference="2.24",
        ),
    ]
)  # fmt: skip


@pytest.fixture
def place() -> Decided:
    """Return a maker of place events: clause, status, and the rest by name."""

    def make(clause: str, status: str = "pass", *, fingerprint: str = "", title: str = "", **more: str) -> Event:
        fields = {"operation": "POST /api/a", "expected": "false", "got": "false"} | more
        event = asdict(Place(clause=clause, status=Status(status), **fields))
        mark = fingerprint or ("0123456789ab" if status == "fail" else "")
        return Event("place", event | {"fingerprint": mark, "title": title})

    return make


@pytest.fixture
def core(place: Decided) -> list[Event]:
    """Return the events of a run in which the four core families pass."""
    return [Event("start"), *(place(name) for name in CORE), Event("end")]


@pytest.fixture
def built() -> Built:
    """Return a maker of verdicts: events, and sections of the context to change."""

    def make(events: list[Event], *, accept: str | None = None, **sections: dict[str, Any]) -> dict[str, Any]:
        context: dict[str, Any] = {
            "instance": {"url": "http://k.test", "kind": "configured", "version": "2.66.0"},
            "definition": {"source": "page", "exact": True, "fingerprint": "ab", "repairs": [], "origin": "x"},
            "run": {
                "id": "r1", "profile": "standard", "seed": 1, "partial": False, "started": "2026-11-25T10:00:00+00:00",
                "seconds": 1.5, "strict": False, "write": True,
            },
            "plan": {"promised": list(CORE), "left_out": []},
            "safety": {"created": 0, "deleted": 0, "left_behind": []},
            "accept": accept,
        }  # fmt: skip
        operations: Any = sections.pop("operations", [])
        for name, changes in sections.items():
            context[name] = context[name] | changes
        return build_verdict(context | {"operations": operations}, events, CLAUSES, DEVIATIONS).document()

    return make
