"""Writes the ledger around each request: intents before a create leaves, and what became of it after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.exchange.cleanup.copies import DUPLICATE, take_copied_children
from conformance.exchange.cleanup.saved_state import Keeper
from conformance.exchange.guard.bodies import field_key
from conformance.exchange.guard.classification import ClassifiedRequest
from conformance.exchange.guard.context import GuardContext
from conformance.exchange.guard.credentials import CredentialStatus
from conformance.exchange.guard.ids import id_in, id_of
from conformance.exchange.guard.kinds import KINDS, Kind
from conformance.exchange.guard.operations import Effect, OperationGroup
from conformance.exchange.guard.rules.no_effect import cannot_be_valid, targets_absent_record
from conformance.exchange.network.redaction import Redactor
from conformance.exchange.ownership.evidence import SOURCE_TEXT, TEAM_OF_RECORD, text_of
from conformance.exchange.ownership.ledger import Key
from conformance.exchange.ownership.lists import CannotList, records_of, shown
from conformance.exchange.ownership.proof import witnessed
from conformance.model import MASK, SECRET_ATTRIBUTES, decoded, is_markup

SECRET_FIELDS = frozenset(map(field_key, SECRET_ATTRIBUTES))

_COPIED = {
    "/duplicate": ("name", "customer", "project", "activity", "user", "description", "begin", "end"),
    "/restart": ("project", "activity", "user"),
    TEAM_OF_RECORD: ("name",),
}
"""What a copy takes from its source; a restart takes the description only where it is told to, and a team that is made
for a record has its name."""

_READ_BACK = {facts.listing: kind for kind, facts in KINDS.items() if facts.listing}


@dataclass(frozen=True)
class PendingEntry:
    """What was written down before a request left."""

    call: ClassifiedRequest
    intent: str | None = None


class LedgerRecorder:
    """Keeps the ledger of a client complete."""

    def __init__(self, state: GuardContext, redactor: Redactor) -> None:
        self._state = state
        self._redactor = redactor
        self._keeper = Keeper(state)

    def before(self, call: ClassifiedRequest) -> PendingEntry:
        """Write down what is about to be made, or changed of an actor's own.

        Raises Refused where what it would change is not shown, LedgerError where it cannot be written down.
        """
        if not call.writes or call.operation is None or self._state.ledger is None:
            return PendingEntry(call)
        for target in call.targets():
            if target.kind is Kind.TIMESHEET:
                self._state.last_seen.pop(target.ident, None)  # until an answer shows it again
        if call.operation.group in (OperationGroup.PROFILE, OperationGroup.FAVOURITES):
            self._keeper.keep(call)
        if call.operation.creates is None:
            self._word(call)
            return PendingEntry(call)
        kind = call.operation.creates
        copied = self._copied(call)
        number = self._state.ledger.intend(
            operation=call.label,
            kind=kind,
            actor=call.actor.name if call.actor else None,
            path=call.path,
            sent=self._blotted(call.body.value),
            parent=_parent(call, kind),
            floor=self._floor(call, kind),
            owner=_owner(call, copied),
            copied=copied,
            credentials=str(call.standing),
            valid=not cannot_be_valid(call) and not targets_absent_record(call, self._state),
        )
        return PendingEntry(call, number)

    def _word(self, call: ClassifiedRequest) -> None:
        """Write down a description without the mark: a time record that has another one later is somebody's by then."""
        text = text_of(call.body.value, Kind.TIMESHEET)
        if not text or self._state.config.mark.casefold() in text.casefold():
            return
        for target in call.targets():
            if target.kind is Kind.TIMESHEET and self._state.ledger is not None:
                self._state.ledger.worded(target.kind, target.ident, self._redactor.redact(text))

    def unsent(self, entry: PendingEntry) -> None:
        """Write that a request never left."""
        if entry.intent is not None and self._state.ledger is not None:
            self._state.ledger.settled(entry.intent, "it never left")

    def after(self, entry: PendingEntry, status: int, body: bytes) -> None:
        """Complete the ledger from an answer."""
        call = entry.call
        if not self._state.ledgers or call.operation is None:
            return
        answer = decoded(body)
        if entry.intent is not None:
            self._settle(call, entry.intent, status, answer, refused=status < 500 and is_markup(body))
        elif call.effect in (Effect.DELETE, Effect.CASCADE) and 200 <= status < 300:
            self._deleted(call)
        elif not call.writes and status == 200 and call.standing is CredentialStatus.GOOD:
            self._read_back(call, answer)
        if call.writes and call.operation.group in (OperationGroup.PROFILE, OperationGroup.FAVOURITES):
            self._keeper.answered(call, answer)
        if call.writes and call.path.startswith("/api/timesheets") and isinstance(answer, dict):
            ident = answer.get("id")
            if isinstance(ident, int) and self._state.made(Kind.TIMESHEET, ident) and answer.get("begin"):
                self._state.last_seen[ident] = answer

    def _read_back(self, call: ClassifiedRequest, answer: Any) -> None:
        """Take what is read in any case as proof: a list below a parent whole, a timesheet wherever it is shown."""
        if call.operation is not None and call.operation.path == KINDS[Kind.TIMESHEET].item:
            items, kind = [answer], Kind.TIMESHEET
            if not isinstance(answer, dict) or str(answer.get("id")) != call.values.get("id"):
                return
        else:
            kind = _READ_BACK.get(call.operation.path if call.operation else "", Kind.USER)
            items = answer if isinstance(answer, list) else []
        if kind is Kind.TIMESHEET or (KINDS[kind].parent is not None and not call.query):
            known = [item for item in items if isinstance(item, dict) and isinstance(item.get("id"), int)]
            witnessed(self._state, kind, known, whole=True)

    def _settle(self, call: ClassifiedRequest, number: str, status: int, answer: Any, *, refused: bool) -> None:
        """Write what became of a create; `refused`: a page was answered, by something that did not pass it on."""
        ledger = self._state.ledger
        assert ledger is not None
        assert call.operation is not None
        assert call.operation.creates is not None
        kind = call.operation.creates
        named = id_in(answer) if 200 <= status < 300 else None
        floor = ledger.contents.intents[number].floor if named is not None else None
        # The id of a new record is above those seen before, and no other create's.
        if named is not None and (floor is None or named > floor) and self._state.made(kind, named) is None:
            name = str(answer.get(KINDS[kind].name) or "") if KINDS[kind].name else ""
            owner = self._state.actor_with(id_of(answer.get("user")) or 0)
            maker = owner or call.actor
            ledger.made(
                number, kind, named,
                parent=_parent(call, kind), actor=maker.name if maker else None, name=self._redactor.redact(name),
            )  # fmt: skip
            if call.label == DUPLICATE:
                take_copied_children(self._state, ledger, named)
        elif named is not None and call.path.endswith(TEAM_OF_RECORD) and self._state.made(kind, named):
            ledger.settled(number, "the team of that name was there already, and was attached")
        elif refused or 400 <= status < 500:
            # A refusal is believed once the clean-up has looked: an instance may store what it says it refused.
            ledger.refused(number, status)
        else:
            ledger.answered(number, status, named)

    def _deleted(self, call: ClassifiedRequest) -> None:
        """Note that a record of the run is gone, the one that the path's last parameter names, with all below it."""
        operation = call.operation
        if (
            operation is None
            or operation.group is not OperationGroup.RECORDS
            or operation.path.startswith("/api/teams/{id}/")
        ):
            return
        last = list(operation.params)[-1]
        for target in call.targets():
            if target.where == f"{last} in the path":
                key = (target.kind, target.ident)
                mark_deleted(self._state, {key, *self._state.below.pop(key, ())})

    def _floor(self, call: ClassifiedRequest, kind: Kind) -> int | None:
        """Return the highest id seen before: below the parent just now, where the kind has one."""
        if self._state.config.is_embedded:
            return None  # There is nothing but what the run makes.
        if KINDS[kind].parent is None:
            return self._state.highest_id_at_start(kind)
        if targets_absent_record(call, self._state):
            return None
        try:
            return max((item["id"] for item in records_of(self._state, kind, _parent(call, kind))), default=0)
        except CannotList:
            return None

    def _copied(self, call: ClassifiedRequest) -> dict[str, Any]:
        """Return what a restart or duplicate takes from its source, as the instance showed that last."""
        assert call.operation is not None
        names = next((names for end, names in _COPIED.items() if call.operation.path.endswith(end)), ())
        target = next(iter(call.targets()), None)
        if not names or target is None or self._state.config.is_embedded or targets_absent_record(call, self._state):
            return {}
        if names == _COPIED["/restart"] and call.sent("copy") == "all":
            names = (*names, "description")
        made = self._state.made(target.kind, target.ident)
        source = self._state.last_seen.get(target.ident) if target.kind is Kind.TIMESHEET else None
        if source is None or "description" not in source:
            source = shown(self._state, target.kind, target.ident, made.actor if made else None)[1] or {}
        copied = {name: source[name] for name in names if source.get(name) is not None}
        if names == _COPIED["/restart"] and source.get("description"):
            copied[SOURCE_TEXT] = source["description"]
        return copied

    def _blotted(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {
                self._redactor.redact(str(key)): MASK if field_key(str(key)) in SECRET_FIELDS else self._blotted(inner)
                for key, inner in value.items()
            }
        if isinstance(value, list):
            return [self._blotted(inner) for inner in value]
        return self._redactor.redact(value) if isinstance(value, str) else value


def mark_deleted(state: GuardContext, keys: Iterable[Key]) -> None:
    """Write of own records that they are gone."""
    for kind, ident in keys:
        for ledger in state.ledgers:
            if ledger.claims(kind, ident):
                ledger.gone(kind, ident)


def _parent(call: ClassifiedRequest, kind: Kind) -> int | None:
    return id_of(call.values.get("id")) if KINDS[kind].parent else None


def _owner(call: ClassifiedRequest, copied: Mapping[str, Any]) -> int | None:
    """Return the id of the user whom the record will belong to, None where the credentials do not say."""
    if call.standing is not CredentialStatus.GOOD or call.actor is None:
        return None
    return id_of(call.sent("user")) or id_of(copied.get("user")) or call.actor.user_id
