"""What a clean-up did."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from conformance.exchange.errors import LedgerError
from conformance.exchange.ownership import ledger

_NAME = 60


@dataclass
class Notes:
    """What a clean-up has to tell, gathered while it goes on."""

    left_behind: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def left(self, what: str) -> None:
        """Note what stays although it should not, with the reason."""
        self.left_behind.append(what)

    def keep(self, what: str) -> None:
        """Note what stays because `--allow` said so."""
        self.kept.append(what)

    def remark(self, what: str) -> None:
        """Note what people should know, where nothing stays."""
        self.remarks.append(what)


@dataclass(frozen=True)
class CleanupReport:
    """How many records were made and deleted, what stays, and what else should be known.

    `left_behind` names what stays although it should not (exit 4), `kept` what stays because `--allow` said so in so
    many words, `remarks` what was found and needs nobody's care.
    """

    created: int
    deleted: int
    left_behind: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @classmethod
    def of(cls, contents: list[ledger.Contents], notes: Notes) -> CleanupReport:
        """Return the report on some ledgers, each line once."""
        created = sum(len(item.made) for item in contents)
        deleted = sum(len(content.gone & set(content.made)) for content in contents)
        lines = (tuple(dict.fromkeys(those)) for those in (notes.left_behind, notes.kept, notes.remarks))
        return cls(created, deleted, *lines)

    @classmethod
    def nothing(cls) -> CleanupReport:
        """The report of a run that wrote nothing."""
        return cls(0, 0)

    @classmethod
    def failed(cls, folder: Path, reason: str, key: bytes = b"") -> CleanupReport:
        """The report where nothing could be cleaned: everything that is not known to be deleted stays."""
        notes, known = Notes(), []
        for path in sorted(folder.glob("ledger*.jsonl")):
            try:
                known.append(ledger.read(path, key))
            except (LedgerError, OSError) as error:
                notes.left(str(error))
        for contents in known:
            for name in remaining(contents):
                notes.left(f"{name}: {reason}")
        return cls.of(known, notes)


def remaining(contents: ledger.Contents) -> list[str]:
    """Return the names of what a ledger does not know to be deleted, put back or never made."""
    made = [describe(element) for key, element in contents.made.items() if key not in contents.gone]
    open_ones = [f"perhaps one {intent.kind} of {intent.operation}" for intent in contents.open_intents]
    before = [entry for entry in contents.before.values() if entry.how != ledger.HIDDEN]
    return made + open_ones + [f"what {item.actor} had at {item.path}" for item in before]


def describe(made: ledger.Made) -> str:
    """Return what a record is called in reports."""
    return named(made.kind, made.ident, made.name)


def named(kind: str, ident: object, name: str) -> str:
    """Return kind and id of a record, and the beginning of its name, on one line: a comment's name is its text."""
    line = " ".join(name.split())
    return f"{kind} {ident}" + (f" ({line[:_NAME]}{'…' if len(line) > _NAME else ''})" if line else "")
