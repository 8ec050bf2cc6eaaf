"""Rule 4: a request with bad credentials is sent only where it would do no harm if it were accepted."""

from __future__ import annotations

from conformance.exchange.guard.classification import ClassifiedRequest
from conformance.exchange.guard.context import GuardContext
from conformance.exchange.guard.credentials import CredentialStatus
from conformance.exchange.guard.ids import AmbiguousRequest
from conformance.exchange.guard.kinds import Kind
from conformance.exchange.guard.operations import OperationGroup
from conformance.exchange.guard.rules.no_effect import cannot_be_valid, targets_absent_record
from conformance.exchange.guard.rules.timers import starts


def check(call: ClassifiedRequest, state: GuardContext) -> str | None:
    """Refuse what would do harm: a write that is neither to own or absent records nor a create that could be found."""
    if call.standing is CredentialStatus.GOOD or not call.writes or call.operation is None:
        return None
    unknown_widget = "widget" in call.values and state.config.mark in call.values["widget"]
    try:
        if targets_absent_record(call, state) or cannot_be_valid(call) or unknown_widget:
            return None
    except AmbiguousRequest as error:
        return str(error)
    if call.operation.group is not OperationGroup.RECORDS:
        return "with bad credentials it would change what belongs to whoever is taken for the caller"
    if starts(call, state):
        return "with bad credentials it would start a record of whoever is taken for the caller"
    if call.operation.creates is Kind.TIMESHEET and call.method == "POST":
        text = call.sent("description")
        own = any(
            reference.kind is Kind.PROJECT and state.owns(reference.kind, reference.ident)
            for reference in call.references()
        )
        if own or (isinstance(text, str) and state.config.mark in text):
            return None
        return "with bad credentials it would make a record that could not be found again"
    if call.operation.creates is Kind.TAG and call.sent("visible") is not True:
        return "with bad credentials it would make a hidden tag, which no list shows"
    return None
