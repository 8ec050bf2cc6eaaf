"""Dates and times in records: what is sent comes back, in the owner's zone, with that date's offset.

Source: REST API, Date and time; DESIGN, "Rulings". Rounding and tracking mode are recognised, not assumed.
"""

from __future__ import annotations

import pytest

from conformance.probes import Lab, data_of
from conformance.probes.days import (
    Span,
    drawn_spans,
    inside_spans,
    odd_span,
    other_odd_spans,
    plain_spans,
    transition_spans,
)
from conformance.probes.times import (
    COLLECTION,
    Booked,
    Returned,
    book,
    change,
    look,
    patched_trip,
    recognise_rounding,
    round_trip,
    unbook,
)
from conformance.probes.zones import offset, offsets, parse, written
from conformance.verdict import EventWriter, Judge, clause
from conformance.words import Actor
from contracts.grid import at_least, roles, spread
from contracts.judging import accepted, actor_named, may_send_times, mode, moved, right_offset, same_local_time

POST, PATCH = f"POST {COLLECTION}", f"PATCH {COLLECTION}/{{id}}"

POSTED = ("winter", "summer", "midnight", "over midnight", "odd minutes", "drawn")
"""Spans that are posted, which costs more than to change a record; those across a transition are too."""

OTHER_FORMS = (
    "2025-01-15T10:00", "2025-01-15 10:00:00", "2025-01-15T10:00:00Z", "2025-01-15T10:00:00+02:00",
    "2025-01-15T10:00:00-0330", "2025-01-15T10:00:00.123", "2025-01-15T24:00:00", "2025-01-15", "15.01.2025 10:00",
    "now", "", "2025-02-30T10:00:00", 1736935200, True, None, ["2025-01-15T10:00:00"], {"date": "2025-01-15"},
)  # fmt: skip
"""Forms that are not guaranteed, one by one; a begin in each, the end stays in the guaranteed form."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One item an actor, whose zone it is, or a filter parameter."""
    spread(metafunc, "role", roles, "times")
    spread(metafunc, "other_role", lambda known: roles(known)[1:] if at_least(known, "standard") else [])


def spans(lab: Lab, actor: Actor) -> list[Span]:
    """Return the spans to ask of an actor: those that tell most, those around transitions, drawn ones."""
    zone = actor.timezone or "UTC"
    if not lab.beyond("standard"):
        return [*plain_spans()[:3], odd_span()]
    drawn = drawn_spans(zone, lab.drawn(f"spans {actor.name}"), 40 if lab.beyond("thorough") else 2)
    return [*plain_spans(), odd_span(), *other_odd_spans(), *transition_spans(zone), *drawn]


def trips(lab: Lab, actor: Actor) -> list[Returned]:
    """Return what came back of all spans in POST and PATCH, asked once a process. Raises Refused."""

    def ask() -> list[Returned]:
        found: list[Returned] = []
        for span in spans(lab, actor):
            if lab.beyond("thorough") or span.what in POSTED or span.what.startswith("across"):
                found += round_trip(lab, actor, span)
            if lab.beyond("standard") or span.what in ("winter", "summer"):
                found += patched_trip(lab, actor, span)
        return found

    return lab.once(f"trips {actor.name}", ask)


def asked(lab: Lab, judge: Judge, actor: Actor) -> list[Returned]:
    """Return the trips of an actor; none, with the reason, where this role may not send times here."""
    found = trips(lab, actor)
    if not found or any(not seen.got.isdigit() for seen in found) or may_send_times(lab, actor):
        return found
    judge.skip(f"in this tracking mode the role may not send times: {mode(lab)}", operation=POST, role=actor.role)
    return []


@clause("datetime.accepted")
def test_guaranteed_form_is_accepted(lab: Lab, judge: Judge, role: str) -> None:
    """The guaranteed form is accepted in POST and PATCH."""
    for seen in asked(lab, judge, actor_named(lab, role)):
        accepted(judge, seen)


