"""Dates and times in records: what is sent comes back, in the owner's zone, with that date's offset.

Source: REST API, Date and time; DESIGN, "Rulings". Rounding and tracking mode are recognised, not assumed.
"""

from __future__ import annotations

import pytest

from conformance.model import Actor
from conformance.probes import ProbeContext, data_of
from conformance.probes.times.booking_constraints import may_book_lately, obstacle
from conformance.probes.times.round_trips import PATCH, POST, RECENT, RoundTrips, Sent, Shown, trips
from conformance.probes.times.rounding import Rounding
from conformance.probes.times.timers import clock
from conformance.probes.times.times import Booked, Returned, book, change, recognise_rounding, returned, unbook
from conformance.probes.times.zones import offset, offsets, parse
from conformance.verdict import NOT_OBSERVABLE, EventWriter, Judge, clause
from contracts.assertions import actor_named, may_send_times, mode
from contracts.parametrize import from_standard, parametrize_by, roles
from contracts.time_assertions import (
    accepted,
    is_locked,
    is_too_long,
    moved,
    right_duration,
    right_offset,
    same_instants,
    same_local_time,
    same_time,
)

TWICE, SKIPPED = "overlap", "gap"
"""Spans that begin at a local time which the zone has twice, or not at all."""

OTHER_FORMS = (
    "2025-01-17T10:00", "2025-01-17 10:00:00", "2025-01-17T10:00:00Z", "2025-01-17T10:00:00+02:00",
    "2025-01-17T10:00:00-0330", "2025-01-17T10:00:00.123", "2025-01-17T24:00:00", "2025-01-17", "17.01.2025 10:00",
    "now", "", "2025-02-30T10:00:00", 1737108000, True, None, ["2025-01-17T10:00:00"], {"date": "2025-01-17"},
)  # fmt: skip
"""Forms that are not guaranteed, one by one; a begin in each, the end stays in the guaranteed form."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One item an actor, whose zone it is, or a filter parameter."""
    parametrize_by(metafunc, "role", roles, "times")
    parametrize_by(metafunc, "other_role", from_standard(lambda known: roles(known)[1:]), "times")


def round_trips_of(context: ProbeContext, judge: Judge, actor: Actor) -> RoundTrips:
    """Return the trips of an actor; none, with the reason, where this role may not send times here."""
    rounding_of(context)
    result = trips(context, actor)
    refused = [item for item in result.sent if item.booked.ident is None]
    if refused and not may_send_times(context, actor):
        judge.skip(
            f"{NOT_OBSERVABLE}: in this tracking mode the role may not send times: {mode(context)}",
            operation=POST, role=actor.role,
        )  # fmt: skip
        return RoundTrips([], [], [])
    return result


def rounding_of(context: ProbeContext) -> Rounding:
    """Return how the instance rounds, asked of the strongest actor, who may send times in every mode."""
    return recognise_rounding(context, context.strongest)


def times_of(sent: Sent) -> tuple[Returned, ...]:
    """Return begin and end of a span that was sent."""
    return returned(sent.booked, sent.operation, sent.span.what, "begin", "end")


def shown_times(shown: Shown) -> list[Returned]:
    """Return begin and end of a record in another answer."""
    owner = shown.written.actor
    zone, names = owner.timezone or "UTC", ("begin", "end")
    return [
        Returned(
            shown.operation, name, shown.what, zone, owner.role, getattr(shown.written, name),
            getattr(shown.seen, name), shown.seen.exchange,
        )
        for name in names
    ]  # fmt: skip


@clause("datetime.accepted")
def test_guaranteed_form_is_accepted(context: ProbeContext, judge: Judge, role: str) -> None:
    """The guaranteed form is accepted in POST and PATCH."""
    result = round_trips_of(context, judge, actor_named(context, role)).sent
    for sent in result:
        if reason := refusal_reason(context, sent, result):
            judge.skip(reason, operation=sent.operation, role=sent.booked.actor.role, value=sent.span.what)
        elif sent.span.what != SKIPPED:
            for seen in times_of(sent):
                accepted(judge, seen)


