"""Signals while records are made and deleted: SIGTERM is Ctrl-C, and clean-up is not cut short.

A shell has what it sends to the background ignore Ctrl-C, which is then meant for what runs in the foreground: such a
run ignores it throughout.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from rich.console import Console

from conformance.run.console import print_line

Handler = Callable[[int, FrameType | None], None]


@contextmanager
def sigterm_as_interrupt() -> Iterator[None]:
    """Have SIGTERM raise KeyboardInterrupt within."""

    def handler(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    with _handled((signal.SIGTERM,), handler):
        yield


@contextmanager
def defer_signals(console: Console) -> Iterator[None]:
    """Answer Ctrl-C and SIGTERM with words within: an end there would leave records behind."""

    def handler(_number: int, _frame: FrameType | None) -> None:
        print_line(console, "Still cleaning up; `kimai-conformance clean` can finish it if this is killed.")

    with _handled((signal.SIGINT, signal.SIGTERM), handler):
        yield


@contextmanager
def _handled(numbers: tuple[signal.Signals, ...], handler: Handler) -> Iterator[None]:
    heard = [n for n in numbers if n is signal.SIGTERM or signal.getsignal(n) is not signal.SIG_IGN]
    before = {number: signal.signal(number, handler) for number in heard}
    try:
        yield
    finally:
        for number, action in before.items():
            signal.signal(number, action)
