"""Hand-written TOML tables as they stand in their files, not validated: no validator is imported for them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from conformance.model import UsageError

CONTRACTS = Path(__file__).resolve().parents[2] / "contracts"
"""The folder of the contract checks, beside this package whether it is installed or checked out.

It is found by path, not by import: in a folder that has a `contracts/` of its own the import could find that one.
"""


def read_entries(path: Path, table: str) -> list[Any]:
    """Return the `[[table]]` entries of a TOML file that has no other table.

    Raises UsageError, naming the file, where it is missing, is not TOML, or has something else in it.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}", "Check the name of the file.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: is not TOML: {error}", "Correct the line that is named.") from error
    if others := sorted(set(content) - {table}):
        raise UsageError(f"{path}: {', '.join(others)}: unknown", f"Write each entry as [[{table}]].")
    entries = content.get(table, [])
    if not isinstance(entries, list):
        raise UsageError(f"{path}: {table} is not a list of tables", f"Write each entry as [[{table}]].")
    return entries
