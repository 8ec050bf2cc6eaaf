"""How observations of times are held against what should have come back: pure, but for the judge."""

from __future__ import annotations

from conformance.probes import Lab
from conformance.probes.rounding import Rounding
from conformance.probes.times import Booked, Returned
from conformance.probes.zones import local, offset, offsets, parse
from conformance.verdict import Judge
from conformance.words import Actor, Status


def accepted(judge: Judge, seen: Returned) -> bool:
    """Judge that a time in the guaranteed form was accepted."""
    refused = seen.got.isdigit()
    judge.check(
        not refused, operation=seen.operation, field=seen.field, role=seen.role, value=seen.sent,
        expected="accepted", got=seen.got if refused else "accepted", exchange=seen.exchange, reason=place(seen),
    )  # fmt: skip
    return not refused


def same_local_time(judge: Judge, seen: Returned, rounding: Rounding) -> Status:
    """Judge that the local time that came back is the one that was sent, but for the instance's rounding."""
    expected = rounding.survives(seen.field, local(seen.sent))
    if expected is None:
        return judge.skip(
            "no rounding that Kimai knows explains what this instance does to odd minutes",
            operation=seen.operation, field=seen.field, value=seen.sent,
        )  # fmt: skip
    instant = parse(seen.got)
    got = instant.replace(tzinfo=None).strftime("%Y-%m-%dT%H:%M:%S") if instant else seen.got
    return judge.check(
        instant is not None and instant.replace(tzinfo=None) == expected,
        operation=seen.operation, field=seen.field, role=seen.role, value=seen.sent,
        expected=expected.strftime("%Y-%m-%dT%H:%M:%S"), got=got, exchange=seen.exchange,
        reason=place(seen), cause=shift_word(seen, got, expected.strftime("%Y-%m-%dT%H:%M:%S")),
    )  # fmt: skip


def right_offset(judge: Judge, seen: Returned) -> Status:
    """Judge that a time came back with an offset that its zone has at that local time."""
    instant = parse(seen.got)
    if instant is None:
        return judge.check(
            False, operation=seen.operation, field=seen.field, role=seen.role, value=seen.sent,
            expected="an offset", got=seen.got if seen.got.isdigit() else "no offset", exchange=seen.exchange,
        )  # fmt: skip
    allowed = offsets(instant.replace(tzinfo=None), seen.zone)
    return judge.check(
        offset(instant) in allowed, operation=seen.operation, field=seen.field, role=seen.role, value=seen.sent,
        expected=" or ".join(allowed) or "none", got=offset(instant), exchange=seen.exchange,
        reason=place(seen), cause="offset",
    )  # fmt: skip


def place(seen: Returned) -> str:
    """Return what is special about a time, and in which zone."""
    return f"{seen.what}, {seen.zone}"


def shift_word(seen: Returned, got: str, expected: str) -> str:
    """Return by how much a local time moved, as what defects are folded by: the same shift is the same defect."""
    if got == expected or got.isdigit() or parse(seen.got) is None:
        return "no time"
    moved = int((local(got) - local(expected)).total_seconds())
    return f"moved by {moved} s" if abs(moved) < 86400 else "moved by a day or more"


def may_send_times(lab: Lab, actor: Actor) -> bool:
    """Whether the tracking mode lets a role send begin and end: the two punching modes do not let plain users."""
    return mode(lab) not in ("punch", "duration_fixed_begin") or actor.role != "ROLE_USER"


def mode(lab: Lab) -> str:
    """Return the tracking mode that the configuration tells."""
    return str(lab.timesheet.get("trackingMode", "unknown"))


def moved(before: Booked, after: Booked, name: str) -> str:
    """Return "unchanged", or by how much a time moved."""
    one, other = parse(getattr(before, name)), parse(getattr(after, name))
    if one is None or other is None:
        return "no time"
    seconds = int((other - one).total_seconds())
    return f"moved by {seconds} s" if seconds else "unchanged"


def actor_named(lab: Lab, name: str) -> Actor:
    """Return the actor of this name."""
    return next(actor for actor in lab.actors if actor.name == name)
