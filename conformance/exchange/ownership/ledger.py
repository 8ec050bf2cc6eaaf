"""What this run created, on disk before it exists: one sealed JSON object a line.

A line is an *intent* (written before a create leaves), and then what became of it: *answered* (its status), *made* (the
answer named a record), *proved* (a read-back showed that record to be what was sent), *disowned* (it showed another),
*refused* (answered with a refusal), *settled* (nothing came of it), *worded* (the run is about to give a record a text
without its mark), *gone* (deleted by this run). *before* keeps what
belongs to an actor, *wrote* and *written* what the run made of it, until it is *restored*. The header has the run's
id, the URL, the actors and the names of their tokens, and no secret.

Source: DESIGN, "The guard": the ledger is written, as an intent, before a create leaves, and completed from its answer.
"""

from __future__ import annotations

import enum
import os
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from conformance.exchange.errors import LedgerError
from conformance.exchange.guard.kinds import Kind
from conformance.exchange.ownership.journal import Journal, sealed_lines
from conformance.exchange.ownership.seal import Chain
from conformance.model import LOST, mark_of

FORMAT = 2

_BEFORE_SENDING = frozenset({"header", "intent", "before", "wrote", "worded"})
"""What must be on disk before a request leaves. What a later line says can be found out again."""

Key = tuple[Kind, int]
"""A record: ids count kind by kind."""


LONG_AGO = 3600.0
"""Seconds after which no server works on a write any more that it has not carried out."""

HIDDEN = "hidden"
"""How the ledger keeps the flags of an own record that is hidden before it is deleted."""


class Fate(enum.StrEnum):
    """What became of a create: OPEN as long as nobody knows; a REFUSED one may have been done all the same."""

    OPEN = "open"
    MADE = "made"
    REFUSED = "refused"
    SETTLED = "settled"


@dataclass(frozen=True)
class Intent:
    """A create that was about to leave.

    `when` is in seconds since 1970 by this machine. `owner` is the id of the user whom the record will belong to, None
    where that is not known. `copied` is what a restart or duplicate takes from its source. `floor` is the highest id of
    the kind (below the parent, where it has one) that was seen before, None if unknown. `credentials` is "good" or how
    else they stood; `valid` whether any version could take the body. `status` is that of the answer, None where none
    came; `named` the id in an answer that was not believed.
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
    owner: int | None = None
    copied: Mapping[str, Any] = field(default_factory=dict)
    credentials: str = "good"
    valid: bool = True
    status: int | None = None
    named: int | None = None
    fate: Fate = Fate.OPEN

    @property
    def unanswered(self) -> bool:
        """Whether it may still be carried out: no answer came, or one of a gateway that does not say."""
        return self.fate is Fate.OPEN and self.named is None and (self.status is None or self.status in LOST)


@dataclass(frozen=True)
class Made:
    """A record that an answer named. It is the run's own once it is `proved`; `number` is that of its intent."""

    kind: Kind
    ident: int
    when: float
    parent: int | None = None
    actor: str | None = None
    name: str = ""
    number: str = ""
    proved: bool = False

    @property
    def key(self) -> Key:
        """Kind and id."""
        return self.kind, self.ident


@dataclass(frozen=True)
class SavedState:
    """What belonged to an actor before a write that was allowed, and what the run wrote over it.

    `preferences` are the names of those that a user had. `unanswered` is when the last write left that got no answer,
    in seconds since 1970; None where all were answered.
    """

    number: str
    when: float
    actor: str
    path: str
    how: str
    values: Any
    written: tuple[Any, ...] = ()
    unanswered: float | None = None
    preferences: tuple[str, ...] = ()