def refusal_reason(context: ProbeContext, sent: Sent, sents: list[Sent]) -> str | None:
    """Return why a record may have been refused whatever is thought of its times; None where it was accepted."""
    booked, span = sent.booked, sent.span
    if booked.ident is not None:
        return None
    if reason := obstacle(context, booked.actor, span.begin, span.end, but=sent.target):
        return reason
    now = clock(sents[-1].booked.exchange)
    weaker = booked.actor.role in ("ROLE_USER", "ROLE_TEAMLEAD") or booked.actor != context.strongest
    if weaker and is_locked(sents, now.replace(tzinfo=None)) and may_book_lately(context, booked.actor, now):
        return "a period is locked for this role, and all but later times refused"
    return "the instance may limit how long a record is" if is_too_long(sent, sents) else None


@clause("datetime.local-time-kept")
def test_local_time_comes_back(context: ProbeContext, judge: Judge, role: str, events: EventWriter) -> None:
    """The local time that was sent comes back, alone in a change too, but for the instance's rounding."""
    result = round_trips_of(context, judge, actor_named(context, role))
    rounding = rounding_of(context)
    events.observation("rounding", data_of(rounding))
    for sent in result.sent:
        if sent.booked.ident is not None and sent.span.what not in (SKIPPED, TWICE):
            for seen in times_of(sent):
                same_local_time(judge, seen, rounding)
    for item in result.alone:
        if item.sent in ("begin", "end"):
            for seen in returned(item.after, PATCH, f"{item.sent} changed alone", item.sent):
                same_local_time(judge, seen, rounding)
                right_offset(judge.on("datetime.offset"), seen)


@clause("datetime.offset")
def test_offset_is_that_of_the_date(context: ProbeContext, judge: Judge, role: str) -> None:
    """The offset is the one that the owner's zone has at that date, in every answer to the owner."""
    actor = actor_named(context, role)
    result = round_trips_of(context, judge, actor)
    for sent in result.sent:
        for seen in times_of(sent) if sent.booked.ident is not None and sent.span.what != SKIPPED else ():
            right_offset(judge, seen)
    for shown in result.shown:
        for seen in shown_times(shown) if shown.reader == actor and not shown.what.startswith(SKIPPED) else ():
            right_offset(judge, seen)


@clause("datetime.overlap")
def test_repeated_local_time(context: ProbeContext, judge: Judge, role: str) -> None:
    """A local time that exists twice comes back with one of its offsets."""
    actor = actor_named(context, role)
    for sent in round_trips_of(context, judge, actor).sent:
        if sent.span.what == TWICE and sent.booked.ident is not None:
            begin, _ = times_of(sent)
            same_local_time(judge, begin, rounding_of(context))
            right_offset(judge, begin)
    if not judge.places:
        judge.skip("not observable: the clocks of this zone do not go back", operation=POST, role=actor.role)


@clause("datetime.gap")
def test_skipped_local_time(context: ProbeContext, judge: Judge, role: str) -> None:
    """What a local time that the zone skips becomes is reported."""
    actor = actor_named(context, role)
    for sent in round_trips_of(context, judge, actor).sent:
        if sent.span.what == SKIPPED:
            begin, _ = times_of(sent)
            judge.observe(operation=POST, field="begin", role=actor.role, value=begin.sent, got=begin.got)
    if not judge.places:
        judge.skip("not observable: the clocks of this zone do not go forward", operation=POST, role=actor.role)


@clause("datetime.duration")
def test_duration_agrees(context: ProbeContext, judge: Judge, role: str) -> None:
    """The duration is the seconds between begin and end, whatever lies between them, in every answer."""
    result = round_trips_of(context, judge, actor_named(context, role))
    for sent in result.sent:
        right_duration(judge, sent.operation, sent.span.what, sent.booked, rounding_of(context))
    for shown in result.shown:
        right_duration(judge, shown.operation, shown.what, shown.seen, rounding_of(context))


