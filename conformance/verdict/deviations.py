"""Known departures of released Kimai versions: loaded from `contracts/deviations.toml`, and matched exactly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import model_validator

from conformance.model import Exchange, decoded
from conformance.verdict.tables import CONTRACTS, Row, read_rows, reject_repeats
from conformance.verdict.versions import VersionRange, in_range

ANY = "*"
"""Stands for every operation or field in an entry, and for every value in a `body`."""


class Deviation(Row):
    """One known departure: clause, version range, places, and the exact behaviour that was observed.

    `versions` is a specifier such as ">=2.63"; open-ended entries hold until they go stale. `values` limits the entry
    to values that were sent. `status` and `body` are for answers of 5xx: the status, and what the request's body
    contains, where "*" is any value.
    """

    id: str
    clause: str
    versions: VersionRange
    operations: tuple[str, ...]
    fields: tuple[str, ...] = (ANY,)
    values: tuple[str, ...] = ()
    observed: str | tuple[str, ...] = ()
    reason: str
    reference: str
    status: int | None = None
    body: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _is_exact(self) -> Deviation:
        if not self.observed and self.status is None:
            raise ValueError("observed: say the exact behaviour (or status, for a server error)")
        if not self.operations or not self.fields:
            raise ValueError("operations and fields must not be empty")
        return self

    @property
    def behaviours(self) -> tuple[str, ...]:
        """The behaviours that the entry covers, as canonical words."""
        return (self.observed,) if isinstance(self.observed, str) else self.observed

    @property
    def wide(self) -> bool:
        """Whether the entry says "*" somewhere, so that some of its places may well keep the clause."""
        return ANY in self.operations or ANY in self.fields

    def in_range(self, version: str | None) -> bool:
        """Whether an instance of this version may depart so. An unknown version is in no range."""
        return in_range(self.versions, version)

    def covers(self, clause: str, operation: str, field: str, value: str, exchange: Exchange | None) -> bool:
        """Whether a place is one of this entry's, whatever was seen there."""
        return (
            clause == self.clause
            and (operation in self.operations or ANY in self.operations)
            and (field in self.fields or ANY in self.fields)
            and (not self.values or value in self.values)
            and (self.body is None or contains(exchange and decoded(exchange.request_body), self.body))
        )

    def explains(self, got: str, exchange: Exchange | None) -> bool:
        """Whether what was seen at a covered place is exactly what the entry says."""
        if self.status is not None and (exchange is None or exchange.status != self.status):
            return False
        return not self.behaviours or got in self.behaviours


class Deviations(Sequence[Deviation]):
    """All known departures, in the order of the file."""

    def __init__(self, entries: Iterable[Deviation] = ()) -> None:
        self._entries = tuple(entries)
        self._current: dict[tuple[str, str | None], tuple[Deviation, ...]] = {}

    def __getitem__(self, index: Any) -> Any:
        return self._entries[index]

    def __len__(self) -> int:
        return len(self._entries)

    def covering(
        self, clause: str, operation: str, field: str, value: str, version: str | None, exchange: Exchange | None = None
    ) -> Iterator[Deviation]:
        """Yield the entries in range that concern a place."""
        key = (clause, version)
        if key not in self._current:
            those = (entry for entry in self._entries if entry.clause == clause)
            self._current[key] = tuple(entry for entry in those if entry.in_range(version))
        for entry in self._current[key]:
            if entry.covers(clause, operation, field, value, exchange):
                yield entry

    def match(
        self,
        clause: str,
        operation: str,
        field: str,
        value: str,
        got: str,
        version: str | None,
        exchange: Exchange | None = None,
    ) -> Deviation | None:
        """Return the entry that explains exactly what was seen at a place; None where it is a failure."""
        result = self.covering(clause, operation, field, value, version, exchange)
        return next((entry for entry in result if entry.explains(got, exchange)), None)


def load_deviations(path: Path | None = None) -> Deviations:
    """Return the entries of `path`, by default of contracts/deviations.toml. Raises UsageError for a bad file."""
    path = path or CONTRACTS / "deviations.toml"
    rows = read_rows(path, "deviation", Deviation)
    reject_repeats(path, [row.id for row in rows])
    return Deviations(rows)


def contains(whole: Any, part: Any) -> bool:
    """Whether a JSON value contains another: objects by key, all else equal in value and type; "*" is any value."""
    if part == ANY:
        return True
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(key in whole and contains(whole[key], part[key]) for key in part)
    if isinstance(part, list):
        return (
            isinstance(whole, list)
            and len(whole) == len(part)
            and all(contains(one, other) for one, other in zip(whole, part, strict=True))
        )
    return type(whole) is type(part) and bool(whole == part)
