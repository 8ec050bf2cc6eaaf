"""A fake Kimai for people who write API clients: a context manager, and a pytest fixture.

    pytest_plugins = ["conformance.embedded.testing"]       # in conftest.py

    def test_my_client(fake_kimai):
        client = MyClient(fake_kimai.url, fake_kimai.tokens["user"])

What it is alike and what it does not do is told in `docs/explanation/embedded.md`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx
import pytest

from conformance.embedded.interface import NEWEST
from conformance.embedded.server import EmbeddedKimai
from conformance.embedded.store.users import UserData

ROLES = ("user", "teamlead", "admin", "super_admin")
"""The roles as `FakeKimai.tokens` names them, the weakest first."""


@dataclass(frozen=True)
class Records:
    """The ids of what `FakeKimai.fill` made."""

    customer: int
    project: int
    activity: int
    tag: int
    timesheets: tuple[int, ...]
    """Records of the plain user, the oldest first: all of them have ended."""


class FakeKimai:
    """An embedded Kimai of its own, empty but for its users, on a free port of 127.0.0.1.

    `emulate` is a version, `settings` are Kimai's own keys, `faults` the names that `serve --list-faults` prints;
    `users` is a file in the format of `actors.json`, built-in users without it; `database` a file, memory without it.
    Used as a context manager. Raises `conformance.model.UsageError` for what cannot be served.
    """

    def __init__(
        self,
        emulate: str = NEWEST,
        settings: Mapping[str, str] | None = None,
        faults: Sequence[str] = (),
        users: Path | None = None,
        database: Path | None = None,
    ) -> None:
        self.emulate = emulate
        self._server = EmbeddedKimai(users, database, emulate, settings, faults)

    @property
    def url(self) -> str:
        """The base URL, without a slash at the end."""
        return self._server.url

    @property
    def users(self) -> list[UserData]:
        """The users in the order of their ids, 1, 2, …: `username`, `password`, `roles`, `timezone`, `tokens`."""
        return self._server.users

    @cached_property
    def tokens(self) -> dict[str, str]:
        """A valid token of the first user of each role; see `ROLES`. Roles that nobody has are left out."""
        values: dict[str, str] = {}
        for user in self.users:
            held = [role for role in ROLES if f"ROLE_{role.upper()}" in user.get("roles", [])]
            for token in _tokens(user, expired=False):
                values.setdefault(held[-1] if held else ROLES[0], token)
        return {role: values[role] for role in ROLES if role in values}

    @cached_property
    def expired_token(self) -> str | None:
        """A token that was valid once; None where no user has one."""
        return next((token for user in self.users for token in _tokens(user, expired=True)), None)

    def client(self, role: str = "super_admin") -> httpx.Client:
        """A client of the API as the first user of that role, to be closed by the caller. Raises `KeyError`."""
        headers = {"Authorization": f"Bearer {self.tokens[role]}"}
        return httpx.Client(base_url=f"{self.url}/api/", headers=headers, trust_env=False)

    def fill(self) -> Records:
        """Make a customer, a project, an activity, a visible tag and two timesheets, through the API."""
        with self.client() as boss, self.client("user") as worker:
            customer = _make(boss, "customers", name="Acme", **_COUNTRY)
            project = _make(boss, "projects", name="Website", customer=customer, **_SHOWN, globalActivities=True)
            activity = _make(boss, "activities", name="Programming", **_SHOWN)
            tag = _make(boss, "tags", name="urgent", visible=True)
            work = {"project": project, "activity": activity, "tags": "urgent"}
            sheets = tuple(_make(worker, "timesheets", **work, **times) for times in _TIMES)
        return Records(customer, project, activity, tag, sheets)

    def __enter__(self) -> FakeKimai:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()


# Versions before 2.63 take absent booleans as false and want the country: so everything is said.
_SHOWN = {"visible": True, "billable": True}
_COUNTRY = {"country": "DE", "currency": "EUR", "timezone": "Europe/Berlin", **_SHOWN}
_TIMES = (
    {"begin": "2026-03-02T08:00:00", "end": "2026-03-02T12:00:00", "description": "A morning"},
    {"begin": "2026-03-02T13:00:00", "end": "2026-03-02T17:30:00", "description": "An afternoon"},
)


def _make(client: httpx.Client, path: str, **body: Any) -> int:
    answer = client.post(path, json=body)
    answer.raise_for_status()
    number: int = answer.json()["id"]
    return number


def _tokens(user: UserData, expired: bool) -> Iterator[str]:
    for token in user.get("tokens", []):
        until = datetime.fromisoformat(token["expires_at"]) if token.get("expires_at") else None
        if until is not None and until.tzinfo is None:
            until = until.replace(tzinfo=UTC)
        if (until is not None and until <= datetime.now(UTC)) == expired:
            yield token["token"]


@pytest.fixture
def fake_kimai_options() -> dict[str, Any]:
    """The arguments of `FakeKimai` for the fixture `fake_kimai`; override it to choose others."""
    return {}


@pytest.fixture
def fake_kimai(fake_kimai_options: dict[str, Any]) -> Iterator[FakeKimai]:
    """A fake Kimai for this test alone."""
    with FakeKimai(**fake_kimai_options) as kimai:
        yield kimai
