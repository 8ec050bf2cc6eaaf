"""Starting, stopping and duplicating time records: what becomes of their times.

Source: OpenAPI definition. Items are grouped by actor, since a start can stop what is running.
"""

from __future__ import annotations

import pytest

from conformance.exchange import Refused
from conformance.model import Actor
from conformance.probes import Collection, ProbeContext
from conformance.probes.records.creating import attribute
from conformance.probes.times.round_trips import POST, Shown
from conformance.probes.times.timers import DUPLICATE, RESTART, STOP, TimerRun, clock, restart_from, start
from conformance.probes.times.timers import timer as course_of
from conformance.probes.times.times import Booked, Returned, recognise_rounding, returned
from conformance.probes.times.zones import parse
from conformance.verdict import Judge, clause
from contracts.assertions import FIXED_BEGIN, actor_named, check_same_set, mode
from contracts.parametrize import at_least, distinct_roles, from_standard, parametrize_by
from contracts.time_assertions import moved, right_duration, right_offset, same_instants, same_local_time


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One item an actor."""
    parametrize_by(metafunc, "timer", roles_and_zones, "timer")
    # One actor, not the strongest, starts a record in the past.
    parametrize_by(metafunc, "rewound", from_standard(lambda known: distinct_roles(known)[1:2]), "timer")
    parametrize_by(metafunc, "restarter", from_standard(roles_and_zones), "timer")


def roles_and_zones(known: Collection) -> list[str]:
    """Return the names of the actors of whom a role or a zone is the first."""
    names, zones = distinct_roles(known), set[str | None]()
    if not at_least(known, "standard"):
        return names
    for actor in known.actors:
        if actor.name not in names and actor.timezone not in zones:
            names.append(actor.name)
        zones.add(actor.timezone)
    return names


@clause("datetime.restart")
def test_restart(context: ProbeContext, judge: Judge, timer: str) -> None:
    """A restart begins a new record now, and leaves the old one as it was."""
    actor = actor_named(context, timer)
    course = started(context, judge, actor, RESTART)
    if course is None:
        return
    judge.check(
        course.answer.ident not in (None, course.before.ident), operation=RESTART, role=actor.role,
        expected="a new record", got="a new record" if course.answer.ident != course.before.ident else "the old record",
        exchange=course.answer.exchange,
    )  # fmt: skip
    runs_from_now(context, judge, course.answer, RESTART)
    untouched(judge, course, RESTART)


def runs_from_now(context: ProbeContext, judge: Judge, answer: Booked, label: str) -> None:
    """Judge that a record that was started begins now, and has no end yet."""
    fixed = context.timesheet.get("defaultBeginTime") not in (None, "", "now")
    if fixed and mode(context) == FIXED_BEGIN:
        judge.skip("in this tracking mode records begin at a fixed time", operation=label, role=answer.actor.role)
    else:
        near(context, judge, answer, label, "begin")
    judge.check(
        answer.end == "None", operation=label, field="end", role=answer.actor.role, expected="null",
        got="null" if answer.end == "None" else "a time", exchange=answer.exchange,
    )  # fmt: skip
    own_offsets(judge, label, answer, "begin")


def own_offsets(judge: Judge, label: str, booked: Booked, *names: str) -> None:
    """Judge that times which nobody sent have an offset of their owner's zone."""
    zone = booked.actor.timezone or "UTC"
    for name in names:
        seen = Returned(
            label, name, "now", zone, booked.actor.role, "nothing", getattr(booked, name), booked.exchange
        )  # fmt: skip
        right_offset(judge.on("datetime.offset"), seen)


@clause("data.actions")
def test_restart_copies(context: ProbeContext, judge: Judge, timer: str) -> None:
    """A restart that was asked to copy the record has its description, which every version copies."""
    actor = actor_named(context, timer)
    course = started(context, judge, actor, RESTART)
    if course is None:
        return
    if not course.copied:
        judge.skip("not observable: others were asked for a copy", operation=RESTART, role=actor.role)
        return
    one, other = (attribute(item.exchange.json_or_none(), "description") for item in (course.before, course.answer))
    judge.check(
        one == other, operation=RESTART, field="description", value="copy=all", role=actor.role,
        expected="as the original", got="as the original" if one == other else "another",
        exchange=course.answer.exchange,
    )  # fmt: skip


@clause("attribute.same-set")
def test_running_record_has_the_same_set(context: ProbeContext, judge: Judge, restarter: str) -> None:
    """A running record has the attributes of one that has ended."""
    course = started(context, judge, actor_named(context, restarter), RESTART)
    if course is None:
        return
    one, other = (set(item.exchange.json_or_none() or ()) for item in (course.before, course.answer))
    exchange, role = course.answer.exchange, course.before.actor.role
    check_same_set(judge, one, other, operation=RESTART, exchange=exchange, role=role)


@clause("datetime.stop")
def test_stop(context: ProbeContext, judge: Judge, timer: str) -> None:
    """Stopping keeps the begin and sets the end to now."""
    actor = actor_named(context, timer)
    course = started(context, judge, actor, STOP)
    if course is None:
        return
    one, other = parse(course.before.begin), parse(course.answer.begin)
    # But for a rounding that happens only then.
    alike = one is not None and other is not None and abs((other - one).total_seconds()) <= slack(context)
    judge.check(
        alike, operation=STOP, field="begin", role=actor.role, expected="unchanged",
        got=moved(course.before, course.answer, "begin"), exchange=course.answer.exchange,
    )  # fmt: skip
    near(context, judge, course.answer, STOP, "end")
    own_offsets(judge, STOP, course.answer, "begin", "end")


