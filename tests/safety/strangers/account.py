"""Whose each row is, and what a run must answer for in the end.

What was there before the run, and what the stranger makes or changes, is other people's: it must be there in the end,
as they left it. All else is the run's: it may stay only where the run names it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.safety.strangers.proxy import Passing
from tests.safety.strangers.rows import KIND_OF, NAME_OF, Key, Row, Rows, changes, read_rows

MARK = "conformance-test-"

_ABOVE = {
    "timesheets": (("project_id", "projects"), ("activity_id", "activities")),
    "activities": (("project_id", "projects"),),
    "projects": (("customer_id", "customers"),),
    "invoices": (("customer_id", "customers"),),
    "customer_rates": (("parent_id", "customers"),),
    "customer_comments": (("parent_id", "customers"),),
    "project_rates": (("parent_id", "projects"),),
    "project_comments": (("parent_id", "projects"),),
    "activity_rates": (("parent_id", "activities"),),
}
"""What a row hangs below, and would go with."""

_ATTRIBUTE_OF = {
    "timesheet_tags": ("timesheets", 0),
    "customer_teams": ("customers", 0),
    "project_teams": ("projects", 0),
    "activity_teams": ("activities", 0),
    "favourites": ("timesheets", 1),
}
"""Links that may go with one of their two records where that is the run's: they said something about it alone."""


