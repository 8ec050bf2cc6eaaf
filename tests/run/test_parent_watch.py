"""A child learns that its parent has gone, however it went."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from conformance.run.parent_watch import PIPE, ParentPipe, ParentWatch


def test_cutting_the_pipe_ends_every_watch(tmp_path: Path) -> None:
    line = ParentPipe(tmp_path)
    ended = [threading.Event(), threading.Event()]
    watches = [ParentWatch(line.path, on_end=event.set) for event in ended]
    assert all(watch() for watch in watches)
    line.cut()
    assert all(event.wait(10) for event in ended)
    assert not any(watch() for watch in watches)


def test_cutting_twice_does_no_harm_and_leaves_no_file(tmp_path: Path) -> None:
    line = ParentPipe(tmp_path)
    line.cut()
    line.cut()
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_that_a_killed_parent_left_is_an_end(tmp_path: Path) -> None:
    path = tmp_path / PIPE
    os.mkfifo(path)
    ended = threading.Event()
    watch = ParentWatch(path, on_end=ended.set)
    assert ended.wait(10)
    assert not watch()


def test_no_pipe_at_all_is_an_end(tmp_path: Path) -> None:
    ended = threading.Event()
    ParentWatch(tmp_path / PIPE, on_end=ended.set)
    assert ended.wait(10)
