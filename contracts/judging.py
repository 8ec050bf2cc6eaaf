"""What checks of several topics share: pure, but for the judge."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from conformance.probes import Lab
from conformance.probes.access.rights import Reach
from conformance.probes.access.spying import Spied
from conformance.probes.times.obstacles import may_book_at_all
from conformance.verdict import Judge
from conformance.words import Actor

FIXED_BEGIN = "duration_fixed_begin"
"""The tracking mode in which what is started begins at a time of day that is configured."""


def may_send_times(lab: Lab, actor: Actor) -> bool:
    """Whether the tracking mode lets a role send begin and end.

    The two punching modes do not let plain users; whom else they let depends on rights and version, and is tried.
    """
    if mode(lab) not in ("punch", FIXED_BEGIN):
        return True
    return actor.role != "ROLE_USER" and may_book_at_all(lab, actor)


def mode(lab: Lab) -> str:
    """Return the tracking mode that the configuration tells."""
    return str(lab.timesheet.get("trackingMode", "unknown"))


def actor_named(lab: Lab, name: str) -> Actor:
    """Return the actor of this name."""
    return next(actor for actor in lab.actors if actor.name == name)


GRANTED = "this instance gives the role rights over others' records"


def never() -> bool:
    """Say that nobody was given any rights."""
    return False


def refused_reaches(judge: Judge, found: Iterable[Reach], whose: str, granted: Callable[[], bool] = never) -> None:
    """Judge that every reach for a record of somebody else was refused, and did nothing.

    `granted` is asked where one was not: whether the instance gives the role such rights.
    """
    for each in found:
        if not each.tells and each.afterwards == "unchanged":
            judge.skip(
                f"the same token is answered {each.control} for a record of its own", operation=each.operation,
                role=each.by.role, value=whose,
            )  # fmt: skip
            continue
        ok = each.refused and each.afterwards == "unchanged"
        if not ok and granted():
            judge.skip(GRANTED, operation=each.operation, role=each.by.role, value=whose)
            continue
        judge.check(
            ok, operation=each.operation, role=each.by.role, value=whose, expected="refused",
            got="refused" if ok else each.afterwards if each.refused else str(each.answer.status),
            exchange=each.answer,
        )  # fmt: skip


def not_shown(judge: Judge, seen: Spied, *, alone: bool, granted: Callable[[], bool] = never) -> None:
    """Judge that a list does not have another's record; `alone`: nor any but the caller's own."""
    ok = not seen.shows and not (alone and seen.strangers)
    if not ok and granted():
        judge.skip(GRANTED, operation=seen.operation, role=seen.by.role, field=seen.params)
        return
    judge.check(
        ok, operation=seen.operation, role=seen.by.role, field=seen.params, expected="not shown",
        got="not shown" if ok else "shown", exchange=seen.answer,
    )  # fmt: skip
