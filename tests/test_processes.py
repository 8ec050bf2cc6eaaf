"""What tests start hears the signals that they send it, also where the tests run in the background of a shell."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator

import pytest

from tests import processes

NAMES = ("SIGINT", "SIGQUIT", "SIGHUP", "SIGTERM")
SCRIPT = f"import signal; print([signal.getsignal(getattr(signal, n)) is signal.SIG_IGN for n in {NAMES}])"


@pytest.fixture
def in_the_background() -> Iterator[None]:
    """Ignore here what a shell has its background processes ignore, and `nohup`, and more."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (getattr(signal, name) for name in NAMES)}
    yield
    for number, action in before.items():
        signal.signal(number, action)


@pytest.mark.usefixtures("in_the_background")
def test_no_signal_is_ignored_in_what_is_started() -> None:
    command = [sys.executable, "-c", SCRIPT]
    assert processes.run(command, check=True).stdout == "[False, False, False, False]\n"
    assert processes.start(command).communicate()[0] == "[False, False, False, False]\n"
    assert {signal.getsignal(getattr(signal, name)) for name in NAMES} == {signal.SIG_IGN}
