"""What comes back of times that were sent: in POST and PATCH, for the owner and for others, in every answer.

A probe sends local times in the guaranteed form, unless asked for another, and tells what came back, as text. It is for
the contracts to say what should have come.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from conformance.model import Actor, Exchange
from conformance.probes.context import ProbeContext, once
from conformance.probes.records.creating import MISSING, attribute, ident
from conformance.probes.times.rounding import Pair, Rounding, Rule, recognise, recognise_duration, recognise_uneven
from conformance.probes.times.spans import OTHER_WEEKDAYS, RECOGNISED, Span
from conformance.probes.times.zones import parse, written

COLLECTION = "/api/timesheets"


@dataclass(frozen=True)
class Returned:
    """One time that was sent, and came back. `got` is the text in the answer, a status, or "missing"."""

    operation: str
    field: str
    what: str
    zone: str
    role: str
    sent: str
    got: str
    exchange: Exchange


@dataclass(frozen=True)
class Booked:
    """A time record as it was answered; `ident` None where the create was not accepted."""

    actor: Actor
    ident: int | None
    status: int
    begin: str
    end: str
    duration: Any
    exchange: Exchange
    sent: Mapping[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """The path of the record."""
        return f"{COLLECTION}/{self.ident}"


def book(context: ProbeContext, actor: Actor, begin: Any, end: Any, **more: Any) -> Booked:
    """Create a time record with these times, as they are. Raises Refused."""
    return send(context, actor, {"begin": begin, "end": end, **more}, {})


def start_and_stop(context: ProbeContext, actor: Actor, **more: Any) -> Booked:
    """Create a time record of now by starting and stopping it, as one who may not send times does. Raises Refused."""
    booked = send(context, actor, more, {})
    if booked.ident is not None:
        context.session(actor).patch(f"{booked.path}/stop")
    return booked


def send(context: ProbeContext, actor: Actor, fields: Mapping[str, Any], params: Mapping[str, Any]) -> Booked:
    """Create a time record with these attributes and query parameters. Raises Refused."""
    project, activity = context.bookable
    body = {"project": project, "activity": activity, "description": context.name("time"), **fields}
    return seen_as(actor, context.session(actor).as_valid().post(COLLECTION, json=body, params=dict(params)), body)


def change(context: ProbeContext, booked: Booked, **times: Any) -> Booked:
    """Change a time record's attributes, as its owner. Raises Refused."""
    return seen_as(booked.actor, context.session(booked.actor).patch(booked.path, json=times), times)


def look(context: ProbeContext, booked: Booked, reader: Actor | None = None) -> Booked:
    """Read a time record, as its owner or as another reader."""
    return seen_as(booked.actor, context.session(reader or booked.actor).get(booked.path), {})


def unbook(context: ProbeContext, booked: Booked) -> None:
    """Delete a time record, where there is one; one that has ended may be left to the clean-up."""
    if booked.ident is not None and not (parse(booked.end) is not None and context.may_leave_record()):
        context.session(booked.actor).delete(booked.path)


def seen_as(actor: Actor, exchange: Exchange, body: Mapping[str, Any]) -> Booked:
    """Return an answer as a time record of an actor; `body` is what was sent."""
    return _shown_as(actor, exchange, exchange.json_or_none() if exchange.ok else None, ident(exchange), body)


def seen_in(actor: Actor, exchange: Exchange, number: int) -> Booked | None:
    """Return a time record of an actor as an answer shows it, alone or in a list; None where it is not there."""
    body = exchange.json_or_none() if exchange.ok else None
    items = body if isinstance(body, list) else [body]
    item = next((item for item in items if attribute(item, "id") == number), None)
    return None if item is None else _shown_as(actor, exchange, item, number, {})


def _shown_as(actor: Actor, exchange: Exchange, item: Any, number: int | None, body: Mapping[str, Any]) -> Booked:
    begin, end = (_text(attribute(item, name), exchange) for name in ("begin", "end"))
    return Booked(actor, number, exchange.status, begin, end, attribute(item, "duration"), exchange, body)


def _text(value: Any, exchange: Exchange) -> str:
    if not exchange.ok:
        return str(exchange.status)
    return value if isinstance(value, str) else "missing" if value is MISSING else repr(value)


def returned(booked: Booked, operation: str, what: str, *fields: str) -> tuple[Returned, ...]:
    """Return what came back of the sent times."""
    return tuple(
        Returned(
            operation, name, what, booked.actor.timezone or "UTC", booked.actor.role,
            str(booked.sent[name]), getattr(booked, name), booked.exchange,
        )
        for name in fields
    )  # fmt: skip


def round_trip(context: ProbeContext, actor: Actor, span: Span) -> tuple[Returned, ...]:
    """Post a span, read it, and delete it. Raises Refused."""
    booked = book(context, actor, written(span.begin), written(span.end))
    result = returned(booked, f"POST {COLLECTION}", span.what, "begin", "end")
    unbook(context, booked)
    return result


@once("rounding")
def recognise_rounding(context: ProbeContext, actor: Actor) -> Rounding:
    """Find out how the instance rounds, by records of odd minutes of this actor; once a process. Raises Refused.

    The rules of begin, end and duration are the same for all. Where a Wednesday is not rounded, a Saturday and a Monday
    are looked at: an instance may round on some weekdays alone.
    """
    rounding = _recognised(context, actor, telling_spans())
    for day in OTHER_WEEKDAYS if rounding.is_none else ():
        other = _recognised(context, actor, telling_spans(day))
        if not other.is_none:
            return replace(other, on_wednesdays=False)
    return rounding


def _recognised(context: ProbeContext, actor: Actor, spans: Sequence[Span]) -> Rounding:
    """Return what explains what becomes of these spans."""
    begins: list[Pair] = []
    ends: list[Pair] = []
    durations: list[tuple[int, int]] = []
    for span in spans:
        booked = book(context, actor, written(span.begin), written(span.end))
        begin, end = parse(booked.begin), parse(booked.end)
        if begin is not None and end is not None:
            begins.append((span.begin, begin))
            ends.append((span.end, end))
            if isinstance(booked.duration, int):
                durations.append((int((end - begin).total_seconds()), booked.duration))
        unbook(context, booked)
    if len(begins) < len(spans):
        # One or two times are explained by many rules, and the first of them may be wrong.
        return Rounding(None, None, None)
    return Rounding(_rule(begins), _rule(ends), recognise_duration(durations))


def _rule(pairs: Sequence[Pair]) -> Rule | None:
    """Return the rule that explains what came back (with its offset) of local times, by local time or by UTC."""
    local = [(sent, got.replace(tzinfo=None)) for sent, got in pairs]
    universal = [
        (sent - (got.utcoffset() or timedelta()), got.astimezone(UTC).replace(tzinfo=None)) for sent, got in pairs
    ]
    return recognise(local) or recognise(universal) or recognise_uneven(universal)


def telling_spans(day: date = RECOGNISED) -> tuple[Span, ...]:
    """Return spans that tell every rule from every other: no two make the same of their minutes and seconds."""
    at = datetime.combine(day, datetime.min.time())
    # None of the minutes that are judged later: a rounding is not recognised by what it is to explain.
    return (
        Span("odd minutes", at.replace(hour=8, minute=13, second=31), at.replace(hour=9, minute=13, second=31)),
        Span("odd minutes", at.replace(hour=10, minute=58, second=20), at.replace(hour=12, minute=20, second=40)),
        Span("odd minutes", at.replace(hour=13, minute=20, second=40), at.replace(hour=14, minute=58, second=20)),
    )
