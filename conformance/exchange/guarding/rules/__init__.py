"""The rules of the guard, one module each. Source: DESIGN, "The guard".

A rule takes a call and the state and returns why it refuses, or None. A rule may read from the instance, never write.
"""

from __future__ import annotations

from collections.abc import Callable

from conformance.exchange.guarding.request import Call
from conformance.exchange.guarding.rules import (
    actor_state,
    addresses,
    bad_credentials,
    beginnings,
    naming,
    origin,
    read_only,
    targets,
    timers,
    undo,
    unlisted,
)
from conformance.exchange.guarding.state import State

Rule = Callable[[Call, State], str | None]

RULES: tuple[tuple[int, Rule], ...] = (
    (1, origin.check),
    (7, read_only.check),
    (2, targets.check),
    (2, naming.check),
    (2, addresses.check),
    (3, undo.check),
    (3, actor_state.check),
    (4, bad_credentials.check),
    (5, timers.check),
    (5, beginnings.check),
    (6, unlisted.check),
)
"""Rules with their numbers. Where a rule has two sides, each is a module. That nothing is written at all says most."""
