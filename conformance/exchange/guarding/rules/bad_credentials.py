"""Rule 4: a request with bad credentials is sent only where it would do no harm if it were accepted."""

from __future__ import annotations

from conformance.exchange.guarding.credentials import Standing
from conformance.exchange.guarding.ids import Unclear
from conformance.exchange.guarding.kinds import Kind
from conformance.exchange.guarding.operations import Class
from conformance.exchange.guarding.request import Call
from conformance.exchange.guarding.rules.harmless import cannot_be_valid, hits_nothing
from conformance.exchange.guarding.rules.timers import starts
from conformance.exchange.guarding.state import State


def check(call: Call, state: State) -> str | None:
    """Refuse what would do harm: a write that is neither to own or absent records nor a create that could be found."""
    if call.standing is Standing.GOOD or not call.writes or call.operation is None:
        return None
    try:
        if hits_nothing(call, state) or cannot_be_valid(call) or _is_unknown_widget(call, state):
            return None
    except Unclear as error:
        return str(error)
    if call.operation.group is not Class.RECORDS:
        return "with bad credentials it would change what belongs to whoever is taken for the caller"
    if starts(call, state):
        return "with bad credentials it would start a record of whoever is taken for the caller"
    if call.operation.creates is Kind.TIMESHEET and call.method == "POST":
        return _unfindable(call, state)
    if call.operation.creates is Kind.TAG and call.sent("visible") is not True:
        return "with bad credentials it would make a hidden tag, which no list shows"
    return None


def _is_unknown_widget(call: Call, state: State) -> bool:
    return "widget" in call.values and state.config.mark in call.values["widget"]


def _unfindable(call: Call, state: State) -> str | None:
    text = call.sent("description")
    own = any(each.kind is Kind.PROJECT and state.owns(each.kind, each.ident) for each in call.references())
    if own or (isinstance(text, str) and state.config.mark in text):
        return None
    return "with bad credentials it would make a record that could not be found again"
