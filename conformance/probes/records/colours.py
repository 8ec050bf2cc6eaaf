"""What becomes of a colour that is given, left out, null or empty: in creates, in changes, and where it is read.

A record without a colour may be shown with none, or with one that the instance chooses: which, nobody promised.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.model import Exchange
from conformance.probes.context import ProbeContext
from conformance.probes.records.creating import MISSING, attribute, create, delete_created, ident, placed
from conformance.probes.records.kinds import Resource, kinds
from conformance.probes.records.list_scopes import row_of
from conformance.probes.records.samples import colours

COLOUR = "color"
GIVEN, LEFT_OUT = "given", "left out"
KEPT = "the one that was given"
_USERS = "users"


@dataclass(frozen=True)
class ColourSeen:
    """A colour that was sent, or not, and what an answer showed: null, the one that was given, another, or a status.

    `promised` is what it should be, "" where nobody says.
    """

    operation: str
    sent: str
    got: str
    promised: str
    exchange: Exchange


def coloured_kinds(context: ProbeContext) -> Iterator[Resource]:
    """Yield the kinds of records that are made with a colour, users apart, whom nobody can delete."""
    for kind in kinds(context.index):
        if kind.name != _USERS and COLOUR in {field.name for field in kind.fields(kind.create)}:
            yield kind


def colours_seen(context: ProbeContext, kind: Resource) -> Iterator[ColourSeen]:
    """Make records of a kind with and without a colour, and change one. Raises Refused; empty without a palette."""
    palette = colours(context)
    if palette is None:
        return
    forms: Mapping[str, dict[str, Any]] = {LEFT_OUT: {}, "null": {COLOUR: None}, "empty": {COLOUR: ""}}
    for word, body in forms.items():
        made = create(context, kind, {**body, **placed(context, kind)})
        yield ColourSeen(kind.create.label, word, _shown(made, palette[0]), "", made)
        delete_created(context, kind, made)
    made = create(context, kind, {COLOUR: palette[0], **placed(context, kind)})
    yield ColourSeen(kind.create.label, GIVEN, _shown(made, palette[0]), KEPT if made.ok else "", made)
    number = ident(made)
    if number is not None:
        yield from _read(context, kind, number, palette[0])
        if kind.change is not None:
            yield from _changed(context, kind, kind.path(kind.change, number), palette)
        delete_created(context, kind, made)


def _read(context: ProbeContext, kind: Resource, number: int, colour: str) -> Iterator[ColourSeen]:
    if kind.read is not None:
        answer = context.session().get(kind.path(kind.read, number))
        yield ColourSeen(kind.read.label, GIVEN, _shown(answer, colour), KEPT, answer)
    if kind.listing is not None:
        answer = context.session().get(kind.listing.path)
        row = row_of(answer, number) if answer.ok else None
        if row is not None and COLOUR in row:
            yield ColourSeen(kind.listing.label, GIVEN, _word(row[COLOUR], colour), KEPT, answer)


def _changed(context: ProbeContext, kind: Resource, path: str, palette: tuple[Any, Any]) -> Iterator[ColourSeen]:
    """Change another attribute, then the colour: to none and back, in both ways."""
    assert kind.change is not None
    named = {"name": context.name(kind.singular)}
    steps = (
        (LEFT_OUT, named, palette[0], KEPT),
        ("null", {COLOUR: None}, palette[0], ""),
        (GIVEN, {COLOUR: palette[1]}, palette[1], KEPT),
        ("empty", {COLOUR: ""}, palette[1], ""),
        (GIVEN, {COLOUR: palette[0]}, palette[0], KEPT),
    )
    for word, body, colour, promised in steps:
        answer = context.session().patch(path, json=body)
        if answer.ok and kind.read is not None:
            # What is told may be another than what is stored.
            stored = context.session().get(path)
            answer = stored if _shown(stored, colour) != _shown(answer, colour) else answer
        yield ColourSeen(kind.change.label, word, _shown(answer, colour), promised if answer.ok else "", answer)


def _shown(answer: Exchange, colour: str) -> str:
    return _word(attribute(answer.json_or_none(), COLOUR), colour) if answer.ok else str(answer.status)


def _word(value: Any, colour: str) -> str:
    return "not shown" if value is MISSING else "null" if value is None else KEPT if value == colour else "another"
