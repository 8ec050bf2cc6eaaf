"""What the product is known to lose today: cases that are expected to fail, until their entry is taken out here."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

KNOWN_LOSSES: Mapping[str, str] = {}
"""Why, by the id of a case. An id that no case has is an error: see `test_stranger_plants`."""


def known(name: str) -> pytest.MarkDecorator:
    """Return the mark of a test: expected to fail where the table has it."""
    return pytest.mark.xfail(name in KNOWN_LOSSES, reason=KNOWN_LOSSES.get(name, "-"), strict=False)
