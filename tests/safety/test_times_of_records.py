"""A record is told by its times also where an instance leaves the offset out of its answers."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from conformance.exchange.guard.kinds import Kind
from conformance.exchange.ownership.evidence import Setting, evidence
from conformance.exchange.ownership.ledger import Intent

BERLIN = ZoneInfo("Europe/Berlin")
SETTING = Setting("mark", lambda _: True, lambda _kind, _ident: True, lambda _: BERLIN)
NOON = datetime(2026, 7, 1, 10, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("sent", "shown", "same"),
    [
        ("2026-07-01T12:00:00", "2026-07-01T12:00:00+0200", True),
        ("2026-07-01T12:00:00", "2026-07-01T12:00:00", True),
        ("2026-07-01T10:00:00Z", "2026-07-01T12:00:00", True),
        (None, "2026-07-01T12:00:00", True),
        ("2026-07-01T12:00:00", "2026-07-01T15:00:00", False),
        ("2026-07-01T10:00:00Z", "2026-07-01T15:00:00", False),
        (None, "2026-07-05T12:00:00", False),
        ("2026-07-01T12:00:00", "noon", False),
    ],
)
def test_times_are_told_with_and_without_an_offset(sent: str | None, shown: str, same: bool) -> None:
    body = {"project": 1, "activity": 2} | ({"begin": sent} if sent else {})
    intent = Intent(
        "1", NOON, "POST /api/timesheets", Kind.TIMESHEET, "ada", "/api/timesheets", body, None, None, owner=3
    )
    item = {"id": 9, "user": 3, "project": 1, "activity": 2, "begin": shown, "end": shown}
    assert evidence(intent, item, SETTING).times is same
