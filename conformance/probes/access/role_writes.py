"""What each role may write: the status of every write, with an empty body, on own and on another's record.

An empty body is enough to tell whether a role is let in: who may not is answered 403 or 404 before it is read. What is
asked deletes and changes what other questions look at, so it is asked after them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from conformance.definition.operations import normal_label
from conformance.exchange import NoAnswer, Refused
from conformance.exchange.guard.operations import Effect, GuardedOperation, OperationGroup
from conformance.exchange.guard.table import OPERATIONS
from conformance.model import Actor, Exchange
from conformance.probes.context import ProbeContext
from conformance.probes.records.specimens import MINIMAL, asked_kinds, filled, forget, kind_in, roles, sent, specimen

OWN, ANOTHERS = "own record", "another's record"


@dataclass(frozen=True)
class WriteAsked:
    """A write to be asked as an actor. `whose` is the record that it is asked on, "" where nobody owns such records."""

    operation: GuardedOperation
    actor: Actor
    whose: str


def writes(context: ProbeContext) -> Iterator[WriteAsked]:
    """Yield every write of records as every role, weakest first."""
    known, every = {normal_label(item.label) for item in context.index}, list(roles(context).values())
    for label in sorted(OPERATIONS):
        row, operation = OPERATIONS[label], context.index.get(label)
        is_asked = row.writes and row.group is OperationGroup.RECORDS and row.effect is not Effect.START
        # A team made of a record is not known to be this run's, and so not deleted again. Newer versions refuse it with
        # 410, and say so in their definition: there it is asked.
        undone = not label.endswith("/{id}/team") or (operation is not None and operation.success is None)
        if not is_asked or not undone:
            continue
        # What this version does not list is asked by the strongest alone: whether it is there.
        for actor in reversed(every if normal_label(label) in known else every[:1]):
            for whose in (OWN, ANOTHERS) if "/timesheets/{" in label else ("",):
                if whose != ANOTHERS or actor is not context.strongest:
                    yield WriteAsked(row, actor, whose)


def make_rates(context: ProbeContext) -> None:
    """Make the rates that there can be: whoever posts another is refused for its body, and not for a right."""
    for kind in asked_kinds(context):
        if kind.name.endswith("/rates"):
            with suppress(Refused, NoAnswer):
                specimen(context, kind, MINIMAL)


def written(context: ProbeContext, asked: WriteAsked) -> Exchange | str | None:
    """Ask, and return the answer, or a word for why there is none; None where there is no record to ask with."""
    row = asked.operation
    owner = context.strongest if asked.whose == ANOTHERS else asked.actor
    try:
        path = filled(context, row.label, MINIMAL, owner)
    except Refused as error:
        return f"the guard's rule {error.rule}"
    if path is None:
        return None
    more: dict[str, Any] = {"json": {}} if row.fields else {}
    answer = sent(lambda: context.session(asked.actor).send(row.method, path, **more))
    kind = kind_in(context, row.label)
    is_gone = isinstance(answer, Exchange) and answer.ok and row.effect in (Effect.DELETE, Effect.CASCADE)
    if kind is not None and (is_gone or isinstance(answer, str)):
        # Without an answer nobody knows what became of the record.
        forget(context, kind)
    return answer
