"""Hostile and broken instances, over a real socket: each ends in bounded time and memory, with a clear error."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from conformance.exchange import Client, ClientConfig, InstanceGone, NoAnswer
from conformance.model import NotJsonError

from .fake import ACTORS, ADMIN, index

Talk = Callable[[socket.socket, threading.Event], None]
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CAP = 64 * 1024


class Server:
    """Answers every connection with one function. Port 0, this machine only."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._over = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.connections = 0
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            if self._over.is_set():
                connection.close()
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(connection,))
            thread.start()
            self._threads.append(thread)

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            connection.recv(65536)
            self._talk(connection, self._over)

    def close(self) -> None:
        self._over.set()
        with contextlib.suppress(OSError), socket.create_connection(self._socket.getsockname(), 1):
            pass
        self._socket.close()
        for thread in self._threads:
            thread.join()


@contextlib.contextmanager
def facing(talk: Talk, **settings: object) -> Iterator[tuple[Client, Server]]:
    """Yield a client to a server that talks like this, with small bounds."""
    server = Server(talk)
    config = ClientConfig(server.url, ACTORS, timeout=15.0, max_body=CAP)
    try:
        with Client(replace(config, **settings), index()) as client:  # type: ignore[arg-type]
            yield client, server
    finally:
        server.close()


def says(data: bytes) -> Talk:
    """Return a talk that sends some bytes and closes."""
    return lambda connection, _: connection.sendall(data)


def with_length(body: bytes, *headers: bytes) -> bytes:
    return (
        OK
        + b"".join(h + b"\r\n" for h in headers)
        + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body)
        + body
    )


def for_ever(head: bytes, piece: bytes, pause: float) -> Talk:
    """Return a talk that never ends by itself."""

    def talk(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(head)
        while not over.wait(pause):
            connection.sendall(piece)

    return talk


@pytest.mark.parametrize(
    "talk",
    [
        for_ever(OK + b"\r\n", b"x", 0.05),
        for_ever(OK + b"X-Drip: ", b"x", 0.05),
        for_ever(b"", b"", 0.05),
        for_ever(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", 0.05),
    ],
    ids=["dripping body", "dripping header", "silence", "dripping chunks"],
)
def test_slow_and_endless_answers_end_in_time(talk: Talk) -> None:
    start = time.monotonic()
    with facing(talk, timeout=0.6) as (client, _), pytest.raises((NoAnswer, InstanceGone), match=r"within|too long"):
        client.session(ADMIN).get("/api/ping")
    assert time.monotonic() - start < 10


def test_an_endless_fast_body_is_cut_at_the_cap() -> None:
    with facing(for_ever(OK + b"\r\n", b"x" * 65536, 0)) as (client, _):
        exchange = client.session(ADMIN).get("/api/ping")
    assert exchange.truncated
    assert len(exchange.body) == CAP
    with pytest.raises(NotJsonError):
        exchange.json()


def _bomb(window: int) -> bytes:
    machine = zlib.compressobj(9, zlib.DEFLATED, window)
    return b"".join(machine.compress(b"\0" * 2**20) for _ in range(64)) + machine.flush()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        (b"gzip", _bomb(31)),
        (b"deflate", _bomb(15)),
        (b"gzip, gzip", gzip.compress(_bomb(31))),
        (b"br", b"\xff" * 200000),
        (b"gzip", b"not gzip at all"),
        (b"gzip", _bomb(31)[:50]),
    ],
)
def test_compressed_bombs(encoding: bytes, body: bytes) -> None:
    with facing(says(with_length(body, b"Content-Encoding: " + encoding))) as (client, _):
        exchange = client.session(ADMIN).get("/api/ping")
    assert exchange.truncated
    assert len(exchange.body) <= CAP


def test_an_honest_compressed_body_is_read() -> None:
    body = gzip.compress(b'{"message": "pong"}')
    with facing(says(with_length(body, b"Content-Encoding: gzip"))) as (client, _):
        assert client.session(ADMIN).get("/api/ping").json() == {"message": "pong"}


@pytest.mark.parametrize(
    "body",
    [b"<html>", b"\xff\xfe\xfa", b"", b"[" * 20000, b'{"a":' * 5000, b"NaN{", b'"\\ud800'],
    ids=["html", "no utf-8", "empty", "deep list", "deep object", "nan", "surrogate"],
)
def test_bodies_that_are_not_json(body: bytes) -> None:
    with facing(says(with_length(body))) as (client, _):
        exchange = client.session(ADMIN).get("/api/ping")
    with pytest.raises(NotJsonError):
        exchange.json()
    assert exchange.json_or_none() is None
    assert not exchange.truncated


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        OK + b"Content-Length: 100\r\n\r\nshort",
        OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 999999 Strange\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"a" * 200000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nBad Header\xff\r\n\r\n",
    ],
    ids=[
        "nothing",
        "half a header",
        "cut body",
        "two lengths",
        "ssh",
        "status",
        "bad chunk",
        "long header",
        "bad header",
    ],
)
def test_connections_cut_and_broken(data: bytes) -> None:
    with facing(says(data)) as (client, _), pytest.raises((NoAnswer, InstanceGone)):
        client.session(ADMIN).get("/api/ping")


def test_a_redirect_loop_is_one_answer() -> None:
    data = b"HTTP/1.1 302 Found\r\nLocation: /api/ping\r\nContent-Length: 0\r\n\r\n"
    with facing(says(data)) as (client, server):
        assert client.session(ADMIN).get("/api/ping").status == 302
        assert server.connections == 2  # Asked once more, and never where it points.


def test_wrong_content_type_and_header_text_do_not_break_the_exchange() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: image/png; charset=\xff\r\nX-Name: caf\xe9 \xff\r\n"
    with facing(says(head + b"Content-Length: 2\r\n\r\n[]")) as (client, _):
        exchange = client.session(ADMIN).get("/api/ping")
    assert exchange.json() == []
    assert "x-name" in exchange.headers


def test_nobody_listens() -> None:
    server = Server(says(b""))
    server.close()
    with Client(ClientConfig(server.url, ACTORS, timeout=2), index()) as client, pytest.raises(InstanceGone) as caught:
        client.session(ADMIN).get("/api/ping")
    assert "cannot be reached" in str(caught.value)
    assert caught.value.hint


def test_an_instance_that_goes_away_stops_the_run() -> None:
    answers = iter([with_length(b"[]")])

    def talk(connection: socket.socket, _: threading.Event) -> None:
        connection.sendall(next(answers, b""))

    with facing(talk, max_failures=4) as (client, server):
        assert client.session(ADMIN).get("/api/ping").ok
        with pytest.raises(NoAnswer):
            client.session(ADMIN).get("/api/ping")
        with pytest.raises(InstanceGone, match="4 requests in a row"):
            client.session(ADMIN).get("/api/ping")
        assert server.connections == 5


def test_plain_http_where_tls_is_spoken_gives_a_clear_error() -> None:
    with facing(says(b"\x15\x03\x01\x00\x02\x02\x16")) as (client, _), pytest.raises((NoAnswer, InstanceGone)):
        client.session(ADMIN).get("/api/ping")
    with (
        facing(says(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as (client, server),
        Client(ClientConfig(server.url.replace("http", "https"), ACTORS, timeout=2), index()) as secure,
        pytest.raises(InstanceGone, match="cannot be reached"),
    ):
        secure.session(ADMIN).get("/api/ping")
