"""Rule 5: no start of a running timesheet for somebody who has one, or could lose one to the instance's limit."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from conformance.exchange.guard.bodies import Reading
from conformance.exchange.guard.classification import ClassifiedRequest
from conformance.exchange.guard.context import GuardContext
from conformance.exchange.guard.credentials import CredentialStatus
from conformance.exchange.guard.kinds import Kind
from conformance.exchange.guard.operations import Effect
from conformance.exchange.guard.rules.no_effect import cannot_be_valid, targets_absent_record
from conformance.model import Actor

_DATETIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?\Z", re.ASCII)
POST = "POST /api/timesheets"
PATCH = "PATCH /api/timesheets/{id}"
_DUPLICATE = "PATCH /api/timesheets/{id}/duplicate"


def is_end(value: Any) -> bool:
    """Whether a value surely ends a record: a real local datetime in the documented form, or without seconds."""
    if not isinstance(value, str) or not _DATETIME.match(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def ends(call: ClassifiedRequest) -> bool:
    """Whether a body surely ends the record that it makes or changes."""
    understood = call.body.reading in (Reading.JSON, Reading.FORM)
    return understood and isinstance(call.body.value, dict) and is_end(call.body.value.get("end"))


def starts(call: ClassifiedRequest, state: GuardContext) -> bool:
    """Whether a request may start a running record."""
    if call.effect is Effect.START:
        return True
    if call.label == POST:
        return not ends(call)
    if call.label == PATCH:
        return (call.sends("end") and not ends(call)) or (call.sends("user") and is_running(call, state))
    return call.label == _DUPLICATE and is_running(call, state)


def starts_nothing(call: ClassifiedRequest, state: GuardContext) -> bool:
    """Whether it can start nothing: its record is absent, or neither its credentials nor its body can be taken."""
    return (call.standing is not CredentialStatus.GOOD and cannot_be_valid(call)) or targets_absent_record(call, state)


def check(call: ClassifiedRequest, state: GuardContext) -> str | None:
    """Refuse a start for an actor who has a record running that is not the run's own."""
    if state.config.is_embedded:
        return None
    if not call.writes or starts_nothing(call, state) or not starts(call, state):
        return None
    people = _people(call, state)
    if not people:
        return "it would start a record of somebody who is not a configured actor"
    for actor in people:
        if reason := running_timer(actor, state):
            return reason
    return None


def running_timer(actor: Actor, state: GuardContext) -> str | None:
    """Return why an actor must not start a record, None where nothing of theirs is running but the run's own."""
    if state.config.is_embedded:
        return None  # Everything there is the run's own.
    status, running = state.read_list(actor, "/api/timesheets/active", {})
    if running is None:
        return f"what {actor.name} has running could not be asked (answer {status})"
    for item in running:
        ident = item.get("id") if isinstance(item, dict) else None
        if not isinstance(ident, int) or not state.owns(Kind.TIMESHEET, ident):
            return f"{actor.name} has timesheet {ident} running, which a start could stop"
    return None


def _people(call: ClassifiedRequest, state: GuardContext) -> list[Actor]:
    """Return whose record would run: that of `user`, else the caller's; for bad credentials anybody's."""
    owners = [state.actor_with(reference.ident) for reference in call.references() if reference.kind is Kind.USER]
    known = [actor for actor in owners if actor is not None]
    if call.standing is not CredentialStatus.GOOD or call.actor is None:
        return list(state.config.actors)
    owner = owner_of(call, state)
    people = [*known, *([owner] if owner else []), call.actor]
    return list({actor.name: actor for actor in people}.values())


def owner_of(call: ClassifiedRequest, state: GuardContext) -> Actor | None:
    """Return the actor who owns the record in the path."""
    for target in call.targets():
        made = state.made(Kind.TIMESHEET, target.ident)
        if made is not None:
            return next((actor for actor in state.config.actors if actor.name == made.actor), None)
    return None


def is_running(call: ClassifiedRequest, state: GuardContext) -> bool:
    """Whether the record in the path has no end, or cannot be read."""
    for target in call.targets():
        status, record = _shown(target.ident, call, state)
        if status != 404 and not (isinstance(record, dict) and record.get("end")):
            return True
    return False


def record_of(call: ClassifiedRequest, state: GuardContext) -> dict[str, Any] | None:
    """Return the record in the path as the instance shows it, None where it shows none."""
    shown = [_shown(target.ident, call, state)[1] for target in call.targets()]
    return next((record for record in shown if isinstance(record, dict)), None)


def _shown(ident: int, call: ClassifiedRequest, state: GuardContext) -> tuple[int, Any]:
    reader = owner_of(call, state) or state.strongest
    return state.read(reader, f"/api/timesheets/{ident}", {})
