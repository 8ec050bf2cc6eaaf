"""A pytest plugin for the processes of a run: its checks in an order of chance, the same in each process."""

from __future__ import annotations

import os
import random

import pytest

SEED = "STEADY_ORDER"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Shuffle the checks."""
    random.Random(os.environ[SEED]).shuffle(items)
