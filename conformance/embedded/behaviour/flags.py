"""What a released Kimai takes for true in a body: not the same for every flag."""

from __future__ import annotations

from typing import Any

_FALSE_WORDS = ("", "0", "false")


def teamlead(value: Any) -> bool:
    """False for false, null, 0, "0", "" and "false"."""
    return value is not None and value is not False and _text(value) not in _FALSE_WORDS


def billable(value: Any, creating: bool) -> bool | None:
    """False for false; null, 0, "0" and "" are false in POST, and in a PATCH that changes something else as well."""
    if value is False:
        return False
    if value is None or _text(value) in ("", "0"):
        return False if creating else None
    return True


def _text(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
