"""How observations of times are held against what should have come back: pure, but for the judge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from conformance.model import Actor
from conformance.probes import ProbeContext
from conformance.probes.times.round_trips import Sent, Shown
from conformance.probes.times.rounding import Rounding
from conformance.probes.times.spans import ASKED_UNTIL
from conformance.probes.times.times import Booked, Returned, recognise_rounding
from conformance.probes.times.tzdata_agreement import right_offsets
from conformance.probes.times.zones import local, offset, parse, readings
from conformance.verdict import Judge

LOCKED_BACK = timedelta(days=5 * 365)
"""How far back the end of a locked period may lie, from now or from the latest span that is not ahead: what is refused
further back is refused for another reason.
"""


def accepted(judge: Judge, seen: Returned) -> bool:
    """Judge that a time in the guaranteed form was accepted."""
    refused = seen.got.isdigit()
    judge.check(
        not refused, operation=seen.operation, field=seen.field, role=seen.role, value=seen.sent,
        expected="accepted", got=seen.got if refused else "accepted", exchange=seen.exchange, reason=place(seen),
    )  # fmt: skip
    return not refused


def same_local_time(judge: Judge, seen: Returned, rounding: Rounding) -> None:
    """Judge that the local time that came back is the one that was sent, but for the instance's rounding."""
    allowed = rounding.survivors(seen.field, local(seen.sent), seen.zone)
    if not allowed:
        judge.skip(
            "no rounding that Kimai knows explains what this instance does to odd minutes",
            operation=seen.operation, field=seen.field, value=seen.sent,
        )  # fmt: skip
        return
    # What came back without an offset breaks another clause than this one.
    instant = parse(seen.got) or parse(f"{seen.got}Z")
    came = instant.replace(tzinfo=None) if instant else None
    nearest = min(allowed, key=lambda each: abs(each - came) if came else timedelta())
    judge.check(
        came in allowed, operation=seen.operation, field=seen.field, role=seen.role, value=seen.sent,
        expected=nearest.isoformat(), got=came.isoformat() if came else seen.got, exchange=seen.exchange,
        reason=place(seen), cause=shift_word(came, nearest),
    )  # fmt: skip


def same_time(one: str, other: str) -> bool:
    """Whether two answers show the same instant, or say the same where neither tells one."""
    return one == other or parse(one) == parse(other) is not None


def rounded(context: ProbeContext, actor: Actor, field: str, sent: str, got: object) -> bool:
    """Whether a begin or an end came back as the instance's rounding leaves it, which may be counted in UTC."""
    instant, zone = parse(got), actor.timezone or "UTC"
    if field not in ("begin", "end") or instant is None:
        return False
    rounding = recognise_rounding(context, context.strongest)
    return instant.replace(tzinfo=None) in rounding.survivors(field, local(sent), zone)


def right_offset(judge: Judge, seen: Returned) -> None:
    """Judge that a time came back with an offset that its zone has at that local time, where databases agree."""
    instant = parse(seen.got)
    if instant is None:
        judge.check(
            False, operation=seen.operation, field=seen.field, role=seen.role, value=seen.sent,
            expected="an offset", got=seen.got if seen.got.isdigit() else "no offset", exchange=seen.exchange,
        )  # fmt: skip
        return
    allowed = right_offsets(instant.replace(tzinfo=None), seen.zone)
    if allowed is not None:
        judge.check(
            offset(instant) in allowed, operation=seen.operation, field=seen.field, role=seen.role, value=seen.sent,
            expected=" or ".join(allowed) or "none", got=offset(instant), exchange=seen.exchange,
            reason=place(seen), cause="offset",
        )  # fmt: skip


def right_duration(judge: Judge, operation: str, what: str, booked: Booked, rounding: Rounding) -> None:
    """Judge that a record's duration is the seconds between its begin and end, but for the instance's rounding."""
    begin, end = parse(booked.begin), parse(booked.end)
    if begin is None or end is None or isinstance(booked.duration, bool) or not isinstance(booked.duration, int):
        return
    real = int((end - begin).total_seconds())
    if allowed := rounding.durations(real):
        judge.check(
            booked.duration in allowed, operation=operation, field="duration", role=booked.actor.role, value=what,
            expected=str(real), got=str(booked.duration), exchange=booked.exchange, cause="duration",
        )  # fmt: skip


def same_instants(judge: Judge, shown: Shown, names: Sequence[str] = ("begin", "end")) -> None:
    """Judge that another answer shows the instants that the answer to the write showed."""
    for name in names:
        before, got = getattr(shown.written, name), getattr(shown.seen, name)
        same = same_time(got, before)
        judge.check(
            same, operation=shown.operation, field=name, role=shown.reader.role, value=shown.what,
            expected="as written", got="as written" if same else "another time", exchange=shown.seen.exchange,
            reason=f"{got} for {before}", cause=moved(shown.written, shown.seen, name),
        )  # fmt: skip


def place(seen: Returned) -> str:
    """Return what is special about a time, and in which zone."""
    return f"{seen.what}, {seen.zone}"


def shift_word(came: datetime | None, expected: datetime) -> str:
    """Return by how much a local time moved, as what defects are folded by: the same shift is the same defect."""
    if came is None or came == expected:
        return "no time"
    seconds = int((came - expected).total_seconds())
    return f"moved by {seconds} s" if abs(seconds) < 86400 else "moved by a day or more"


def is_locked(sents: list[Sent], now: datetime) -> bool:
    """Whether the refusals look like a locked period: what begins up to a recent date is refused, and nothing later.

    `now` is naive, the instance's own.
    """
    refused = [entry.span.begin for entry in sents if entry.booked.ident is None]
    taken = [item.span.begin for item in sents if item.booked.ident is not None]
    recent = bool(refused) and max(refused) > min(now, ASKED_UNTIL) - LOCKED_BACK
    return recent and all(moment > max(refused) for moment in taken)


def is_too_long(sent: Sent, sents: list[Sent]) -> bool:
    """Whether a refused record is longer than every one that was accepted: an instance may limit how long they are."""
    taken = [took(item) for item in sents if item.booked.ident is not None]
    return sent.booked.ident is None and bool(taken) and longest(sent) > max(taken)


def took(sent: Sent) -> timedelta:
    """Return how long an accepted record is, by its answer."""
    begin, end = parse(sent.booked.begin), parse(sent.booked.end)
    return end - begin if begin is not None and end is not None else sent.span.end - sent.span.begin


def longest(sent: Sent) -> timedelta:
    """Return how long a record may be by what was sent: with the hour that a zone has twice, where it may be in it."""
    zone = sent.booked.actor.timezone or "UTC"
    begins, ends = readings(sent.span.begin, zone), readings(sent.span.end, zone)
    lengths = [end.astimezone(UTC) - begin.astimezone(UTC) for begin in begins for end in ends]
    return max(lengths, default=sent.span.end - sent.span.begin)


def moved(before: Booked, after: Booked, name: str) -> str:
    """Return "unchanged", or by how much a time moved."""
    one, other = parse(getattr(before, name)), parse(getattr(after, name))
    if one is None or other is None:
        return "no time"
    seconds = int((other - one).total_seconds())
    return f"moved by {seconds} s" if seconds else "unchanged"
