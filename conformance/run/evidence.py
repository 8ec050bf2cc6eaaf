"""What the places of a run show: scripts from what was sent, and answers without what other people wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from conformance.exchange import Client
from conformance.exchange.evidence import Cutter, ForeignTexts, History, ScriptWriter
from conformance.exchange.evidence.values import leaf_of_json_path
from conformance.model import Exchange, Place, Status, without_secret_attributes

MOST_KEPT = 256
"""Answers whose cut texts are kept: many places are judged by one answer, right after each other."""


class RunEvidence:
    """The evidence of one process. Listens to its client; `full` tells answers whole."""

    def __init__(self, client: Client, *, full: bool) -> None:
        actors = client.config.actors
        self.history = History(users={actor.name: actor.user_id for actor in actors if actor.user_id is not None})
        self._redact = client.redactor.text
        self._full = full
        self._foreign = ForeignTexts(self.history, client.mark, [actor.name for actor in actors])
        self._cutter = Cutter(self.history, client.mark, full)
        self._scripts = ScriptWriter(
            self.history, client.credential_names, actors, client.base, client.mark, self._cutter.seen
        )
        self._texts: dict[tuple[int, str], tuple[str, str]] = {}
        client.listeners[:0] = [self.history.notice, self._foreign.notice]

    def shown(self, place: Place, title: str, exchange: Exchange | None, beside: Sequence[Exchange]) -> Place:
        """Return the place with what shows it. See `conformance.verdict.evidence`."""
        place = replace(place, node=self.history.node_of(exchange))
        if exchange is None:
            return place
        # Command and cut answer are made once for an exchange while it is judged.
        key = (exchange.number, place.field)
        if not exchange.number or key not in self._texts:
            if len(self._texts) >= MOST_KEPT:
                self._texts.clear()
            self._texts[key] = exchange.curl(), self._cutter.text(exchange, place.field)
        curl, response = self._texts[key]
        place = replace(place, curl=curl, response=response)
        known = place.status is Status.DEVIATION and not place.deviation  # A known defect is a finding too.
        if exchange.number == 0 or not (known or place.status is Status.FAIL):
            return place
        after = "\n".join(self.history.nodes_before([*beside, exchange], leaf_of_json_path(place.field)))
        return replace(place, after=after, script=self._scripts.write(place, title, exchange, beside))

    def redact(self, text: str) -> str:
        """Return a text without secrets and, unless all is to be told, without what others wrote."""
        text = without_secret_attributes(self._redact(text))
        return text if self._full else self._foreign.redact(text)