@clause("datetime.duration")
def test_stopped_duration(context: ProbeContext, judge: Judge, timer: str) -> None:
    """The answer to a stop has the seconds between its begin and end as its duration."""
    course = started(context, judge, actor_named(context, timer), STOP)
    if course is not None:
        right_duration(judge, STOP, "stopped", course.answer, recognise_rounding(context, context.strongest))


def started(context: ProbeContext, judge: Judge, actor: Actor, label: str) -> TimerRun | None:
    """Return the course of an action; skipped with a reason where the instance refused it."""
    try:
        result = course_of(context, actor)
    except Refused as error:
        judge.skip(str(error), operation=label, role=actor.role)
        return None
    course = {RESTART: result.restarted, STOP: result.stopped, DUPLICATE: result.duplicated}[label]
    if course is None or course.answer.status != 200:
        status = course.answer.status if course else "there was nothing to do it to"
        judge.skip(f"the instance did not do it ({status})", operation=label, role=actor.role)
        return None
    return course


def near(context: ProbeContext, judge: Judge, answer: Booked, label: str, name: str) -> None:
    """Judge that a time is now, by the instance's own clock, but for its rounding."""
    instant, now = parse(getattr(answer, name)), clock(answer.exchange)
    away = abs((instant - now).total_seconds()) if instant else None
    judge.check(
        away is not None and away <= slack(context), operation=label, field=name, role=answer.actor.role,
        expected="now", got="now" if away is not None and away <= slack(context) else "another time",
        exchange=answer.exchange, reason=f"{getattr(answer, name)} at {now:%H:%M:%S} UTC",
    )  # fmt: skip


def slack(context: ProbeContext) -> float:
    """Return by how many seconds rounding may move a time, and a little more."""
    rounding = recognise_rounding(context, context.strongest)
    steps = [rule.coarsest if rule else 15 for rule in (rounding.begin, rounding.end)]
    return 60.0 * max(1, *steps) + 30


@clause("datetime.every-answer-agrees")
def test_timer_is_shown_alike(context: ProbeContext, judge: Judge, timer: str) -> None:
    """The list of running records, other lists and reads show what the answers to the actions showed."""
    actor = actor_named(context, timer)
    for operation, before, seen in course_of(context, actor).shown:
        if before.end == "None":
            same_instants(judge, Shown(operation, "running", before, seen, actor), ("begin",))
            own_offsets(judge, operation, seen, "begin")
        elif before.status == 200:
            same_instants(judge, Shown(operation, "after an action", before, seen, actor))
            own_offsets(judge, operation, seen, "begin", "end")


@clause("datetime.local-time-kept")
def test_restart_from_a_time(context: ProbeContext, judge: Judge, rewound: str) -> None:
    """A record that is restarted with a begin has that begin, in the owner's local time."""
    actor = actor_named(context, rewound)
    body = context.index[RESTART].body if RESTART in context.index else None
    result = None
    if body is not None and "begin" in {field.name for field in body.fields} and mode(context) != FIXED_BEGIN:
        result = restart_from(context, actor)
    if result is None or result.answer.status != 200:
        judge.skip("not observable: a restart takes no begin here", operation=RESTART, role=actor.role)
        return
    (begin,) = returned(result.answer, RESTART, "two hours ago", "begin")
    same_local_time(judge, begin, recognise_rounding(context, context.strongest))
    right_offset(judge.on("datetime.offset"), begin)
    if result.stopped is not None and result.stopped.answer.status == 200:
        near(context, judge.on("datetime.stop"), result.stopped.answer, STOP, "end")


@clause("datetime.start")
def test_start(context: ProbeContext, judge: Judge, rewound: str) -> None:
    """A record that is sent without its times begins now, and runs."""
    actor = actor_named(context, rewound)
    try:
        booked = start(context, actor)
    except Refused as error:
        judge.skip(str(error), operation=POST, role=actor.role)
        return
    if booked.ident is None:
        judge.skip(f"the instance did not do it ({booked.status})", operation=POST, role=actor.role)
        return
    runs_from_now(context, judge, booked, POST)


@clause("datetime.duplicate")
def test_duplicate(context: ProbeContext, judge: Judge, timer: str) -> None:
    """A duplicate has the times of the original, which stays as it was."""
    actor = actor_named(context, timer)
    course = started(context, judge, actor, DUPLICATE)
    if course is None:
        return
    for name in ("begin", "end"):
        own_offsets(judge, DUPLICATE, course.answer, name)
        judge.check(
            parse(getattr(course.answer, name)) == parse(getattr(course.before, name)) is not None,
            operation=DUPLICATE, field=name, role=actor.role, expected="as the original",
            got="as the original" if moved(course.before, course.answer, name) == "unchanged" else "another time",
            exchange=course.answer.exchange,
        )  # fmt: skip
    untouched(judge, course, DUPLICATE)


def untouched(judge: Judge, course: TimerRun, label: str) -> None:
    """Judge that the original's times are as they were."""
    for name in ("begin", "end"):
        judge.check(
            parse(getattr(course.after, name)) == parse(getattr(course.before, name)) is not None, operation=label,
            field=f"original's {name}", role=course.before.actor.role, expected="unchanged",
            got=moved(course.before, course.after, name), exchange=course.after.exchange,
        )  # fmt: skip
