"""What a write does beside its answer: stops of timers, computed values."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from conformance.probes.context import ProbeContext
from conformance.probes.records.colours import COLOUR, coloured_kinds, colours_seen
from conformance.probes.records.creating import MISSING, attribute, ident
from conformance.probes.records.effects import priced, second_start
from conformance.probes.records.kinds import Resource
from conformance.probes.records.specimens import apart
from conformance.upgrade.facts import About, Fact, fact, unseen
from conformance.upgrade.questions.unseen import facts_or_unseen

POST = "POST /api/timesheets"
SECOND = "second start"
COMPUTED = ("duration", "rate", "internalRate", "hourlyRate", "fixedRate", "billable", "exported", "break")


def ask(context: ProbeContext) -> Iterator[Fact]:
    """Ask what is computed of two hours at a rate and of no colour, and what a second start does to the first.

    Facts: VALUE, EFFECT.
    """
    own = apart(context)
    yield from facts_or_unseen(partial(_computed, own), About.VALUE, POST)
    for kind in coloured_kinds(own):
        yield from facts_or_unseen(partial(_colours, own, kind), About.VALUE, kind.create.label)
    yield from facts_or_unseen(partial(_second_start, own), About.EFFECT, POST, asked=SECOND)


def _computed(context: ProbeContext) -> Iterator[Fact]:
    for asked, record in priced(context):
        for name in COMPUTED:
            got = attribute(record, name)
            if got is not MISSING:
                yield fact(About.VALUE, POST, _number(got), role=context.strongest.role, field=name, asked=asked)


def _colours(context: ProbeContext, kind: Resource) -> Iterator[Fact]:
    for item in colours_seen(context, kind):
        if not item.promised:
            yield fact(
                About.VALUE, item.operation, item.got, role=context.strongest.role, field=COLOUR, asked=item.sent
            )


def _number(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value).lower()


def _second_start(context: ProbeContext) -> Iterator[Fact]:
    seen = second_start(context)
    if seen is None:
        yield unseen(About.EFFECT, POST, "every actor has a running timesheet", asked=SECOND)
    elif ident(seen.first) is None:
        yield fact(About.EFFECT, POST, f"start answered {seen.first.status}", asked=SECOND)
    else:
        word = "the first runs on" if seen.end is None else "the first is stopped"
        yield fact(About.EFFECT, POST, word if seen.second.ok else f"refused ({seen.second.status})", asked=SECOND)
