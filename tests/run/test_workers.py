"""A worker's last events are written while the controller still waits for it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from conformance.plugin import WORKER_SESSION, pytest_sessionfinish


def test_a_session_ends_with_its_last_events() -> None:
    """After the session xdist ends a worker within ten seconds, whatever it is about to write."""
    closed: list[bool] = []
    stash = pytest.Stash()
    worker_session: Any = SimpleNamespace(close=lambda: closed.append(True))
    stash[WORKER_SESSION] = worker_session
    session: Any = SimpleNamespace(config=SimpleNamespace(stash=stash))
    pytest_sessionfinish(session, 0)
    assert closed == [True]
