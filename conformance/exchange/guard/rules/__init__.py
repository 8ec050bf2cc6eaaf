"""The rules of the guard, one module each. Source: DESIGN, "The guard".

A rule takes a call and the state and returns why it refuses, or None. A rule may read from the instance, never write.
"""

from __future__ import annotations

from collections.abc import Callable

from conformance.exchange.guard.classification import ClassifiedRequest
from conformance.exchange.guard.context import GuardContext
from conformance.exchange.guard.rules import (
    actor_state,
    bad_credentials,
    email_domains,
    origin,
    ownership,
    read_only,
    run_mark,
    timers,
    undo,
    unknown_operations,
    unstoppable_timers,
)

Rule = Callable[[ClassifiedRequest, GuardContext], str | None]

RULES: tuple[tuple[int, Rule], ...] = (
    (1, origin.check),
    (7, read_only.check),
    (2, ownership.check),
    (2, run_mark.check),
    (2, email_domains.check),
    (3, undo.check),
    (3, actor_state.check),
    (4, bad_credentials.check),
    (5, timers.check),
    (5, unstoppable_timers.check),
    (6, unknown_operations.check),
)
"""Rules with their numbers. Where a rule has two sides, each is a module. That nothing is written at all says most."""
