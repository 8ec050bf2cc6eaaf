"""One item an operation: valid and invalid data, values at the edge, absent ids; judged against the definition."""

from __future__ import annotations

import pytest

from conformance.definition import Definition
from conformance.exchange import Client, RecordFactory
from conformance.model import Actor
from conformance.probes.context import COLLECTION
from conformance.properties.execution.operation_context import runs_timers
from conformance.properties.execution.runner import PropertyRunner
from conformance.properties.judging import decide, event_of, skip_reason
from conformance.verdict import EventWriter, Judge, clause


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
def runner(
    client: Client, records: RecordFactory, definition: Definition, actors: tuple[Actor, ...], seed: int, budget: int
) -> PropertyRunner:
    """What the items of this process share."""
    return PropertyRunner(client, records, definition, actors, seed, budget)


@clause("error.no-server-error")
@pytest.mark.usefixtures("minimising")
def test_operation(label: str, runner: PropertyRunner, judge: Judge, events: EventWriter) -> None:
    """The operation answers generated requests as the definition says, and never with a server error."""
    outcome = runner.run(label)
    reason = skip_reason(outcome)
    events.operation(event_of(outcome, reason))
    if reason:
        judge.skip(reason, operation=label)
        return
    decide(outcome, judge, runner.definition, runner.actors)
