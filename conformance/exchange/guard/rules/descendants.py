"""Rule 2, a fourth side: before a DELETE that takes or changes other records, these must be the run's own too.

It is asked last, when a root that people can see was hidden, so that nothing is added between the look and the DELETE.
"""

from __future__ import annotations

from conformance.exchange.guard.classification import ClassifiedRequest, RecordRef
from conformance.exchange.guard.context import GuardContext
from conformance.exchange.guard.kinds import CASCADING, KINDS, Kind, fill_path
from conformance.exchange.guard.operations import Effect
from conformance.exchange.ownership.descendants import Root, Scan
from conformance.exchange.ownership.ledger import Made
from conformance.exchange.ownership.links import foreign_in_team, foreign_with_tag

_LEAVING = frozenset({Effect.DELETE, Effect.CASCADE})
_LOOKED_AT = CASCADING | {Kind.TAG, Kind.TEAM}


def check(call: ClassifiedRequest, state: GuardContext) -> str | None:
    """Refuse a DELETE where something that would go or change with it is not shown to be the run's own."""
    for touched, made in leaving(call, state):
        if reason := why_it_must_stay(state, made):
            return f"{touched.kind} {touched.ident}: {reason}"
    return None


def leaving(call: ClassifiedRequest, state: GuardContext) -> list[tuple[RecordRef, Made]]:
    """Return the own, living records that a request would delete with what hangs below them."""
    if call.operation is None or call.effect not in _LEAVING or state.config.is_embedded or not call.writes:
        return []
    targets = call.targets()
    # A rate or a comment is deleted by its own id: what it hangs below is in the path too, and stays.
    stays = {KINDS[target.kind].parent for target in targets}
    results = []
    for target in targets:
        made = state.made(target.kind, target.ident)
        if target.kind in _LOOKED_AT - stays and made is not None and not state.is_gone(target.kind, target.ident):
            results.append((target, made))
    return [(target, made) for target, made in results if made.key not in state.approved_cascades]


def why_it_must_stay(state: GuardContext, made: Made) -> str:
    """Return why an own record must not be deleted, "" where it may. Without somebody who sees everything, it stays."""
    if made.kind is Kind.TEAM:
        return foreign_in_team(state, made)
    if state.witness is None:
        return state.unseen or "no actor was shown to see everybody's records"
    if made.kind is Kind.TAG:
        return foreign_with_tag(state, state.witness, made)
    root = Root(made)
    scan = Scan(state, state.witness, [root])
    scan.run()
    scan.last_look(root)
    state.below[made.key] = root.below
    # A filter by a record that is gone is ignored, so everything would seem to hang below it.
    item = fill_path(KINDS[made.kind].item, made.ident)
    return "" if root.reason and state.read(state.strongest, item, {})[0] == 404 else root.reason
