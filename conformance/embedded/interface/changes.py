"""The data files of one version: those of the newest, with the version's own differences laid over them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

NEWEST = "2.66.0"
VERSIONS = ("2.24.0", "2.62.0", NEWEST)
"""The versions that the tables describe, oldest first."""

Table = dict[str, Any]


@cache
def read(name: str) -> Table:
    """The data file of that name (without its ending)."""
    text = files(__package__).joinpath("data", f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def changes(version: str) -> Table:
    """The differences of a version, empty for the newest. Raises `ValueError` for an unknown version."""
    if version not in VERSIONS:
        raise ValueError(f"no table describes Kimai {version}: there are {', '.join(VERSIONS)}")
    return {} if version == NEWEST else read(f"changes-{version}")


def operation_rows(version: str) -> Table:
    """The rows of the operations by their key, in order."""
    own = changes(version)
    absent = own.get("without_operations", ())
    rows = {key: row for key, row in read("operations").items() if key not in absent}
    for key, change in own.get("operations", {}).items():
        rows[key] = _changed_operation(rows.get(key, {}), change)
    return rows


def _changed_operation(row: Table, change: Table) -> Table:
    query = {**row.get("query", {}), **change.get("query", {})}
    absent = change.get("without", ())
    return {**row, **change, "query": {name: cell for name, cell in query.items() if name not in absent}}


def record_rows(version: str, file: str) -> Table:
    """The rows of `schemas` or `forms` by name; each holds `required` and `attributes`, in order."""
    own: Table = changes(version).get(file, {})
    base = read(file)
    raw = {name: _changed(base.get(name, {}), own.get(name, {})) for name in {**base, **own}}
    absent = changes(version).get(f"without_{file}", ())
    return {name: _resolved(raw, name) for name in raw if name not in absent}


def _changed(row: Table, change: Table) -> Table:
    """A row with a change over it: lists of what is left out add up, attributes are laid over each other."""
    attributes = {**row.get("attributes", {}), **change.get("attributes", {})}
    without = [*row.get("without", ()), *change.get("without", ())]
    return {**row, **change, "attributes": attributes, "without": without}


def _resolved(raw: Mapping[str, Table], name: str) -> Table:
    """A row with what it has from the row that it is `like`, without what it lacks, in its own order."""
    row = raw[name]
    base: Table = _resolved(raw, row["like"]) if "like" in row else {}
    attributes = _merged(base.get("attributes", {}), row["attributes"], row.get("after"))
    kept = {key: cell for key, cell in attributes.items() if key not in row["without"]}
    required = [key for key in row.get("required") or base.get("required", ()) if key in kept]
    order = row["order"].index if "order" in row else list(kept).index
    return {**row, "attributes": {key: kept[key] for key in sorted(kept, key=order)}, "required": required}


def _merged(base: Table, own: Table, after: str | None) -> Table:
    """Both, own ones last or in place of those of the same name; with `after`, right behind that one."""
    if after is None:
        return {**base, **own}
    if after not in base:
        raise ValueError(f"there is no {after!r} to come after")
    merged: Table = {}
    for key, cell in base.items():
        if key not in own:
            merged[key] = cell
        if key == after:
            merged.update(own)
    return merged
