"""The guard: every request is understood and passes all rules, or is refused before anything is sent."""

from __future__ import annotations

import httpx

from conformance.exchange.errors import Refused
from conformance.exchange.guard.classification import ClassifiedRequest, classify
from conformance.exchange.guard.context import GuardContext
from conformance.exchange.guard.rules import RULES, Rule, descendants


class Guard:
    """Decides by what a request does, from the one table of operations."""

    def __init__(self, state: GuardContext) -> None:
        self.state = state
        self._prefix = httpx.URL(state.config.url).raw_path.decode("ascii").partition("?")[0].rstrip("/")

    def classify(self, request: httpx.Request) -> ClassifiedRequest:
        """Return what a request means."""
        config = self.state.config
        return classify(request, self._prefix, config.actors, config.mark)

    def check(self, call: ClassifiedRequest) -> None:
        """Raise Refused, with the number of the rule, where a request must not be sent."""
        for number, rule in RULES:
            self._ask(number, rule, call)

    def check_descendants(self, call: ClassifiedRequest) -> None:
        """Raise Refused where a DELETE would take somebody else's records with it. Asked last, right before sending."""
        self._ask(2, descendants.check, call)

    def _ask(self, number: int, rule: Rule, call: ClassifiedRequest) -> None:
        reason = rule(call, self.state)
        if reason:
            raise Refused(number, f"{call.label[:160]}: {reason}")
