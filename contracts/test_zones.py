"""Times in zones that no configured actor lives in: an actor is walked through them, where the run may change one.

Source: REST API, Date and time. On an instance of the run's own always, elsewhere with `--allow profile`. The item is
alone while it runs: other checks of that actor reckon with the zone that it has.
"""

from __future__ import annotations

import pytest

from conformance.exchange import Refused
from conformance.probes import Collection, Lab
from conformance.probes.times.times import recognise_rounding
from conformance.probes.times.trips import POST
from conformance.probes.times.walks import SET_ZONE, Walked, walk, walker, zones_to_walk
from conformance.verdict import Judge, clause
from contracts.grid import at_least, spread
from contracts.judging import may_send_times
from contracts.timing import accepted, right_duration, right_offset, same_local_time


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One item, from the standard profile on."""
    spread(metafunc, "walked", walks)


def walks(known: Collection) -> list[str]:
    """Return the one label of the walk, where there is an actor beside the strongest."""
    return ["zones"] if at_least(known, "standard") and len(known.actors) > 1 else []


@pytest.mark.alone
@clause("datetime.offset")
def test_other_zones(lab: Lab, judge: Judge, walked: str) -> None:
    """In each zone times are accepted, kept, and shown with its offsets; a record's duration agrees."""
    if not lab.door.config.allows("profile") or SET_ZONE not in lab.index:
        judge.skip("it takes an actor through other zones: allow it with --allow profile", operation=POST, value=walked)
        return
    recognise_rounding(lab, lab.strongest)
    try:
        actor = walker(lab, [actor for actor in lab.actors if may_send_times(lab, actor)])
        if actor is None:
            judge.skip("no actor beside the strongest may book then and has a known zone", operation=POST, value=walked)
            return
        for found in walk(lab, actor, zones_to_walk(lab)):
            judge_zone(lab, judge, found)
    except Refused as error:
        judge.skip(str(error), operation=POST, value=walked)


def judge_zone(lab: Lab, judge: Judge, found: Walked) -> None:
    """Judge what came back in one zone; a zone that the instance does not offer is told and left out."""
    if found.refused is not None:
        reason = f"the instance did not take the zone: {found.refused.status}"
        judge.skip(reason, operation=SET_ZONE, field="timezone", value=found.zone)
        return
    rounding = recognise_rounding(lab, lab.strongest)
    for seen in found.times:
        if accepted(judge.on("datetime.accepted"), seen):
            kept = "datetime.overlap" if seen.what == "overlap" else "datetime.local-time-kept"
            same_local_time(judge.on(kept), seen, rounding)
            right_offset(judge, seen)
    for operation, span, booked in found.records:
        right_duration(judge.on("datetime.duration"), operation, f"{span.what}, {found.zone}", booked, rounding)
