"""The embedded Kimai on a port of this machine: a context manager that starts and stops it.

with EmbeddedKimai() as kimai:
    httpx.get(f"{kimai.url}/api/ping", headers={"Authorization": f"Bearer {kimai.users[0]['tokens'][0]['token']}"})
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from conformance.embedded.errors import EmbeddedError
from conformance.embedded.interface import NEWEST
from conformance.embedded.store.state import State
from conformance.embedded.store.users import UserData
from conformance.embedded.web.app import Built, build
from conformance.embedded.web.server_thread import Listener


class EmbeddedKimai(Listener):
    """One embedded Kimai, served from a thread of this process on 127.0.0.1.

    `port` 0 takes a free one. For the other arguments see `app.build`, which also says what is raised; a port in use
    is an `EmbeddedError` of `start`.
    """

    def __init__(
        self,
        users: Path | None = None,
        database: Path | None = None,
        emulate: str = NEWEST,
        settings: Mapping[str, str] | None = None,
        faults: Sequence[str] = (),
        port: int = 0,
        flawed_definition: bool = True,
    ) -> None:
        self._built: Built = build(users, database, emulate, settings, faults, flawed_definition)
        super().__init__(self._built.app, port, "the embedded Kimai", lifespan="off")

    @property
    def users(self) -> list[UserData]:
        """The users it was started with, in the format of `actors.json`, ids 1, 2, … in this order."""
        return self._built.users

    @property
    def state(self) -> State:
        """Its records, settings and rights, for tests that look behind the API."""
        return self._built.state

    def write_users_file(self, path: Path) -> Path:
        """Write the users as a file that `--actors` and `--users` read; only its owner can. Returns the path."""
        path.touch(mode=0o600)
        path.write_text(json.dumps({"users": self.users}, indent=2) + "\n", encoding="utf-8")
        return path

    def start(self) -> Self:
        """Start serving. Raises EmbeddedError where the port is in use; the database is given up then."""
        try:
            return super().start()
        except EmbeddedError:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop serving, and give up port and database. Does nothing where it is stopped already."""
        super().stop()
        self._built.state.storage.close()