@clause("datetime.patch-leaves-other")
def test_patch_of_one_time(context: ProbeContext, judge: Judge, role: str) -> None:
    """Changing begin leaves the end at its instant, changing end the begin, and a description neither."""
    for item in round_trips_of(context, judge, actor_named(context, role)).alone:
        for name in ("begin", "end"):
            if name != item.sent:
                judge.check(
                    same_time(getattr(item.after, name), getattr(item.before, name)),
                    operation=PATCH, field=name, role=item.before.actor.role, value=f"{item.sent} changed",
                    expected="unchanged", got=moved(item.before, item.after, name), exchange=item.after.exchange,
                )  # fmt: skip


@clause("datetime.every-answer-agrees")
def test_every_answer_agrees(context: ProbeContext, judge: Judge, role: str) -> None:
    """Every read and list, also another reader's, shows the instants that the answer to the write showed."""
    for shown in round_trips_of(context, judge, actor_named(context, role)).shown:
        same_instants(judge, shown)


@clause("datetime.filter-bounds")
def test_recent_from_a_begin(context: ProbeContext, judge: Judge, role: str) -> None:
    """The recent records from the begin of one of them on: none begins before it, and there is one of its project."""
    recent, actor = round_trips_of(context, judge, actor_named(context, role)).recent, actor_named(context, role)
    if recent is None:
        judge.skip("not observable: asked of the first actor of a zone", operation=RECENT, role=actor.role)
        return
    got = "as asked" if recent.found and not recent.early else "earlier ones" if recent.early else "not the one"
    judge.check(
        got == "as asked", operation=RECENT, field="begin", role=actor.role, value="from the begin of a record on",
        expected="as asked", got=got, exchange=recent.exchange, reason=f"begin={recent.begin}",
    )  # fmt: skip


@clause("datetime.other-forms")
def test_other_forms(context: ProbeContext, judge: Judge) -> None:
    """What each form that is not guaranteed leads to is reported."""
    actor, times = context.weakest, ("2025-01-17T08:00:00", "2025-01-18T12:00:00")
    booked = book(context, actor, *times)
    if booked.ident is None:
        actor = context.strongest
        booked = book(context, actor, *times)
    for form in (
        OTHER_FORMS[: len(OTHER_FORMS) if context.profile_at_least("thorough") else 6]
        if booked.ident is not None
        else ()
    ):
        got = change(context, booked, begin=form)
        judge.observe(operation=PATCH, field="begin", role=actor.role, value=repr(form), got=got.begin)
    unbook(context, booked)
    if booked.ident is None:
        judge.skip(f"there is no record to ask with: {booked.status}", operation=POST, role=actor.role)


@clause("datetime.other-reader")
def test_other_reader(context: ProbeContext, judge: Judge, other_role: str) -> None:
    """Whose zone the strongest actor sees in another's record is reported."""
    owner = actor_named(context, other_role)
    for shown in round_trips_of(context, judge, owner).shown:
        if shown.reader != owner and shown.what.startswith("summer"):
            whose = [
                word for word, actor in (("owner's", owner), ("reader's", shown.reader)) if in_zone(shown.seen, actor)
            ]
            judge.observe(
                operation=shown.operation, field="begin", role=shown.reader.role,
                got=" and ".join(whose) or shown.seen.begin, exchange=shown.seen.exchange,
            )  # fmt: skip
    if not judge.places:
        judge.skip("the strongest actor was not shown a record of theirs", role=owner.role)


def in_zone(seen: Booked, actor: Actor) -> bool:
    """Whether a record's begin is shown with the offset of an actor's zone."""
    instant = parse(seen.begin)
    return instant is not None and offset(instant) in offsets(instant.replace(tzinfo=None), actor.timezone or "UTC")


@clause("datetime.rounding")
def test_rounding_is_recognised(context: ProbeContext, judge: Judge) -> None:
    """How the instance rounds is reported."""
    rounding = rounding_of(context)
    for name in ("begin", "end", "duration"):
        rule = getattr(rounding, name)
        judge.observe(operation=POST, field=name, got=str(rule) if rule else "not recognised")


@clause("datetime.tracking-mode")
def test_tracking_mode(context: ProbeContext, judge: Judge, role: str) -> None:
    """The configured mode, and whether this role may send times in it, is reported."""
    actor = actor_named(context, role)
    first = trips(context, actor).sent[0].booked
    judge.observe(operation=POST, field="begin, end", role=actor.role, value=mode(context), got=str(first.status))
