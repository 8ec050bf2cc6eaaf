"""One item an operation: valid and invalid data, values at the edge, absent ids; judged against the definition."""

from __future__ import annotations

import pytest

from conformance.definition import Definition
from conformance.exchange import Door, Records
from conformance.probes.lab import COLLECTION
from conformance.properties.judging import decide, event_of, skip_reason
from conformance.properties.running.scenes import runs_timers
from conformance.properties.running.workshop import Workshop
from conformance.verdict import EventWriter, Judge, clause
from conformance.words import Actor


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one item of each operation; those that start timers share a process with other checks that do."""
    collection = metafunc.config.stash.get(COLLECTION, None)
    if collection is None or "label" not in metafunc.fixturenames:
        return
    group = pytest.mark.xdist_group(f"timer-{collection.actors[0].name}")
    labels = [operation.label for operation in collection.index.operations]
    marked = [pytest.param(label, id=label, marks=[group] if runs_timers(label) else []) for label in labels]
    metafunc.parametrize("label", marked)


@pytest.fixture(scope="session")
def workshop(
    door: Door, records: Records, definition: Definition, actors: tuple[Actor, ...], seed: int, budget: int
) -> Workshop:
    """What the items of this process share."""
    return Workshop(door, records, definition, actors, seed, budget)


@clause("error.no-server-error")
@pytest.mark.usefixtures("taking_apart")
def test_operation(label: str, workshop: Workshop, judge: Judge, events: EventWriter) -> None:
    """The operation answers generated requests as the definition says, and never with a server error."""
    outcome = workshop.run(label)
    reason = skip_reason(outcome)
    events.operation(event_of(outcome, reason))
    if reason:
        judge.skip(reason, operation=label)
        return
    decide(outcome, judge, workshop.definition, workshop.actors)
