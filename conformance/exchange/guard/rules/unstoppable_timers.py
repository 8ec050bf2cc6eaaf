"""Rule 5, the other side: no running record that cannot be stopped, for it keeps its owner from every later start.

Kimai stops what runs when a person starts, and refuses the start where it cannot: an end before the begin, or a record
of more than a year. Source: measured (a begin in 2099 or 1900 makes every later start of that user a 400).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from conformance.exchange.guard.classification import ClassifiedRequest
from conformance.exchange.guard.context import GuardContext
from conformance.exchange.guard.operations import Effect
from conformance.exchange.guard.rules.timers import (
    PATCH,
    POST,
    ends,
    is_running,
    owner_of,
    record_of,
    starts,
    starts_nothing,
)
from conformance.exchange.guard.table import OPERATIONS
from conformance.model import Actor

LONGEST = timedelta(days=360)
"""No version takes a record of more than a year."""

_MAY_RUN = frozenset({POST, PATCH, *(label for label, row in OPERATIONS.items() if row.effect is Effect.START)})
_CLOCKS = timedelta(minutes=1)
_LATEST = timezone(timedelta(hours=-12))
"""Where a zone is not known, the one in which a local time comes last."""

_DATE = re.compile(r"\s*(\d{4}-\d\d-\d\d)", re.ASCII)


def check(call: ClassifiedRequest, state: GuardContext) -> str | None:
    """Refuse a start from a time to come or long past, and a change that gives a running record such a begin."""
    if not call.writes or state.config.is_embedded or call.label not in _MAY_RUN or starts_nothing(call, state):
        return None
    if call.label == PATCH:
        if ends(call) or not (call.sends("begin") or call.sends("end")):
            return None
        begins = call.sent("begin")
        if not begins:  # It keeps the one that it had when it was last shown; it is asked where it never was.
            shown = [state.last_seen.get(target.ident) or record_of(call, state) or {} for target in call.targets()]
            begins = next((record.get("begin") for record in shown), None)
        reason = unstoppable_reason(begins, owner_of(call, state) or call.actor)
        return reason if reason and (call.sends("end") or _runs(call, state)) else None
    if call.label != POST or starts(call, state):
        return unstoppable_reason(call.sent("begin"), call.actor)
    return None


def _runs(call: ClassifiedRequest, state: GuardContext) -> bool:
    """Whether the run's record has no end. One that had an end when it was last shown has it."""
    ended = [bool(state.last_seen.get(target.ident, {}).get("end")) for target in call.targets()]
    return not (ended and all(ended)) and is_running(call, state)


def unstoppable_reason(begins: Any, owner: Actor | None) -> str | None:
    moment = _moment(begins, _zone(owner))
    if moment is None:
        return None
    now = datetime.now(UTC)
    if moment > now + _CLOCKS:
        return "it would leave a record running from a time to come, which nothing could stop until then"
    if moment < now - LONGEST:
        return "it would leave a record running from so long ago that nothing could stop it"
    return None


def _moment(begins: Any, zone: tzinfo) -> datetime | None:
    """Return the instant that a begin means, None for what no version takes as one."""
    if not isinstance(begins, str) or not (day := _DATE.match(begins)):
        return None
    for text in (begins.strip(), day[1]):
        try:
            moment = datetime.fromisoformat(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None


def _zone(owner: Actor | None) -> tzinfo:
    try:
        return ZoneInfo(owner.timezone) if owner and owner.timezone else _LATEST
    except (ZoneInfoNotFoundError, ValueError):
        return _LATEST
