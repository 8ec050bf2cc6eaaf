"""What this run created, on disk before it exists: one JSON object a line.

A line is an *intent* (written before a create leaves), and then what became of it: *made*, *refused* (nothing came of
it), *gone* (deleted by this run). *before* keeps what belongs to an actor until it is *restored*. The header has the
run's id, the URL and the names of the tokens, and no secret.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

from filelock import FileLock, Timeout

from conformance.exchange.guarding.kinds import Kind
from conformance.words import UsageError

FORMAT = 1

_BEFORE_SENDING = frozenset({"header", "intent", "before"})
"""What must be on disk before a request leaves. What a later line says can be found out again."""


@dataclass(frozen=True)
class Intent:
    """A create that was about to leave. `floor` is the highest id of the kind that was seen before, None if unknown.

    `credentials` is "good" or how else it stood; `status` is that of the answer, None where none came.
    """

    number: str
    when: float
    operation: str
    kind: Kind
    actor: str | None
    path: str
    sent: Any
    parent: int | None
    floor: int | None
    credentials: str = "good"
    status: int | None = None


@dataclass(frozen=True)
class Made:
    """A record of this run."""

    kind: Kind
    ident: int
    when: float
    parent: int | None = None
    actor: str | None = None
    name: str = ""


@dataclass(frozen=True)
class Before:
    """What belonged to an actor before a write that was allowed: put back at the end."""

    number: str
    when: float
    actor: str
    path: str
    how: str
    values: Any


@dataclass
class Contents:
    """A ledger as data. `texts` are the names and descriptions that were ever sent in a
    create, `kinds` the kinds of all creates."""

    header: dict[str, Any] = field(default_factory=dict)
    intents: dict[str, Intent] = field(default_factory=dict)
    made: dict[tuple[Kind, int], Made] = field(default_factory=dict)
    gone: set[tuple[Kind, int]] = field(default_factory=set)
    before: dict[str, Before] = field(default_factory=dict)
    finished: bool = False
    texts: set[str] = field(default_factory=set)
    kinds: set[Kind] = field(default_factory=set)

    @property
    def empty(self) -> bool:
        """Whether nothing is left to be done."""
        return not self.intents and not self.before and not set(self.made) - self.gone

    def apply(self, line: Mapping[str, Any]) -> None:
        """Take one line in. Unknown events are an error: a newer version wrote them. Raises UsageError."""
        event = line.get("event")
        handler = getattr(self, f"_on_{event}", None)
        if handler is None:
            raise UsageError(f"the ledger has an unknown event {event!r}", "Use the version that wrote it.")
        handler(line)

    def _on_header(self, line: Mapping[str, Any]) -> None:
        self.header = dict(line)

    def _on_intent(self, line: Mapping[str, Any]) -> None:
        values = {key: line[key] for key in Intent.__dataclass_fields__ if key in line}
        values["kind"] = Kind(values["kind"])
        self.intents[line["number"]] = Intent(**values)
        self.texts |= _texts(line.get("sent"))
        self.kinds.add(values["kind"])
        self.finished = False

    def _on_answered(self, line: Mapping[str, Any]) -> None:
        intent = self.intents.get(line["number"])
        if intent:
            self.intents[intent.number] = replace(intent, status=line["status"])

    def _on_made(self, line: Mapping[str, Any]) -> None:
        made = Made(
            Kind(line["kind"]),
            line["ident"],
            line["when"],
            line.get("parent"),
            line.get("actor"),
            line.get("name", ""),
        )
        self.made[(made.kind, made.ident)] = made
        self.intents.pop(line.get("number", ""), None)

    def _on_refused(self, line: Mapping[str, Any]) -> None:
        self.intents.pop(line["number"], None)

    def _on_gone(self, line: Mapping[str, Any]) -> None:
        self.gone.add((Kind(line["kind"]), line["ident"]))

    def _on_before(self, line: Mapping[str, Any]) -> None:
        self.before[line["number"]] = Before(**{key: line[key] for key in Before.__dataclass_fields__})

    def _on_restored(self, line: Mapping[str, Any]) -> None:
        self.before.pop(line["number"], None)

    def _on_finished(self, _line: Mapping[str, Any]) -> None:
        self.finished = True


def _texts(sent: Any) -> set[str]:
    """Return the names and descriptions that a create sent, by which its record can be recognised later."""
    if not isinstance(sent, Mapping):
        return set()
    return {str(sent[key]).strip() for key in ("name", "username", "description") if isinstance(sent.get(key), str)}


def read(path: Path) -> Contents:
    """Return what a ledger says. A last line that was cut off by a crash is left out: its create never left.

    Raises UsageError where another line is not JSON.
    """
    contents = Contents()
    lines = path.read_text(encoding="utf-8").split("\n")
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            contents.apply(json.loads(line))
        except ValueError as error:
            if number == len(lines):
                break
            raise UsageError(
                f"line {number} of the ledger {path} is not JSON", "Repair or remove that file."
            ) from error
    return contents


class Ledger:
    """The open ledger of one process. It holds a lock beside the file until it is closed."""

    def __init__(self, path: Path, header: Mapping[str, Any] | None = None, wait: float = 0) -> None:
        """Open or start a ledger. `wait` is how long to wait for whoever holds it, in seconds (-1: for ever).

        Raises UsageError where another process keeps it.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._mutex = threading.RLock()
        self._lock = FileLock(f"{path}.lock", timeout=wait)
        try:
            self._lock.acquire()
        except Timeout as error:
            raise UsageError(f"another process writes the ledger {path}", "Wait until that run has ended.") from error
        self.contents = read(path) if path.exists() else Contents()
        self._file: IO[str] = path.open("a", encoding="utf-8")
        self._end_cut_line()
        self._count = 0
        if not self.contents.header:
            self._write({"event": "header", "ledger": FORMAT, "started": time.time(), **(header or {})})
            self._sync_folder()

    def owns(self, kind: Kind, ident: int) -> bool:
        """Whether this run made a record. What it deleted stays its own."""
        return (kind, ident) in self.contents.made

    def alive(self, kind: Kind | None = None) -> list[Made]:
        """Return what was made and not deleted, oldest first."""
        made = self.contents.made.values()
        return [m for m in made if (m.kind, m.ident) not in self.contents.gone and kind in (None, m.kind)]

    def get(self, kind: Kind, ident: int) -> Made | None:
        """Return a record of the run, None where it is not one."""
        return self.contents.made.get((kind, ident))

    def intend(self, **values: Any) -> str:
        """Write down a create before it leaves: the fields of Intent but for number and time. Returns its number."""
        number = self._next()
        self._write({"event": "intent", "number": number, "when": time.time(), **values})
        return number

    def answered(self, number: str, status: int) -> None:
        """Write the status of an answer that does not settle the intent."""
        self._write({"event": "answered", "number": number, "status": status})

    def made(self, number: str, kind: Kind, ident: int, **values: Any) -> None:
        """Write that an intent became a record."""
        self._write({"event": "made", "number": number, "when": time.time(), "kind": kind, "ident": ident, **values})

    def refused(self, number: str, why: str) -> None:
        """Write that nothing came of an intent, and how that is known."""
        self._write({"event": "refused", "number": number, "why": why})

    def gone(self, kind: Kind, ident: int) -> None:
        """Write that a record of the run is deleted."""
        if (kind, ident) in self.contents.gone:
            return
        self._write({"event": "gone", "kind": kind, "ident": ident})

    def before(self, actor: str, path: str, how: str, values: Any) -> str:
        """Keep what belongs to an actor, before it is changed. `how` says how it is put back."""
        number = self._next()
        self._write(
            {
                "event": "before",
                "number": number,
                "when": time.time(),
                "actor": actor,
                "path": path,
                "how": how,
                "values": values,
            }
        )
        return number

    def restored(self, number: str) -> None:
        """Write that what belongs to an actor is as it was."""
        self._write({"event": "restored", "number": number})

    def finished(self) -> None:
        """Write that the clean-up is complete."""
        self._write({"event": "finished"})

    def close(self) -> None:
        """Close the file and let go of the lock."""
        self._file.close()
        self._lock.release()

    def _next(self) -> str:
        with self._mutex:
            self._count += 1
            return f"{os.getpid()}-{time.time_ns()}-{self._count}"

    def _write(self, line: dict[str, Any]) -> None:
        with self._mutex:
            self._file.write(json.dumps(line, default=str) + "\n")
            self._file.flush()
            if line["event"] in _BEFORE_SENDING:
                os.fsync(self._file.fileno())
            self.contents.apply(line)

    def _end_cut_line(self) -> None:
        """Start a new line where a crash cut the last one."""
        text = self.path.read_bytes()
        if text and not text.endswith(b"\n"):
            os.truncate(self.path, text.rfind(b"\n") + 1)

    def _sync_folder(self) -> None:
        descriptor = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def tokens_named(names: Iterable[tuple[str, Iterable[str]]]) -> list[dict[str, Any]]:
    """Return actors and the names of their tokens for a header."""
    return [{"actor": actor, "tokens": list(tokens)} for actor, tokens in names]
