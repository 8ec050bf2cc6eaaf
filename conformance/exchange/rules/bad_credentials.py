"""Rule 4: a request with bad credentials is sent only where it would do no harm if it were accepted."""

from __future__ import annotations

from conformance.exchange.bodies import Reading
from conformance.exchange.credentials import Standing
from conformance.exchange.ids import Unclear
from conformance.exchange.kinds import Kind
from conformance.exchange.operations import Class, Effect
from conformance.exchange.request import Call
from conformance.exchange.state import State


def check(call: Call, state: State) -> str | None:
    """Refuse what would do harm: a write that is neither to own or absent records nor a create that could be found."""
    if call.standing is Standing.GOOD or not call.writes or call.operation is None:
        return None
    try:
        if _hits_nothing(call, state) or _cannot_be_valid(call):
            return None
    except Unclear as error:
        return str(error)
    if call.operation.group is not Class.RECORDS:
        return "with bad credentials it would change what belongs to whoever is taken for the caller"
    if call.effect is Effect.START:
        return "with bad credentials it would start a record of whoever is taken for the caller"
    if call.operation.creates is Kind.TIMESHEET and call.method == "POST":
        return _unfindable(call, state)
    return None


def _hits_nothing(call: Call, state: State) -> bool:
    """Whether its target is an absent record, or no record at all."""
    if not call.operation or not call.operation.params:
        return False
    targets = call.targets()
    return all(not state.owns(each.kind, each.ident) and not state.actor_with(each.ident) for each in targets)


def _cannot_be_valid(call: Call) -> bool:
    """Whether no version could take the body of a create: all required attributes are missing."""
    operation = call.operation
    if operation is None or operation.method != "POST" or not operation.required:
        return False
    if call.body.reading is Reading.EMPTY:
        return True
    return isinstance(call.body.value, dict | list) and not any(call.sends(name) for name in operation.required)


def _unfindable(call: Call, state: State) -> str | None:
    text = call.sent("description")
    own = any(each.kind is Kind.PROJECT and state.owns(each.kind, each.ident) for each in call.references())
    if own or (isinstance(text, str) and state.config.mark in text):
        return None
    return "with bad credentials it would make a record that could not be found again"
