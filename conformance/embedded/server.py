"""The embedded Kimai on a port of this machine: a context manager that starts and stops it.

with EmbeddedKimai() as kimai:
    httpx.get(f"{kimai.url}/api/ping", headers={"Authorization": f"Bearer {kimai.users[0]['tokens'][0]['token']}"})
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

import uvicorn

from conformance.embedded.app import Built, build
from conformance.embedded.errors import EmbeddedError
from conformance.embedded.interface import NEWEST
from conformance.embedded.listening import HOST, listen
from conformance.embedded.people import UserData
from conformance.embedded.state import State

_START_SECONDS = 10.0
_STOP_SECONDS = 10.0


class EmbeddedKimai:
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
        self._wanted_port = port
        self._socket: socket.socket | None = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The base URL, without a slash at the end. Raises `EmbeddedError` where it has not been started."""
        if self._socket is None:
            raise EmbeddedError("the embedded Kimai has not been started")
        return f"http://{HOST}:{self._socket.getsockname()[1]}"

    @property
    def users(self) -> list[UserData]:
        """The users it was started with, in the format of `actors.json`, ids 1, 2, … in this order."""
        return self._built.users

    @property
    def state(self) -> State:
        """Its records, settings and habits, for tests that look behind the API."""
        return self._built.state

    def write_users_file(self, path: Path) -> Path:
        """Write the users as a file that `--actors` and `--users` read; only its owner can. Returns the path."""
        path.touch(mode=0o600)
        path.write_text(json.dumps({"users": self.users}, indent=2) + "\n", encoding="utf-8")
        return path

    def start(self) -> EmbeddedKimai:
        """Serve requests from now on. Raises `EmbeddedError` where the port is in use."""
        self._socket = listen(self._wanted_port)
        config = uvicorn.Config(
            self._built.app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=2
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="embedded-kimai", daemon=True
        )
        self._thread.start()
        self._await_start(self._server)
        return self

    def _await_start(self, server: uvicorn.Server) -> None:
        waited = threading.Event()
        for _ in range(int(_START_SECONDS / 0.01)):
            if server.started:
                return
            waited.wait(0.01)
        raise EmbeddedError("the embedded Kimai did not start")

    def stop(self) -> None:
        """Stop serving, and give up port and database. Does nothing where it is stopped already."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(_STOP_SECONDS)
        if self._socket is not None:
            self._socket.close()
        self._server = self._thread = self._socket = None
        self._built.state.storage.close()

    def __enter__(self) -> EmbeddedKimai:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
