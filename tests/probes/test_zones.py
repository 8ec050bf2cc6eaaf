"""Local times, zones and their transitions."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import available_timezones

import pytest

from conformance.probes.times import spans, zones
from conformance.probes.times.tzdata_agreement import right_offsets
from conformance.probes.times.zone_names import NAMES

BERLIN = "Europe/Berlin"


@pytest.mark.parametrize("text", ["2026-07-01T10:00:00+0200", "2026-07-01T10:00:00+02:00", "2026-07-01T08:00:00Z"])
def test_offsets_are_read_with_and_without_a_colon(text: str) -> None:
    assert zones.parse(text) == zones.parse("2026-07-01T08:00:00+0000")


@pytest.mark.parametrize("text", ["2026-07-01T10:00:00", "2026-07-01", "2026-07-01 10:00:00+0200", "", None, 5])
def test_what_has_no_offset_is_no_instant(text: object) -> None:
    assert zones.parse(text) is None


def test_a_local_time_in_a_gap_has_no_reading() -> None:
    assert zones.offsets(datetime(2025, 3, 30, 2, 30), BERLIN) == ()


def test_a_local_time_in_an_overlap_has_two_offsets() -> None:
    assert zones.offsets(datetime(2025, 10, 26, 2, 30), BERLIN) == ("+0200", "+0100")


def test_offsets_of_half_hours_are_kept() -> None:
    assert zones.offsets(datetime(2025, 7, 1, 10), "America/St_Johns") == ("-0230",)


def test_transitions_are_exact_to_the_second() -> None:
    gap, overlap = zones.transitions(BERLIN, 2025)
    assert (gap.before, gap.after) == (datetime(2025, 3, 30, 2), datetime(2025, 3, 30, 3))
    assert (overlap.before, overlap.after) == (datetime(2025, 10, 26, 3), datetime(2025, 10, 26, 2))
    assert gap.is_gap
    assert not overlap.is_gap


def test_a_zone_without_transitions_has_none() -> None:
    assert spans.zone_transitions("Asia/Kathmandu") == ()
    assert spans.transition_spans("UTC") == ()


def test_spans_around_transitions_never_lie_inside_one() -> None:
    for span in spans.transition_spans("America/St_Johns"):
        assert len(zones.readings(span.begin, "America/St_Johns")) == 1
        assert len(zones.readings(span.end, "America/St_Johns")) == 1


@pytest.mark.parametrize("draw", [spans.drawn_spans, spans.old_spans, spans.later_spans])
def test_the_same_seed_draws_the_same_spans(draw: Callable[..., tuple[spans.Span, ...]]) -> None:
    one, other = (draw(BERLIN, random.Random(7), 6) for _ in range(2))
    assert one == other
    assert len(one) == 6
    assert all(span.end - span.begin <= timedelta(hours=5) for span in one)


def test_no_asked_time_lies_ahead_but_for_those_that_are_to() -> None:
    chosen = [*spans.plain_spans(), *spans.odd_spans(), spans.long_span(), *spans.transition_spans(BERLIN)]
    assert all(span.end < datetime(2026, 1, 1) for span in chosen)
    assert all(span.begin > datetime(2027, 12, 31) for span in spans.later_spans(BERLIN, random.Random(1), 4))


def test_fixed_spans_never_overlap() -> None:
    inside = [span for back in (1, 2) for span in spans.inside_spans(BERLIN, gap=False, back=back)]
    chosen = [*spans.plain_spans(), *spans.odd_spans(), spans.long_span(), *spans.transition_spans(BERLIN), *inside]
    ordered = sorted(chosen, key=lambda span: span.begin)
    assert all(one.end <= other.begin for one, other in itertools.pairwise(ordered))


def test_what_is_long_ago_or_ahead_is_by_day() -> None:
    drawn = [*spans.old_spans(BERLIN, random.Random(3), 20), *spans.later_spans(BERLIN, random.Random(3), 20)]
    assert all(8 <= span.begin.hour < 17 for span in drawn)


def test_an_offset_is_exact_where_every_database_agrees() -> None:
    assert right_offsets(datetime(2025, 7, 1, 10), BERLIN) == ("+0200",)
    assert right_offsets(datetime(2012, 1, 1, 10), "America/Mexico_City") == ("-0600",)


def test_an_offset_is_one_that_the_zone_had_where_databases_differ() -> None:
    assert right_offsets(datetime(1985, 7, 1, 10), BERLIN) == ("+0100", "+0200")
    assert right_offsets(datetime(2023, 7, 1, 10), "America/Mexico_City") == ("-0500", "-0600")


@pytest.mark.parametrize("year", [1950, 1969, 2038, 2099])
def test_an_offset_is_not_judged_beyond_what_databases_know(year: int) -> None:
    assert right_offsets(datetime(year, 7, 1, 10), BERLIN) is None


def test_zones_are_known_here_and_none_is_young() -> None:
    assert set(NAMES) <= available_timezones()
    assert not {"Europe/Kyiv", "America/Nuuk", "Factory", "localtime", "posixrules"} & set(NAMES)
