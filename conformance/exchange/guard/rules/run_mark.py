"""Rule 2, the other side: what a create makes can be found again, by the run's mark or below the run's own parents."""

from __future__ import annotations

from typing import Any

from conformance.exchange.guard.bodies import Reading
from conformance.exchange.guard.classification import ClassifiedRequest
from conformance.exchange.guard.context import GuardContext
from conformance.exchange.guard.kinds import KINDS, NAMED, Kind
from conformance.exchange.guard.operations import Effect, GuardedOperation

_LONGEST = 255


def check(call: ClassifiedRequest, state: GuardContext) -> str | None:
    """Refuse a create, or the renaming of an own record, whose name would not carry the run's mark."""
    operation = call.operation
    if operation is None or not operation.writes or call.body.reading is Reading.OPAQUE:
        return None
    kind = _named_kind(operation)
    if kind in NAMED:
        attribute = KINDS[kind].name
        if not call.sends(attribute) or cannot_be_a_name(call.sent(attribute)):
            return None
        value = call.sent(attribute)
        if isinstance(value, str) and state.config.mark in value:
            return None
        return f"{attribute} does not carry the run's mark {state.config.mark!r}, so it could not be found again"
    if operation.label == "POST /api/timesheets":
        projects = [reference.ident for reference in call.references() if reference.kind is Kind.PROJECT]
        own = any(state.owns(Kind.PROJECT, ident) for ident in projects) or call.sent("project") in (None, "", False)
        text = call.sent("description")
        if not own and not (isinstance(text, str) and state.config.mark in text):
            return f"on a borrowed project the description must carry the run's mark {state.config.mark!r}"
    return None


def _named_kind(operation: GuardedOperation) -> Kind | None:
    if operation.path.count("/") > 3:
        return None
    if operation.method == "POST":
        return operation.creates
    if operation.method == "PATCH" and operation.effect is Effect.WRITE and "id" in operation.params:
        return operation.params["id"].kind
    return None


def cannot_be_a_name(value: Any) -> bool:
    """Whether no version takes a value as a name: it is empty, one character, too long, or no scalar."""
    if value is None or value is False or isinstance(value, list | dict):
        return True
    return isinstance(value, str) and (len(value.strip()) < 2 or len(value) > _LONGEST)
