"""What no check decides anything about, and why: loaded from `contracts/untested.toml`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from conformance.verdict.tables import CONTRACTS, Row, read_rows


class Untested(Row):
    """Operations, or fields of their bodies, without a check. No `fields` is the operation as a whole."""

    operations: tuple[str, ...]
    fields: tuple[str, ...] = ("",)
    reason: str

    @property
    def places(self) -> Iterator[tuple[str, str]]:
        """Each operation with each field, "" being the operation as a whole."""
        return ((operation, field) for operation in self.operations for field in self.fields)


def load_untested(path: Path | None = None) -> list[Untested]:
    """Return the entries of `path`, by default of contracts/untested.toml. Raises UsageError for a bad file."""
    return read_rows(path or CONTRACTS / "untested.toml", "untested", Untested)