@clause("datetime.local-time-kept")
def test_local_time_comes_back(lab: Lab, judge: Judge, role: str, events: EventWriter) -> None:
    """The local time that was sent comes back, but for the instance's rounding."""
    actor = actor_named(lab, role)
    rounding = recognise_rounding(lab, actor)
    events.observation("rounding", data_of(rounding))
    for seen in asked(lab, judge, actor):
        if not seen.got.isdigit():
            same_local_time(judge, seen, rounding)


@clause("datetime.offset")
def test_offset_is_that_of_the_date(lab: Lab, judge: Judge, role: str) -> None:
    """The offset is the one that the owner's zone has at that date."""
    for seen in asked(lab, judge, actor_named(lab, role)):
        if not seen.got.isdigit():
            right_offset(judge, seen)


@clause("datetime.overlap")
def test_repeated_local_time(lab: Lab, judge: Judge, role: str) -> None:
    """A local time that exists twice comes back with one of its offsets."""
    actor = actor_named(lab, role)
    for span in inside_spans(actor.timezone or "UTC", gap=False):
        for seen in [*round_trip(lab, actor, span), *patched_trip(lab, actor, span)]:
            if seen.field == "begin" and not seen.got.isdigit():
                same_local_time(judge, seen, recognise_rounding(lab, actor))
                right_offset(judge, seen)
            elif seen.field == "begin" and may_send_times(lab, actor):
                accepted(judge, seen)
    if not judge.places:
        judge.skip("not observable: the clocks of this zone do not go back", operation=POST, role=actor.role)


@clause("datetime.gap")
def test_skipped_local_time(lab: Lab, judge: Judge, role: str) -> None:
    """What a local time that the zone skips becomes is reported."""
    actor = actor_named(lab, role)
    for span in inside_spans(actor.timezone or "UTC", gap=True):
        for seen in round_trip(lab, actor, span)[:1]:
            judge.observe(operation=POST, field="begin", role=actor.role, value=seen.sent, got=seen.got)
    if not judge.places:
        judge.skip("not observable: the clocks of this zone do not go forward", operation=POST, role=actor.role)


@clause("datetime.duration")
def test_duration_agrees(lab: Lab, judge: Judge, role: str) -> None:
    """The duration is the seconds between begin and end, whatever lies between them."""
    actor = actor_named(lab, role)
    rule = recognise_rounding(lab, actor).duration
    across = [span for span in transition_spans(actor.timezone or "UTC") if span.what.startswith("across")]
    for span in [*plain_spans()[:1], *across]:
        if (span.end - span.begin).total_seconds() % 3600:
            continue
        booked = book(lab, actor, written(span.begin), written(span.end))
        begin, end = parse(booked.begin), parse(booked.end)
        if begin is not None and end is not None:
            real = int((end - begin).total_seconds())
            if real % 3600 == 0 or rule is None or rule.step <= 1:
                judge.check(
                    booked.duration == real, operation=POST, field="duration", role=actor.role, value=span.what,
                    expected=str(real), got=str(booked.duration), exchange=booked.exchange, cause="duration",
                )  # fmt: skip
        unbook(lab, booked)


@clause("datetime.patch-leaves-other")
def test_patch_of_one_time(lab: Lab, judge: Judge, role: str) -> None:
    """Changing begin leaves the end at its instant, changing end the begin, and a description neither."""
    actor = actor_named(lab, role)
    booked = book(lab, actor, "2025-07-16T09:00:00", "2025-07-16T15:00:00")
    ends = {"begin": "2025-07-16T10:00:00"}, {"end": "2025-07-16T14:00:00"}
    for sent in (*ends, {"description": lab.name("changed")}):
        before = look(lab, booked)
        after = change(lab, booked, **sent) if booked.ident is not None else booked
        for name in ("begin", "end"):
            if name not in sent and after.status == 200:
                judge.check(
                    parse(getattr(after, name)) == parse(getattr(before, name)) is not None,
                    operation=PATCH, field=name, role=actor.role, value=f"{next(iter(sent))} changed",
                    expected="unchanged", got=moved(before, after, name), exchange=after.exchange,
                )  # fmt: skip
    unbook(lab, booked)


