"""The socket that the embedded Kimai and the proxy listen on: this machine alone."""

from __future__ import annotations

import socket

from conformance.embedded.errors import EmbeddedError

HOST = "127.0.0.1"


def listen(port: int) -> socket.socket:
    """Return a bound socket; port 0 takes a free one. Raises EmbeddedError where the port is in use."""
    # The protocol is named since asyncio turns Nagle's delay (40 ms an answer) off for such sockets alone.
    server = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        server.bind((HOST, port))
    except OSError as error:
        server.close()
        raise EmbeddedError(f"port {port} cannot be used: {error.strerror}. Choose another with --port.") from None
    return server
