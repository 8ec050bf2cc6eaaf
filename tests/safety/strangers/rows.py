"""Every row of every table of the embedded Kimai's database, and how two states of it differ."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

VOLATILE = frozenset({"last_usage", "last_login", "modified_at"})
"""Columns that change without a client's doing. Source: `embedded/store/models.py`."""

KIND_OF = {
    "activities": "activity",
    "activity_rates": "activity_rate",
    "customer_comments": "customer_comment",
    "customer_rates": "customer_rate",
    "customers": "customer",
    "invoices": "invoice",
    "project_comments": "project_comment",
    "project_rates": "project_rate",
    "projects": "project",
    "roles": "user_role",
    "tags": "tag",
    "teams": "team",
    "timesheets": "timesheet",
    "users": "user",
}
"""What a row of a table is called where a run names what stays. The other tables belong to a record of these."""

NAME_OF = {
    **dict.fromkeys(("customers", "projects", "activities", "tags", "teams"), "name"),
    "timesheets": "description",
    "users": "username",
}
"""The column that carries the run's mark."""


class Key(NamedTuple):
    """A table, and the primary key of a row in it."""

    table: str
    ident: tuple[Any, ...]

    @property
    def id(self) -> int:
        """The first column of the primary key: the id, of a link the id on its left."""
        return int(self.ident[0])

    def __str__(self) -> str:
        return f"{self.table} {', '.join(map(str, self.ident))}"


Row = dict[str, Any]
Rows = dict[Key, Row]


def read_rows(database: Path) -> Rows:
    """Return all rows by table and primary key, without the columns that change by themselves."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        tables = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")]
        rows: Rows = {}
        for table in tables:
            if not table.startswith("sqlite_"):
                rows |= _table(connection, table)
        return rows


def _table(connection: sqlite3.Connection, table: str) -> Rows:
    primary = [name for _, name, _, _, _, place in connection.execute(f'pragma table_info("{table}")') if place]
    cursor = connection.execute(f'select * from "{table}"')
    columns = [column[0] for column in cursor.description]
    rows = [dict(zip(columns, values, strict=True)) for values in cursor]
    return {
        Key(table, tuple(row[name] for name in primary)): {k: v for k, v in row.items() if k not in VOLATILE}
        for row in rows
    }


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Row:
    """Return the columns of a row that are others now, with what they hold now."""
    return {name: value for name, value in after.items() if before.get(name) != value}
