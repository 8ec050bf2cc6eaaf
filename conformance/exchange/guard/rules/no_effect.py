"""What can do no harm even where it is accepted: absent targets, and bodies that no version takes."""

from __future__ import annotations

from conformance.exchange.guard.bodies import Reading
from conformance.exchange.guard.classification import ClassifiedRequest
from conformance.exchange.guard.context import GuardContext
from conformance.exchange.guard.kinds import Kind
from conformance.exchange.guard.operations import ParamRole


def targets_absent_record(call: ClassifiedRequest, state: GuardContext) -> bool:
    """Whether a record it would change is absent: rule 2 has proved of each target that it is own, an actor or absent.

    Raises AmbiguousRequest.
    """
    if call.operation is None or not call.operation.params:
        return False
    targets = call.targets()
    for target in targets:
        actor = target.kind is Kind.USER and state.actor_with(target.ident)
        if not state.owns(target.kind, target.ident) and not actor:
            return True
    # A typed path parameter that is text without any digit, or zero, names no record.
    typed = [name for name, param in call.operation.params.items() if param.role is ParamRole.TARGET]
    named = {target.where for target in targets}
    return any(f"{name} in the path" not in named for name in typed)


def cannot_be_valid(call: ClassifiedRequest) -> bool:
    """Whether no version could take the body of a create: all required attributes are missing."""
    operation = call.operation
    if operation is None or operation.method != "POST" or not operation.required:
        return False
    if call.body.reading is Reading.EMPTY:
        return True
    return isinstance(call.body.value, dict | list) and not any(call.sends(name) for name in operation.required)
