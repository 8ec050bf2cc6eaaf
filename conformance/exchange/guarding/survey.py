"""What a run will use on this instance and what it leaves out, and why: shown before it writes."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.exchange.guarding.kinds import KINDS
from conformance.exchange.guarding.operations import Class, Effect, Operation, Role
from conformance.exchange.guarding.rights import strongest_first
from conformance.exchange.guarding.rules.undo import undoable
from conformance.exchange.guarding.rules.unlisted import is_plain_read
from conformance.exchange.guarding.state import State
from conformance.exchange.guarding.table import OPERATIONS

_MADE = frozenset(row.creates for row in OPERATIONS.values() if row.creates)


@dataclass(frozen=True)
class Planned:
    """One operation of the definition: its effect and class, whether it is used, and otherwise why not."""

    label: str
    effect: str
    group: str
    used: bool
    reason: str = ""


def survey(state: State) -> list[Planned]:
    """Return all operations of the instance's definition in its order; [] before it is known. Sends nothing."""
    return [_planned(operation.label, state) for operation in state.index or ()]


def _planned(label: str, state: State) -> Planned:
    row = OPERATIONS.get(label)
    if row is None:
        reason = _unknown(label, state)
        return Planned(
            label, Effect.READ if label.startswith("GET ") else Effect.WRITE, Class.UNLISTED, not reason, reason
        )
    reason = _left_out(row, state) if row.writes else ""
    return Planned(label, row.effect, row.group, not reason, reason)


def _unknown(label: str, state: State) -> str:
    method, _, path = label.partition(" ")
    if state.config.allows(Class.UNLISTED) or (method == "GET" and is_plain_read(path)):
        return ""
    return "the table of operations does not know it: --allow unlisted"


def _left_out(row: Operation, state: State) -> str:
    if state.config.read_only:
        return "the run is read-only"
    if not state.config.allows(row.group):
        return f"it changes what belongs to people: --allow {row.group}"
    for param in row.params.values():
        nobody_makes_it = param.kind not in _MADE and not state.absent.readable(param.kind)
        if param.role is Role.TARGET and nobody_makes_it:
            return "a run makes no such records, and no read could show that an absent one is absent"
    if row.creates is None or row.group is not Class.RECORDS or state.config.own_instance:
        return ""
    if state.config.allows(Class.UNDELETABLE):
        return ""
    if not state.lists(row.undo):
        return f"what it makes cannot be deleted here: the definition has no {row.undo}"
    if KINDS[row.creates].own:
        return ""
    return _right(row, state)


def _right(row: Operation, state: State) -> str:
    assert row.creates is not None
    tried, state.try_out = state.try_out, lambda _kind: True
    try:
        # Where only a trial could tell, it is said to be used, and the trial follows when it is.
        return undoable(row.creates, strongest_first(state.config.actors)[0], state) or ""
    finally:
        state.try_out = tried
        state.tried.discard(row.creates)