@clause("datetime.every-answer-agrees")
def test_every_answer_agrees(lab: Lab, judge: Judge, role: str) -> None:
    """Create, read and list show the same text for the same attribute of a record."""
    actor = actor_named(lab, role)
    for span in plain_spans()[: 4 if lab.beyond("thorough") else 2]:
        booked = book(lab, actor, written(span.begin), written(span.end))
        if booked.ident is None:
            continue
        window = {"begin": written(span.begin), "end": written(span.end), "size": 500}
        for label, exchange in (
            (f"GET {COLLECTION}/{{id}}", look(lab, booked).exchange),
            (f"GET {COLLECTION}", lab.session(actor).get(COLLECTION, params=window)),
        ):
            shown = record_in(exchange.json_or_none(), booked.ident)
            for name in ("begin", "end"):
                got = str(shown.get(name)) if shown else "missing"
                judge.check(
                    parse(got) == parse(getattr(booked, name)) is not None, operation=label, field=name,
                    role=actor.role, value=span.what, expected="as created",
                    got="as created" if parse(got) == parse(getattr(booked, name)) else "another time",
                    exchange=exchange, reason=f"{got} for {getattr(booked, name)}",
                )  # fmt: skip
                if parse(got) is not None:
                    at = Returned(label, name, span.what, actor.timezone or "UTC", actor.role, "", got, exchange)
                    right_offset(judge.on("datetime.offset"), at)
        unbook(lab, booked)


def record_in(body: object, number: int) -> dict[str, object]:
    """Return the record with an id, from an entity or a list; {} where it is not there."""
    items = body if isinstance(body, list) else [body]
    return next((item for item in items if isinstance(item, dict) and item.get("id") == number), {})


@clause("datetime.other-forms")
def test_other_forms(lab: Lab, judge: Judge) -> None:
    """What each form that is not guaranteed leads to is reported."""
    actor = lab.plainest
    for form in OTHER_FORMS if lab.beyond("standard") else OTHER_FORMS[:4]:
        booked = book(lab, actor, form, "2025-01-16T12:00:00")
        judge.observe(operation=POST, field="begin", role=actor.role, value=repr(form), got=booked.begin)
        unbook(lab, booked)


@clause("datetime.other-reader")
def test_other_reader(lab: Lab, judge: Judge, other_role: str) -> None:
    """Whose zone the strongest actor sees in another's record is reported."""
    owner = actor_named(lab, other_role)
    booked = book(lab, owner, "2025-07-16T10:00:00", "2025-07-16T11:00:00")
    if booked.ident is not None:
        seen = look(lab, booked, lab.strongest)
        whose = [word for word, actor in (("owner's", owner), ("reader's", lab.strongest)) if in_zone(seen, actor)]
        judge.observe(
            operation=f"GET {COLLECTION}/{{id}}", field="begin", role=lab.strongest.role,
            got=" and ".join(whose) or seen.begin, exchange=seen.exchange,
        )  # fmt: skip
    unbook(lab, booked)


def in_zone(seen: Booked, actor: Actor) -> bool:
    """Whether a record's begin is shown with the offset of an actor's zone."""
    instant = parse(seen.begin)
    return instant is not None and offset(instant) in offsets(instant.replace(tzinfo=None), actor.timezone or "UTC")


@clause("datetime.rounding")
def test_rounding_is_recognised(lab: Lab, judge: Judge) -> None:
    """How the instance rounds is reported."""
    rounding = recognise_rounding(lab, lab.plainest if may_send_times(lab, lab.plainest) else lab.strongest)
    for name in ("begin", "end", "duration"):
        rule = getattr(rounding, name)
        judge.observe(operation=POST, field=name, got=str(rule) if rule else "not recognised")


@clause("datetime.tracking-mode")
def test_tracking_mode(lab: Lab, judge: Judge, role: str) -> None:
    """The configured mode, and whether this role may send times in it, is reported."""
    actor = actor_named(lab, role)
    booked = book(lab, actor, "2025-01-15T10:00:00", "2025-01-15T11:00:00")
    judge.observe(operation=POST, field="begin, end", role=actor.role, value=mode(lab), got=str(booked.status))
    unbook(lab, booked)
