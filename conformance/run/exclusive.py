"""Lets one check be alone among the processes of a run: all others wait while it runs.

The others share a lock on a file in the run's folder; the one that is to be alone takes it for itself.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK = "exclusive.lock"


@contextmanager
def run_lock(folder: Path, *, alone: bool) -> Iterator[None]:
    """Hold the run lock: exclusively if `alone`, else shared."""
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)
