"""A comparison as JSON, sorted, so that the same comparison gives the same bytes."""

from __future__ import annotations

import json

from conformance.upgrade.comparison import Comparison


def render(comparison: Comparison) -> str:
    """Return the text."""
    return json.dumps(comparison.to_json(), sort_keys=True, indent=1, ensure_ascii=False) + "\n"
