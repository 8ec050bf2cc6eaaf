"""What a run will use on this instance and what it leaves out, and why: shown before it writes."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.exchange.guard.context import GuardContext
from conformance.exchange.guard.kinds import KINDS
from conformance.exchange.guard.operations import Effect, GuardedOperation, OperationGroup, ParamRole
from conformance.exchange.guard.rights import strongest_first
from conformance.exchange.guard.rules.undo import undoable
from conformance.exchange.guard.rules.unknown_operations import is_plain_read
from conformance.exchange.guard.table import OPERATIONS

_MADE = frozenset(row.creates for row in OPERATIONS.values() if row.creates)


@dataclass(frozen=True)
class PlannedOperation:
    """One operation of the definition: its effect and class, whether it is used, and otherwise why not."""

    label: str
    effect: str
    group: str
    used: bool
    reason: str = ""


def operation_plan(state: GuardContext) -> list[PlannedOperation]:
    """Return all operations of the instance's definition in its order; [] before it is known. Sends nothing."""
    return [_planned(operation.label, state) for operation in state.index or ()]


def _planned(label: str, state: GuardContext) -> PlannedOperation:
    row = OPERATIONS.get(label)
    if row is None:
        method, _, path = label.partition(" ")
        harmless = state.config.allows(OperationGroup.UNLISTED) or (method == "GET" and is_plain_read(path))
        reason = "" if harmless else "the table of operations does not know it: --allow unlisted"
        return PlannedOperation(
            label,
            Effect.READ if label.startswith("GET ") else Effect.WRITE,
            OperationGroup.UNLISTED,
            not reason,
            reason,
        )
    reason = _left_out(row, state) if row.writes else ""
    return PlannedOperation(label, row.effect, row.group, not reason, reason)


def _left_out(row: GuardedOperation, state: GuardContext) -> str:
    if state.config.read_only:
        return "the run is read-only"
    if not state.config.allows(row.group):
        return f"it changes what belongs to people: --allow {row.group}"
    for param in row.params.values():
        nobody_makes_it = param.kind not in _MADE and not state.absent.readable(param.kind)
        if param.role is ParamRole.TARGET and nobody_makes_it:
            return "the suite cannot create such records, and no GET can prove an id unused"
    if row.creates is None or row.group is not OperationGroup.RECORDS or state.config.is_embedded:
        return ""
    if state.config.allows(OperationGroup.UNDELETABLE):
        return ""
    if not state.lists(row.undo):
        return f"what it makes cannot be deleted here: the definition has no {row.undo}"
    if KINDS[row.creates].own:
        return ""
    assert row.creates is not None
    tried, state.delete_trial = state.delete_trial, lambda _kind: True
    try:
        # Where only a trial could tell, it is said to be used, and the trial follows when it is.
        return undoable(row.creates, strongest_first(state.config.actors)[0], state) or ""
    finally:
        state.delete_trial = tried
        state.tried.discard(row.creates)
