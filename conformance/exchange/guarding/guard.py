"""The guard: every request is understood and passes all rules, or is refused before anything is sent."""

from __future__ import annotations

import httpx

from conformance.exchange.errors import Refused
from conformance.exchange.guarding.request import Call, understand
from conformance.exchange.guarding.rules import RULES
from conformance.exchange.guarding.state import State


class Guard:
    """Decides by what a request does, from the one table of operations."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._prefix = httpx.URL(state.config.url).raw_path.decode("ascii").partition("?")[0].rstrip("/")

    def understand(self, request: httpx.Request) -> Call:
        """Return what a request means."""
        config = self.state.config
        return understand(request, self._prefix, config.actors, config.mark)

    def check(self, request: httpx.Request) -> Call:
        """Return what a request means. Raises Refused, with the number of the rule, where it must not be sent."""
        call = self.understand(request)
        for number, rule in RULES:
            reason = rule(call, self.state)
            if reason:
                raise Refused(number, f"{call.label[:160]}: {reason}")
        return call
