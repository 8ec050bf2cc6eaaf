"""Times in zones that no configured actor lives in: an actor is actor_label through them, where the run may change one.

Source: REST API, Date and time. On an instance of the run's own always, elsewhere with `--allow profile`. The item is
alone while it runs: other checks of that actor reckon with the zone that it has.
"""

from __future__ import annotations

import pytest

from conformance.exchange import Refused
from conformance.probes import Collection, ProbeContext
from conformance.probes.times.round_trips import POST
from conformance.probes.times.times import recognise_rounding
from conformance.probes.times.zone_switching import SET_ZONE, ZoneResult, switch_zones, switched_actor, zones_to_switch
from conformance.verdict import Judge, clause
from contracts.assertions import may_send_times
from contracts.parametrize import at_least, parametrize_by
from contracts.time_assertions import accepted, right_duration, right_offset, same_local_time


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One item, from the standard profile on."""
    parametrize_by(metafunc, "actor_label", labels)


def labels(known: Collection) -> list[str]:
    """Return the one label of the switch_zones, where there is an actor beside the strongest."""
    return ["zones"] if at_least(known, "standard") and len(known.actors) > 1 else []


@pytest.mark.alone
@clause("datetime.offset")
def test_other_zones(context: ProbeContext, judge: Judge, actor_label: str) -> None:
    """In each zone times are accepted, kept, and shown with its offsets; a record's duration agrees."""
    if not context.client.config.allows("profile") or SET_ZONE not in context.index:
        judge.skip(
            "it takes an actor through other zones: allow it with --allow profile", operation=POST, value=actor_label
        )
        return
    recognise_rounding(context, context.strongest)
    try:
        actor = switched_actor(context, [actor for actor in context.actors if may_send_times(context, actor)])
        if actor is None:
            judge.skip(
                "no actor beside the strongest may book then and has a known zone", operation=POST, value=actor_label
            )
            return
        for result in switch_zones(context, actor, zones_to_switch(context)):
            judge_zone(context, judge, result)
    except Refused as error:
        judge.skip(str(error), operation=POST, value=actor_label)


def judge_zone(context: ProbeContext, judge: Judge, zone_result: ZoneResult) -> None:
    """Judge what came back in one zone; a zone that the instance does not offer is told and left out."""
    if zone_result.refused is not None:
        reason = f"the instance did not take the zone: {zone_result.refused.status}"
        judge.skip(reason, operation=SET_ZONE, field="timezone", value=zone_result.zone)
        return
    rounding = recognise_rounding(context, context.strongest)
    for seen in zone_result.times:
        if accepted(judge.on("datetime.accepted"), seen):
            kept = "datetime.overlap" if seen.what == "overlap" else "datetime.local-time-kept"
            same_local_time(judge.on(kept), seen, rounding)
            right_offset(judge, seen)
    for operation, span, booked in zone_result.records:
        right_duration(judge.on("datetime.duration"), operation, f"{span.what}, {zone_result.zone}", booked, rounding)
