"""What comes back of times: in each role's zone, in each spelling, and rounded how."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from conformance.model import Actor
from conformance.probes.context import ProbeContext
from conformance.probes.records.specimens import roles
from conformance.probes.times.spans import plain_spans
from conformance.probes.times.spellings import spelled
from conformance.probes.times.times import COLLECTION, recognise_rounding, round_trip
from conformance.upgrade.canonical import came_back
from conformance.upgrade.facts import About, Fact, fact
from conformance.upgrade.questions.unseen import facts_or_unseen

POST = f"POST {COLLECTION}"


def ask(context: ProbeContext) -> Iterator[Fact]:
    """Ask what becomes of times in timesheets. Facts: TIME."""
    for role, actor in roles(context).items():
        yield from facts_or_unseen(partial(_zone, context, role, actor), About.TIME, POST, role=role, asked="zone")
    yield from facts_or_unseen(partial(_spellings, context), About.TIME, POST, asked="spellings")
    yield from facts_or_unseen(partial(_rounding, context), About.TIME, POST, asked="rounding")


def _zone(context: ProbeContext, role: str, actor: Actor) -> Iterator[Fact]:
    for span in plain_spans() if context.profile_at_least("thorough") else plain_spans()[:3]:
        for item in round_trip(context, actor, span):
            word = came_back(item.sent, item.got, actor.timezone)
            yield fact(About.TIME, POST, word, role=role, field=item.field, asked=f"{item.what}, {item.sent}")


def _spellings(context: ProbeContext) -> Iterator[Fact]:
    actor = context.weakest
    for item in spelled(context, actor):
        word = came_back(item.sent, item.got, actor.timezone)
        yield fact(About.TIME, POST, word, role=actor.role, field="begin", asked=item.word)


def _rounding(context: ProbeContext) -> Iterator[Fact]:
    rounding = recognise_rounding(context, context.weakest)
    for name in ("begin", "end", "duration"):
        rule = getattr(rounding, name)
        yield fact(About.TIME, POST, "none recognised" if rule is None else str(rule), field=name, asked="rounding")
