"""A child learns that its parent has gone, however it went."""

from __future__ import annotations

import threading
from pathlib import Path

from conformance.run.lifeline import Lifeline, Pulse


def test_cutting_the_lifeline_ends_every_pulse(tmp_path: Path) -> None:
    line = Lifeline(tmp_path)
    ended = [threading.Event(), threading.Event()]
    pulses = [Pulse(line.path, on_end=event.set) for event in ended]
    assert all(pulse() for pulse in pulses)
    line.cut()
    assert all(event.wait(10) for event in ended)
    assert not any(pulse() for pulse in pulses)


def test_cutting_twice_does_no_harm_and_leaves_no_file(tmp_path: Path) -> None:
    line = Lifeline(tmp_path)
    line.cut()
    line.cut()
    assert list(tmp_path.iterdir()) == []
