"""Known defects of released Kimai versions: loaded from `contracts/known_defects.toml`, and matched by their cause.

A deviation is another behaviour than the one promised; a known defect is a server error that the release has for
everybody, and that nobody who runs it can mend.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import ValidationInfo, field_validator

from conformance.model import Danger, UsageError
from conformance.verdict.causes import PLACES, WHOLE, Cause, Part
from conformance.verdict.clauses import Clauses, load_clauses
from conformance.verdict.tables import CONTRACTS, NOT_EMPTY, Row, read_rows, reject_repeats
from conformance.verdict.values import ORDINARY, Kind
from conformance.verdict.versions import VersionRange, in_range


class KnownCause(Row):
    """What a defect hangs on: where it lies, the names of parameters or attributes, and the kinds of their values."""

    place: str
    names: tuple[str, ...] = ()
    values: tuple[str, ...]

    @field_validator("place")
    @classmethod
    def _is_told(cls, value: str) -> str:
        if value not in PLACES:
            raise ValueError(f"the suite cannot tell {value!r}; it tells {', '.join(PLACES)}")
        return value

    @field_validator("names")
    @classmethod
    def _are_named(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if not value and info.data.get("place") != WHOLE:
            raise ValueError("must not be empty")
        return value

    @field_validator("values")
    @classmethod
    def _are_kinds(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        kinds = [str(kind) for kind in Kind if kind is not Kind.WHATEVER]
        for word in value or ("",):
            if word not in kinds:
                raise ValueError(f"the suite cannot tell {word!r}; it tells {'; '.join(kinds)}")
        return value

    def covers(self, part: Part) -> bool:
        """Whether a part of a request is to blame by this cause."""
        return part.place == self.place and (part.name in self.names or not self.names) and part.kind in self.values


class KnownDefect(Row):
    """One known defect: clause, version range, operations, cause, and the statuses that were observed.

    `versions` is a specifier such as ">=2.0,<2.34"; open-ended ones hold until the defect is known to be mended.
    `danger` is how bad it is.
    """

    id: str
    clause: str
    versions: VersionRange
    operations: Annotated[tuple[str, ...], NOT_EMPTY]
    cause: KnownCause
    observed: Annotated[tuple[int, ...], NOT_EMPTY]
    danger: Danger
    reason: Annotated[str, NOT_EMPTY]
    reference: Annotated[str, NOT_EMPTY]

    def in_range(self, version: str | None) -> bool:
        """Whether an instance of this version has the defect. An unknown version is in no range."""
        return in_range(self.versions, version)


class KnownDefects(Sequence[KnownDefect]):
    """All known defects, in the order of the file."""

    def __init__(self, entries: Iterable[KnownDefect] = ()) -> None:
        self._entries = tuple(entries)

    def __getitem__(self, index: Any) -> Any:
        return self._entries[index]

    def __len__(self) -> int:
        return len(self._entries)

    def match(self, cause: Cause, version: str | None) -> KnownDefect | None:
        """Return the defect that a server error is; None where it is a new one.

        Every part of the request that is not ordinary must be known to break the operation, and one at least.
        """
        entries = [
            entry
            for entry in self._entries
            if cause.operation in entry.operations and cause.status in entry.observed and entry.in_range(version)
        ]
        blamed = {part: next((entry for entry in entries if entry.cause.covers(part)), None) for part in cause.parts}
        if any(entry is None and part.kind not in ORDINARY for part, entry in blamed.items()):
            return None
        return next((entry for entry in blamed.values() if entry is not None), None)


def load_defects(path: Path | None = None, clauses: Clauses | None = None) -> KnownDefects:
    """Return the entries of `path`, by default of contracts/known_defects.toml; `clauses` are those that there are.

    Raises UsageError, naming file and entry, for a bad file and for an unknown clause.
    """
    clauses = load_clauses() if clauses is None else clauses
    path = path or CONTRACTS / "known_defects.toml"
    rows = read_rows(path, "defect", KnownDefect)
    reject_repeats(path, [row.id for row in rows])
    for number, row in enumerate(rows, start=1):
        if row.clause not in clauses:
            known = clauses.near(row.clause)
            raise UsageError(f"{path}: defect {number} ({row.id}): clause: there is no {row.clause!r}", known)
    return KnownDefects(rows)
