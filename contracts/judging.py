"""What checks of several topics share: pure, but for the judge."""

from __future__ import annotations

from conformance.probes import Lab
from conformance.words import Actor


def may_send_times(lab: Lab, actor: Actor) -> bool:
    """Whether the tracking mode lets a role send begin and end: the two punching modes do not let plain users."""
    return mode(lab) not in ("punch", "duration_fixed_begin") or actor.role != "ROLE_USER"


def mode(lab: Lab) -> str:
    """Return the tracking mode that the configuration tells."""
    return str(lab.timesheet.get("trackingMode", "unknown"))


def actor_named(lab: Lab, name: str) -> Actor:
    """Return the actor of this name."""
    return next(actor for actor in lab.actors if actor.name == name)
