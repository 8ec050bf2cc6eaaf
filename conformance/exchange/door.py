"""The one door to the instance."""

from __future__ import annotations

import logging
import ssl
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx

from conformance.definition import Index
from conformance.exchange.cleaning.bookkeeping import Bookkeeper
from conformance.exchange.cleaning.cleanup import clean, try_out
from conformance.exchange.cleaning.ledger import Ledger, tokens_named
from conformance.exchange.cleaning.report import CleanupReport
from conformance.exchange.config import DoorConfig
from conformance.exchange.errors import NoAnswer
from conformance.exchange.guarding.credentials import Credentials
from conformance.exchange.guarding.guard import Guard
from conformance.exchange.guarding.state import State
from conformance.exchange.guarding.survey import Planned, survey
from conformance.exchange.network.manners import Manners
from conformance.exchange.network.plain_http import ping_plain_http
from conformance.exchange.network.recording import Listener, Recorder
from conformance.exchange.network.redaction import LONG, RedactingFilter, Redactor
from conformance.exchange.network.transport import LABEL, Counts, GuardedTransport
from conformance.exchange.session import Session, timed
from conformance.words import Actor, Exchange

_LOGGERS = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.proxy")


class Door:
    """Everything that is sent to an instance goes through here: one httpx client, guarded, recorded, written down."""

    def __init__(self, config: DoorConfig, index: Index | None = None) -> None:
        """Open the door. `index` may follow later; until then only reads go out. Raises UsageError."""
        self.config = config
        self.base = config.url.rstrip("/")
        self._prefix = httpx.URL(self.base).path.rstrip("/")
        self.redactor = Redactor.of(config.actors)
        self.redactor.add(*(value for value in config.headers.values() if len(value) >= LONG))
        self.redactor.add(httpx.URL(config.proxy).password if config.proxy else "")
        self.ledger = None if config.ledger_path is None else Ledger(config.ledger_path, _header(config))
        self.state = State(config, index, self.ledger, self._read)
        self.counts = Counts()
        self._recorder = Recorder(self.redactor, self.base, config.headers)
        self.state.try_out = lambda kind: try_out(self, kind)
        self._transport = GuardedTransport(
            config, Guard(self.state), Bookkeeper(self.state, self.redactor), self.counts, Manners(config)
        )
        self._client = _client(self._transport)
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

    def dispatch(self, request: httpx.Request, session: Session) -> Exchange:
        """Send a request that a session made, and record it."""
        try:
            response, elapsed = timed(self._client.send, request)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NoAnswer(f"{request.method} {request.url.path}: {error}") from error
        return self._recorder.record(request, response, self._label(request, response), session.actor.name, elapsed)

    def survey(self) -> list[Planned]:
        """Return which operations of the definition are used here, and why the others are not. Sends nothing."""
        return survey(self.state)

    def ping_plain_http(self) -> Exchange | None:
        """Return the answer to the one ping over plain HTTP, None where nothing answers, or without HTTPS."""
        return ping_plain_http(self)

    def certificate(self) -> Mapping[str, datetime] | None:
        """Return `notBefore` and `notAfter` of the instance's certificate (aware, UTC); None without checked TLS."""
        found = self._transport.certificate
        if found is None:
            return None
        names = ("notBefore", "notAfter")
        return {name: datetime.fromtimestamp(ssl.cert_time_to_seconds(found[name]), UTC) for name in names}

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

    def __enter__(self) -> Door:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _label(self, request: httpx.Request, response: httpx.Response) -> str:
        path = request.url.path.removeprefix(self._prefix)
        found = self.index.match(request.method, path) if self.index else None
        return found.label if found else str(response.extensions.get(LABEL, f"{request.method} {path}"))

    def _read(self, actor: Actor, path: str, params: Mapping[str, Any]) -> tuple[int, Any]:
        exchange = self.session(actor).get(path, params=params, overhead=True)
        return exchange.status, None if exchange.truncated else exchange.json_or_none()


def _client(transport: httpx.BaseTransport) -> httpx.Client:
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    return httpx.Client(transport=transport, trust_env=False, follow_redirects=False, cookies=no_cookies)


def _header(config: DoorConfig) -> dict[str, Any]:
    names = [(actor.name, [token.name for token in actor.tokens]) for actor in config.actors]
    return {
        "run": config.run_id,
        "mark": config.mark,
        "url": config.url,
        "tokens": tokens_named(names),
        "project": config.borrowed_project,
        "activity": config.borrowed_activity,
    }
