"""The proxy on a port of this machine: a context manager that starts and stops it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Sequence
from types import TracebackType

import httpx
import uvicorn

from conformance.embedded.errors import EmbeddedError
from conformance.embedded.faults import wrap
from conformance.embedded.faults.planting import Users
from conformance.embedded.listening import HOST, listen
from conformance.embedded.proxy.forwarding import forwarding

_SECONDS = 10.0


class Proxy:
    """Stands before the instance at `upstream` with the faults of these names planted, on 127.0.0.1.

    `url` has the path of `upstream`, so that an instance in a folder stays in it. `users` as in `faults.wrap`, which
    also says what is raised; `EmbeddedError` where `upstream` is no http(s) URL or the port is in use.
    """

    def __init__(self, upstream: str, faults: Sequence[str], port: int = 0, users: Users | None = None) -> None:
        self._upstream = _url(upstream)
        self._app = wrap(forwarding(self._upstream), faults, users)
        self._port = port
        self._socket: socket.socket | None = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The base URL, without a slash at the end. Raises EmbeddedError where it has not been started."""
        if self._socket is None:
            raise EmbeddedError("the proxy has not been started")
        return f"http://{HOST}:{self._socket.getsockname()[1]}{self._upstream.path.rstrip('/')}"

    def start(self) -> Proxy:
        """Serve requests from now on. Raises EmbeddedError where the port is in use, or nothing comes up."""
        self._socket = listen(self._port)
        config = uvicorn.Config(
            self._app,
            log_config=None,
            access_log=False,
            lifespan="on",
            timeout_graceful_shutdown=2,
            # The instance's own Server and Date are passed on.
            server_header=False,
            date_header=False,
        )
        self._server = uvicorn.Server(config)
        arguments = {"sockets": [self._socket]}
        self._thread = threading.Thread(target=self._server.run, kwargs=arguments, name="proxy", daemon=True)
        self._thread.start()
        self._await_start(self._server)
        return self

    def stop(self) -> None:
        """Stop serving and give up the port. Does nothing where it is stopped already."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(_SECONDS)
        if self._socket is not None:
            self._socket.close()
        self._server = self._thread = self._socket = None

    def _await_start(self, server: uvicorn.Server) -> None:
        pause = threading.Event()
        for _ in range(int(_SECONDS / 0.01)):
            if server.started:
                return
            pause.wait(0.01)
        self.stop()
        raise EmbeddedError("the proxy did not start")

    def __enter__(self) -> Proxy:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _url(text: str) -> httpx.URL:
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.scheme not in {"http", "https"} or not url.host:
        raise EmbeddedError(f"{text!r} is not the URL of an instance: http://… or https://…")
    return url
