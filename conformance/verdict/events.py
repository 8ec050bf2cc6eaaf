"""What a run has found so far, as JSON lines: one file a process, readable while it is written.

A line is written with one call, so a killed process loses its last line at most. Each process writes `start` first and
`end` last; a file without `end`, or with an unreadable line before the last, gives a `torn` event when it is read.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from conformance.model import Finding, Place
from conformance.verdict.proofs import Proof
from conformance.verdict.redaction import map_strings, without_secrets


@dataclass(frozen=True)
class Event:
    """One line: `kind` is start, place, proof, finding, operation, observation, check, progress, note, end or torn."""

    kind: str
    data: dict[str, Any] = field(default_factory=dict)


class EventWriter:
    """Appends events to a file of this process. `redact` takes the secrets out of every text before it is written."""

    def __init__(self, path: Path, redact: Callable[[str], str] = str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._redact = redact
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._write("start", {"pid": os.getpid()})

    def __enter__(self) -> EventWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(ended=error is None)

    def place(self, place: Place, *, fingerprint: str = "", title: str = "") -> None:
        """Write where a clause was decided; a failing place has the fingerprint of its finding."""
        self._write("place", {**asdict(place), "fingerprint": fingerprint, "title": title})

    def proof(self, clause: str, check: str, proof: Proof) -> None:
        """Write how often what a check observed was altered, and how often that turned its judgement on a clause."""
        self._write("proof", {"clause": clause, "check": check, **asdict(proof)})

    def finding(self, finding: Finding) -> None:
        """Write a finding; its clause counts as failed at each of its places."""
        self._write("finding", asdict(finding))

    def operation(self, data: dict[str, Any]) -> None:
        """Write counts of one operation: method, path, requests, accepted, statuses, outcome, reason."""
        self._write("operation", data)

    def observation(self, name: str, data: Any) -> None:
        """Write what a probe observed."""
        self._write("observation", {"name": name, "data": map_strings(data, self._redact)})

    def check(self, clauses: Iterable[str], seconds: float, node: str = "") -> None:
        """Write that a check of these clauses has ended, and how long it took: its places are those since the last."""
        self._write("check", {"clause_ids": list(clauses), "seconds": seconds, "node": node})

    def progress(self, done: int, total: int, label: str = "", failed: int = 0) -> None:
        """Write how far this process is, and how many of the checks that have ended have failed."""
        self._write("progress", {"done": done, "total": total, "label": label, "failed": failed})

    def note(self, text: str, **data: Any) -> None:
        """Write something that people should read."""
        self._write("note", {"text": text, **data})

    def close(self, *, ended: bool = True) -> None:
        """Write `end`, unless the process is ending early, and close the file. A second call does nothing."""
        if self._file < 0:
            return
        if ended:
            self._write("end", {})
        os.close(self._file)
        self._file = -1

    def _write(self, kind: str, data: dict[str, Any]) -> None:
        line = json.dumps({"kind": kind, **without_secrets(data, self._redact)}, default=str, separators=(",", ":"))
        os.write(self._file, line.encode() + b"\n")


class SilentWriter(EventWriter):
    """Takes events, and writes none of them."""

    def __init__(self) -> None:
        self._file = -1
        self._redact = str

    def _write(self, kind: str, data: dict[str, Any]) -> None:
        """Write nothing."""


class EventTail:
    """Reads the event files of a folder, again and again, each time only what is new."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._offsets: dict[Path, int] = {}

    def poll(self) -> list[Event]:
        """Return the complete lines that were written since the last call."""
        events: list[Event] = []
        for path in sorted(self._folder.glob("*.jsonl")):
            with path.open("rb") as file:
                file.seek(self._offsets.get(path, 0))
                data = file.read()
            whole = data[: data.rfind(b"\n") + 1]
            self._offsets[path] = self._offsets.get(path, 0) + len(whole)
            events += filter(None, map(_event, whole.splitlines()))
        return events


def read_events(source: Path | Iterable[Path]) -> list[Event]:
    """Return the events of a folder's *.jsonl files, or of the files given, file after file in the order of names.

    Where there is nothing of that name, no process came as far as to write one: that is a `torn` event too.
    """
    if isinstance(source, Path) and not source.exists():
        return [Event("torn", {"file": source.name, "reason": "no process of the run came to its beginning"})]
    files = sorted(source.glob("*.jsonl")) if isinstance(source, Path) and source.is_dir() else source
    paths = [files] if isinstance(files, Path) else sorted(files)
    return [event for path in paths for event in _whole_file(path)]


def _whole_file(path: Path) -> Iterator[Event]:
    """Yield the events of one file, and a `torn` event for each reason to mistrust it."""
    lines = path.read_bytes().splitlines()
    last = None
    for number, line in enumerate(lines, start=1):
        event = _event(line)
        if event:
            last = event
            yield event
        elif number < len(lines):
            yield Event("torn", {"file": path.name, "reason": f"line {number} is not readable"})
    if last is None or last.kind != "end":
        yield Event("torn", {"file": path.name, "reason": "the process did not come to its end"})


def _event(line: bytes) -> Event | None:
    try:
        data = json.loads(line)
        return Event(str(data.pop("kind")), data)
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        return None
