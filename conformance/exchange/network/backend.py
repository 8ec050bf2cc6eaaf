"""The network under the client: TLS as configured, no environment, and a deadline over each whole request."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

from conformance.exchange.config import ClientConfig
from conformance.model import UsageError


class Deadline(threading.local):
    """When the request of this thread must be over, by the monotonic clock."""

    until: float | None = None

    def start(self, seconds: float) -> None:
        """Let the time of a request begin."""
        self.until = time.monotonic() + seconds

    def left(self, timeout: float | None) -> float | None:
        """Return how long one step may take. Raises ReadTimeout once the time is up."""
        if self.until is None:
            return timeout
        rest = self.until - time.monotonic()
        if rest <= 0:
            raise httpcore.ReadTimeout("the whole answer took too long")
        return rest if timeout is None else min(rest, timeout)

    def check(self) -> None:
        """Raise ReadTimeout once the time is up."""
        self.left(None)


class _Stream(httpcore.NetworkStream):
    """A connection whose every step ends with the request's deadline: a header that drips for ever does too."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secured = self._inner.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        return _Stream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    def __init__(self, deadline: Deadline) -> None:
        self._inner = httpcore.SyncBackend()
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(timeout)
        return _Stream(self._inner.connect_tcp(host, port, left, local_address, socket_options), self._deadline)

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)


def tls_context(config: ClientConfig) -> ssl.SSLContext | bool:
    """Return how certificates are checked; False for an instance on plain HTTP, which needs none.

    Raises UsageError where a CA file or a client certificate cannot be used.
    """
    if config.url.startswith("http:") and not config.proxy:
        return False
    context = httpx.create_ssl_context(verify=config.verify is not False, trust_env=False)
    try:
        if isinstance(config.verify, str):
            context.load_verify_locations(cafile=config.verify)
        elif config.verify:
            context.load_default_certs()
        if config.cert:
            files = (config.cert,) if isinstance(config.cert, str) else config.cert
            context.load_cert_chain(*files)
    except (OSError, ssl.SSLError) as error:
        raise UsageError(
            f"the CA file or the client certificate cannot be used: {error}",
            "Give PEM files: a CA bundle, and a certificate with its key.",
        ) from error
    return context


def open_transport(config: ClientConfig, deadline: Deadline) -> httpx.BaseTransport:
    """Return the transport to the network. Nothing is retried and nothing read from the environment."""
    if config.transport is not None:
        return config.transport
    transport = httpx.HTTPTransport(
        verify=tls_context(config), trust_env=False, http2=False, retries=0, proxy=config.proxy
    )
    # httpx has no parameter for this; `tests/safety/test_hostile.py` fails if the pool stops using it.
    transport._pool._network_backend = _Backend(deadline)
    return transport
