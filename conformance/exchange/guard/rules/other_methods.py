"""Rule 6, its other side: a method that the table does not know, tried where nothing of anybody's can come to harm.

A path that the table knows says what is below it. PUT, TRACE or GET of it is taken for the most that any known method
does there, and goes out without body and query, with good credentials, and only where every id in the path is the
run's own or seen to be absent. Where a known method makes something, takes what hangs below, starts or exports a
record, or changes what belongs to an actor, one of the ids must be absent, so that there is nothing to do it to.
"""

from __future__ import annotations

from collections.abc import Sequence

from conformance.exchange.guard import paths
from conformance.exchange.guard.bodies import Reading
from conformance.exchange.guard.classification import ClassifiedRequest
from conformance.exchange.guard.context import GuardContext
from conformance.exchange.guard.credentials import CredentialStatus
from conformance.exchange.guard.ids import AmbiguousRequest, id_of, parse_ids
from conformance.exchange.guard.kinds import KINDS
from conformance.exchange.guard.operations import Effect, GuardedOperation, OperationGroup, match
from conformance.exchange.guard.table import OPERATIONS

METHODS = ("PUT", "TRACE", "GET")
_EXPORT, _SHEET = "/api/timesheets/{id}/export", "/api/timesheets/{id}"


def is_harmless(call: ClassifiedRequest, state: GuardContext) -> bool:
    """Whether a request with a method that the table does not know for its path can harm nothing."""
    plain = not call.query and call.body.reading is Reading.EMPTY and len(call.readings) == 1 and not call.unclear
    if call.method not in METHODS or state.config.read_only or call.standing is not CredentialStatus.GOOD or not plain:
        return False
    segments = paths.strict_segments(call.path)
    rows = [row for row in OPERATIONS.values() if row.writes and match(row.path, segments) is not None]
    try:
        return bool(rows) and all(_harmless(row, segments, state) for row in rows)
    except AmbiguousRequest:
        return False


def _harmless(row: GuardedOperation, segments: Sequence[str], state: GuardContext) -> bool:
    """Whether a known write of the same path would be: every parameter is an id, and each own or absent."""
    values = match(row.path, segments) or {}
    if not values or values.keys() != row.params.keys():
        return False
    absent = []
    for name, param in row.params.items():
        idents = parse_ids(values[name], f"{name} in the path")
        if len(idents) != 1 or KINDS[param.kind].by_text:
            return False
        (ident,) = idents
        parent = values["id"] if KINDS[param.kind].parent else ""
        gone = state.absent.is_absent(param.kind, ident, id_of(parent))
        if not gone and (state.is_gone(param.kind, ident) or not state.owns(param.kind, ident)):
            return False
        absent.append(gone)
    return any(absent) or _undone(row)


def _undone(row: GuardedOperation) -> bool:
    """Whether what a row does to an own record ends with that record.

    Not where it takes what hangs below, and not where a record without an end may come of it, which runs.
    """
    ends = row.effect in (Effect.WRITE, Effect.STOP, Effect.DELETE) and row.creates is None
    return ends and row.group is OperationGroup.RECORDS and row.path not in (_EXPORT, _SHEET)
