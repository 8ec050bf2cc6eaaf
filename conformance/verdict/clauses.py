"""The documented promises: loaded from `contracts/clauses.toml`, validated."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

import pytest
from pydantic import field_validator

from conformance.verdict.tables import CONTRACTS, Row, read_rows, reject_repeats
from conformance.words import Level, UsageError

FAMILIES: Mapping[str, str] = {
    "auth": "authentication",
    "datetime": "datetime",
    "boolean": "boolean",
    "attribute": "attribute",
    "definition": "definition",
    "paging": "paging",
    "filter": "filter",
    "data": "data",
    "error": "error",
    "permission": "permission",
}
"""First word of a clause id -> name of its family, in the order of the reports."""

CORE_FAMILIES = ("authentication", "datetime", "boolean", "attribute")
"""With `--write`, each of them needs a decided MUST. Source: DESIGN, "The verdict", exit 5."""


class Clause(Row):
    """One documented promise.

    `needs` are capabilities ("write", "project", ...) without which the plan leaves it out; `observable` is false for
    what cannot be seen through the API; `fold` says whether failures of different operations are one finding.
    """

    id: str
    level: Level
    title: str
    source: str
    needs: tuple[str, ...] = ()
    observable: bool = True
    fold: Literal["cause", "operation"] = "cause"

    @field_validator("id")
    @classmethod
    def _known_family(cls, value: str) -> str:
        family, dot, rest = value.partition(".")
        if family not in FAMILIES or not dot or not rest:
            raise ValueError(f"must begin with one of {', '.join(f'{name}.' for name in FAMILIES)}")
        return value

    @field_validator("title", "source")
    @classmethod
    def _not_empty(cls, value: str) -> str:
        if not value:
            raise ValueError("must not be empty")
        return value

    @property
    def family(self) -> str:
        """Name of the family: "authentication", "datetime", ..."""
        return FAMILIES[self.id.partition(".")[0]]


class Clauses(Mapping[str, Clause]):
    """Clauses by id, in the order of the file."""

    def __init__(self, clauses: Iterable[Clause]) -> None:
        self._by_id = {clause.id: clause for clause in clauses}

    def __getitem__(self, clause_id: str) -> Clause:
        return self._by_id[clause_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    def named(self, clause_id: str) -> Clause:
        """Return a clause. Raises UsageError, with the nearest id, where there is none of that id."""
        try:
            return self._by_id[clause_id]
        except KeyError:
            near = difflib.get_close_matches(clause_id, self._by_id, n=1)
            hint = f"Did you mean {near[0]}?" if near else "Add it to contracts/clauses.toml."
            raise UsageError(f"no clause {clause_id!r}", hint) from None


def load_clauses(path: Path | None = None) -> Clauses:
    """Return the clauses of `path`, by default of contracts/clauses.toml. Raises UsageError for a bad file."""
    path = path or CONTRACTS / "clauses.toml"
    rows = read_rows(path, "clause", Clause)
    reject_repeats(path, [row.id for row in rows])
    return Clauses(rows)


def clause(clause_id: str) -> pytest.MarkDecorator:
    """Return the mark of a test function that is the check of a clause: `@clause("auth.missing")`.

    The plugin makes the `judge` fixture from the marker.
    """
    return pytest.mark.clause(clause_id)
