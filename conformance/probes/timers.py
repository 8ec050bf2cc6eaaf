"""What starting, stopping and duplicating do to times. Grouped by actor: a start can stop what is running."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from conformance.probes.lab import Lab
from conformance.probes.times import COLLECTION, Booked, book, look, seen_as, unbook
from conformance.words import Actor, Exchange


@dataclass(frozen=True)
class Course:
    """A record's course: as it was, the answer of the action, and the original afterwards."""

    before: Booked
    answer: Booked
    after: Booked
    now: datetime


def clock(exchange: Exchange) -> datetime:
    """Return the instance's time in an answer, as an aware UTC instant; ours where it does not tell."""
    try:
        return parsedate_to_datetime(exchange.headers["date"]).astimezone(UTC)
    except (KeyError, TypeError, ValueError):
        return datetime.now(UTC)


def restart_and_stop(lab: Lab, actor: Actor) -> tuple[Course | None, Course | None]:
    """Restart a finished record, stop what runs then, and delete both. Raises Refused.

    None in the place of what could not be asked, because the step before was not accepted.
    """
    original = finished(lab, actor)
    if original.ident is None:
        return None, None
    running = seen_as(actor, lab.session(actor).patch(f"{original.path}/restart", json={}), {})
    restarted = Course(original, running, look(lab, original), clock(running.exchange))
    stopped = None
    if running.ident is not None and running.ident != original.ident:
        answer = seen_as(actor, lab.session(actor).patch(f"{running.path}/stop"), {})
        stopped = Course(running, answer, look(lab, running), clock(answer.exchange))
        unbook(lab, running)
    unbook(lab, original)
    return restarted, stopped


def duplicate(lab: Lab, actor: Actor) -> Course | None:
    """Duplicate a finished record, and delete both. None where the record could not be made. Raises Refused."""
    original = finished(lab, actor)
    if original.ident is None:
        return None
    copy = seen_as(actor, lab.session(actor).patch(f"{original.path}/duplicate"), {})
    course = Course(original, copy, look(lab, original), clock(copy.exchange))
    if copy.ident != original.ident:
        unbook(lab, copy)
    unbook(lab, original)
    return course


def finished(lab: Lab, actor: Actor) -> Booked:
    """Return a new record that has ended, on a winter's day."""
    return book(lab, actor, "2025-01-15T13:00:00", "2025-01-15T14:30:00")


RESTART, STOP, DUPLICATE = (f"PATCH {COLLECTION}/{{id}}/{action}" for action in ("restart", "stop", "duplicate"))
