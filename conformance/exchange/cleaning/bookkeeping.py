"""Writes the ledger around each request: intents before a create leaves, and what became of it after."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from conformance.exchange.cleaning.copies import DUPLICATE, brought_along
from conformance.exchange.cleaning.identity import speaks_against
from conformance.exchange.errors import Refused
from conformance.exchange.guarding.bodies import field_key
from conformance.exchange.guarding.credentials import Standing
from conformance.exchange.guarding.ids import listed_ids
from conformance.exchange.guarding.kinds import KINDS, NAMED, Kind
from conformance.exchange.guarding.operations import Class, Effect
from conformance.exchange.guarding.request import Call
from conformance.exchange.guarding.rules.actor_state import FAVOURITES, RESTORABLE, items_of
from conformance.exchange.guarding.rules.harmless import hits_nothing
from conformance.exchange.guarding.state import State
from conformance.exchange.network.redaction import BLOT, Redactor

SECRET_FIELDS = frozenset({"plainpassword", "plainapitoken", "password"})


@dataclass(frozen=True)
class Ticket:
    """What was written down before a request left."""

    call: Call
    intent: str | None = None


class Bookkeeper:
    """Keeps the ledger of a door complete."""

    def __init__(self, state: State, redactor: Redactor) -> None:
        self._state = state
        self._redactor = redactor

    def before(self, call: Call) -> Ticket:
        """Write down what is about to be made, or changed of an actor's own. Raises Refused where that is not shown."""
        if not call.writes or call.operation is None or self._state.ledger is None:
            return Ticket(call)
        for target in call.targets():
            if target.kind is Kind.TIMESHEET:
                self._state.shown.pop(target.ident, None)  # until an answer shows it again
        if call.operation.group in (Class.PROFILE, Class.FAVOURITES) and not self._state.restoring:
            self._keep(call)
        if call.operation.creates is None:
            return Ticket(call)
        kind = call.operation.creates
        number = self._state.ledger.intend(
            operation=call.label,
            kind=kind,
            actor=call.actor.name if call.actor else None,
            path=call.path,
            sent=self._blotted(call.body.value),
            parent=_parent(call, kind),
            floor=None if KINDS[kind].parent else self._state.floor(kind),
            credentials=str(call.standing),
        )
        return Ticket(call, number)

    def after(self, ticket: Ticket, status: int, body: bytes) -> None:
        """Complete the ledger from an answer."""
        if not self._state.ledgers or ticket.call.operation is None:
            return
        answer = _decoded(body)
        if ticket.intent is not None:
            self._settle(ticket, ticket.intent, status, answer)
        elif ticket.call.effect in (Effect.DELETE, Effect.CASCADE) and 200 <= status < 300:
            self._deleted(ticket.call)
        if ticket.call.writes and ticket.call.path.startswith("/api/timesheets") and isinstance(answer, dict):
            self._show(answer)

    def _show(self, answer: dict[str, Any]) -> None:
        ident = answer.get("id")
        if isinstance(ident, int) and self._state.owns(Kind.TIMESHEET, ident) and answer.get("begin"):
            self._state.shown[ident] = {"begin": answer["begin"], "end": answer.get("end")}

    def _settle(self, ticket: Ticket, number: str, status: int, answer: Any) -> None:
        ledger, call = self._state.ledger, ticket.call
        assert ledger is not None
        assert call.operation is not None
        assert call.operation.creates is not None
        kind = call.operation.creates
        ident = self._new_id(number, kind, answer) if 200 <= status < 300 else None
        if ident is not None:
            ledger.made(
                number,
                kind,
                ident,
                parent=_parent(call, kind),
                actor=self._owner(call, answer),
                name=self._redactor.blot(str(answer.get(KINDS[kind].name) or "")) if KINDS[kind].name else "",
            )
            for copy in list(brought_along(self._state, ident)) if call.label == DUPLICATE else ():
                ledger.made("", copy.kind, copy.ident, parent=copy.parent, name=self._redactor.blot(copy.name))
        elif 400 <= status < 500 and (call.standing is Standing.GOOD or hits_nothing(call, self._state)):
            ledger.refused(number, f"answered {status}")
        else:
            # A refusal of bad credentials is only believed after looking, and after a 5xx it may exist.
            ledger.answered(number, status)

    def _new_id(self, number: str, kind: Kind, answer: Any) -> int | None:
        """Return the id in an answer that can be believed: it is above those seen at the start, its name is the run's.

        An instance that answers with somebody else's record must not make that the run's own.
        """
        assert self._state.ledger is not None
        ident = answer.get("id") if isinstance(answer, dict) else None
        if not isinstance(ident, int) or isinstance(ident, bool):
            return None
        floor = self._state.ledger.contents.intents[number].floor
        if speaks_against(self._state, kind, answer, self._state.ledger):
            return None
        if floor is None:
            # Neither the ids at the start nor its name speak for it.
            return ident if kind not in NAMED or isinstance(answer.get(KINDS[kind].name), str) else None
        return ident if ident > floor else None

    def _owner(self, call: Call, answer: dict[str, Any]) -> str | None:
        user = answer.get("user")
        ident = user.get("id") if isinstance(user, dict) else user
        owner = self._state.actor_with(ident) if isinstance(ident, int) else None
        return owner.name if owner else (call.actor.name if call.actor else None)

    def _deleted(self, call: Call) -> None:
        """Note that a record of the run is gone: the one that the path's last parameter names."""
        operation = call.operation
        if operation is None or operation.group is not Class.RECORDS or operation.path.startswith("/api/teams/{id}/"):
            return
        last = list(operation.params)[-1]
        for target in call.targets():
            for ledger in self._state.ledgers:
                if target.where == f"{last} in the path" and ledger.owns(target.kind, target.ident):
                    ledger.gone(target.kind, target.ident)

    def _keep(self, call: Call) -> None:
        """Read what belongs to an actor before it is changed, and write it down."""
        assert call.operation is not None
        assert self._state.ledger is not None
        if call.standing is not Standing.GOOD or call.actor is None:
            return
        if call.operation.group is Class.FAVOURITES:
            path, how = FAVOURITES, "favourites"
            status, answer = self._state.read(call.actor, path, {})
            values = listed_ids(answer)
        else:
            user = next((t.ident for t in call.targets() if t.kind is Kind.USER), None)
            if user is None or self._state.owns(Kind.USER, user) or not self._state.actor_with(user):
                return
            path, how = f"/api/users/{user}", "profile"
            if self._is_kept(call, path):
                return
            status, answer = self._state.read(call.actor, path, {})
            values = _kept(call, answer)
            if call.operation.path.endswith("/preferences"):
                path, how = call.path, "preferences"
        if status != 200 or values is None:
            raise Refused(3, f"{call.label}: what it would change could not be read before (GET answered {status})")
        self._state.ledger.before(call.actor.name, path, how, values)

    def _is_kept(self, call: Call, path: str) -> bool:
        """Whether what a change of a profile concerns was written down before an earlier one: that is put back."""
        assert self._state.ledger is not None
        names = {field_key(name) for name in call.body.fields}
        kept = [each.values for each in self._state.ledger.contents.before.values() if each.path == path]
        return bool(names) and any(names <= {field_key(name) for name in values} for values in kept)

    def _blotted(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {
                self._redactor.blot(str(key)): BLOT if field_key(str(key)) in SECRET_FIELDS else self._blotted(inner)
                for key, inner in value.items()
            }
        if isinstance(value, list):
            return [self._blotted(inner) for inner in value]
        return self._redactor.blot(value) if isinstance(value, str) else value


def _parent(call: Call, kind: Kind) -> int | None:
    if KINDS[kind].parent is None:
        return None
    text = call.values.get("id", "")
    return int(text) if text.isascii() and text.isdigit() else None


def _kept(call: Call, answer: Any) -> Any:
    """Return the values that a write to a profile would change, None where one of them is not shown."""
    if not isinstance(answer, dict):
        return None
    if call.path.endswith("/preferences"):
        shown = {p.get("name"): p.get("value") for p in answer.get("preferences") or () if isinstance(p, dict)}
        names = [item.get("name") for item in items_of(call.body.value) if isinstance(item, dict)]
        return [{"name": n, "value": shown[n]} for n in names] if all(n in shown for n in names) else None
    folded = {field_key(name): name for name in answer}
    # A body that is no object should change nothing: all that can be put back is kept, should it do so.
    sent = call.body.fields if isinstance(call.body.value, dict) else {field_key(n) for n in RESTORABLE} & folded.keys()
    names = [folded.get(name) for name in sent]
    return {n: answer[n] for n in names if n is not None} if None not in names else None


def _decoded(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