@dataclass
class Contents:
    """A ledger as data. `disowned` are records that answers named and that are somebody else's, with the reason.

    `texts` are the descriptions without the mark that the run gave to records of its own.
    """

    header: dict[str, Any] = field(default_factory=dict)
    intents: dict[str, Intent] = field(default_factory=dict)
    made: dict[Key, Made] = field(default_factory=dict)
    disowned: dict[Key, str] = field(default_factory=dict)
    texts: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    gone: set[Key] = field(default_factory=set)
    before: dict[str, SavedState] = field(default_factory=dict)
    finished: bool = False

    @property
    def open_intents(self) -> list[Intent]:
        """Creates of which nobody knows yet what became of them."""
        return [intent for intent in self.intents.values() if intent.fate is Fate.OPEN]

    @property
    def empty(self) -> bool:
        """Whether nothing is left to be done."""
        return not self.open_intents and not self.before and not set(self.made) - self.gone

    @property
    def mark(self) -> str:
        """What the names of the run's records contain. Derived from the run's id, never read."""
        return mark_of(str(self.header["run"])) if self.header.get("run") else ""

    def user_ids(self) -> set[int]:
        """Return the ids of the run's actors, whoever cleans up after it."""
        return {actor["user_id"] for actor in self.header.get("actors", ()) if actor.get("user_id")}

    def apply(self, line: Mapping[str, Any]) -> None:
        """Take one line in. Raises LedgerError for an event that this version does not know."""
        match line.get("event"):
            case "header":
                self.header = dict(line)
            case "intent":
                values = {name: line[name] for name in Intent.__dataclass_fields__ if name in line}
                self.intents[line["number"]] = Intent(**{**values, "kind": Kind(line["kind"])})
                self.finished = False
            case "answered":
                self._change(line["number"], status=line["status"], named=line.get("named"))
            case "made":
                values = {name: line[name] for name in Made.__dataclass_fields__ if name in line}
                made = Made(**{**values, "kind": Kind(line["kind"])})
                self.made[made.key] = made
                self._change(made.number, fate=Fate.MADE, status=200)
            case "proved":
                key = (Kind(line["kind"]), line["ident"])
                if key in self.made:
                    self.made[key] = replace(self.made[key], proved=True)
            case "disowned":
                key = (Kind(line["kind"]), line["ident"])
                disowned = self.made.pop(key, None)
                self.disowned[key] = line["why"]
                if disowned is not None:
                    self._change(disowned.number, fate=Fate.OPEN, named=disowned.ident)
            case "worded":
                key = (Kind(line["kind"]), line["ident"])
                self.texts[key] = (*self.texts.get(key, ()), line["text"])
            case "refused":
                self._change(line["number"], status=line["status"], fate=Fate.REFUSED)
            case "settled":
                self._change(line["number"], fate=Fate.SETTLED)
            case "gone":
                self.gone.add((Kind(line["kind"]), line["ident"]))
            case "before":
                values = {name: line[name] for name in SavedState.__dataclass_fields__ if name in line}
                self.before[line["number"]] = SavedState(**values)
            case "wrote" | "written" as event:
                kept = self.before.get(line["number"])
                if kept is not None:
                    written = (*kept.written, line["values"])
                    unanswered = line["when"] if event == "wrote" else None
                    self.before[line["number"]] = replace(kept, written=written, unanswered=unanswered)
            case "restored":
                self.before.pop(line["number"], None)
            case "finished":
                self.finished = True
            case event:
                raise LedgerError(f"the ledger has an unknown event {event!r}", "Use the version that wrote it.")

    def _change(self, number: str, **values: Any) -> None:
        if number in self.intents:
            self.intents[number] = replace(self.intents[number], **values)


def read(path: Path, key: bytes = b"") -> Contents:
    """Return what a ledger says. Raises LedgerError where it is damaged, or was not written with this key."""
    contents = Contents()
    for line in sealed_lines(path, Chain(key)):
        contents.apply(line)
    return contents


