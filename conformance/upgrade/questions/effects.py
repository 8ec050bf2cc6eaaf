"""What a write does beside its answer: stops of timers, computed values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from conformance.model import Actor, Exchange
from conformance.probes.context import ProbeContext
from conformance.probes.records.colours import COLOUR, coloured_kinds, colours_seen
from conformance.probes.records.creating import MISSING, attribute, create, ident
from conformance.probes.records.kinds import Resource, kind_named
from conformance.probes.records.specimens import apart, body_of
from conformance.upgrade.facts import About, Fact, fact, unseen
from conformance.upgrade.questions.telling import told

POST = "POST /api/timesheets"
TIMED = {"begin": "2025-01-15T10:00:00", "end": "2025-01-15T12:00:00"}
RATES: Mapping[str, Mapping[str, float]] = {
    "no rate": {},
    "hourlyRate 42.5": {"hourlyRate": 42.5},
    "fixedRate 99.5": {"fixedRate": 99.5},
}
COMPUTED = ("duration", "rate", "internalRate", "hourlyRate", "fixedRate", "billable", "exported", "break")


def ask(context: ProbeContext) -> Iterator[Fact]:
    """Ask what is computed of two hours at a rate and of no colour, and what a second start does to the first.

    Facts: VALUE, EFFECT.
    """
    own = apart(context)
    yield from told(partial(_computed, own), About.VALUE, POST)
    for kind in coloured_kinds(own):
        yield from told(partial(_colours, own, kind), About.VALUE, kind.create.label)
    yield from told(partial(_second_start, own), About.EFFECT, POST, asked="second start")


def _computed(context: ProbeContext) -> Iterator[Fact]:
    kind = kind_named(context.index, "timesheets")
    if kind is None:
        return
    known = {field.name for field in kind.fields(kind.create)}
    for asked, more in RATES.items():
        if not more.keys() <= known:
            continue
        answer = create(context, kind, {**TIMED, **more})
        body = answer.json_or_none()
        for name in COMPUTED if answer.ok else ():
            got = attribute(body, name)
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
    actor = context.records.idle_actor()
    kind = kind_named(context.index, "timesheets")
    if actor is None or kind is None:
        yield unseen(About.EFFECT, POST, "every actor has a running timesheet", asked="second start")
        return
    first, second = _start(context, actor), _start(context, actor)
    number = ident(first)
    if number is None:
        yield fact(About.EFFECT, POST, f"start answered {first.status}", asked="second start")
        return
    end = attribute(context.session(actor).get(f"/api/timesheets/{number}").json_or_none(), "end")
    word = "the first runs on" if end is None else "the first is stopped"
    yield fact(About.EFFECT, POST, word if second.ok else f"refused ({second.status})", asked="second start")
    for item in (first, second):
        made = ident(item)
        if made is not None:
            context.session(actor).delete(f"/api/timesheets/{made}")


def _start(context: ProbeContext, actor: Actor) -> Exchange:
    """Start a timesheet now: one that began long ago would be refused for its length when it is stopped."""
    kind = kind_named(context.index, "timesheets")
    assert kind is not None
    body = {name: value for name, value in body_of(context, kind, "minimal record").items() if name not in TIMED}
    return context.session(actor).post(kind.create.path, json=body)
