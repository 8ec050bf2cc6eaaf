"""The matrices of the HTML report: how booleans and times were treated, at a glance. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from conformance.model import SEVERITY, Status, counted
from conformance.verdict.document import ClauseResult, PlaceResult, Verdict
from reports.common import clip, one_line

SIGNS = {
    Status.PASS: "✓", Status.FAIL: "✗", Status.ERROR: "!", Status.ACCEPTED: "~", Status.DEVIATION: "≈",
    Status.OBSERVED: "○", Status.SKIPPED: "–", Status.UNSTEADY: "±",
}  # fmt: skip
"""What stands in a cell, beside its colour."""

ROWS = 120
COLUMNS = 24
_ORDER = ("absent", "absent from true", "absent from false", "null", "false", "true")
"""Values that come first; others follow by name."""


@dataclass(frozen=True)
class Cell:
    """The worst status there, as a sign, and in words. An empty one was not asked."""

    status: str = ""
    sign: str = ""
    words: str = "not asked"


@dataclass(frozen=True)
class Matrix:
    """One picture: rows of cells under columns. `more` rows are left out for their number."""

    id: str
    title: str
    corner: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    more: int = 0


def matrices(verdict: Verdict) -> list[Matrix]:
    """Return the matrices of booleans and of times; none where nothing was asked of them."""
    booleans = _entries(verdict, "boolean", lambda _, place: (f"{place.operation} {place.field}", _sent(place)))
    # What is special about each time that was sent, as the checks say of it: "leap day, Europe/Berlin".
    places = (place for clause in verdict.clauses if clause.family == "datetime" for place in clause.places)
    matches = ((place.value, _ZONED.fullmatch(place.reason)) for place in places if place.value)
    cases = {value: match[1] for value, match in matches if match}
    times = _entries(verdict, "datetime", lambda clause, place: (_case(place, cases), clause.id))
    made = (
        _matrix("booleans", "Booleans: what becomes of each value that is sent", "attribute", booleans),
        _matrix("times", "Times: which promise is kept for which case", "case", times),
    )
    return [matrix for matrix in made if matrix.rows]


Entry = tuple[str, str, PlaceResult]


def _entries(
    verdict: Verdict, family: str, spot: Callable[[ClauseResult, PlaceResult], tuple[str, str]]
) -> list[Entry]:
    """Return row, column and place of what was asked of a family; what has no row or column is in no matrix."""
    spots = ((*spot(clause, place), place) for clause in verdict.clauses if clause.family == family
             for place in clause.places)  # fmt: skip
    return [(one_line(row), one_line(column), place) for row, column, place in spots if row.strip() and column.strip()]


def _sent(place: PlaceResult) -> str:
    """Return the JSON value that was sent, or that it was absent; "" where the place is about something else."""
    if place.value.startswith("absent"):
        return place.value
    try:
        json.loads(place.value)
    except (ValueError, RecursionError):
        return ""
    return place.value


_ZONED = re.compile(r"(.+), (?:UTC|[A-Z]\w+(?:/[\w+-]+)+)")


def _case(place: PlaceResult, cases: Mapping[str, str]) -> str:
    """Return the case that a place is about, "" where it is about none."""
    what = place.value.rpartition(", ")[0]
    return cases.get(place.value) or (what if what in cases.values() else "")


def _matrix(name: str, title: str, corner: str, entries: Sequence[Entry]) -> Matrix:
    cells: dict[tuple[str, str], list[PlaceResult]] = {}
    for row, column, place in entries:
        cells.setdefault((row, column), []).append(place)
    columns = sorted({column for _, column in cells}, key=_column_rank)[:COLUMNS]
    rows = sorted({row for row, _ in cells}, key=lambda row: _row_rank(row, cells))
    shown = tuple((clip(row, 120), tuple(_cell(cells.get((row, name), ())) for name in columns)) for row in rows[:ROWS])
    return Matrix(name, title, corner, tuple(clip(name, 40) for name in columns), shown, len(rows) - len(shown))


def _column_rank(column: str) -> tuple[int, str]:
    return (_ORDER.index(column) if column in _ORDER else len(_ORDER), column)


def _row_rank(row: str, cells: dict[tuple[str, str], list[PlaceResult]]) -> tuple[int, str]:
    """Rows with the worst cells stand first."""
    return SEVERITY.index(_worst(place for (name, _), places in cells.items() if name == row for place in places)), row


def _worst(places: Iterable[PlaceResult]) -> Status:
    return min((place.status for place in places), key=SEVERITY.index)


def _cell(places: Sequence[PlaceResult]) -> Cell:
    if not places:
        return Cell()
    worst = _worst(places)
    got = sorted({clip(one_line(place.got), 40) for place in places if place.status is worst and place.got})
    words = f"{worst}: {', '.join(got[:3])}" if got and len(got) < 4 else f"{worst}, {counted(len(places), 'place')}"
    return Cell(str(worst), SIGNS[worst], words)
