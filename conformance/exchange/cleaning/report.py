"""What a clean-up did."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from conformance.exchange.cleaning import ledger
from conformance.words import UsageError


@dataclass(frozen=True)
class CleanupReport:
    """How many records were made and deleted, and what stays, each with its name and the reason."""

    created: int
    deleted: int
    left_behind: tuple[str, ...] = ()

    @classmethod
    def nothing(cls) -> CleanupReport:
        """The report of a run that wrote nothing."""
        return cls(0, 0)

    @classmethod
    def failed(cls, folder: Path, reason: str) -> CleanupReport:
        """The report where nothing could be cleaned: everything that is not known to be deleted stays."""
        created = deleted = 0
        left: list[str] = []
        for path in sorted(folder.glob("ledger*.jsonl")):
            try:
                contents = ledger.read(path)
            except UsageError as error:
                left.append(f"{error}")
                continue
            created += len(contents.made)
            deleted += len(contents.gone)
            left += [f"{name}: {reason}" for name in remaining(contents)]
        return cls(created, deleted, tuple(left))


def remaining(contents: ledger.Contents) -> list[str]:
    """Return the names of what a ledger does not know to be deleted, put back or never made."""
    made = [describe(each) for key, each in contents.made.items() if key not in contents.gone]
    open_ones = [f"perhaps a {intent.kind} of {intent.operation}" for intent in contents.intents.values()]
    before = [each for each in contents.before.values() if each.how != "shown"]
    return made + open_ones + [f"what {each.actor} had at {each.path}" for each in before]


def describe(made: ledger.Made) -> str:
    """Return what a record is called in reports."""
    return f"{made.kind} {made.ident}" + (f" ({made.name})" if made.name else "")
