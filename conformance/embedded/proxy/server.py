"""The proxy on a port of this machine: a context manager that starts and stops it."""

from __future__ import annotations

from collections.abc import Sequence

import httpx

from conformance.embedded.errors import EmbeddedError
from conformance.embedded.faults import wrap
from conformance.embedded.faults.middleware import Users
from conformance.embedded.proxy.forwarding import forwarding
from conformance.embedded.web.server_thread import Listener


class Proxy(Listener):
    """Stands before the instance at `upstream` with the faults of these names planted, on 127.0.0.1.

    `url` has the path of `upstream`, so that an instance in a folder stays in it. `users` as in `faults.wrap`, which
    also says what is raised; `EmbeddedError` where `upstream` is no http(s) URL or the port is in use.
    """

    def __init__(self, upstream: str, faults: Sequence[str], port: int = 0, users: Users | None = None) -> None:
        try:
            url = httpx.URL(upstream)
        except httpx.InvalidURL:
            url = httpx.URL()
        if url.scheme not in {"http", "https"} or not url.host:
            raise EmbeddedError(
                f"{upstream!r} is not the URL of an instance", "Write it like https://kimai.example.com"
            )
        self._upstream = url
        app = wrap(forwarding(self._upstream), faults, users)
        # The instance's own Server and Date are passed on.
        super().__init__(app, port, "the proxy", lifespan="on", server_header=False, date_header=False)

    @property
    def url(self) -> str:
        """The base URL, without a slash at the end. Raises EmbeddedError where it has not been started."""
        return super().url + self._upstream.path.rstrip("/")
