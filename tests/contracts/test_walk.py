"""An actor walked through other zones: everything is asked, and everything is as it was afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.definition import Definition
from conformance.probes import Lab
from conformance.probes.times.walks import TELLING, spans_in, walk, walker, zones_to_walk
from conformance.probes.times.zone_names import NAMES
from conformance.probes.times.zones import readings
from conformance.words import Status
from contracts import test_zones

from .test_checks import definition, laboratory, run

__all__ = ["definition"]


def zone_of(lab: Lab, number: int) -> object:
    """Return the zone that a user is shown with."""
    body = lab.session().get(f"/api/users/{number}").json_or_none()
    return body.get("timezone") if isinstance(body, dict) else None


@pytest.mark.parametrize("zone", [*TELLING, *NAMES[::20]])
def test_every_zone_has_something_to_ask(zone: str) -> None:
    spans = spans_in(zone)
    assert len(spans) >= 2
    assert all(span.end > span.begin for span in spans)
    assert all(len(readings(span.begin, zone)) == (2 if span.what == "overlap" else 1) for span in spans)


def test_the_strongest_actor_is_never_walked(definition: Definition, tmp_path: Path) -> None:
    with laboratory(definition, tmp_path) as lab:
        assert walker(lab, lab.actors[:1]) is None
        assert walker(lab, lab.actors) == lab.plainest
        assert zones_to_walk(lab) == zones_to_walk(lab)


def test_a_walk_ends_where_it_began(definition: Definition, tmp_path: Path) -> None:
    with laboratory(definition, tmp_path) as lab:
        actor = lab.plainest
        before = zone_of(lab, actor.user_id)
        steps = walk(lab, actor, ["Australia/Lord_Howe", "Nowhere/At", "Pacific/Apia"])
        assert next(steps).times
        assert zone_of(lab, actor.user_id) == "Australia/Lord_Howe"
        with pytest.raises(Exception, match="time zone"):
            next(steps)
        assert zone_of(lab, actor.user_id) == before


def test_a_walk_passes_where_nothing_is_planted(definition: Definition, tmp_path: Path) -> None:
    with laboratory(definition, tmp_path) as lab:
        places = run(lab, test_zones.test_other_zones, walked="zones")
        assert zone_of(lab, lab.plainest.user_id) == lab.plainest.timezone
    assert {place.status for place in places} == {Status.PASS}
    assert {place.clause for place in places} >= {"datetime.offset", "datetime.local-time-kept", "datetime.duration"}
