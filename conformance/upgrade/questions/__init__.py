"""The questions of a snapshot, in the order in which they are asked: functions of a `ProbeContext` that yield facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from conformance.probes.context import ProbeContext
from conformance.upgrade.facts import Fact
from conformance.upgrade.questions import effects, forms, lists, reads, refusals, rights, times

Question = Callable[[ProbeContext], Iterator[Fact]]

QUESTIONS: Mapping[str, Question] = {
    "what becomes of what is sent": forms.ask,
    "what each role reads": reads.ask,
    "what comes back of times": times.ask,
    "how records are listed": lists.ask,
    "how requests are refused": refusals.ask,
    "what writes do besides": effects.ask,
    "what each role may write": rights.ask,
}
"""Every question by what is said while it is asked. Rights come last: they delete what the others look at. What is
seen does not depend on the order of the others."""

__all__ = ["QUESTIONS", "Question"]
