"""What a plain user may send of the own account. Everything is sent just as it is shown, so that nothing changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.exchange.guard.rules.actor_state import AS_SHOWN
from conformance.model import Actor, Exchange
from conformance.probes.context import ProbeContext
from conformance.probes.records.creating import attribute

PROFILE, PREFERENCES = "PATCH /api/users/{id}", "PATCH /api/users/{id}/preferences"
HOURS = "work_monday"
"""A preference that is part of the contract."""


@dataclass(frozen=True)
class Sent:
    """An attribute or preference that was sent as it is: whether the instance takes it from this actor at all."""

    operation: str
    field: str
    by: Actor
    answer: Exchange


def own_account(context: ProbeContext, actor: Actor) -> Iterator[Sent]:
    """Send what of an actor's account decides over rights, login and contract, as it is. Raises Refused."""
    session, path = context.session(actor), f"/api/users/{actor.user_id}"
    shown = session.get(path).json_or_none()
    change = context.index.get(PROFILE)
    for name in sorted(AS_SHOWN) if change is not None and isinstance(shown, dict) else ():
        if name in shown:
            yield Sent(PROFILE, name, actor, session.patch(path, json={name: shown[name]}))
    listed = attribute(shown, "preferences")
    values = {item.get("name"): item.get("value") for item in listed} if isinstance(listed, list) else {}
    if PREFERENCES in context.index and HOURS in values:
        body = [{"name": HOURS, "value": values[HOURS]}]
        yield Sent(PREFERENCES, HOURS, actor, session.patch(f"{path}/preferences", json=body))
