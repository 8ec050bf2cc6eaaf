"""What checks of several topics share: pure, but for the judge."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set

from conformance.exchange import Refused
from conformance.model import Actor, Exchange
from conformance.probes import ProbeContext
from conformance.probes.access.extra_rights import sees_all_teams
from conformance.probes.access.foreign_lists import ForeignListing
from conformance.probes.access.rights import AccessAttempt, plain_actors
from conformance.probes.times.booking_constraints import may_book_at_all
from conformance.verdict import NOT_OBSERVABLE, Judge

FIXED_BEGIN = "duration_fixed_begin"
"""The tracking mode in which what is started begins at a time of day that is configured."""


def may_send_times(context: ProbeContext, actor: Actor) -> bool:
    """Whether the tracking mode lets a role send begin and end.

    The two punching modes do not let plain users; whom else they let depends on rights and version, and is tried.
    """
    if mode(context) not in ("punch", FIXED_BEGIN):
        return True
    return actor.role != "ROLE_USER" and may_book_at_all(context, actor)


def mode(context: ProbeContext) -> str:
    """Return the tracking mode that the configuration tells."""
    return str(context.timesheet.get("trackingMode", "unknown"))


def actor_named(context: ProbeContext, name: str) -> Actor:
    """Return the actor of this name."""
    return next(actor for actor in context.actors if actor.name == name)


def check_same_set(
    judge: Judge, one: Set[str], other: Set[str], *, operation: str, exchange: Exchange, role: str = ""
) -> None:
    """Judge that two records have the same attributes, or the most and the least that records of a list have."""
    for name in sorted(one ^ other):
        judge.check(
            False, operation=operation, field=name, role=role, expected="in every record", got="in some records",
            exchange=exchange,
        )  # fmt: skip
    if one == other:
        judge.check(True, operation=operation, role=role, expected="in every record", got="in every record")


def may_see_all(context: ProbeContext, actor: Actor) -> bool | None:
    """Whether a role was given the right to see what is of other teams; None where no project may be made to tell."""
    user = actor if actor.role == "ROLE_USER" else next(iter(plain_actors(context)), None)
    try:
        return user is not None and sees_all_teams(context, actor, user)
    except Refused:
        return None


GRANTED = f"{NOT_OBSERVABLE}: this instance gives the role rights over others' records"


def never() -> bool:
    """Say that nobody was given any rights."""
    return False


def refused_reaches(
    judge: Judge, access_attempts: Iterable[AccessAttempt], whose: str, granted: Callable[[], bool] = never
) -> None:
    """Judge that every reach for a record of somebody else was refused, and did nothing.

    `granted` is asked where one was not: whether the instance gives the role such rights.
    """
    for item in access_attempts:
        if not item.tells and item.afterwards == "unchanged":
            judge.skip(
                f"the same token is answered {item.control} for a record of its own", operation=item.operation,
                role=item.by.role, value=whose,
            )  # fmt: skip
            continue
        ok = item.refused and item.afterwards == "unchanged"
        if not ok and granted():
            judge.skip(GRANTED, operation=item.operation, role=item.by.role, value=whose)
            continue
        judge.check(
            ok, operation=item.operation, role=item.by.role, value=whose, expected="refused",
            got="refused" if ok else item.afterwards if item.refused else str(item.answer.status),
            exchange=item.answer,
        )  # fmt: skip


def not_shown(judge: Judge, seen: ForeignListing, *, alone: bool, granted: Callable[[], bool] = never) -> None:
    """Judge that a list does not have another's record; `alone`: nor any but the caller's own."""
    ok = not seen.shows and not (alone and seen.other_owners)
    if not ok and granted():
        judge.skip(GRANTED, operation=seen.operation, role=seen.by.role, field=seen.params)
        return
    judge.check(
        ok, operation=seen.operation, role=seen.by.role, field=seen.params, expected="not shown",
        got="not shown" if ok else "shown", exchange=seen.answer,
    )  # fmt: skip
