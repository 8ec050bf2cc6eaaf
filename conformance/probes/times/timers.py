"""What starting, stopping and duplicating do to times. Grouped by actor: a start can stop what is running."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from zoneinfo import ZoneInfo

from conformance.probes.lab import Lab
from conformance.probes.times.times import COLLECTION, Booked, book, look, seen_as, seen_in, unbook
from conformance.probes.times.zones import readings, written
from conformance.words import Actor, Exchange

_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Course:
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

    duplicated: Course | None = None
    restarted: Course | None = None
    stopped: Course | None = None
    shown: tuple[tuple[str, Booked, Booked], ...] = ()


def timer(lab: Lab, actor: Actor) -> Timer:
    """Duplicate a finished record, restart it, stop what runs then, and delete all; once a process. Raises Refused."""
    return lab.once(f"timer {actor.name}", lambda: _timer(lab, actor))


def _timer(lab: Lab, actor: Actor) -> Timer:
    original = finished(lab, actor)
    if original.ident is None:
        return Timer()
    made = [original]
    try:
        duplicated, seen = _duplicate(lab, original, made)
        # Every second actor asks for a copy.
        copy = lab.actors.index(actor) % 2 == 0
        restarted = replace(_act(lab, original, "restart", made, json={"copy": "all"} if copy else {}), copied=copy)
        running, stopped = restarted.answer, None
        if running.ident not in (None, original.ident):
            seen += _seen(ACTIVE, [running], lab.session(actor).get(f"{COLLECTION}/active"))
            stopped = _act(lab, running, "stop", made)
            seen.append((READ, stopped.answer, stopped.after))
        return Timer(duplicated, restarted, stopped, tuple(seen))
    finally:
        for each in made:
            unbook(lab, each)


def _duplicate(lab: Lab, original: Booked, made: list[Booked]) -> tuple[Course, list[tuple[str, Booked, Booked]]]:
    """Duplicate a record, and look at both in a list."""
    answer = _answer(lab, original, "duplicate", made)
    window = {"begin": original.begin[:19], "end": original.end[:19], "project": lab.bookable[0], "size": 500}
    listing = lab.session(original.actor).get(COLLECTION, params=window)
    after = seen_in(original.actor, listing, original.ident or 0) or look(lab, original)
    return Course(original, answer, after), _seen(f"GET {COLLECTION}", [answer], listing)


def _act(lab: Lab, record: Booked, action: str, made: list[Booked], **body: Any) -> Course:
    """Do something to a record, note what it makes, and look at the record."""
    answer = _answer(lab, record, action, made, **body)
    return Course(record, answer, look(lab, record))


def _answer(lab: Lab, record: Booked, action: str, made: list[Booked], **body: Any) -> Booked:
    answer = seen_as(record.actor, lab.session(record.actor).patch(f"{record.path}/{action}", **body), {})
    if answer.ident not in (None, *(each.ident for each in made)):
        made.append(answer)
    return answer


def _seen(operation: str, records: Sequence[Booked], listing: Exchange) -> list[tuple[str, Booked, Booked]]:
    """Return records beside what a list shows of them; what it does not show is left out."""
    pairs = [(each, seen_in(each.actor, listing, each.ident)) for each in records if each.ident is not None]
    return [(operation, each, seen) for each, seen in pairs if seen is not None]


@dataclass(frozen=True)
class Rewound:
    """A restart from a local time that has passed, which was sent, its answer, and the stop of that record."""

    sent: str
    answer: Booked
    stopped: Course | None


def restart_from(lab: Lab, actor: Actor) -> Rewound | None:
    """Restart a finished record from a full hour that has passed, stop it, and delete both. Raises Refused.

    None where the record could not be made, or where that local time is in doubt.
    """
    original = finished(lab, actor)
    zone = actor.timezone or "UTC"
    then = clock(original.exchange).astimezone(ZoneInfo(zone)).replace(tzinfo=None, minute=0, second=0) - 2 * _HOUR
    if original.ident is None or len(readings(then, zone)) != 1:
        unbook(lab, original)
        return None
    made = [original]
    try:
        answer = replace(
            _answer(lab, original, "restart", made, json={"begin": written(then)}), sent={"begin": written(then)}
        )
        started = answer.ident not in (None, original.ident)
        return Rewound(written(then), answer, _act(lab, answer, "stop", made) if started else None)
    finally:
        for each in made:
            unbook(lab, each)


def start(lab: Lab, actor: Actor) -> Booked:
    """Create a record without times, and delete it. Raises Refused."""
    booked = _started(lab, actor)
    unbook(lab, booked)
    return booked


def _started(lab: Lab, actor: Actor) -> Booked:
    project, activity = lab.bookable
    body = {"project": project, "activity": activity, "description": lab.name("started")}
    return seen_as(actor, lab.session(actor).post(COLLECTION, json=body), body)


def finished(lab: Lab, actor: Actor) -> Booked:
    """Return a new record that has ended: on a winter's day, yesterday, or just now, whichever the instance takes.

    A period may be locked, and a tracking mode may leave a role to start and stop. Raises Refused.
    """
    booked = book(lab, actor, *ORIGINAL)
    if booked.ident is not None:
        return booked
    day = (clock(booked.exchange).astimezone(ZoneInfo(actor.timezone or "UTC")) - 24 * _HOUR).date()
    late = book(lab, actor, f"{day}T13:00:00", f"{day}T14:30:00")
    return late if late.ident is not None else _started_and_stopped(lab, actor)


def _started_and_stopped(lab: Lab, actor: Actor) -> Booked:
    started = _started(lab, actor)
    if started.ident is None:
        return started
    stopped = seen_as(actor, lab.session(actor).patch(f"{started.path}/stop"), {})
    if stopped.ident is None:
        unbook(lab, started)
    return stopped


ORIGINAL = ("2025-01-15T13:00:00", "2025-01-15T14:30:00")
ACTIVE, READ = f"GET {COLLECTION}/active", f"GET {COLLECTION}/{{id}}"
RESTART, STOP, DUPLICATE = (f"PATCH {COLLECTION}/{{id}}/{action}" for action in ("restart", "stop", "duplicate"))
