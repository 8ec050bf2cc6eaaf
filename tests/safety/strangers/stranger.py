"""Somebody at work on the instance while a run goes on: by a client of their own, and straight in the database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from tests.safety.strangers.account import MARK, Account
from tests.safety.strangers.proxy import Passing
from tests.safety.strangers.rows import NAME_OF, Row

PEOPLE = (
    ("other-superadmin", "ROLE_SUPER_ADMIN"),
    ("other-manager", "ROLE_ADMIN"),
    ("other-teamlead", "ROLE_TEAMLEAD"),
    ("other-worker", None),
)
"""A colleague of each role; none of them is a configured actor."""


def user_data(name: str, role: str | None) -> dict[str, Any]:
    """Return a user for a users file."""
    return {
        "username": name,
        "email": f"{name}@example.org",
        "password": f"password-of-{name}",
        "roles": [role] if role else [],
        "timezone": "America/St_Johns",
        "tokens": [{"name": "own", "token": f"token-of-{name}", "expires_at": None}],
    }


@dataclass(frozen=True)
class Own:
    """The ids of what the colleagues had before the run."""

    customer: int
    project: int
    activity: int
    tag: int
    team: int
    timesheet: int


@dataclass(frozen=True)
class Place:
    """Where the run's records can be booked on: ids of a visible project and activity."""

    project: int
    activity: int


class Stranger:
    """Works by `deeds`. `ids` are user ids, `tokens` the bearer tokens, both by user name, those of the actors too.

    `log` is what the run has sent so far.
    """

    def __init__(
        self, url: str, database: Path, account: Account, own: Own, tokens: Mapping[str, str], log: Sequence[Passing]
    ) -> None:
        self.account = account
        self.own = own
        self.log = log
        self.ids = {name: number for number, name in enumerate(tokens, 1)}
        self.done: list[str] = []
        self._tokens = tokens
        self._database = database
        self._client = httpx.Client(base_url=url, trust_env=False, timeout=60)

    def does(self, name: str, deed: Callable[[Stranger], bool | None]) -> bool:
        """Do something, and put what changes down to the stranger. Returns False where there was no occasion."""
        with self.account.by_stranger():
            happened = deed(self) is not False
        if happened:
            number = self.log[-1].number if self.log else 0
            self.done.append(f"#{number}: {name}")
        return happened

    def send(self, who: str, method: str, path: str, **body: Any) -> httpx.Response:
        """Send a request as somebody."""
        headers = {"Authorization": f"Bearer {self._tokens[who]}"}
        if method == "GET":
            return self._client.get(path, headers=headers, params=body)
        return self._client.request(method, path, headers=headers, json=body)

    def asks(self, who: str, path: str, **params: Any) -> Any:
        """Return what a GET answers, None where it is refused."""
        answer = self.send(who, "GET", path, **params)
        return answer.json() if answer.is_success else None

    def makes(self, who: str, path: str, **body: Any) -> int:
        """Create a record and return its id, 0 where the instance refuses it."""
        answer = self.send(who, "POST", path, **body)
        return int(answer.json()["id"]) if answer.is_success else 0

    def changes(self, who: str, path: str, **body: Any) -> bool:
        """Send a PATCH, and return whether it was accepted."""
        return self.send(who, "PATCH", path, **body).is_success

    def insert(self, table: str, **values: Any) -> int:
        """Put a row straight into the database, and return its id."""
        names, marks = ", ".join(f'"{name}"' for name in values), ", ".join("?" * len(values))
        return self._execute(f'insert into "{table}" ({names}) values ({marks})', *values.values())

    def update(self, table: str, ident: int, **values: Any) -> None:
        """Change a row straight in the database."""
        assignments = ", ".join(f'"{name}" = ?' for name in values)
        self._execute(f'update "{table}" set {assignments} where id = ?', *values.values(), ident)

    def _execute(self, statement: str, *values: Any) -> int:
        with closing(sqlite3.connect(self._database, timeout=30)) as connection, connection:
            connection.execute("PRAGMA foreign_keys = ON")
            return int(connection.execute(statement, values).lastrowid or 0)

    def of_run(self, table: str) -> list[Row]:
        """Return the run's records of a table that carry its mark and that people find, the newest first."""
        rows = self.account.shown_of_run(table).values()
        return [row for row in reversed(list(rows)) if MARK in str(row[NAME_OF[table]])]

    def projects_to_book_on(self) -> list[Row]:
        """Return the run's projects that everybody can book on, the newest first."""
        kept = {link.ident[0] for link in self.account.links("project_teams")}
        result = self.of_run("projects")
        return [row for row in result if not row["start"] and not row["end"] and row["id"] not in kept]

    def place(self) -> Place | None:
        """Return where people can book on the run's newest project, None where there is no such place."""
        for project in self.projects_to_book_on():
            below = [row for row in self.of_run("activities") if row["project_id"] == project["id"]]
            if below:
                return Place(project["id"], below[0]["id"])
            if project["global_activities"]:
                return Place(project["id"], self.own.activity)
        return None

    def sent(self, path: str) -> list[Mapping[str, Any]]:
        """Return the bodies of the run's creates at a path, the newest first, refused and unanswered ones too.

        Not those that never arrived: nobody knows their texts, and one record with them would be taken for the run's.
        """
        creates = [item for item in reversed(self.log) if item.method == "POST" and item.path == path]
        return [create.sent for create in creates if create.arrived and create.sent]

    def books(self, who: str, project: int, activity: int, **more: Any) -> int:
        """Book an hour and return the record's id, 0 where the instance refuses it."""
        times = {"begin": "2026-06-15T08:00:00", "end": "2026-06-15T09:00:00"}
        body = {**times, "project": project, "activity": activity, "description": "a day's work", **more}
        return self.makes(who, "/api/timesheets", **body)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def now() -> str:
    """Return the present moment as the database keeps it."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.000000")
