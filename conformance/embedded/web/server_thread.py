"""Serving an application from a thread of this process, on 127.0.0.1: shared by the embedded Kimai and the proxy."""

from __future__ import annotations

import socket
import threading
from types import TracebackType
from typing import Any, Self

import uvicorn
from starlette.types import ASGIApp

from conformance.embedded.errors import EmbeddedError

HOST = "127.0.0.1"
_SECONDS = 10.0
"""How long a server may take to come up, and to finish what it is answering."""


def listen(port: int) -> socket.socket:
    """Return a bound socket; port 0 takes a free one. Raises EmbeddedError where the port is in use."""
    # The protocol is named since asyncio turns Nagle's delay (40 ms an answer) off for such sockets alone.
    server = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        server.bind((HOST, port))
    except OSError as error:
        server.close()
        raise EmbeddedError(f"port {port} cannot be used: {error.strerror}", "Choose another with --port.") from None
    return server


class Listener:
    """One application on a port. A context manager that starts and stops it.

    `what` names it in errors. `options` are uvicorn's, beside those that all servers here share.
    """

    def __init__(self, app: ASGIApp, port: int, what: str, **options: Any) -> None:
        self._app = app
        self._port = port
        self._what = what
        self._options = options
        self._socket: socket.socket | None = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The base URL, without a slash at the end. Raises EmbeddedError where it has not been started."""
        if self._socket is None:
            raise EmbeddedError(f"{self._what} has not been started")
        return f"http://{HOST}:{self._socket.getsockname()[1]}"

    def start(self) -> Self:
        """Serve requests from now on. Raises EmbeddedError where the port is in use, or nothing comes up."""
        self._socket = listen(self._port)
        config = uvicorn.Config(
            self._app, log_config=None, access_log=False, timeout_graceful_shutdown=2, **self._options
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name=self._what, daemon=True
        )
        self._thread.start()
        self._await_start(self._server)
        return self

    def _await_start(self, server: uvicorn.Server) -> None:
        pause = threading.Event()
        for _ in range(int(_SECONDS / 0.01)):
            if server.started:
                return
            pause.wait(0.01)
        self.stop()
        raise EmbeddedError(f"{self._what} did not start", "Try again: the machine may be too busy.")

    def stop(self) -> None:
        """Stop serving and give up the port. Does nothing where it is stopped already."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(_SECONDS)
        if self._socket is not None:
            self._socket.close()
        self._server = self._thread = self._socket = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
