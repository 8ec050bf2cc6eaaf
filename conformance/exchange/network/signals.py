"""Lets no write be cut off on its way: its answer says what was made, and an interrupt must not lose it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_HELD = frozenset({signal.SIGINT, signal.SIGTERM})
_writing = threading.RLock()


@contextmanager
def write_under_way() -> Iterator[None]:
    """Deliver SIGINT and SIGTERM after the block only; a request's timeout bounds it. Other threads get none anyway."""
    with _writing:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _HELD)
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def await_write(seconds: float) -> None:
    """Wait until another thread's write has ended, for so many seconds at most. Then none begins any more."""
    _writing.acquire(timeout=seconds)
