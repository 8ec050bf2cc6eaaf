"""The only client to the instance."""

from __future__ import annotations

import itertools
import logging
import ssl
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx

from conformance.definition import Index
from conformance.exchange.cleanup.cascades import CascadeGate
from conformance.exchange.cleanup.cleanup import clean
from conformance.exchange.cleanup.ledger_recorder import LedgerRecorder
from conformance.exchange.cleanup.report import CleanupReport
from conformance.exchange.config import ClientConfig
from conformance.exchange.errors import NoAnswer, Offline, Refused
from conformance.exchange.guard.context import GuardContext
from conformance.exchange.guard.credentials import Credentials
from conformance.exchange.guard.guard import Guard
from conformance.exchange.guard.kinds import Kind
from conformance.exchange.guard.operation_plan import PlannedOperation, operation_plan
from conformance.exchange.guard.rules.undo import SEEN_BELOW
from conformance.exchange.network import LABEL, OVERHEAD
from conformance.exchange.network.credential_names import CredentialNames
from conformance.exchange.network.exemptions import Exemptions
from conformance.exchange.network.plain_http import ping_plain_http
from conformance.exchange.network.recording import Listener, Recorder
from conformance.exchange.network.redaction import LONG, RedactingFilter, Redactor
from conformance.exchange.network.throttle import Throttle
from conformance.exchange.network.token_watch import WHO_AM_I, TokenWatch, gone
from conformance.exchange.network.transport import Counts, GuardedTransport
from conformance.exchange.ownership.ledger import Ledger
from conformance.exchange.ownership.proof import prove
from conformance.exchange.ownership.seal import token_digest
from conformance.exchange.records import RecordFactory
from conformance.exchange.session import Session, timed
from conformance.exchange.visibility import find_witness
from conformance.model import Actor, Exchange

_LOGGERS = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.proxy")


