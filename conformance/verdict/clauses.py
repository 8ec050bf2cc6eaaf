"""The documented promises: loaded from `contracts/clauses.toml`, validated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import field_validator

from conformance.model import Danger, Level, UsageError
from conformance.nearest import nearest
from conformance.verdict.tables import CONTRACTS, NOT_EMPTY, Row, read_rows, reject_repeats

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


DANGERS = tuple(Danger)
"""The worst first."""

_DANGER: Mapping[str, Danger] = {
    "auth": Danger.ACCESS, "permission": Danger.ACCESS, "data": Danger.DATA, "boolean": Danger.DATA,
    "datetime": Danger.MONEY,
}  # fmt: skip
"""Danger of a family; of the others it is "contract"."""


class Clause(Row):
    """One documented promise.

    `needs` are capabilities ("write", "project", ...) without which the plan leaves it out; `observable` is false for
    what cannot be seen through the API; `danger` says how bad a failure is, where its family does not say it.
    """

    id: str
    level: Level
    title: Annotated[str, NOT_EMPTY]
    source: Annotated[str, NOT_EMPTY]
    needs: tuple[str, ...] = ()
    observable: bool = True
    danger: Danger | None = None

    @field_validator("id")
    @classmethod
    def _known_family(cls, value: str) -> str:
        family, dot, rest = value.partition(".")
        if family not in FAMILIES or not dot or not rest:
            raise ValueError(f"must begin with one of {', '.join(f'{name}.' for name in FAMILIES)}")
        return value

    @property
    def harm(self) -> Danger:
        """How bad a failure is."""
        return self.danger or _DANGER.get(self.id.partition(".")[0], Danger.CONTRACT)

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
            raise UsageError(f"there is no clause {clause_id!r}", self.near(clause_id)) from None

    def near(self, clause_id: str) -> str:
        """Return the hint for an id that there is not: the nearest one, or where to add it."""
        near = nearest(clause_id, self._by_id, 1)
        return f"Did you mean {near[0]}?" if near else "Add it to contracts/clauses.toml."


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
