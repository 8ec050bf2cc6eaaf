"""A session: the client as one actor sees it, or as somebody with other credentials."""

from __future__ import annotations

import json as jsonlib
import re
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

import httpx

from conformance.exchange.config import ClientConfig
from conformance.exchange.errors import BudgetSpent, NoAnswer, Refused, Stopped
from conformance.exchange.guard.credentials import Credentials
from conformance.exchange.network import OVERHEAD
from conformance.exchange.network.body_reader import ACCEPTED
from conformance.exchange.network.redaction import Redactor
from conformance.model import Actor, CommandError, Exchange, Secret

Params = Mapping[str, Any] | Sequence[tuple[str, Any]]


class _Unset:
    """No body at all, where `None` is JSON's null."""


UNSET: Final = _Unset()

_ONE_LINE = re.compile(r"[\r\n\x00]")


class Sender(Protocol):
    """What a session sends through."""

    config: ClientConfig
    base: str
    redactor: Redactor

    def dispatch(self, request: httpx.Request, session: Session) -> Exchange:
        """Send a request that a session made, and record it."""


class Session:
    """Sends as one actor. Cheap to make: all sessions share one connection pool."""

    def __init__(
        self, client: Sender, actor: Actor, credentials: Credentials | None = None, *, means_valid: bool = False
    ) -> None:
        self._client = client
        self.actor = actor
        self.credentials = credentials
        self.means_valid = means_valid

    def as_valid(self) -> Session:
        """Return the same for requests that the definition allows: where it does not, the suite is wrong."""
        return Session(self._client, self.actor, self.credentials, means_valid=True)

    def with_credentials(self, credentials: Credentials) -> Session:
        """Return the same with other credentials than the actor's token."""
        self._client.redactor.add(*(secret.reveal() for secret in credentials.hidden))
        return Session(self._client, self.actor, credentials)

    def get(self, path: str, **kwargs: Any) -> Exchange:
        """Send a GET. See `send`."""
        return self.send("GET", path, **kwargs)

    def post(self, path: str, **kwargs: Any) -> Exchange:
        """Send a POST. See `send`."""
        return self.send("POST", path, **kwargs)

    def patch(self, path: str, **kwargs: Any) -> Exchange:
        """Send a PATCH. See `send`."""
        return self.send("PATCH", path, **kwargs)

    def delete(self, path: str, **kwargs: Any) -> Exchange:
        """Send a DELETE. See `send`."""
        return self.send("DELETE", path, **kwargs)

    def send(
        self,
        method: str,
        path: str,
        *,
        json: Any = UNSET,
        content: bytes | str | None = None,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        overhead: bool = False,
        extensions: Mapping[str, Any] | None = None,
    ) -> Exchange:
        """Send one request and return its exchange. `path` is as in the definition, a query may hang on it.

        `json` is encoded as JSON, `content` is sent as it is; `params` may have lists as values; `extensions` are read
        by the guard alone. Raises Refused before anything is sent, NoAnswer, InstanceGone, BudgetSpent or Stopped.
        """
        try:
            request = self._request(method, path, json, content, params, headers)
            request.extensions.update(extensions or {})
            if overhead:
                request.extensions[OVERHEAD] = True
            return self._client.dispatch(request, self)
        except (Refused, NoAnswer, BudgetSpent, Stopped, CommandError) as error:
            # The frames below hold headers with secrets, which `--showlocals` would print.
            raise error.with_traceback(None) from None

    def _request(
        self,
        method: str,
        path: str,
        json: Any,
        content: bytes | str | None,
        params: Params | None,
        headers: Mapping[str, str] | None,
    ) -> httpx.Request:
        wanted = {name.lower(): value for name, value in (headers or {}).items()}
        body = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        if not isinstance(json, _Unset):
            body = jsonlib.dumps(json, default=self._revealed).encode()
            wanted.setdefault("content-type", "application/json")
        own = {name.lower(): value for name, value in self._client.config.headers.items()}
        own |= {"accept": "application/json", "accept-encoding": ACCEPTED, "user-agent": "kimai-conformance"}
        if self.credentials is None:
            own["authorization"] = f"Bearer {self.actor.token.secret.reveal()}"
        else:
            own.update({name.lower(): value for name, value in self.credentials.headers_for(self.actor).items()})
        wanted = {**own, **wanted}
        try:
            url = self._url(path, params)
            encoded = {name.encode("ascii"): value.encode("utf-8") for name, value in wanted.items()}
            return httpx.Request(method, url, headers=encoded, content=body)
        except (httpx.InvalidURL, UnicodeError, ValueError, TypeError) as error:
            raise Refused(2, f"{method} {path[:80]!r} cannot be sent: {error}") from error

    def _revealed(self, value: object) -> str:
        """Return a secret that the run has invented, which is blotted out from then on. Raises TypeError."""
        if not isinstance(value, Secret):
            raise TypeError(f"{type(value).__name__} is no JSON")
        self._client.redactor.add(value.reveal())
        return value.reveal()

    def _url(self, path: str, params: Params | None) -> httpx.URL:
        if "://" in path.split("?")[0] or not path.startswith("/") or _ONE_LINE.search(path):
            raise Refused(1, f"{path[:80]!r} is not a path of the instance")
        base, _, query = path.partition("?")
        items = params.items() if isinstance(params, Mapping) else params or ()
        pairs: list[tuple[str, Any]] = []
        for name, value in items:
            many = value if isinstance(value, list | tuple) else [value]
            pairs += [(name, _scalar(item)) for item in many]
        if self.credentials is not None:
            pairs += [(name, secret.reveal()) for name, secret in self.credentials.parameters]
        encoded = str(httpx.QueryParams(pairs))
        whole = "&".join(part for part in (query, encoded) if part)
        url = httpx.URL(self._client.base + base)
        return url.copy_with(query=whole.encode("utf-8", "surrogatepass")) if whole else url


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def timed(send: Any, request: httpx.Request) -> tuple[httpx.Response, float]:
    """Return an answer and how many seconds it took."""
    start = time.monotonic()
    response: httpx.Response = send(request)
    return response, time.monotonic() - start
