"""Rounding is recognised by what came back, and never explains a real defect away."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from conformance.probes.times.rounding import (
    RULES,
    UNEVEN,
    Rounding,
    Rule,
    recognise,
    recognise_duration,
    recognise_uneven,
)
from conformance.probes.times.times import telling_spans

SENT = [span.begin for span in telling_spans()]


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_every_rule_is_told_from_every_other(rule: Rule) -> None:
    assert recognise((sent, rule.apply(sent)) for sent in SENT) == rule
    ends = [span.end for span in telling_spans()]
    assert recognise((sent, rule.apply(sent)) for sent in ends) == rule


@pytest.mark.parametrize("shift", [timedelta(hours=1), timedelta(hours=-1), timedelta(seconds=1), timedelta(days=1)])
def test_a_shift_is_no_rounding(shift: timedelta) -> None:
    pairs = [(sent, sent + shift) for sent in SENT]
    assert recognise(pairs) is None
    assert recognise_uneven(pairs) is None


@pytest.mark.parametrize("rule", UNEVEN[::7], ids=str)
def test_steps_that_divide_no_hour_are_allowed_for(rule: Rule) -> None:
    """Even where others explain the same three times, as 28 and 14 minutes do, but for six that look like even ones."""
    pairs = [(sent, rule.apply(sent)) for sent in SENT]
    result = recognise_uneven(pairs)
    assert result is not None
    assert (rule.step, rule.way) in ((result.step, result.way), *result.others)
    full = datetime(2025, 1, 22, 9)
    assert rule.apply(full) in Rounding(result, None, None).survivors("begin", full, "UTC")
    assert recognise(pairs) is None or rule.step in (9, 32, 40, 80)


def test_the_default_rounding_cuts_begin_and_lifts_end() -> None:
    begin = recognise((sent, sent.replace(second=0)) for sent in SENT)
    end = recognise((sent, (sent + timedelta(seconds=59)).replace(second=0)) for sent in SENT)
    assert (begin, end) == (Rule(1, "down"), Rule(1, "up"))


def test_full_hours_survive_every_rounding() -> None:
    full = datetime(2025, 1, 22, 9)
    assert all(rule.apply(full) == full for rule in RULES)
    assert Rounding(None, None, None).survivors("begin", full, "UTC") == {full}


def test_an_unknown_rounding_says_nothing_of_odd_minutes() -> None:
    assert not Rounding(None, None, None).survivors("begin", SENT[0], "UTC")


def test_steps_may_be_counted_in_utc_where_a_zone_is_not_at_the_hour() -> None:
    at = datetime(2025, 1, 22, 10)
    allowed = Rounding(Rule(60), None, None).survivors("begin", at, "Asia/Kathmandu")
    assert allowed == {at, datetime(2025, 1, 22, 9, 45)}


def test_half_a_step_may_go_either_way_to_the_nearest() -> None:
    at = datetime(2025, 1, 22, 9, 21)
    assert Rule(2, "nearest").results(at) == {at - timedelta(minutes=1), at + timedelta(minutes=1)}


def test_a_weekday_may_be_left_out_of_rounding() -> None:
    thursday = datetime(2025, 1, 23, 9, 21)
    assert thursday in Rounding(Rule(15), None, None).survivors("begin", thursday, "UTC")
    wednesday = datetime(2025, 1, 22, 9, 21)
    assert wednesday not in Rounding(Rule(15), None, None).survivors("begin", wednesday, "UTC")


def test_a_duration_may_be_rounded_or_not() -> None:
    rounding = Rounding(None, None, Rule(15, "up"))
    assert rounding.durations(3700) == {3700, 4500}
    assert Rounding(None, None, None).durations(3700) == frozenset()
    assert Rounding(None, None, None).durations(7200) == {7200}


def test_nothing_seen_is_nothing_recognised() -> None:
    assert recognise([]) is None


def test_a_duration_in_steps_of_half_an_hour() -> None:
    rule = recognise_duration([(4560, 5400), (3600, 3600), (8100, 9000)])
    assert rule == Rule(30, "up")
