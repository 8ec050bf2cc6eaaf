"""Two answers show the same time where they show one instant, or, where neither shows one, the same words."""

from __future__ import annotations

import pytest

from contracts.time_assertions import same_time


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2026-07-01T08:00:00+0200", "2026-07-01T06:00:00Z", True),
        ("2026-07-01T08:00:00+0200", "2026-07-01T08:00:00+0100", False),
        ("2026-07-01T08:00:00", "2026-07-01T08:00:00", True),
        ("2026-07-01T08:00:00", "2026-07-01T09:00:00", False),
        ("2026-07-01T08:00:00", "2026-07-01T08:00:00+0200", False),
        ("404", "2026-07-01T08:00:00+0200", False),
    ],
)
def test_the_same_time(one: str, other: str, same: bool) -> None:
    assert same_time(one, other) is same
    assert same_time(other, one) is same
