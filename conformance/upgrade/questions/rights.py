"""What each role may write: the status of every write, with an empty body, on own and on another's record.

An empty body is enough to tell whether a role is let in: who may not is answered 403 or 404 before it is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import Any

from conformance.exchange import NoAnswer, Refused
from conformance.exchange.guard.operations import Effect, GuardedOperation, OperationGroup
from conformance.exchange.guard.table import OPERATIONS
from conformance.model import Actor, Exchange
from conformance.probes.context import ProbeContext
from conformance.probes.records.specimens import MINIMAL, asked_kinds, filled, forget, kind_in, roles, sent, specimen
from conformance.upgrade.changes import normal
from conformance.upgrade.facts import About, Fact, fact, unseen
from conformance.upgrade.questions.telling import told

OWN, ANOTHERS = "own record", "another's record"


def ask(context: ProbeContext) -> Iterator[Fact]:
    """Ask every write of records as every role, weakest first. Facts: STATUS."""
    _with_rates(context)
    for label in sorted(OPERATIONS):
        row = OPERATIONS[label]
        if (
            row.writes
            and row.group is OperationGroup.RECORDS
            and row.effect is not Effect.START
            and _undone(context, row)
        ):
            for role, actor in reversed(_askers(context, label)):
                for whose in (OWN, ANOTHERS) if "/timesheets/{" in label else ("",):
                    if whose != ANOTHERS or actor is not context.strongest:
                        ask = partial(_as_role, context, row, role, actor, whose)
                        yield from told(ask, About.STATUS, label, role=role, asked=whose)


def _undone(context: ProbeContext, row: GuardedOperation) -> bool:
    """Whether what an operation makes can be deleted again: a team made of a record is not known to be this run's.

    Newer versions refuse it with 410, and say so in their definition: there it is asked.
    """
    operation = context.index.get(row.label)
    return not row.label.endswith("/{id}/team") or (operation is not None and operation.success is None)


def _askers(context: ProbeContext, label: str) -> list[tuple[str, Actor]]:
    """Return who asks: every role, and of what this version does not list the strongest alone, whether it is there."""
    every = list(roles(context).items())
    return every if normal(label) in {normal(item.label) for item in context.index} else every[:1]


def _with_rates(context: ProbeContext) -> None:
    """Make the rates that there can be: whoever posts another is refused for its body, and not for a right."""
    for kind in asked_kinds(context):
        if kind.name.endswith("/rates"):
            with suppress(Refused, NoAnswer):
                specimen(context, kind, MINIMAL)


def _as_role(context: ProbeContext, row: GuardedOperation, role: str, actor: Actor, whose: str) -> Iterator[Fact]:
    answer = _answer(context, row, actor, context.strongest if whose == ANOTHERS else actor)
    if answer is None:
        return
    if isinstance(answer, str):
        if (kind := kind_in(context, row.label)) is not None:
            # Nobody knows what became of the record.
            forget(context, kind)
        yield unseen(About.STATUS, row.label, answer, role=role, asked=whose)
        return
    if (
        answer.ok
        and (kind := kind_in(context, row.label)) is not None
        and row.effect in (Effect.DELETE, Effect.CASCADE)
    ):
        forget(context, kind)
    yield fact(About.STATUS, row.label, str(answer.status), role=role, asked=whose)


def _answer(context: ProbeContext, row: GuardedOperation, actor: Actor, owner: Actor) -> Exchange | str | None:
    """Return the answer, a word for why there is none, or None where there is no record to ask with."""
    try:
        path = filled(context, row.label, MINIMAL, owner)
    except Refused as error:
        return f"the guard's rule {error.rule}"
    if path is None:
        return None
    more: dict[str, Any] = {"json": {}} if row.fields else {}
    return sent(lambda: context.session(actor).send(row.method, path, **more))
