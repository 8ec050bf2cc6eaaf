"""Notices that a token has died, or that something else than Kimai answers, before such an answer is believed.

A token is revoked, it expires, its user is disabled, an access proxy wants a new sign-in, an instance shows a page of
maintenance: from then on every answer is a refusal, and all that followed would be blamed on the instance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from conformance.exchange.errors import InstanceGone
from conformance.exchange.guard.classification import ClassifiedRequest
from conformance.exchange.guard.credentials import CredentialStatus
from conformance.model import DISTURBED, Actor, is_page

WHO_AM_I = "/api/users/me"
"""What every valid token may read."""

IN_A_ROW = 3
"""So many doubtful answers in a row, and the token is tried whatever was asked."""
TRIES = 2
"""How often one operation has the token tried: some refuse in their own way, and go on doing so."""


@dataclass
class TokenWatch:
    """Tries a token again after a doubtful answer to it. `ask` reads WHO_AM_I with the credentials of a request.

    `on_death` is told whose token is no good any more, and why; it may raise InstanceGone. `is_known`: the token that
    each actor goes by was accepted before this process began.
    """

    ask: Callable[[httpx.Request], httpx.Response]
    on_death: Callable[[Actor, str], None]
    is_known: bool = False
    _accepted: set[str] = field(default_factory=set, repr=False)
    _row: Counter[str] = field(default_factory=Counter, repr=False)
    _tried: Counter[str] = field(default_factory=Counter)
    _trying: bool = False

    def answered(self, call: ClassifiedRequest, response: httpx.Response) -> None:
        """Look at an answer to an actor's own token. Raises what `on_death` raises."""
        actor = call.actor
        if self._trying or call.standing is not CredentialStatus.GOOD or actor is None:
            return
        token = call.request.headers.get("authorization", "")
        if not is_doubtful(response):
            self._row.pop(token, None)
            self._accepted.add(token)
            return
        self._row[token] += 1
        few = self._row[token] < IN_A_ROW and self._tried[call.label] >= TRIES
        # A known token was accepted before this process began.
        if few or not (token in self._accepted or (self.is_known and token == f"Bearer {actor.token.secret.reveal()}")):
            return
        self._tried[call.label] += 1
        self._trying = True
        try:
            again = self.ask(call.request)
        finally:
            self._trying = False
        if is_doubtful(again) or again.status_code == 403:
            page = ", a page of HTML" if _is_page(again) else ""
            self.on_death(actor, f"GET {WHO_AM_I} is answered {again.status_code}{page}")


def is_doubtful(response: httpx.Response) -> bool:
    """Whether an answer may be none of Kimai's to a valid token: a 401, a redirect, or a page instead of JSON."""
    status, page = response.status_code, _is_page(response)
    return status not in DISTURBED and (page or status == 401 or 300 <= status < 400)


def _is_page(response: httpx.Response) -> bool:
    return is_page(str(response.headers.get("content-type", "")), response.content)


def gone(actor: Actor, answer: str) -> InstanceGone:
    """Return the error that ends a run whose token has died."""
    return InstanceGone(
        f"the token of {actor.name} is no longer accepted: {answer}, and it was accepted before",
        "Was it revoked, did it expire, was the user disabled, or is the instance in maintenance?"
        " What was learnt before is reported; nothing was judged by refusals of this kind.",
    )
