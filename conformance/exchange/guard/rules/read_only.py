"""Rule 7: with `--read-only` nothing is written, and without a ledger neither."""

from __future__ import annotations

from conformance.exchange.guard.classification import ClassifiedRequest
from conformance.exchange.guard.context import GuardContext


def check(call: ClassifiedRequest, state: GuardContext) -> str | None:
    """Refuse every write of a read-only run."""
    if not call.writes:
        return None
    if state.config.read_only:
        return "the run is read-only"
    creates = call.operation is not None and call.operation.creates is not None
    return None if state.ledger or (state.ledgers and not creates) else "there is no ledger to write it down in"
