"""The file under a ledger: sealed JSON lines, appended by one process that holds a lock beside it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from conformance.exchange.errors import LedgerError
from conformance.exchange.ownership.seal import Chain
from conformance.model import UsageError

Line = dict[str, Any]


class Journal:
    """The open file of one process."""

    def __init__(self, path: Path, key: bytes, wait: float) -> None:
        """Open or start a file. `wait` is how long to wait for whoever holds it, in seconds (-1: for ever).

        Raises UsageError where another process keeps it, LedgerError where it is damaged or cannot be written.
        """
        self._chain = Chain(key)
        self._lock = FileLock(f"{path}.lock", timeout=wait)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        except Timeout as error:
            raise UsageError(f"another run is still at work: it writes {path}", "Wait until it has ended.") from error
        except OSError as error:
            raise LedgerError.unwritable(path, error) from error
        try:
            self.lines = list(sealed_lines(path, self._chain)) if path.exists() else []
            self._file = path.open("a", encoding="utf-8")
            # Start a new line where a crash cut the last one.
            text = path.read_bytes()
            if text and not text.endswith(b"\n"):
                os.truncate(path, text.rfind(b"\n") + 1)
            descriptor = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            self._lock.release()
            raise LedgerError.unwritable(path, error) from error
        except LedgerError:
            self._lock.release()
            raise

    def append(self, line: Mapping[str, Any], *, sync: bool) -> None:
        """Write a line; with `sync` it is on disk when this returns. Raises OSError."""
        self._file.write(json.dumps(self._chain.sealed(line), default=str) + "\n")
        self._file.flush()
        if sync:
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file and let go of the lock."""
        with suppress(OSError):  # What a full disk did not take stays in the file's buffer.
            self._file.close()
        self._lock.release()


def sealed_lines(path: Path, chain: Chain) -> Iterator[Line]:
    """Return the lines of a file. A last one that was cut off by a crash is left out: its create never left.

    Raises LedgerError where another line is damaged, or was not written with this key.
    """
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            line = json.loads(text)
        except ValueError as error:
            if number == len(lines):
                return
            raise _damaged(path, number) from error
        if not isinstance(line, dict) or not chain.accept(line):
            raise _damaged(path, number)
        yield line


def _damaged(path: Path, number: int) -> LedgerError:
    return LedgerError(
        f"line {number} of the ledger {path} was not written by this installation, or was changed since",
        "It is not followed. See what it names on the instance, then remove that run's folder.",
    )
