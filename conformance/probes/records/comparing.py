"""Whether a value that was sent is the value that came back, and what else of a record is different. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from conformance.probes.records.creating import MISSING, attribute
from conformance.verdict.remote import DURATIONS

DEPENDENT_FIELDS: Mapping[str, frozenset[str]] = {
    "name": frozenset({"color-safe", "parentTitle"}),
    "color": frozenset({"color-safe"}),
    "begin": frozenset({"duration"}),
    "end": frozenset({"duration"}),
    "hourlyRate": frozenset({"fixedRate"}),
    "fixedRate": frozenset({"hourlyRate"}),
    "customer": frozenset({"parentTitle"}),
    "project": frozenset({"parentTitle"}),
    "activity": frozenset({"hourlyRate", "fixedRate"}),
    "break": frozenset({"duration"}),
}
"""Attributes that are computed from another, and so change with it."""


COMPUTED = frozenset({"rate", "internalRate"})
"""Attributes that are computed anew whenever a time record is saved, from rates that others may have changed."""


CUSTOM = "metaFields"
"""The attribute that holds a record's custom fields."""


def is_stored(name: str, sent: Any, body: Any, path: str) -> bool:
    """Whether a body shows, at an attribute path, the value that was sent for a field."""
    got = attribute(body, path)
    if got is MISSING:
        return False
    if name in DURATIONS and isinstance(sent, str):  # Sent in hours and minutes, shown in seconds.
        hours, _, minutes = sent.partition(":")
        return bool(got == int(hours) * 3600 + int(minutes) * 60)
    if isinstance(sent, bool) or isinstance(got, bool):
        return sent is got
    if isinstance(sent, str) and isinstance(got, str):
        return alike(sent, got)
    if name == "tags" and isinstance(got, list):
        return sorted(map(str, got)) == sorted(filter(None, str(sent).split(",")))
    if name == "members":
        return _members(sent) == _members(got)
    if isinstance(sent, float) and isinstance(got, int | float):
        return abs(sent - got) < 0.005  # Of two decimals, however they are kept.
    return bool(sent == got)


def _members(listed: Any) -> set[tuple[Any, bool]]:
    """Return who is in a team and who leads it, as sent (an id) or as shown (a user)."""
    rows = [item for item in listed if isinstance(item, Mapping)] if isinstance(listed, list) else []
    ids = ((attribute(row, "user.id"), row) for row in rows)
    return {(row.get("user") if number is MISSING else number, row.get("teamlead") is True) for number, row in ids}


def alike(sent: str, got: str) -> bool:
    """Whether two texts are the same, or the same local time or day: an answer adds an offset, or a time to a day."""
    if sent == got:
        return True
    is_time = len(sent) >= 10 and sent[4:5] == sent[7:8] == "-" and sent[:4].isdigit()
    if not is_time:
        return False
    if len(sent) == 10 or len(got) == 10 or sent.endswith("T00:00:00"):
        return sent[:10] == got[:10]
    return sent[:19] == got[:19]


def short(value: Any) -> str:
    """Return a value as a short canonical word: booleans, null and missing as they are, else its kind."""
    if value is MISSING:
        return "missing"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return "another value"


def differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return the attributes that two answers share and show differently, with both values.

    A record that one of them expands is the same where it has the id that the other shows.
    """
    results = {}
    for name in sorted(one.keys() & other.keys()):
        left, right = one[name], other[name]
        if isinstance(left, Mapping) != isinstance(right, Mapping):
            left, right = (item.get("id") if isinstance(item, Mapping) else item for item in (left, right))
        if not equal_unordered(left, right):
            results[name] = one[name], other[name]
    return results


def equal_unordered(one: Any, other: Any) -> bool:
    """Whether two values are the same but for the order of lists within them (tags, members), which nobody promised."""
    return bool(one == other) or bool(_unordered(one) == _unordered(other))


def _unordered(value: Any) -> Any:
    if isinstance(value, Mapping):
        named = value.keys() == _NAMED
        return {name: _as_text(entry) if named else _unordered(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return sorted((_unordered(item) for item in value), key=lambda each: json.dumps(each, sort_keys=True))
    return value


_NAMED = frozenset({"name", "value"})
"""What a custom field and a preference have."""


def _as_text(value: Any) -> Any:
    """Return a custom field's value as it is kept, which is a text: only the answer to a write knows its type."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return _unordered(value) if value is None or isinstance(value, list | Mapping) else str(value)


def unexpected_changes(before: Mapping[str, Any], after: Mapping[str, Any], *fields: str) -> list[str]:
    """Return the attributes that changed although others were sent, but for what is computed from those."""
    expected = COMPUTED.union(fields, *(DEPENDENT_FIELDS.get(field, frozenset()) for field in fields))
    names = before.keys() | after.keys()
    pairs = {name: (before.get(name, MISSING), after.get(name, MISSING)) for name in names - expected}
    old, new = pairs.get(CUSTOM, (None, None))
    if isinstance(old, list) and isinstance(new, list):
        # Those alone that both have: which there are may hang on other values.
        both = {attribute(field, "name") for field in old} & {attribute(field, "name") for field in new}
        pairs[CUSTOM] = (
            [field for field in old if attribute(field, "name") in both],
            [field for field in new if attribute(field, "name") in both],
        )
    return sorted(name for name, pair in pairs.items() if not equal_unordered(*pair))
