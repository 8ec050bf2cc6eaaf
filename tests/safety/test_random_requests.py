"""Hundreds of drawn requests of the strongest actor, at every operation, on an instance with people's data in it.

Ids are theirs, the run's own, absent and misspelt; bodies name whatever there is. After the clean-up the whole
database is as it was.
"""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from conformance.embedded.server import EmbeddedKimai
from conformance.exchange import BAND, Client, ClientConfig, Credentials, NotCreated, RecordFactory, Refused
from conformance.exchange.guard.kinds import Kind
from conformance.exchange.guard.table import OPERATIONS

from .fake import index
from .killed import actors_of
from .strangers.rows import read_rows
from .test_killed import furnish

REQUESTS = 250
MISSPELT = (
    "01",
    "+1",
    "1.0",
    " 1",
    "%31",
    "%2531",
    "١",
    "1;x",
    "1%00",
    "-1",
    "1e0",
    "abc",
    "",
    "0",
    "1/",
    "//1",
    "../1",
)
VALUES = (None, True, False, 0, 1, 2, "1", "2", 1.0, "", "x", [1], [2], {"id": 1}, [{"user": 1}], "2026-07-01T08:00:00")
ODD = ("PUT", "TRACE", "POST", "DELETE", "PATCH", "GET")


class Batterer:
    """Draws requests. Own ids are those of the run so far."""

    def __init__(self, seed: int, client: Client) -> None:
        self._random = random.Random(seed)
        self._client = client

    def path(self, template: str) -> str:
        """Fill each parameter of a path."""
        parts = [self._segment() if part.startswith("{") else part for part in template.strip("/").split("/")]
        return "/" + "/".join(parts)

    def _segment(self) -> str:
        kind = self._random.random()
        if kind < 0.5:
            return str(self._random.randint(1, 3))
        if kind < 0.75 and self._own():
            return str(self._random.choice(self._own()))
        return str(BAND[9]) if kind < 0.85 else self._random.choice(MISSPELT)

    def _own(self) -> list[int]:
        ledger = self._client.ledger
        return [made.ident for made in ledger.alive()] if ledger else []

    def body(self, fields: frozenset[str]) -> Any:
        """Draw a body of some of the attributes, sometimes with the run's mark in the name."""
        names = sorted(fields | {"id", "_method"})
        chosen = self._random.sample(names, self._random.randint(0, min(5, len(names))))
        body: dict[str, Any] = {name: self._random.choice((*VALUES, *self._own()[:3])) for name in chosen}
        for name in {"name", "username"} & fields:
            body[name] = self._random.choice((f"{self._client.mark} {self._random.random()}"[:60], "ACME"))
        return body if self._random.random() < 0.95 else [body]

    def send(self) -> int | str:
        """Send one request. Returns its status, or the rule that refused it."""
        row = OPERATIONS[self._random.choice(sorted(OPERATIONS))]
        method = row.method if self._random.random() < 0.9 else self._random.choice(ODD)
        more: dict[str, Any] = {} if method == "GET" else {"json": self.body(row.fields)}
        session = self._client.session(self._random.choice(self._client.config.actors))
        if self._random.random() < 0.1:
            session = session.with_credentials(Credentials.scheme("Basic"))
        try:
            return session.send(method, self.path(row.path), **more).status
        except Refused as error:
            return f"rule {error.rule}"


@pytest.mark.parametrize(("version", "allow"), [("2.66.0", frozenset()), ("2.24.0", frozenset({"favourites"}))])
def test_the_database_is_as_before(tmp_path: Path, version: str, allow: frozenset[str]) -> None:
    database = tmp_path / "kimai.sqlite"
    with EmbeddedKimai(database=database, emulate=version) as kimai:
        furnish(kimai)
        actors = actors_of(kimai.write_users_file(tmp_path / "users.json"), kimai.url)
        before = read_rows(database)
        config = ClientConfig(kimai.url, actors, "batter", tmp_path / "ledger-main.jsonl", allow=allow)
        with Client(config, index(version)) as client:
            records = RecordFactory(client)
            for kind in (Kind.CUSTOMER, Kind.PROJECT, Kind.ACTIVITY, Kind.TIMESHEET, Kind.TAG, Kind.TEAM):
                try:
                    records.of_kind(kind)
                except NotCreated as error:
                    raise AssertionError(error) from error
                except Refused:
                    assert version == "2.24.0"
            batterer = Batterer(7, client)
            outcomes = Counter(batterer.send() for _ in range(REQUESTS))
            report = client.cleanup()
        after = read_rows(database)
    assert report.left_behind == ()
    assert after == before
    assert sum(number for outcome, number in outcomes.items() if isinstance(outcome, str)) > REQUESTS / 3
    assert sum(number for outcome, number in outcomes.items() if isinstance(outcome, int)) > REQUESTS / 10