class Account:
    """Follows a database through a run beside which a stranger works."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._expected: Rows = read_rows(database)
        self._adopted: Rows = {}
        self._adopted_at: dict[Key, int] = {}
        self.log: Sequence[Passing] = ()
        self._needed: set[Key] = set()

    @contextmanager
    def by_stranger(self) -> Iterator[None]:
        """Put down to the stranger what changes within. Nothing of the run may reach the instance meanwhile."""
        before = read_rows(self._database)
        yield
        self._take(before, read_rows(self._database))

    def is_theirs(self, key: Key) -> bool:
        """Whether a row is other people's."""
        return key in self._expected

    def of_run(self, table: str) -> Rows:
        """Return the rows of a table that the run made, oldest first."""
        rows = read_rows(self._database)
        return {key: rows[key] for key in sorted(rows) if key.table == table and key not in self._expected}

    def shown_of_run(self, table: str) -> Rows:
        """Return the run's rows of a table that people find: neither they nor what they hang below is hidden."""
        rows = read_rows(self._database)
        return {
            key: row
            for key, row in self.of_run(table).items()
            if row.get("visible", 1) and all(rows[above]["visible"] for above in _above(key, rows))
        }

    def rows(self, table: str) -> Rows:
        """Return the rows of a table as they are now."""
        return {key: row for key, row in read_rows(self._database).items() if key.table == table}

    def links(self, table: str) -> list[Key]:
        """Return the rows of a table of links as they are now."""
        return list(self.rows(table))

    def losses(self, left_behind: Sequence[str]) -> list[str]:
        """Return what is wrong: rows of others lost or changed, what stays without being named, and what is hidden.

        `left_behind` are the lines in which the run names what stays.
        """
        now = read_rows(self._database)
        results = [*self._lost(now), *self._changed(now), *self._hidden(now, left_behind)]
        return results + [f"not named: {key}: {_brief(now[key])}" for key in self._unnamed(now, left_behind)]

    def stays(self) -> Rows:
        """Return the rows of the run that are there now."""
        return {key: row for key, row in read_rows(self._database).items() if key not in self._expected}

    def _take(self, before: Rows, after: Rows) -> None:
        for key in before.keys() - after.keys():
            self._expected.pop(key, None)
            self._adopted.pop(key, None)
        for key, row in after.items():
            if key not in before:
                self._expected[key] = row
                self._need_above(key, after)
            elif changed := changes(before[key], row):
                self._change(key, row, changed, after)

    def _change(self, key: Key, row: Row, changed: Row, after: Rows) -> None:
        if key in self._expected:
            self._expected[key] |= changed
            self._need_above(key, after)
        elif NAME_OF.get(key.table) in changed and MARK not in str(row[NAME_OF[key.table]]):
            # A record with another name has become somebody's: they go on with it.
            self._adopted[key] = {**self._adopted.get(key, {}), **changed}
            self._adopted_at[key] = len(self.log)
        elif changed.get("visible") == 0:
            self._needed.discard(key)

    def _need_above(self, key: Key, rows: Rows) -> None:
        """Note that the visible records above one of other people's must be visible in the end."""
        above = {item for item in _above(key, rows) if rows[item]["visible"]}
        self._needed |= above - self._expected.keys()

    def _is_overwritten(self, key: Key) -> bool:
        """Whether the run's next request after somebody's edit changed the record: nobody can keep it from that."""
        following = self.log[self._adopted_at[key] :][:1]
        return any(item.method == "PATCH" and item.path == f"/api/{key.table}/{key.id}" for item in following)

    def _lost(self, now: Rows) -> Iterator[str]:
        for key, row in self._expected.items():
            if key not in now and not self._may_go(key):
                yield f"lost: {key}: {_brief(row)}"
        for key, row in self._adopted.items():
            if key not in now and not self._is_overwritten(key):
                yield f"lost: {key}, which had become somebody's: {row}"

    def _may_go(self, key: Key) -> bool:
        table, side = _ATTRIBUTE_OF.get(key.table, ("", 0))
        return bool(table) and Key(table, (key.ident[side],)) not in self._expected

    def _changed(self, now: Rows) -> Iterator[str]:
        for rows in (self._expected, self._adopted):
            for key, row in rows.items():
                for name, value in row.items() if key in now else ():
                    if now[key][name] != value:
                        yield f"changed: {key}: {name} is {now[key][name]!r}, and was {value!r}"

    def _hidden(self, now: Rows, lines: Sequence[str]) -> Iterator[str]:
        matching = [line for line in lines if "hidden" in line]
        for key in sorted(self._needed & now.keys()):
            if not now[key]["visible"] and not _is_named(key, now[key], matching):
                yield f"hidden: {key}, below which somebody's record stands"

    def _unnamed(self, now: Rows, lines: Sequence[str]) -> Iterator[Key]:
        perhaps = [result for line in lines for result in re.findall(r"\bperhaps one ([a-z_]+)", line)]
        for key, row in now.items():
            if key in self._expected or _is_named(key, row, lines):
                continue
            if key.table.endswith(("_rates", "_comments")) and any(
                _is_named(above, now[above], lines) for above in _above(key, now)
            ):
                continue  # It stays with what it hangs on, which is named.
            if (kind := KIND_OF.get(key.table)) in perhaps:
                perhaps.remove(kind)
            else:
                yield key


def _above(key: Key, rows: Rows) -> Iterator[Key]:
    """Yield the records that a row hangs below, and those above them."""
    for column, table in _ABOVE.get(key.table, ()):
        above = Key(table, (rows[key][column],))
        if above in rows:
            yield above
            yield from _above(above, rows)


_TELLING = ("name", "description", "message", "username", "value", "user_id", "customer_id", "project_id", "parent_id")


def _brief(row: Row) -> Row:
    """Return what people need of a row to find it."""
    return {name: row[name] for name in _TELLING if row.get(name) is not None}


def _is_named(key: Key, row: Row, lines: Sequence[str]) -> bool:
    if key.table in KIND_OF:
        kind = KIND_OF[key.table].replace("_", "[_ ]")
        return any(str(key.id) in ids for line in lines for ids in _ids(kind, line))
    if key.table in ("user_preferences", "access_tokens"):
        return any(re.search(rf"(/api/users/|user ){row['user_id']}\b", line) for line in lines)
    return True  # a link or a membership goes by its records


def _ids(kind: str, line: str) -> Iterator[list[str]]:
    for result in re.finditer(rf"\b{kind}s? (\d+(?:, \d+)*)", line):
        yield result[1].split(", ")
