"""Locked periods: records in them cannot be made or changed once the grace is over."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from conformance.embedded.behaviour.datetimes import in_zone, to_utc
from conformance.embedded.store.settings import Settings

_UNITS = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1, "week": 7}
_STEP = re.compile(r"([+-]?\s*\d+)\s*(minute|hour|day|week|month|year)s?", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_CLOCK = re.compile(r"\b(\d\d):(\d\d)(?::(\d\d))?\b")
_MONTH_EDGE = re.compile(r"(first|last) day of (last|previous|this|next) (month|year)", re.IGNORECASE)


def locked(settings: Settings, begin: datetime, now: datetime, zone: str) -> bool:
    """Whether a record that begins then (naive UTC, as `now`) lies in a locked period, seen from the zone."""
    start, end, grace = (
        settings.text(f"timesheet.rules.lockdown_{name}") for name in ("period_start", "period_end", "grace_period")
    )
    if not start or not end:
        return False
    zone = settings.text("timesheet.rules.lockdown_period_timezone") or zone
    local = in_zone(now, zone).replace(tzinfo=None)
    opens, closes = (max(relative(part, local) for part in text.split(",")) for text in (start, end))
    released = to_utc(relative(grace, closes) if grace else closes, zone)
    if closes < opens or begin > to_utc(closes, zone):
        return False
    return begin < to_utc(opens, zone) or now > released


def relative(text: str, base: datetime) -> datetime:
    """A moment told by its date, or relative to another in the phrases of the settings.

    `first day of last month` and `+1 day` keep the time of day, unless one is told: `last day of last month 23:59:59`.
    """
    moment = base
    for day in _DATE.findall(text):
        moment = datetime.fromisoformat(day)
    for edge, which, unit in _MONTH_EDGE.findall(text):
        shift = {"last": -1, "previous": -1, "this": 0, "next": 1}[which.lower()]
        moment = _edge(moment, edge.lower(), shift, unit.lower())
    for amount, unit in _STEP.findall(_MONTH_EDGE.sub("", _DATE.sub("", text))):
        moment = _step(moment, int(amount.replace(" ", "")), unit.lower())
    if "midnight" in text or "today" in text:
        moment = moment.replace(hour=0, minute=0, second=0)
    for hour, minute, second in _CLOCK.findall(text):
        moment = moment.replace(hour=int(hour), minute=int(minute), second=int(second or 0))
    return moment


def _edge(base: datetime, edge: str, shift: int, unit: str) -> datetime:
    months = base.year * 12 + base.month - 1 + shift * (12 if unit == "year" else 1)
    first = base.replace(year=months // 12, month=months % 12 + 1, day=1)
    if edge == "first":
        return first
    return (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _step(base: datetime, amount: int, unit: str) -> datetime:
    if unit in _UNITS:
        return base + timedelta(days=amount * _UNITS[unit])
    months = base.year * 12 + base.month - 1 + amount * (12 if unit == "year" else 1)
    first = base.replace(year=months // 12, month=months % 12 + 1, day=1)
    return first + timedelta(days=base.day - 1)
