"""Keeps what belongs to an actor before a write that `--allow` lets through, and what the run made of it."""

from __future__ import annotations

from typing import Any

from conformance.exchange.errors import Refused
from conformance.exchange.guard.bodies import field_key
from conformance.exchange.guard.classification import ClassifiedRequest
from conformance.exchange.guard.context import GuardContext
from conformance.exchange.guard.credentials import CredentialStatus
from conformance.exchange.guard.ids import listed_ids
from conformance.exchange.guard.kinds import Kind
from conformance.exchange.guard.operations import OperationGroup
from conformance.exchange.guard.rules.actor_state import FAVOURITES, RESTORABLE, items_of, restored_by
from conformance.exchange.ownership.ledger import SavedState

PROFILE = "profile"
PREFERENCES = "preferences"
FAVOURITE = "favourites"


class Keeper:
    """Reads what belongs to an actor before it is changed, and writes it into the ledger."""

    def __init__(self, state: GuardContext) -> None:
        self._state = state

    def keep(self, call: ClassifiedRequest) -> None:
        """Write down what is there, and what the call is about to make of it. Raises Refused, LedgerError.

        What a person changed since the run wrote it last is kept anew: that is what must come back.
        """
        where = self._where(call)
        if where is None:
            return
        path, how = where
        assert self._state.ledger is not None
        assert call.actor is not None
        kept, sent = self._kept(path, how), _sent(call, how)
        status, answer = self._state.read(call.actor, path.removesuffix("/preferences"), {})
        values = _values(call, how, answer) if status == 200 else None
        if values is None:
            raise Refused(3, f"{call.label}: what it would change could not be read before (GET answered {status})")
        number = kept.number if kept else ""
        if kept is None or not _covers(kept, sent) or not _is_as_written(kept, values):
            number = self._state.ledger.before(call.actor.name, path, how, values, preference_names(answer))
        self._state.ledger.wrote(number, sent)

    def answered(self, call: ClassifiedRequest, answer: Any) -> None:
        """Write down that a change was answered, and how the answer shows it: a server may store a text otherwise."""
        where = self._where(call)
        kept = self._kept(*where) if where else None
        if kept is not None and self._state.ledger is not None:
            shown = {} if kept.how == FAVOURITE else shown_values(kept, answer)
            self._state.ledger.written(kept.number, {name: shown[name] for name in kept.values if name in shown})

    def _where(self, call: ClassifiedRequest) -> tuple[str, str] | None:
        """Return the path and class of what a call would change of an actor, None where it changes nothing of one."""
        assert call.operation is not None
        if call.standing is not CredentialStatus.GOOD or call.actor is None or restored_by(call, self._state):
            return None
        if call.operation.group is OperationGroup.FAVOURITES:
            return FAVOURITES, FAVOURITE
        user = next((target.ident for target in call.targets() if target.kind is Kind.USER), None)
        if user is None or self._state.made(Kind.USER, user) or not self._state.actor_with(user):
            return None
        preferences = call.operation.path.endswith("/preferences")
        return (call.path, PREFERENCES) if preferences else (f"/api/users/{user}", PROFILE)

    def _kept(self, path: str, how: str) -> SavedState | None:
        """Return what was kept of this, the latest first."""
        ledger = self._state.ledger
        kept = list(ledger.contents.before.values()) if ledger else []
        return next((before for before in reversed(kept) if before.path == path and before.how == how), None)


def preference_names(answer: Any) -> list[str]:
    """Return the names of the preferences in an answer about a user."""
    return list(_named_values(answer.get("preferences") or [])) if isinstance(answer, dict) else []


def shown_values(before: SavedState, answer: Any) -> dict[str, Any]:
    """Return how an answer about a user shows what was kept, by name."""
    if not isinstance(answer, dict):
        return {}
    return _named_values(answer.get("preferences") or []) if before.how == PREFERENCES else answer


def _sent(call: ClassifiedRequest, how: str) -> Any:
    if how == FAVOURITE:
        return {"method": call.method, "ids": [target.ident for target in call.targets()]}
    return _named_values(items_of(call.body.value)) if how == PREFERENCES else dict(call.body.fields)


def _is_as_written(kept: SavedState, now: Any) -> bool:
    """Whether what is there is what was kept, or what the run made of it: nobody else changed it since."""
    if kept.how == FAVOURITE:
        return True
    return all(value in (kept.values.get(name), *written_values(kept, name)) for name, value in now.items())


def written_values(kept: SavedState, name: str) -> list[Any]:
    """Return what the run made of an attribute or preference, as it was sent and as answers showed it."""
    return [done[key] for done in kept.written for key in done if field_key(key) == field_key(name)]


def _covers(before: SavedState, sent: Any) -> bool:
    if before.how == FAVOURITE:
        return True
    kept = {field_key(name) for name in before.values}
    return bool(sent) and {field_key(name) for name in sent} <= kept


def _named_values(items: Any) -> dict[str, Any]:
    return {item["name"]: item.get("value") for item in items if isinstance(item, dict) and "name" in item}


def _values(call: ClassifiedRequest, how: str, answer: Any) -> Any:
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
    whole = isinstance(call.body.value, dict)
    sent = set(call.body.fields) if whole else {field_key(name) for name in RESTORABLE} & by_key.keys()
    # Sorted, so that the same seed puts things back by the same requests.
    return {by_key[name]: answer[by_key[name]] for name in sorted(sent)} if sent <= by_key.keys() else None
