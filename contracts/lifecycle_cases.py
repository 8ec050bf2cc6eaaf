"""The lives that the data family asks of: which kinds as which actors, and where they cannot be asked."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.probes import Collection, ProbeContext
from conformance.probes.records.bodies import Subject
from conformance.probes.records.kinds import kind_named, kinds
from conformance.probes.records.lifecycle import created
from conformance.verdict import Judge
from contracts.parametrize import at_least

OWN = " as its owner"
"""Ends the label of the items that ask a kind as a plain user instead of as the strongest actor."""


def subjects(known: Collection) -> Iterator[str]:
    """Return the kinds of the run's own records, in smoke the telling one; users are another's to make."""
    for kind in kinds(known.index):
        if kind.name != "users" and (at_least(known, "standard") or kind.name == "timesheets"):
            yield kind.name
            if kind.name == "timesheets" and len(known.actors) > 1 and at_least(known, "standard"):
                yield kind.name + OWN


def subject_of(context: ProbeContext, label: str) -> Subject:
    """Return the subject of an item."""
    kind = kind_named(context.index, label.removesuffix(OWN))
    assert kind is not None
    return Subject(label, kind, context.weakest if label.endswith(OWN) else context.strongest)


def unborn(context: ProbeContext, judge: Judge, about: Subject) -> bool:
    """Say where a record with every field was not accepted, or may not be read by who made it: no more can be asked.

    That it was not accepted fails a check of its own.
    """
    life = created(context, about)
    if life.read is not None and life.read.status == 403:
        judge.skip("this actor may not read what they made (403)", operation=life.read.operation, role=about.actor.role)
        return True
    if life.number is None:
        label, status = about.kind.create.label, life.made.status
        judge.skip(f"the create with every field was answered {status}", operation=label)
    return life.number is None


def skip_unchangeable(judge: Judge, about: Subject) -> None:
    """Say where a kind cannot be changed, or where nothing could be asked."""
    if not judge.places:
        judge.skip("not observable: this kind cannot be changed and read", operation=about.kind.create.label)


def flags_of(about: Subject) -> list[str]:
    """Return the flags that an actor sends when a record is made."""
    fields = about.kind.fields(about.kind.create) if about.strong else ()
    return [field.name for field in fields if field.types == ("boolean",)]
