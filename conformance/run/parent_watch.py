"""The pipe by which a child knows that its parent lives.

A named pipe in the run's folder: the parent holds it open for writing, each child process (xdist workers too, which
inherit no descriptors) reads from it. When the parent ends, however it ends, every reader sees the end of the file.
Source: DESIGN, "A run".
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

VARIABLE = "KIMAI_CONFORMANCE_SUPERVISOR"
"""Names the pipe by which the processes of a run know that their supervisor lives."""
PARENT = "KIMAI_CONFORMANCE_PARENT"
"""Names the pipe by which a command knows that whoever started it lives; it is interrupted when that ends."""
PIPE = "parent-pipe"
"""Name of the pipe in the folder of a run."""


class ParentPipe:
    """The parent's end. `cut` tells every child to send nothing more and to end."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / PIPE
        os.mkfifo(self.path, 0o600)
        # Opened for reading too: opening a pipe for writing alone would wait for the first child.
        self._descriptor: int | None = os.open(self.path, os.O_RDWR)

    def cut(self) -> None:
        """Close the pipe; harmless when called again."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
            self.path.unlink(missing_ok=True)


class ParentWatch:
    """The child's end. Calling it says whether the parent still lives."""

    def __init__(self, path: Path, on_end: Callable[[], None] = lambda: None) -> None:
        self._ended = threading.Event()
        self._on_end = on_end
        threading.Thread(target=self._watch, args=(_opened(path),), daemon=True, name=PIPE).start()

    def _watch(self, descriptor: int | None) -> None:
        if descriptor is not None:
            with os.fdopen(descriptor, "rb", buffering=0) as pipe:
                pipe.read(1)
        self._ended.set()
        self._on_end()

    def __call__(self) -> bool:
        return not self._ended.is_set()


def _opened(path: Path) -> int | None:
    """Open the pipe for reading at once, whether or not the parent still holds it; None where it is gone.

    A plain open waits for somebody to write: for ever, where the parent has just ended.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return None
    os.set_blocking(descriptor, True)
    return descriptor
