"""Local times, zones and their transitions."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from conformance.probes import days, zones

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
    assert days.zone_transitions("Asia/Kathmandu") == ()
    assert days.transition_spans("UTC") == ()


def test_spans_around_transitions_never_lie_inside_one() -> None:
    for span in days.transition_spans("America/St_Johns"):
        assert len(zones.readings(span.begin, "America/St_Johns")) == 1
        assert len(zones.readings(span.end, "America/St_Johns")) == 1


def test_the_same_seed_draws_the_same_spans() -> None:
    import random

    one, other = (days.drawn_spans(BERLIN, random.Random(7), 5) for _ in range(2))
    assert one == other
    assert all(span.end - span.begin <= timedelta(hours=10) for span in one)


def test_no_asked_time_lies_ahead() -> None:
    spans = [*days.plain_spans(), days.odd_span(), *days.other_odd_spans(), *days.transition_spans(BERLIN)]
    assert all(span.end < datetime(2026, 1, 1) for span in spans)
