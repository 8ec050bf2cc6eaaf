"""Loaded first by every Python that a test starts while the clock is shifted: shifts it there, too."""

import contextlib
import importlib.util
import os
import sys
from datetime import timedelta
from pathlib import Path

if os.environ.get("SHIFTED_CLOCK_SECONDS"):
    # What follows must not import pytest, which a pytest that starts here configures first.
    sys.modules["pytest"] = None  # type: ignore[assignment]
    import time_machine

    del sys.modules["pytest"]
    time_machine.__doc__ = "PYTEST_DONT_REWRITE"
    spec = importlib.util.spec_from_file_location("shifting", Path(__file__).parents[1] / "shifting.py")
    assert spec
    assert spec.loader
    shifting = importlib.util.module_from_spec(spec)
    sys.modules["shifting"] = shifting
    spec.loader.exec_module(shifting)
    note = os.environ[shifting.NOTE]
    seconds = timedelta(seconds=float(os.environ[shifting.SECONDS]))
    forever = contextlib.ExitStack()
    forever.enter_context(shifting.noticing(seconds, shifting.Readings(note=Path(note) if note else None)))
