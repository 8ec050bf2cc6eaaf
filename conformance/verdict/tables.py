"""Hand-written TOML tables, read and validated, with errors that name file, entry and key."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from conformance.model import UsageError
from conformance.verdict.toml_files import CONTRACTS, read_entries

__all__ = ["CONTRACTS", "NOT_EMPTY", "Row", "first_problem", "read_rows", "reject_repeats"]


class Row(BaseModel):
    """An entry of a table: frozen, and unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


RowT = TypeVar("RowT", bound=Row)
ValueT = TypeVar("ValueT")


def _not_empty(value: ValueT) -> ValueT:
    if not value:
        raise ValueError("must not be empty")
    return value


NOT_EMPTY = AfterValidator(_not_empty)
"""Refuses an empty text or list: `title: Annotated[str, NOT_EMPTY]`."""


def read_rows(path: Path, table: str, row: type[RowT]) -> list[RowT]:
    """Return the validated `[[table]]` entries of a TOML file, in its order.

    Raises UsageError, naming file, entry and key, for a file that is missing, is not TOML, or has a wrong entry.
    """
    rows = []
    for number, entry in enumerate(read_entries(path, table), start=1):
        try:
            rows.append(row.model_validate(entry))
        except ValidationError as error:
            name = entry.get("id", entry.get("fingerprint", "")) if isinstance(entry, dict) else ""
            label = f"{table} {number}" + (f" ({name})" if name else "")
            # Whole values are not echoed.
            problems = [f"{'.'.join(map(str, item['loc'])) or 'entry'}: {item['msg']}" for item in error.errors()]
            keys = f"Keys of an entry: {', '.join(row.model_fields)}."
            raise UsageError(f"{path}: {label}: {'; '.join(problems)}", keys) from error
    return rows


def first_problem(error: Exception) -> str:
    """Return what is wrong in a line: of a validation its first problem, of any other error its first line."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def reject_repeats(path: Path, names: list[str]) -> None:
    """Raise UsageError where a name occurs twice."""
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise UsageError(f"{path}: listed twice: {', '.join(repeated)}", "Keep one entry of each.")
