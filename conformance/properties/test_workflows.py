"""Lives of records, told by a state machine and held against a model."""

from __future__ import annotations

import pytest

from conformance.exchange import Client, RecordFactory
from conformance.model import Actor
from conformance.probes.context import COLLECTION
from conformance.properties.workflows import CLAUSES, Trace, run_machine
from conformance.verdict import Judge, clause

LENGTHS = {"standard": (4, 12), "thorough": (25, 25)}
"""Lives and steps in each, by profile. In smoke other checks decide the same clauses with fewer requests."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Share a process with the other checks that start timers of the same actor."""
    collection = metafunc.config.stash.get(COLLECTION, None)
    if collection is not None and "whose" in metafunc.fixturenames:
        name = collection.actors[0].name
        group = pytest.mark.xdist_group(f"timer-{name}")
        asked = [pytest.param(0, id="strongest", marks=group)] if collection.profile in LENGTHS else []
        metafunc.parametrize("whose", asked)


@clause("data.read-is-answered")
def test_life_of_records(
    whose: int, client: Client, records: RecordFactory, actors: tuple[Actor, ...], seed: int, profile: str, judge: Judge
) -> None:
    """What is created is read, listed, copied and gone as the model says, in any order of steps."""
    lives, steps = LENGTHS[profile]
    story = run_machine(records, client.session(actors[whose]), seed, lives, steps)
    decide(story, judge)


def decide(story: Trace, judge: Judge) -> None:
    """Give each step to the judge of its clause: each departure once, what holds once for each operation."""
    seen: set[tuple[str, str, str, str]] = set()
    for step in sorted(story.steps, key=lambda each: each.ok):
        key = (step.clause, step.operation, step.field if not step.ok else "", step.got if not step.ok else "")
        if key in seen or (step.ok and any(item[:2] == key[:2] for item in seen)):
            continue
        seen.add(key)
        judge.on(step.clause).check(
            step.ok,
            operation=step.operation,
            field=step.field,
            expected=step.expected,
            got=step.got,
            exchange=None if step.ok else step.exchange,
        )
    results = {step.clause for step in story.steps}
    for missing in set(CLAUSES) - results:
        reason = "the requests are spent" if story.spent else next(iter(story.refused), "no step led to it")
        judge.on(missing).skip(reason, operation="the life of records")
