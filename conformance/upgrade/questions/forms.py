"""What becomes of what is sent, as facts. Facts: DEFAULT, KEPT, COERCED, TAKEN, NEEDED, LIMIT."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from conformance.probes.context import ProbeContext
from conformance.probes.records import forms
from conformance.probes.records.forms import FormAnswer
from conformance.probes.records.kinds import Resource
from conformance.probes.records.specimens import apart, asked_kinds
from conformance.upgrade.facts import About, Fact
from conformance.upgrade.questions.unseen import fact_or_unseen, facts_or_unseen

_PROBES: Mapping[About, Callable[[ProbeContext, Resource], Iterator[FormAnswer]]] = {
    About.DEFAULT: forms.defaults,
    About.KEPT: forms.absent_in_patch,
    About.COERCED: forms.coerced,
    About.TAKEN: forms.taken,
    About.NEEDED: forms.needed,
    About.LIMIT: forms.limits,
}


def ask(context: ProbeContext) -> Iterator[Fact]:
    """Ask every kind's form."""
    own = apart(context)
    for kind in asked_kinds(own):
        for about in _PROBES:
            yield from facts_or_unseen(partial(_facts, own, kind, about), about, kind.create.label)


def _facts(context: ProbeContext, kind: Resource, about: About) -> Iterator[Fact]:
    for answer in _PROBES[about](context, kind):
        yield fact_or_unseen(about, answer.operation, answer.got, answer.unseen, field=answer.field, asked=answer.asked)
