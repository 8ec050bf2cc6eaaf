"""Signals while something runs that must end in order."""

from __future__ import annotations

import io
import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest
from rich.console import Console

from conformance.embedded.web.serve_command import wait_for_signal
from conformance.run.signals import defer_signals, sigterm_as_interrupt


@pytest.fixture(params=[signal.default_int_handler], autouse=True)
def ctrl_c(request: pytest.FixtureRequest) -> Iterator[None]:
    """Set what becomes of Ctrl-C, however these tests were started: as in the foreground, unless it is said."""
    before = signal.signal(signal.SIGINT, request.param)
    yield
    signal.signal(signal.SIGINT, before)


in_the_background = pytest.mark.parametrize("ctrl_c", [signal.SIG_IGN], indirect=True)


def said_to(number: signal.Signals) -> str:
    """What a patient clean-up says to a signal."""
    console = Console(file=io.StringIO())
    with defer_signals(console):
        signal.raise_signal(number)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_clean_up_is_not_cut_short(number: signal.Signals) -> None:
    assert "Still cleaning up" in said_to(number)


@in_the_background
def test_what_is_in_the_background_goes_on_ignoring_ctrl_c() -> None:
    assert said_to(signal.SIGINT) == ""
    assert "Still cleaning up" in said_to(signal.SIGTERM)
    with sigterm_as_interrupt():
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


@in_the_background
def test_what_serves_in_the_background_goes_on_ignoring_ctrl_c() -> None:
    before, seen = signal.getsignal(signal.SIGTERM), []

    def end() -> None:
        while signal.getsignal(signal.SIGTERM) is before:
            time.sleep(0.001)
        seen.append(signal.getsignal(signal.SIGINT))
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=end).start()
    wait_for_signal()
    assert seen == [signal.SIG_IGN]
    assert signal.getsignal(signal.SIGTERM) is before
