"""What a write does beside its answer: stops of timers, computed values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.exchange import NoAnswer, Refused
from conformance.probes.lab import Lab
from conformance.probes.records.kinds import kind_named
from conformance.probes.records.making import MISSING, attribute, create, ident
from conformance.upgrade.facts import About, Fact, fact, unseen
from conformance.upgrade.specimens import body_of
from conformance.words import Actor, Exchange

POST = "POST /api/timesheets"
TIMED = {"begin": "2025-01-15T10:00:00", "end": "2025-01-15T12:00:00"}
RATES: Mapping[str, Mapping[str, float]] = {
    "no rate": {},
    "hourlyRate 42.5": {"hourlyRate": 42.5},
    "fixedRate 99.5": {"fixedRate": 99.5},
}
COMPUTED = ("duration", "rate", "internalRate", "hourlyRate", "fixedRate", "billable", "exported", "break")


def ask(lab: Lab) -> Iterator[Fact]:
    """Ask what is computed of two hours at a rate, and what a second start does to the first. VALUE, EFFECT."""
    for question in (_computed, _second_start):
        try:
            yield from question(lab)
        except (Refused, NoAnswer) as error:
            reason = f"the guard's rule {error.rule}" if isinstance(error, Refused) else "no answer"
            yield unseen(About.EFFECT, POST, reason, asked=question.__name__.strip("_"))


def _computed(lab: Lab) -> Iterator[Fact]:
    kind = kind_named(lab.index, "timesheets")
    if kind is None:
        return
    known = {field.name for field in kind.fields(kind.create)}
    for asked, more in RATES.items():
        if not more.keys() <= known:
            continue
        answer = create(lab, kind, {**TIMED, **more})
        body = answer.json_or_none()
        for name in COMPUTED if answer.ok else ():
            got = attribute(body, name)
            if got is not MISSING:
                yield fact(About.VALUE, POST, _number(got), role=lab.strongest.role, field=name, asked=asked)


def _number(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value).lower()


def _second_start(lab: Lab) -> Iterator[Fact]:
    actor = lab.records.idle_actor()
    kind = kind_named(lab.index, "timesheets")
    if actor is None or kind is None:
        yield unseen(About.EFFECT, POST, "every actor has a running timesheet", asked="second start")
        return
    first, second = _start(lab, actor), _start(lab, actor)
    number = ident(first)
    if number is None:
        yield fact(About.EFFECT, POST, f"start answered {first.status}", asked="second start")
        return
    end = attribute(lab.session(actor).get(f"/api/timesheets/{number}").json_or_none(), "end")
    word = "the first runs on" if end is None else "the first is stopped"
    yield fact(About.EFFECT, POST, word if second.ok else f"refused ({second.status})", asked="second start")
    for each in (first, second):
        made = ident(each)
        if made is not None:
            lab.session(actor).delete(f"/api/timesheets/{made}")


def _start(lab: Lab, actor: Actor) -> Exchange:
    """Start a timesheet now: one that began long ago would be refused for its length when it is stopped."""
    kind = kind_named(lab.index, "timesheets")
    assert kind is not None
    body = {name: value for name, value in body_of(lab, kind, "minimal record").items() if name not in TIMED}
    return lab.session(actor).post(kind.create.path, json=body)
