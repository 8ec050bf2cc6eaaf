"""Makes exchanges of requests and answers, secrets blotted out, and hands them to whoever listens."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable

import httpx

from conformance.exchange.network import TRUNCATED
from conformance.exchange.network.credential_names import WRONG, CredentialNames
from conformance.exchange.network.redaction import Redactor
from conformance.model import MASK, Actor, Exchange, secrets_in

Listener = Callable[[Exchange], None]

_COOKIE_VALUE = re.compile(r"\A[^=;]+=([^;]{16,})")
_SECRET_HEADERS = frozenset({"authorization", "x-auth-token", "cookie", "proxy-authorization"})


class Recorder:
    """Makes the exchanges of one client."""

    def __init__(
        self, redactor: Redactor, base_url: str, private_headers: Iterable[str] = (), actors: Iterable[Actor] = ()
    ) -> None:
        self.listeners: list[Listener] = []
        self.names = CredentialNames(actors)
        self._numbers = itertools.count(1)
        self._redactor = redactor
        url = httpx.URL(base_url)
        self._base = f"{url.scheme}://{url.netloc.decode('ascii')}"  # Targets have the folder of the instance.
        self._private = frozenset(name.lower() for name in private_headers)

    def record(
        self,
        request: httpx.Request,
        response: httpx.Response,
        operation: str,
        actor: Actor,
        elapsed: float,
        *,
        meant_valid: bool = False,
    ) -> Exchange:
        """Return the exchange and give it to the listeners. `elapsed` is in seconds.

        `meant_valid`: the definition should allow the request.
        """
        self._learn_cookies(response)
        redact = self._redactor.redact
        credential = self.names.of(actor, request.headers)
        exchange = Exchange(
            method=request.method,
            target=redact(request.url.raw_path.decode("ascii", "replace")),
            operation=operation,
            actor=actor.name,
            request_headers={
                name: "Bearer " + MASK
                if name == "authorization" and credential.variable == WRONG
                else self._header(name, value)
                for name, value in request.headers.items()
            },
            request_body=redact(request.content) if request.content else None,
            status=response.status_code,
            headers={name: redact(value) for name, value in response.headers.items()},
            # TRACE sends back the headers of the request, with what an access proxy adds.
            body=b"" if request.method == "TRACE" else _without(secrets_in(request.content), redact(response.content)),
            elapsed=elapsed,
            base_url=self._base,
            truncated=bool(response.extensions.get(TRUNCATED)),
            number=next(self._numbers),
            credential=credential.variable,
            credential_default=credential.default,
            meant_valid=meant_valid,
        )
        for listener in self.listeners:
            listener(exchange)
        return exchange

    def _header(self, name: str, value: str) -> str:
        lowered = name.lower()
        if lowered in self._private:
            return MASK
        if lowered in _SECRET_HEADERS and lowered != "authorization":
            return MASK
        return self._redactor.redact(value)

    def _learn_cookies(self, response: httpx.Response) -> None:
        for header in response.headers.get_list("set-cookie"):
            match = _COOKIE_VALUE.match(header)
            if match:
                self._redactor.add(match.group(1))


def _without(secrets: Iterable[str], body: bytes) -> bytes:
    """Return an answer without the secrets that its request has invented."""
    for secret in secrets:
        body = body.replace(secret.encode(), MASK.encode())
    return body
