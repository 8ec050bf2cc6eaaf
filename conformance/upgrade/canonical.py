"""Answers as words that depend on no zone, no id and no chance. Pure.

Questions use them, and so does `migration`, which brings answers of an older format into them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from conformance.model import counted
from conformance.probes.lists.sheet_lists import TIED
from conformance.probes.times.zones import parse, readings

AS_SENT, SAME_INSTANT = "the local time as sent", "the instant as sent"
OTHER_OFFSET, MOVED = "the local time as sent, with another offset", "another time"


def found(numbers: Sequence[str]) -> str:
    """Return which of the own records are in a list, whatever their order: "1 2 3"."""
    return " ".join(sorted(numbers)) or "nothing"


def ordered(numbers: Sequence[str]) -> str:
    """Return own records in the order of a list; those that begin together count as one place."""
    result = list(numbers)
    for at in range(len(result) - 1):
        if tuple(sorted(result[at : at + 2])) == TIED:
            result[at : at + 2] = TIED
    return " ".join(result) or "nothing"


def page_size_word(numbers: Sequence[str]) -> str:
    """Return how many own records there are on a page."""
    return counted(len(numbers), "record") if numbers else "nothing"


def came_back(sent: str, got: str, zone: str | None) -> str:
    """Return what became of a time that an actor in a zone sent: a word that is the same in every zone.

    A status, or whatever else is no time, stays as it is. Without a zone the offset is not looked at.
    """
    there = parse(got)
    if there is None:
        return got
    local, instant = _read(sent)
    if instant is not None and there == instant:
        return SAME_INSTANT
    if local is None:
        return MOVED
    if shift := there.replace(tzinfo=None) - local:
        seconds = int(shift.total_seconds())
        sign, size = "-" if seconds < 0 else "+", abs(seconds)
        return f"{MOVED}: {sign}{size // 3600}:{size // 60 % 60:02}:{size % 60:02}"
    offsets = {item.utcoffset() for item in readings(local, zone)} if zone else set()
    return AS_SENT if not offsets or there.utcoffset() in offsets else OTHER_OFFSET


def _read(sent: str) -> tuple[datetime | None, datetime | None]:
    """Return a sent time as local time and as instant, as far as it says them."""
    try:
        result = datetime.fromisoformat(sent)
    except ValueError:
        return None, None
    return (result, None) if result.tzinfo is None else (result.replace(tzinfo=None), result)