class Client:
    """Everything that is sent to an instance goes through here: one httpx client, guarded, recorded, written down."""

    def __init__(self, config: ClientConfig, index: Index | None = None, ledger: Ledger | None = None) -> None:
        """Open the client. `index` may follow later; until then only reads go out. `ledger` stands in for a file.

        Raises UsageError, and LedgerError where the ledger cannot be written.
        """
        self.config = config
        self.base = config.url.rstrip("/")
        self._prefix = httpx.URL(self.base).path.rstrip("/")
        self.redactor = Redactor.of(config.actors)
        self.redactor.add(*(value for value in config.headers.values() if len(value) >= LONG))
        self.redactor.add(httpx.URL(config.proxy).password if config.proxy else "")
        self.ledger = ledger or _ledger(config)
        self.state = GuardContext(config, index, self.ledger, self._read, prove)
        self.state.read_anonymously = lambda path: self.anonymous().get(path, overhead=True).status
        self.state.delete_trial = self._try_out
        self.numbers = itertools.count(1)
        self._offline = False
        self.records = RecordFactory(self)
        self.counts = Counts()
        self._recorder = Recorder(self.redactor, self.base, config.headers, config.actors)
        self.exemptions = Exemptions(self.base)
        self._transport = GuardedTransport(
            config,
            Guard(self.state),
            LedgerRecorder(self.state, self.redactor),
            CascadeGate(self),
            self.exemptions,
            self.counts,
            Throttle(config),
        )
        self._client = _client(self._transport, config.timeout)
        self._transport.watch = TokenWatch(self._try_token, self._token_died, config.tokens_accepted)
        self._filter = RedactingFilter(self.redactor)
        for name in _LOGGERS:
            logging.getLogger(name).addFilter(self._filter)

    @property
    def index(self) -> Index | None:
        """The instance's operations, None before its definition is known."""
        return self.state.index

    @index.setter
    def index(self, index: Index | None) -> None:
        self.state.index = index

    @property
    def mark(self) -> str:
        """What the names of the run's records must contain."""
        return self.config.mark

    @property
    def requests(self) -> int:
        """How many requests were sent, those that the guard needed included."""
        return self.counts.requests

    @property
    def refused(self) -> Counter[int]:
        """How many requests each rule refused."""
        return self.counts.refused

    @property
    def announced(self) -> frozenset[str]:
        """Reads that the table does not know and that were let through by their form (rule 6)."""
        return frozenset(self.state.announced)

    @property
    def credential_names(self) -> CredentialNames:
        """The variables that stand for the actors' tokens in reproducers."""
        return self._recorder.names

    @property
    def listeners(self) -> list[Listener]:
        """Who gets every exchange, secrets blotted out."""
        return self._recorder.listeners

    @property
    def transport(self) -> GuardedTransport:
        """The transport, for the form login alone."""
        return self._transport

    def session(self, actor: Actor) -> Session:
        """Return a session of one actor, with the first of their tokens that has not expired."""
        return Session(self, actor)

    def anonymous(self) -> Session:
        """Return a session without credentials."""
        return Session(self, self.config.actors[0], Credentials.none())

    @contextmanager
    def offline(self) -> Iterator[None]:
        """Let nothing out within: whoever asks gets Offline."""
        self._offline = True
        try:
            yield
        finally:
            self._offline = False

    def dispatch(self, request: httpx.Request, session: Session) -> Exchange:
        """Send a request that a session made, and record it. Raises Offline where nothing may be asked."""
        if self._offline:
            raise Offline(f"{request.method} {request.url.path}")
        try:
            response, elapsed = timed(self._client.send, request)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NoAnswer(f"{request.method} {request.url.path}: {error}") from error
        path = request.url.path.removeprefix(self._prefix)
        result = self.index.match(request.method, path) if self.index else None
        label = result.label if result else str(response.extensions.get(LABEL, f"{request.method} {path}"))
        return self._recorder.record(
            request, response, label, session.actor, elapsed, meant_valid=session.means_valid
        )  # fmt: skip

    def survey(self) -> list[PlannedOperation]:
        """Return which operations of the definition are used here, and why the others are not. Sends nothing."""
        return operation_plan(self.state)

    def ping_plain_http(self) -> Exchange | None:
        """Return the answer to the one ping over plain HTTP, None where nothing answers, or without HTTPS."""
        return ping_plain_http(self)

    def certificate(self) -> Mapping[str, datetime] | None:
        """Return `notBefore` and `notAfter` of the instance's certificate (aware, UTC); None without checked TLS."""
        result = self._transport.certificate
        if result is None:
            return None
        names = ("notBefore", "notAfter")
        return {name: datetime.fromtimestamp(ssl.cert_time_to_seconds(result[name]), UTC) for name in names}

    def find_witness(self) -> Actor | None:
        """Return the actor who was shown to see everybody's records, None where nobody was. May make a record."""
        return find_witness(self)

    def try_deletion(self, kind: Kind) -> bool:
        """Make a record of a kind and delete it at once. Return False where it was made and nobody could delete it."""
        try:
            return self._made_and_deleted(kind)
        except Refused:
            return True

    def cleanup(self) -> CleanupReport:
        """Delete what this process made, newest first. See `finish` for the ledgers of a whole run."""
        return clean(self, [self.ledger] if self.ledger else [])

    def close(self) -> None:
        """Close the connections, the ledger and its lock."""
        for name in _LOGGERS:
            logging.getLogger(name).removeFilter(self._filter)
        self._client.close()
        if self.ledger:
            self.ledger.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self, actor: Actor, path: str, params: Mapping[str, Any]) -> tuple[int, Any]:
        exchange = self.session(actor).get(path, params=params, overhead=True)
        return exchange.status, None if exchange.truncated else exchange.json_or_none()

    def _try_token(self, request: httpx.Request) -> httpx.Response:
        """Read who the sender of a request is, with that request's credentials."""
        headers = {name: value for name, value in request.headers.items() if not name.startswith("content-")}
        again = httpx.Request("GET", self.base + WHO_AM_I, headers=headers)
        again.extensions[OVERHEAD] = True
        return self._client.send(again)

    def _token_died(self, actor: Actor, answer: str) -> None:
        """End the run; in its clean-up others go on without this actor."""
        if self.config.patience:
            self.state.lost.add(actor.name)
        else:
            raise gone(actor, answer)

    def _try_out(self, kind: Kind) -> bool:
        """Make a record as the strongest actor and delete it at once. Return whether it is gone."""
        if kind in SEEN_BELOW and self.find_witness() is None:
            return False
        try:
            return self._made_and_deleted(kind)
        except Refused:
            return False

    def _made_and_deleted(self, kind: Kind) -> bool:
        record = self.records.of_kind(kind)
        return any(self.session(actor).delete(record.path, overhead=True).ok for actor in self.state.actors)


def _client(transport: httpx.BaseTransport, timeout: float) -> httpx.Client:
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    return httpx.Client(
        transport=transport, trust_env=False, follow_redirects=False, cookies=no_cookies, timeout=timeout
    )


def _ledger(config: ClientConfig) -> Ledger | None:
    if config.ledger_path is None:
        return None
    return Ledger(config.ledger_path, header(config), key=config.ledger_key)


def header(config: ClientConfig) -> dict[str, Any]:
    """Return what a ledger says of its run: whose records it may touch, and where which tokens may be sent again."""
    actors = [
        {
            "name": actor.name,
            "user_id": actor.user_id,
            "tokens": [
                {"name": token.name, "digest": token_digest(config.ledger_key, token.secret.reveal())}
                for token in actor.tokens
            ],
        }
        for actor in config.actors
    ]
    return {
        "run": config.run_id,
        "url": config.url,
        "actors": actors,
        "project": config.borrowed_project,
        "activity": config.borrowed_activity,
    }
