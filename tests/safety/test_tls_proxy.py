"""TLS with a private CA and client certificates, and an explicit proxy: with real sockets and certificates."""

from __future__ import annotations

import shutil
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from conformance.exchange import Client, ClientConfig
from conformance.model import InstanceUnfitError, UsageError
from tests import processes

from .fake import ADMIN, MARK, Fake, client, index

OPENSSL = shutil.which("openssl")
needs_openssl = pytest.mark.skipif(OPENSSL is None, reason="there is no openssl to make certificates with")
EXTRA = {"X-Gate": "gate-secret-0123456789"}


class Answering(BaseHTTPRequestHandler):
    """Answers every request with JSON, and keeps its first line and headers."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.seen.append((self.requestline, dict(self.headers)))  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "18")
        self.end_headers()
        self.wfile.write(b'{"message":"pong"}')

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class Quiet(ThreadingHTTPServer):
    """A server that keeps what it saw, and says nothing of a handshake that failed."""

    daemon_threads = True

    def __init__(self, context: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.seen: list[tuple[str, dict[str, str]]] = []
        self._context = context

    def finish_request(self, request: Any, client_address: Any) -> None:
        secured = self._context.wrap_socket(request, server_side=True) if self._context else request
        secured.settimeout(10)
        try:
            super().finish_request(secured, client_address)
        finally:
            secured.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is what some tests are about."""


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[Quiet]:
    """Serve on a free port of this machine."""
    server = Quiet(context)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def openssl(*arguments: str) -> None:
    """Run openssl."""
    processes.run([str(OPENSSL), *arguments], check=True, timeout=30)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two authorities, `ca` and `other`, and what the first signed: `server` and `client`."""
    folder = tmp_path_factory.mktemp("keys")
    new = ("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    for name in ("ca", "other"):
        files = ("-keyout", f"{folder}/{name}.key", "-out", f"{folder}/{name}.pem")
        openssl(*new, "-x509", "-days", "2", "-subj", f"/CN={name}", "-addext", "keyUsage=critical,keyCertSign", *files)
    for name in ("server", "client"):
        openssl(*new, "-subj", f"/CN={name}", "-keyout", f"{folder}/{name}.key", "-out", f"{folder}/{name}.csr")
        (folder / "ext").write_text(
            "subjectAltName=IP:127.0.0.1\nauthorityKeyIdentifier=keyid\nsubjectKeyIdentifier=hash\n"
        )
        authority = ("-CA", f"{folder}/ca.pem", "-CAkey", f"{folder}/ca.key", "-CAcreateserial")
        signed = ("-in", f"{folder}/{name}.csr", "-out", f"{folder}/{name}.pem", "-extfile", f"{folder}/ext")
        openssl("x509", "-req", "-days", "2", *authority, *signed)
    return folder


def tls(keys: Path, *, client: bool = False) -> ssl.SSLContext:
    """Return the server's side of TLS, asking for a client certificate where told."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(keys / "server.pem", keys / "server.key")
    if client:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(keys / "ca.pem")
    return context


def to(server: Quiet, scheme: str = "https", **settings: Any) -> Client:
    """Return a client to a server."""
    url = f"{scheme}://127.0.0.1:{server.server_address[1]}"
    return Client(ClientConfig(url, (ADMIN,), headers=EXTRA, timeout=10.0, **settings), index())


@needs_openssl
@pytest.mark.machine_clock
def test_a_private_ca_is_trusted_and_the_validity_is_read(keys: Path) -> None:
    with serving(tls(keys)) as server, to(server, verify=str(keys / "ca.pem")) as opened:
        assert opened.certificate() is None
        assert opened.session(ADMIN).get("/api/ping").json() == {"message": "pong"}
        validity = opened.certificate()
    assert server.seen[0][1]["x-gate"] == EXTRA["X-Gate"]
    assert server.seen[0][1]["authorization"].startswith("Bearer ")
    assert validity is not None
    now = datetime.now(UTC)
    assert validity["notBefore"] <= now < validity["notAfter"] <= now + timedelta(days=2, minutes=1)


