"""What can do no harm even where it is accepted: absent targets, and bodies that no version takes."""

from __future__ import annotations

from conformance.exchange.guarding.bodies import Reading
from conformance.exchange.guarding.kinds import Kind
from conformance.exchange.guarding.operations import Role
from conformance.exchange.guarding.request import Call
from conformance.exchange.guarding.state import State


def hits_nothing(call: Call, state: State) -> bool:
    """Whether a record it would change is absent: rule 2 has proved of each target that it is own, an actor or absent.

    Raises Unclear.
    """
    if call.operation is None or not call.operation.params:
        return False
    return any(
        not state.owns(each.kind, each.ident) and not (each.kind is Kind.USER and state.actor_with(each.ident))
        for each in call.targets()
    ) or _names_no_record(call)


def _names_no_record(call: Call) -> bool:
    """Whether a typed path parameter is text without any digit, or zero."""
    assert call.operation is not None
    typed = [name for name, param in call.operation.params.items() if param.role is Role.TARGET]
    named = {each.where for each in call.targets()}
    return any(f"{name} in the path" not in named for name in typed)


def cannot_be_valid(call: Call) -> bool:
    """Whether no version could take the body of a create: all required attributes are missing."""
    operation = call.operation
    if operation is None or operation.method != "POST" or not operation.required:
        return False
    if call.body.reading is Reading.EMPTY:
        return True
    return isinstance(call.body.value, dict | list) and not any(call.sends(name) for name in operation.required)
