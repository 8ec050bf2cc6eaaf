"""Rule 3: what none of the configured actors could undo on this instance is not done."""

from __future__ import annotations

from conformance.exchange.guard.classification import ClassifiedRequest
from conformance.exchange.guard.context import GuardContext
from conformance.exchange.guard.credentials import CredentialStatus
from conformance.exchange.guard.kinds import CASCADING, KINDS, Kind
from conformance.exchange.guard.operations import OperationGroup
from conformance.exchange.guard.rights import Permission, can_delete, can_delete_exported, may_see_everybody
from conformance.exchange.guard.rules.no_effect import cannot_be_valid
from conformance.exchange.ownership.descendants import no_comments_listed
from conformance.model import Actor

SEEN_BELOW = CASCADING | {Kind.TAG}
"""Kinds whose going other people's records would feel: it must be seen that there are none."""

NOBODY_SEES = "no actor may see everybody's records; it takes an administrator with the right view_other_timesheet"
MOST_KEPT = 8
"""So many records of a kind that nobody can delete a process of a run makes at most."""
_MOST_USERS = 4
"""The same of users."""

_EXPORT = "PATCH /api/timesheets/{id}/export"


def check(call: ClassifiedRequest, state: GuardContext) -> str | None:
    """Refuse creates that cannot be deleted by the instance's definition or by the actors' rights."""
    operation = call.operation
    if operation is None or not operation.writes or state.config.is_embedded:
        return None
    kind, reason = operation.creates, _exported(call, state)
    if reason or kind is None:
        return reason
    if kind is Kind.USER:
        return _one_more(call, kind, state)
    if operation.group is not OperationGroup.RECORDS:
        return None
    if state.index is None:
        reason = "the instance's definition is not known yet, so nothing says how to undo it"
    elif not state.lists(operation.undo):
        reason = f"this instance cannot undo it: its definition has no {operation.undo or 'operation for it'}"
    else:
        reason = undoable(kind, call.actor if call.standing is CredentialStatus.GOOD else None, state)
    return _one_more(call, kind, state) if reason and state.config.allows(OperationGroup.UNDELETABLE) else reason


def _one_more(call: ClassifiedRequest, kind: Kind, state: GuardContext) -> str | None:
    """Few of what nobody can delete are made, even where it is allowed."""
    made = sum(record.kind is kind for ledger in state.ledgers for record in ledger.contents.made.values())
    if made < (_MOST_USERS if kind is Kind.USER else MOST_KEPT) or cannot_be_valid(call):
        return None
    return f"{made} records of the kind {kind} were made already, and nobody can delete one"


def undoable(kind: Kind, maker: Actor | None, state: GuardContext) -> str | None:
    """Return why nobody could delete a new record of a kind, None where somebody can. A trial settles what is open."""
    if kind in state.undeletable:
        return f"a {kind} of this run could not be deleted before"
    if reason := _looked_below(kind, state):
        return reason
    answers = [can_delete(actor, kind, made_it=actor == maker) for actor in state.actors]
    if Permission.YES in answers:
        return None
    if Permission.UNSETTLED in answers and _trial(kind, state):
        return None
    role = KINDS[kind].role
    needed = f"; by default it takes {role}" if role else ""
    return f"none of the configured actors may delete a {kind}" + needed


def _looked_below(kind: Kind, state: GuardContext) -> str | None:
    """What takes other people's records with it is not made where nobody could see whether there are any."""
    if kind not in SEEN_BELOW:
        return None
    if state.witness is None and (state.unseen or not any(map(may_see_everybody, state.actors))):
        article = "an" if kind is Kind.ACTIVITY else "a"
        return f"{article} {kind} could not be deleted safely: {state.unseen or NOBODY_SEES}"
    return no_comments_listed(state, kind) or None


def _trial(kind: Kind, state: GuardContext) -> bool:
    """Make one record and delete it at once, by the strongest actor. The trial's own create is let through."""
    if kind in state.tried:
        return True
    if state.delete_trial is None or KINDS[kind].parent:
        return False
    state.tried.add(kind)
    if state.delete_trial(kind):
        return True
    state.undeletable.add(kind)
    return False


def _exported(call: ClassifiedRequest, state: GuardContext) -> str | None:
    """An exported record may be out of reach for whoever made it."""
    asks = call.label == _EXPORT
    if call.operation is not None and "exported" in call.operation.fields and call.sends("exported"):
        asks = call.sent("exported") is not False
    if asks and not any(can_delete_exported(actor) for actor in state.actors):
        return "it marks a record as exported, which none of the configured actors could delete then"
    return None