@needs_openssl
@pytest.mark.parametrize("authority", ["other.pem", None])
def test_an_unknown_ca_is_said_and_nothing_is_sent(keys: Path, authority: str | None) -> None:
    verify = str(keys / authority) if authority else True
    with serving(tls(keys)) as server, to(server, verify=verify) as opened, pytest.raises(InstanceUnfitError) as unfit:
        opened.session(ADMIN).get("/api/ping")
    assert "CERTIFICATE_VERIFY_FAILED" in str(unfit.value)
    assert "TLS" in str(unfit.value.hint)
    assert server.seen == []


@needs_openssl
def test_another_name_than_that_of_the_certificate_is_refused(keys: Path) -> None:
    with serving(tls(keys)) as server:
        config = ClientConfig(
            f"https://localhost:{server.server_address[1]}", (ADMIN,), verify=str(keys / "ca.pem"), timeout=10.0
        )
        with Client(config, index()) as opened, pytest.raises(InstanceUnfitError, match="CERTIFICATE_VERIFY_FAILED"):
            opened.session(ADMIN).get("/api/ping")
    assert server.seen == []


@needs_openssl
def test_a_client_certificate_is_shown(keys: Path) -> None:
    own = (str(keys / "client.pem"), str(keys / "client.key"))
    with serving(tls(keys, client=True)) as server:
        with to(server, verify=str(keys / "ca.pem"), cert=own) as opened:
            assert opened.session(ADMIN).get("/api/ping").ok
        with to(server, verify=str(keys / "ca.pem")) as bare, pytest.raises(InstanceUnfitError):
            bare.session(ADMIN).get("/api/ping")
    assert len(server.seen) == 1


@pytest.mark.parametrize("what", ["verify", "cert"])
def test_a_file_that_is_no_certificate_is_said(tmp_path: Path, what: str) -> None:
    bad = tmp_path / "bad.pem"
    bad.write_text("no certificate")
    with pytest.raises(UsageError, match="CA file or the client certificate"):
        Client(ClientConfig("https://kimai.test", (ADMIN,), **{what: str(bad)}), index())  # type: ignore[arg-type]


def test_an_explicit_proxy_gets_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with serving() as proxy:
        config = ClientConfig(
            "http://kimai.invalid", (ADMIN,), proxy=f"http://127.0.0.1:{proxy.server_address[1]}", headers=EXTRA
        )
        with Client(config, index()) as opened:
            assert opened.session(ADMIN).get("/api/ping").ok
    assert proxy.seen[0][0] == "GET http://kimai.invalid/api/ping HTTP/1.1"
    assert proxy.seen[0][1]["x-gate"] == EXTRA["X-Gate"]


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as proxy, serving() as server:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.server_address[1]}")
        with to(server, "http") as opened:
            assert opened.session(ADMIN).get("/api/ping").ok
    assert proxy.seen == []
    assert len(server.seen) == 1


def test_a_proxy_that_is_not_there_is_said() -> None:
    with serving() as closed:
        address = closed.server_address[1]
    config = ClientConfig("http://kimai.invalid", (ADMIN,), proxy=f"http://user:pr0xy-secret@127.0.0.1:{address}")
    with Client(config, index()) as opened, pytest.raises(InstanceUnfitError) as unfit:
        opened.session(ADMIN).get("/api/ping")
    assert "pr0xy-secret" not in str(unfit.value)


def test_the_ping_over_plain_http_carries_nothing(tmp_path: Path) -> None:
    fake = Fake()
    fake.before = lambda _: httpx.Response(301, headers={"location": "https://kimai.test/api/ping"})
    with client(fake, tmp_path, url="https://kimai.test:8443/kimai", headers=EXTRA) as opened:
        answer = opened.ping_plain_http()
    assert answer is not None
    assert answer.status == 301
    assert [str(request.url) for request in fake.seen] == ["http://kimai.test/kimai/api/ping"]
    assert {"authorization", "x-gate", "cookie"}.isdisjoint(fake.seen[0].headers)
    assert MARK not in str(fake.seen[0].headers)


def test_without_https_there_is_no_such_ping(tmp_path: Path) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        assert opened.ping_plain_http() is None
    assert fake.seen == []
