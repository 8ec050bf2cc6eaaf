"""How tests start processes: with the signals as a person at a terminal would have them.

A shell without job control starts what it sends to the background with SIGINT and SIGQUIT ignored, `nohup` adds SIGHUP,
and an ignored signal stays ignored in whatever is started from there. A test that interrupts a process must not depend
on how the tests themselves were started.
"""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Process = subprocess.Popen[str]
Done = subprocess.CompletedProcess[str]
StillRunning = subprocess.TimeoutExpired

_TEXT: dict[str, Any] = {"encoding": "utf-8"}
_SENT_BY_PEOPLE = (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTERM)


def start(command: Sequence[str | Path], **options: Any) -> Process:
    """Start a command with the options of `subprocess.Popen`; output goes into one pipe, as text."""
    with signals_set_back():
        return subprocess.Popen(command, **{**_TEXT, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, **options})


def run(command: Sequence[str | Path], **options: Any) -> Done:
    """Run a command to its end with the options of `subprocess.run`; output and errors are kept apart, as text."""
    with signals_set_back():
        return subprocess.run(command, **{**_TEXT, "capture_output": True, **options})


@contextmanager
def signals_set_back() -> Iterator[None]:
    """Let processes that are started within have the default disposition of every signal that people send.

    A handled signal is set back when a program is started, so those that are ignored here are handled meanwhile: code
    between fork and start would not be safe beside the threads of an embedded Kimai.
    """
    # Only the main thread may set signals: what another one starts has those of the tests.
    is_main = threading.current_thread() is threading.main_thread()
    ignored = [number for number in _SENT_BY_PEOPLE if is_main and signal.getsignal(number) is signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, _nothing)
    try:
        yield
    finally:
        for number in ignored:
            signal.signal(number, signal.SIG_IGN)


def _nothing(_number: int, _frame: object) -> None:
    """Do what ignoring does."""
