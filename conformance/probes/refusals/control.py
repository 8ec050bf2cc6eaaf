"""Whether a 400 or a 403 is about what was asked: the same request without it, and the least of a body with it.

Asked only before one would fail a place, or pass one, and once for each operation and actor as far as that goes.
Source: DESIGN, "Rulings on what is promised": a refusal decides only what it is about.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from conformance.exchange import BudgetSpent, NoAnswer, Refused
from conformance.model import Actor, Exchange, decoded
from conformance.probes.context import ProbeContext
from conformance.probes.records.creating import create, delete_created, ident, parent_of
from conformance.probes.records.kinds import Resource, kinds
from conformance.probes.records.samples import minimal

_NOT_ASKED = "it cannot be told whether it was refused for this: {}"


@dataclass
class Controls:
    """The controls of one process. `notice` is told of every answer: what was accepted once needs no control."""

    context: ProbeContext
    _accepted: set[tuple[str, str | None]] = field(default_factory=set)
    _refused: dict[tuple[str, str | None], str] = field(default_factory=dict)

    def notice(self, exchange: Exchange) -> None:
        """Note what an operation accepts of an actor, with a body."""
        if exchange.ok and exchange.request_body:
            self._accepted.add((exchange.operation, exchange.actor))

    def why_undecided(self, exchange: Exchange, field: str) -> str:
        """Return why a refusal says nothing of a field, "" where it does, or where there is no control.

        `field` is empty where the body as a whole, or a query, was asked about.
        """
        actor = next((item for item in self.context.actors if item.name == exchange.actor), None)
        names = {name.lower() for name in exchange.request_headers}
        with_own_token = "authorization" in names and not names & {"x-auth-user", "x-auth-token"}
        if actor is None or not with_own_token:
            return ""
        try:
            return self._of_write(exchange, field, actor) if exchange.method in ("POST", "PATCH") else ""
        except (Refused, BudgetSpent, NoAnswer) as error:
            return _NOT_ASKED.format(error)

    def _of_write(self, exchange: Exchange, field: str, actor: Actor) -> str:
        pairs = ((kind, operation) for kind in kinds(self.context.index) for operation in (kind.create, kind.change))
        kind = next((kind for kind, item in pairs if item is not None and item.label == exchange.operation), None)
        if kind is None:
            return ""
        if why := self._without(kind, exchange, actor):
            return why
        name, body = field.partition("[")[0].partition(".")[0], _body(exchange)
        if not name or name not in body or len(body) == 1:
            return ""
        least = minimal(self.context, kind, owner=actor.user_id) if exchange.method == "POST" else {}
        if set(body) <= {*least, name}:
            return ""
        answer = self._send(kind, exchange, actor, {**least, **_times(body), name: body[name]})
        alone = answer is not None and answer.ok
        return f"without the rest it is accepted, so {name} is not what was refused" if alone else ""

    def _without(self, kind: Resource, exchange: Exchange, actor: Actor) -> str:
        """Return that a plain request of the same operation is refused as well, "" where one was accepted."""
        place = (exchange.operation, exchange.actor)
        demanded = self.context.records.demanded(exchange.path)
        if exchange.method == "POST" and place in self._accepted and demanded.keys() <= _body(exchange).keys():
            return ""
        if place in self._refused and exchange.method == "POST":
            return self._refused[place]
        least = {} if exchange.method == "PATCH" else minimal(self.context, kind, owner=actor.user_id)
        answer = self._send(kind, exchange, actor, {**least, **(_times(_body(exchange)) if least else {})})
        if answer is None or answer.status not in (400, 403):
            return ""
        self._refused[place] = f"the same without it is refused as well ({answer.status})"
        return self._refused[place]

    def _send(self, kind: Resource, exchange: Exchange, actor: Actor, body: Mapping[str, Any]) -> Exchange | None:
        """Send a control; None where there is no record to change."""
        if exchange.method == "PATCH":
            return self._change(kind, exchange.path, actor, body)
        answer = self.context.session(actor).post(exchange.path, json=dict(body))
        if ident(answer) is not None:
            with suppress(Refused):
                parent = int(exchange.path.split("/")[-2]) if kind.parent is not None else None
                delete_created(self.context, kind, answer, parent)
        return answer

    def _change(self, kind: Resource, path: str, actor: Actor, body: Mapping[str, Any]) -> Exchange | None:
        """Change the record that was asked about, or another one where that is gone meanwhile."""
        answer = self.context.session(actor).patch(path, json=dict(body))
        if answer.status != 404 or kind.change is None:
            return answer
        made = create(self.context, kind, actor=actor)
        number = ident(made)
        if number is None:
            return None
        other = kind.path(kind.change, number, parent_of(self.context, kind))
        answer = self.context.session(actor).patch(other, json=dict(body))
        delete_created(self.context, kind, made)
        return answer


def _body(exchange: Exchange) -> dict[str, Any]:
    value = decoded(exchange.request_body)
    return value if isinstance(value, dict) else {}


def _times(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return on what and when a time record stands, which decides as well whether it is taken."""
    return {name: body[name] for name in ("project", "activity", "begin", "end") if name in body}
