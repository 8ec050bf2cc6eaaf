"""Takes secrets out of events and verdicts without breaking their structure.

Somebody's password may be "status". Keys and words that the suite itself wrote stay as they are, for they tell nothing;
everything that may come from an instance or from settings is blotted, the keys of observations included.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

OURS = frozenset(
    {
        "kind",
        "status",
        "level",
        "family",
        "clause",
        "clause_ids",
        "id",
        "verdict",
        "outcome",
        "fingerprint",
        "promised",
        "undecided",
        "danger",
        "defect",
        "fail_on",
        "evidence",
    }
)
"""Keys whose values are words, ids or hashes of the suite."""


def without_secrets(value: Any, redact: Callable[[str], str]) -> Any:
    """Return a copy of an event or a verdict with `redact` applied to every text that could hold a secret."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {key: _member(key, item, redact) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_secrets(item, redact) for item in value]
    return value


def _member(key: str, item: Any, redact: Callable[[str], str]) -> Any:
    if key == "observations":
        return map_strings(item, redact)
    return item if key in OURS and not isinstance(item, Mapping) else without_secrets(item, redact)


def map_strings(value: Any, change: Callable[[str], str]) -> Any:
    """Return a copy of JSON data with every text changed, keys included."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {change(str(key)): map_strings(item, change) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [map_strings(item, change) for item in value]
    return value
