"""An actor actor_label through other zones: everything is asked, and everything is as it was afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.definition import Definition
from conformance.model import Status
from conformance.probes import ProbeContext
from conformance.probes.times.zone_names import NAMES
from conformance.probes.times.zone_switching import TELLING, spans_in, switch_zones, switched_actor, zones_to_switch
from conformance.probes.times.zones import readings
from contracts import test_zones
from tests.contracts.checking import probe_context, run


def zone_of(context: ProbeContext, number: int | None) -> object:
    """Return the zone that a user is shown with."""
    body = context.session().get(f"/api/users/{number}").json_or_none()
    return body.get("timezone") if isinstance(body, dict) else None


@pytest.mark.parametrize("zone", [*TELLING, *NAMES[::20]])
def test_every_zone_has_something_to_ask(zone: str) -> None:
    spans = spans_in(zone)
    assert len(spans) >= 2
    assert all(span.end > span.begin for span in spans)
    assert all(len(readings(span.begin, zone)) == (2 if span.what == "overlap" else 1) for span in spans)


def test_the_strongest_actor_is_never_walked(definition: Definition, tmp_path: Path) -> None:
    with probe_context(definition, tmp_path) as context:
        assert switched_actor(context, context.actors[:1]) is None
        assert switched_actor(context, context.actors) == context.weakest
        assert zones_to_switch(context) == zones_to_switch(context)


def test_a_walk_ends_where_it_began(definition: Definition, tmp_path: Path) -> None:
    with probe_context(definition, tmp_path) as context:
        actor = context.weakest
        before = zone_of(context, actor.user_id)
        steps = switch_zones(context, actor, ["Australia/Lord_Howe", "Nowhere/At", "Pacific/Apia"])
        assert next(steps).times
        assert zone_of(context, actor.user_id) == "Australia/Lord_Howe"
        with pytest.raises(Exception, match="time zone"):
            next(steps)
        assert zone_of(context, actor.user_id) == before


def test_a_walk_passes_where_nothing_is_planted(definition: Definition, tmp_path: Path) -> None:
    with probe_context(definition, tmp_path) as context:
        places = run(context, test_zones.test_other_zones, actor_label="zones")
        assert zone_of(context, context.weakest.user_id) == context.weakest.timezone
    assert {place.status for place in places} == {Status.PASS}
    assert {place.clause for place in places} >= {"datetime.offset", "datetime.local-time-kept", "datetime.duration"}