class Ledger:
    """The open ledger of one process. It holds a lock beside the file until it is closed.

    Where the disk gives out, `unwritten` says why. Then no create leaves any more, but for a clean-up, which goes on
    in memory: see `tolerate`.
    """

    def __init__(
        self, path: Path | None, header: Mapping[str, Any] | None = None, *, wait: float = 0, key: bytes = b""
    ) -> None:
        """Open or start a ledger. `wait` is how long to wait for whoever holds it, in seconds (-1: for ever).

        Without a path it is kept in memory alone, for a clean-up that must go on where no file can be written.
        Raises UsageError where another process keeps it, LedgerError where it is damaged or cannot be written.
        """
        self.path = path
        self.unwritten = ""
        self.contents = Contents()
        self._journal = Journal(path, key, wait) if path is not None else None
        self._tolerant = self._journal is None
        self._mutex = threading.RLock()
        self._count = 0
        try:
            for line in self._journal.lines if self._journal else ():
                self.contents.apply(line)
            if not self.contents.header:
                self._write({"event": "header", "ledger": FORMAT, "started": time.time(), **(header or {})})
        except LedgerError:
            self.close()
            raise

    def tolerate(self) -> None:
        """From now on go on in memory where the disk gives out: what is deleted need not be written down."""
        self._tolerant = True

    def claims(self, kind: Kind, ident: int) -> bool:
        """Whether an answer to this run named a record as made. What the run deleted stays claimed."""
        return (kind, ident) in self.contents.made

    def alive(self, kind: Kind | None = None) -> list[Made]:
        """Return what was made and not deleted, oldest first."""
        made = self.contents.made.values()
        return [m for m in made if m.key not in self.contents.gone and kind in (None, m.kind)]

    def get(self, kind: Kind, ident: int) -> Made | None:
        """Return a claimed record, None where it is not one."""
        return self.contents.made.get((kind, ident))

    def intend(self, **values: Any) -> str:
        """Write down a create before it leaves: the fields of Intent but for number and time. Returns its number.

        Raises LedgerError where it cannot be written: then the create must not leave.
        """
        number = self._next()
        self._write({"event": "intent", "number": number, "when": time.time(), **values})
        return number

    def answered(self, number: str, status: int, named: int | None = None) -> None:
        """Write the status of an answer that does not settle the intent, and the id it named if not believed."""
        self._write({"event": "answered", "number": number, "status": status, "named": named})

    def made(self, number: str, kind: Kind, ident: int, **values: Any) -> None:
        """Write that an intent became a record, as its answer says."""
        self._write({"event": "made", "number": number, "when": time.time(), "kind": kind, "ident": ident, **values})

    def proved(self, kind: Kind, ident: int) -> None:
        """Write that a read-back showed a record to be what was sent."""
        self._write({"event": "proved", "kind": kind, "ident": ident})

    def disowned(self, kind: Kind, ident: int, why: str) -> None:
        """Write that a record which an answer named is not the run's; what its create made is open again."""
        self._write({"event": "disowned", "kind": kind, "ident": ident, "why": why})

    def worded(self, kind: Kind, ident: int, text: str) -> None:
        """Write which text without the mark the run is about to give to a record: another one is somebody's."""
        self._write({"event": "worded", "kind": kind, "ident": ident, "text": text})

    def refused(self, number: str, status: int) -> None:
        """Write that an intent was answered with a refusal."""
        self._write({"event": "refused", "number": number, "status": status})

    def settled(self, number: str, why: str) -> None:
        """Write that nothing came of an intent, and how that is known."""
        self._write({"event": "settled", "number": number, "why": why})

    def gone(self, kind: Kind, ident: int) -> None:
        """Write that a record of the run is deleted."""
        if (kind, ident) not in self.contents.gone:
            self._write({"event": "gone", "kind": kind, "ident": ident})

    def before(self, actor: str, path: str, how: str, values: Any, preferences: Sequence[str] = ()) -> str:
        """Keep what belongs to an actor, before it is changed. `how` says how it is put back. Raises LedgerError."""
        number = self._next()
        line = {"actor": actor, "path": path, "how": how, "values": values, "preferences": list(preferences)}
        self._write({"event": "before", "number": number, "when": time.time(), **line})
        return number

    def wrote(self, number: str, values: Any) -> None:
        """Write what the run is about to make of what it kept: only where it is still so is it put back."""
        self._write({"event": "wrote", "number": number, "when": time.time(), "values": values})

    def written(self, number: str, values: Any) -> None:
        """Write that such a write was answered, and how the answer shows what it made."""
        self._write({"event": "written", "number": number, "values": values})

    def restored(self, number: str) -> None:
        """Write that what belongs to an actor needs no further care."""
        self._write({"event": "restored", "number": number})

    def finished(self) -> None:
        """Write that the clean-up is complete."""
        self._write({"event": "finished"})

    def close(self) -> None:
        """Close the file and let go of the lock."""
        if self._journal is not None:
            self._journal.close()

    def _next(self) -> str:
        with self._mutex:
            self._count += 1
            return f"{os.getpid()}-{time.time_ns()}-{self._count}"

    def _write(self, line: dict[str, Any]) -> None:
        with self._mutex:
            first = line["event"] in _BEFORE_SENDING
            if self._journal is not None and not self.unwritten:
                try:
                    self._journal.append(line, sync=first)
                except OSError as error:
                    self.unwritten = str(LedgerError.unwritable(self.path, error))
            if self.unwritten and first and not self._tolerant:
                raise LedgerError(self.unwritten, LedgerError.MAKE_ROOM)
            self.contents.apply(line)
