"""What starting, stopping and duplicating do to times. Grouped by actor: a start can stop what is running."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from zoneinfo import ZoneInfo

from conformance.model import Actor, Exchange
from conformance.probes.context import ProbeContext, once
from conformance.probes.times.times import COLLECTION, Booked, book, look, seen_as, seen_in, unbook
from conformance.probes.times.zones import readings, written

_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class TimerRun:
    """A record's course: as it was, the answer of the action, and the original afterwards.

    `copied` says whether the action was to copy the record.
    """

    before: Booked
    answer: Booked
    after: Booked
    copied: bool = False


def clock(exchange: Exchange) -> datetime:
    """Return the instance's time in an answer, as an aware UTC instant; ours where it does not tell."""
    try:
        return parsedate_to_datetime(exchange.headers["date"]).astimezone(UTC)
    except (KeyError, TypeError, ValueError):
        return datetime.now(UTC)


@dataclass(frozen=True)
class Timer:
    """What became of a finished record that was duplicated and restarted, and of the running one that was stopped.

    None in the place of what could not be asked, because the step before was not accepted. `shown` are records as they
    were written beside other answers, by operation.
    """

    duplicated: TimerRun | None = None
    restarted: TimerRun | None = None
    stopped: TimerRun | None = None
    shown: tuple[tuple[str, Booked, Booked], ...] = ()


@once("timer {actor.name}")
def timer(context: ProbeContext, actor: Actor) -> Timer:
    """Duplicate a finished record, restart it, stop what runs then, and delete all; once a process. Raises Refused."""
    original = finished(context, actor)
    if original.ident is None:
        return Timer()
    made = [original]
    try:
        answer = _answer(context, original, "duplicate", made)
        window = {"begin": original.begin[:19], "end": original.end[:19], "project": context.bookable[0], "size": 500}
        listing = context.session(actor).get(COLLECTION, params=window)
        after = seen_in(actor, listing, original.ident) or look(context, original)
        duplicated, seen = TimerRun(original, answer, after), _seen(f"GET {COLLECTION}", answer, listing)
        # Every second actor asks for a copy.
        copy = context.actors.index(actor) % 2 == 0
        restarted = replace(_act(context, original, "restart", made, json={"copy": "all"} if copy else {}), copied=copy)
        running, stopped = restarted.answer, None
        if running.ident not in (None, original.ident):
            seen += _seen(ACTIVE, running, context.session(actor).get(f"{COLLECTION}/active"))
            stopped = _act(context, running, "stop", made)
            seen.append((READ, stopped.answer, stopped.after))
        return Timer(duplicated, restarted, stopped, tuple(seen))
    finally:
        for item in made:
            unbook(context, item)


def _act(context: ProbeContext, record: Booked, action: str, made: list[Booked], **body: Any) -> TimerRun:
    """Do something to a record, note what it makes, and look at the record."""
    answer = _answer(context, record, action, made, **body)
    return TimerRun(record, answer, look(context, record))


def _answer(context: ProbeContext, record: Booked, action: str, made: list[Booked], **body: Any) -> Booked:
    answer = seen_as(record.actor, context.session(record.actor).patch(f"{record.path}/{action}", **body), {})
    if answer.ident not in (None, *(item.ident for item in made)):
        made.append(answer)
    return answer


def _seen(operation: str, record: Booked, listing: Exchange) -> list[tuple[str, Booked, Booked]]:
    """Return a record beside what a list shows of it; nothing where it does not show it."""
    seen = seen_in(record.actor, listing, record.ident) if record.ident is not None else None
    return [(operation, record, seen)] if seen is not None else []


@dataclass(frozen=True)
class BackdatedRestart:
    """A restart from a local time that has passed, which was sent, its answer, and the stop of that record."""

    sent: str
    answer: Booked
    stopped: TimerRun | None


def restart_from(context: ProbeContext, actor: Actor) -> BackdatedRestart | None:
    """Restart a finished record from a full hour that has passed, stop it, and delete both. Raises Refused.

    None where the record could not be made, or where that local time is in doubt.
    """
    original = finished(context, actor)
    zone = actor.timezone or "UTC"
    then = clock(original.exchange).astimezone(ZoneInfo(zone)).replace(tzinfo=None, minute=0, second=0) - 2 * _HOUR
    if original.ident is None or len(readings(then, zone)) != 1:
        unbook(context, original)
        return None
    made = [original]
    try:
        answer = replace(
            _answer(context, original, "restart", made, json={"begin": written(then)}), sent={"begin": written(then)}
        )
        started = answer.ident not in (None, original.ident)
        return BackdatedRestart(written(then), answer, _act(context, answer, "stop", made) if started else None)
    finally:
        for item in made:
            unbook(context, item)


def start(context: ProbeContext, actor: Actor) -> Booked:
    """Create a record without times, and delete it. Raises Refused."""
    booked = _started(context, actor)
    unbook(context, booked)
    return booked


def _started(context: ProbeContext, actor: Actor) -> Booked:
    project, activity = context.bookable
    body = {"project": project, "activity": activity, "description": context.name("started")}
    return seen_as(actor, context.session(actor).post(COLLECTION, json=body), body)


def finished(context: ProbeContext, actor: Actor) -> Booked:
    """Return a new record that has ended: on a winter's day, yesterday, or just now, whichever the instance takes.

    A period may be locked, and a tracking mode may leave a role to start and stop. Raises Refused.
    """
    booked = book(context, actor, *ORIGINAL)
    if booked.ident is not None:
        return booked
    day = (clock(booked.exchange).astimezone(ZoneInfo(actor.timezone or "UTC")) - 24 * _HOUR).date()
    late = book(context, actor, f"{day}T13:00:00", f"{day}T14:30:00")
    if late.ident is not None:
        return late
    started = _started(context, actor)
    if started.ident is None:
        return started
    stopped = seen_as(actor, context.session(actor).patch(f"{started.path}/stop"), {})
    if stopped.ident is None:
        unbook(context, started)
    return stopped


ORIGINAL = ("2025-01-15T13:00:00", "2025-01-15T14:30:00")
ACTIVE, READ = f"GET {COLLECTION}/active", f"GET {COLLECTION}/{{id}}"
RESTART, STOP, DUPLICATE = (f"PATCH {COLLECTION}/{{id}}/{action}" for action in ("restart", "stop", "duplicate"))
