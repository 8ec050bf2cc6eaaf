"""What each role may write: the status of every write, with an empty body, on own and on another's record."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from conformance.probes.access.role_writes import WriteAsked, make_rates, writes, written
from conformance.probes.context import ProbeContext
from conformance.upgrade.facts import About, Fact, fact, unseen
from conformance.upgrade.questions.unseen import facts_or_unseen


def ask(context: ProbeContext) -> Iterator[Fact]:
    """Ask every write of records as every role, weakest first. Facts: STATUS."""
    make_rates(context)
    for item in writes(context):
        ask = partial(_as_role, context, item)
        yield from facts_or_unseen(ask, About.STATUS, item.operation.label, role=item.actor.role, asked=item.whose)


def _as_role(context: ProbeContext, item: WriteAsked) -> Iterator[Fact]:
    answer, label = written(context, item), item.operation.label
    if isinstance(answer, str):
        yield unseen(About.STATUS, label, answer, role=item.actor.role, asked=item.whose)
    elif answer is not None:
        yield fact(About.STATUS, label, str(answer.status), role=item.actor.role, asked=item.whose)
