"""What released versions really answered raises no alarm: each recorded answer is looked at as a run looks at its own.

Nothing is emulated here: the definitions and the answers are those of the releases.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from conformance.definition import Definition, Index, load
from conformance.model import Actor, Exchange, Secret, Token
from conformance.probes.refusals.refusals import Refusals
from conformance.probes.responses.passive import PassiveObserver
from conformance.verdict import EventWriter, Judge, load_clauses, load_deviations, read_events
from contracts.passive_checks import judge_passive
from contracts.refusals import judge_refusals
from tests.fidelity.recordings import ACTORS, MISSING, SHARED, available

VERSIONS = ("2.24.0", "2.62.0", "2.66.0")


def actors() -> tuple[Actor, ...]:
    """Return the users of the recordings."""
    users = json.loads(ACTORS.read_text(encoding="utf-8"))["users"]
    return tuple(
        Actor(user["username"], (Token("suite", Secret("x")),), None, number, tuple(user["roles"] or ["ROLE_USER"]))
        for number, user in enumerate(users, start=1)
    )


def exchanges(recording: Path, index: Index) -> Iterator[Exchange]:
    """Yield the recorded requests with good credentials and their answers; variables in paths are some id."""
    for line in recording.read_text(encoding="utf-8").splitlines():
        step = json.loads(line)
        if step["actor"] is None or "headers" in step["request"]:
            continue
        yield exchange_of(step, index)


def exchange_of(step: dict[str, Any], index: Index) -> Exchange:
    """Return a recorded step as a run would have seen it."""
    request, answer = step["request"], step["expect"]
    path = re.sub(r"\$\{\w+\}", "7", request["path"])
    query = "&".join(f"{name}={value}" for name, value in dict(request.get("query") or {}).items())
    operation = index.match(request["method"], path)
    return Exchange(
        method=request["method"],
        target=f"{path}?{query}" if query else path,
        operation=operation.label if operation else f"{request['method']} {path}",
        actor=step["actor"],
        request_headers={"authorization": "Bearer x"},
        request_body=json.dumps(request["body"]).encode() if "body" in request else None,
        status=answer["status"],
        headers=answer["headers"],
        body=b"" if answer["body"] is None else json.dumps(answer["body"]).encode(),
    )


def failures(definition: Definition, recording: Path, events: Path) -> set[tuple[str, ...]]:
    """Return clause, operation, field and what was got of each place that fails on what was recorded."""
    passive_observer, refusals = PassiveObserver(definition.index, actors()), Refusals(definition.index)
    for exchange in exchanges(recording, definition.index):
        passive_observer.notice(exchange)
        refusals.notice(exchange)
    assert len(passive_observer.operations) > 40
    with EventWriter(events) as writer:
        judge = partial(
            Judge, clauses=load_clauses(), deviations=load_deviations(), version=definition.version, writer=writer
        )
        judge_passive(judge, passive_observer, bundled=False, said=())
        judge_refusals(judge, refusals)
    places = [event.data for event in read_events(events) if event.kind == "place"]
    assert any(place["status"] == "pass" for place in places)
    return {(p["clause"], p["operation"], p["field"], p["got"]) for p in places if p["status"] == "fail"}


@pytest.mark.skipif(not available(), reason=MISSING)
@pytest.mark.parametrize("version", VERSIONS)
def test_answers_of_a_release_raise_no_alarm(version: str, tmp_path: Path) -> None:
    definition = load(SHARED / "kimai" / f"openapi-{version}.json", version=version)
    recording = SHARED / "kimai" / f"scenario-{version}.jsonl"
    assert failures(definition, recording, tmp_path / "events.jsonl") == set()
