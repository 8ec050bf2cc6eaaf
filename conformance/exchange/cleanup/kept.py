"""Keeps what belongs to an actor before a write that `--allow` lets through, and what the run made of it."""

from __future__ import annotations

from typing import Any

from conformance.exchange.errors import Refused
from conformance.exchange.guarding.bodies import field_key
from conformance.exchange.guarding.credentials import Standing
from conformance.exchange.guarding.ids import listed_ids
from conformance.exchange.guarding.kinds import Kind
from conformance.exchange.guarding.operations import Class
from conformance.exchange.guarding.request import Call
from conformance.exchange.guarding.rules.actor_state import FAVOURITES, RESTORABLE, items_of, restored_by
from conformance.exchange.guarding.state import State
from conformance.exchange.ownership.ledger import Before

PROFILE = "profile"
PREFERENCES = "preferences"
FAVOURITE = "favourites"


class Keeper:
    """Reads what belongs to an actor before it is changed, and writes it into the ledger."""

    def __init__(self, state: State) -> None:
        self._state = state

    def keep(self, call: Call) -> None:
        """Write down what is there, once, and what the call is about to make of it. Raises Refused, LedgerError."""
        assert call.operation is not None
        if call.standing is not Standing.GOOD or call.actor is None or restored_by(call, self._state):
            return
        if call.operation.group is Class.FAVOURITES:
            self._write(call, FAVOURITES, FAVOURITE, {"method": call.method, "ids": [t.ident for t in call.targets()]})
            return
        user = next((target.ident for target in call.targets() if target.kind is Kind.USER), None)
        if user is None or self._state.made(Kind.USER, user) or not self._state.actor_with(user):
            return
        if call.operation.path.endswith("/preferences"):
            self._write(call, call.path, PREFERENCES, _named_values(items_of(call.body.value)))
        else:
            self._write(call, f"/api/users/{user}", PROFILE, dict(call.body.fields))

    def answered(self, call: Call, answer: Any) -> None:
        """Write down how the instance shows what the run wrote: a text may be trimmed, a value replaced."""
        kept = self._kept(call.path, PREFERENCES if call.path.endswith("/preferences") else PROFILE)
        if kept is None or self._state.ledger is None or restored_by(call, self._state):
            return
        now = shown_values(kept, answer)
        self._state.ledger.wrote(kept.number, {name: now[name] for name in kept.values if name in now})

    def _write(self, call: Call, path: str, how: str, sent: Any) -> None:
        assert self._state.ledger is not None
        assert call.actor is not None
        kept = self._kept(path, how)
        if kept is None or not _covers(kept, sent):
            status, answer = self._state.read(call.actor, path.removesuffix("/preferences"), {})
            values = _values(call, how, answer) if status == 200 else None
            if values is None:
                raise Refused(3, f"{call.label}: what it would change could not be read before (GET answered {status})")
            number = self._state.ledger.before(call.actor.name, path, how, values)
        else:
            number = kept.number
        self._state.ledger.wrote(number, sent)

    def _kept(self, path: str, how: str) -> Before | None:
        """Return what was kept of this, the latest first."""
        ledger = self._state.ledger
        kept = list(ledger.contents.before.values()) if ledger else []
        return next((before for before in reversed(kept) if before.path == path and before.how == how), None)


def shown_values(before: Before, answer: Any) -> dict[str, Any]:
    """Return how an answer about a user shows what was kept, by name."""
    if not isinstance(answer, dict):
        return {}
    return _named_values(answer.get("preferences") or []) if before.how == PREFERENCES else answer


def _covers(before: Before, sent: Any) -> bool:
    if before.how == FAVOURITE:
        return True
    kept = {field_key(name) for name in before.values}
    return bool(sent) and {field_key(name) for name in sent} <= kept


def _named_values(items: Any) -> dict[str, Any]:
    return {item["name"]: item.get("value") for item in items if isinstance(item, dict) and "name" in item}


def _values(call: Call, how: str, answer: Any) -> Any:
    """Return what a write would change, None where one of the values is not shown."""
    if how == FAVOURITE:
        return listed_ids(answer) if isinstance(answer, list) else None
    if not isinstance(answer, dict):
        return None
    if how == PREFERENCES:
        shown, names = _named_values(answer.get("preferences") or []), list(_named_values(items_of(call.body.value)))
        return {name: shown[name] for name in names} if all(name in shown for name in names) else None
    by_key = {field_key(name): name for name in answer}
    # A body that is no object should change nothing: all that can be put back is kept, should it do so.
    sent = call.body.fields if isinstance(call.body.value, dict) else {field_key(n) for n in RESTORABLE} & by_key.keys()
    return {by_key[name]: answer[by_key[name]] for name in sent} if all(name in by_key for name in sent) else None
