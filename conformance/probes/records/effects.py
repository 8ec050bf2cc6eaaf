"""What a write does beside its answer: values that are computed, and a timer that is stopped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.model import Actor, Exchange
from conformance.probes.context import ProbeContext
from conformance.probes.records.creating import attribute, create, ident
from conformance.probes.records.kinds import kind_named
from conformance.probes.records.list_scopes import COLLECTION
from conformance.probes.records.specimens import body_of

TIMED = {"begin": "2025-01-15T10:00:00", "end": "2025-01-15T12:00:00"}
RATES: Mapping[str, Mapping[str, float]] = {
    "no rate": {},
    "hourlyRate 42.5": {"hourlyRate": 42.5},
    "fixedRate 99.5": {"fixedRate": 99.5},
}


def priced(context: ProbeContext) -> Iterator[tuple[str, Any]]:
    """Make two hours at each rate that the form takes; yield which, and the record as answered, None where refused.

    Raises Refused, and NoAnswer.
    """
    kind = kind_named(context.index, "timesheets")
    known = {field.name for field in kind.fields(kind.create)} if kind is not None else set()
    for asked, more in RATES.items():
        if kind is not None and more.keys() <= known:
            answer = create(context, kind, {**TIMED, **more})
            yield asked, answer.json_or_none() if answer.ok else None


@dataclass(frozen=True)
class SecondStart:
    """What became of a running time record when its owner started another: `end` of the first, None where it runs on.

    `first` and `second` are the answers to the starts.
    """

    first: Exchange
    second: Exchange
    end: Any = None


def second_start(context: ProbeContext) -> SecondStart | None:
    """Start a time record while one runs; both are deleted. None where every actor has one running of their own.

    Raises Refused, and NoAnswer.
    """
    actor = context.records.idle_actor()
    if actor is None or kind_named(context.index, "timesheets") is None:
        return None
    session = context.session(actor)
    first, second = _start(context, actor), _start(context, actor)
    number = ident(first)
    if number is None:
        return SecondStart(first, second)
    end = attribute(session.get(f"{COLLECTION}/{number}").json_or_none(), "end")
    for item in (first, second):
        made = ident(item)
        if made is not None:
            session.delete(f"{COLLECTION}/{made}")
    return SecondStart(first, second, end)


def _start(context: ProbeContext, actor: Actor) -> Exchange:
    """Start a time record now: one that began long ago would be refused for its length when it is stopped."""
    kind = kind_named(context.index, "timesheets")
    assert kind is not None
    body = {name: value for name, value in body_of(context, kind, "minimal record").items() if name not in TIMED}
    return context.session(actor).post(kind.create.path, json=body)
