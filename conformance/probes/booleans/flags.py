"""Every boolean of a kind, with every value: records made with them, changed to false, to other values, and looked at.

One record a value. All of them are looked at together in the kind's list after each step: what an answer tells is only
believed where the list tells the same.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.definition import Operation
from conformance.probes.booleans.booleans import (
    ABSENT,
    OTHERS,
    TELLING,
    Flag,
    Seat,
    body_with,
    flags_of,
    seats,
    state_of,
    text_beside,
    text_of,
)
from conformance.probes.lab import Lab
from conformance.probes.records.kinds import Kind, kinds
from conformance.probes.records.making import attribute, create, dispose, ident, parent_of
from conformance.words import Exchange

Assigned = Mapping[Seat, Any]


@dataclass
class Course:
    """What became of a kind's booleans: in POST and in PATCH, as they were sent, and where a PATCH left them out."""

    posted: list[Flag]
    patched: list[Flag]
    absent: list[Flag]


@dataclass(frozen=True)
class _Asked:
    """A record, and what was sent to make it."""

    number: int
    made: Exchange
    sent: Assigned


def course(lab: Lab, kind: Kind) -> Course:
    """Return what became of every boolean of a kind with every value, asked once a process. Raises Refused."""
    return lab.once(f"flags {kind.name}", lambda: _course(lab, kind))


def values_for(lab: Lab, kind: Kind) -> list[Any]:
    """Return the values beside true and false: all of them, or those that tell most and another one a kind.

    All of them too where they cost little: several members of one record have a value each.
    """
    if lab.beyond("thorough") or (lab.beyond("standard") and _has_members(lab, kind)):
        return [*TELLING, *OTHERS]
    if not lab.beyond("standard"):
        return list(TELLING[:3])
    place = [each.name for each in kinds(lab.index)].index(kind.name)
    return [*TELLING, *(OTHERS if goes_with_parent(kind) else OTHERS[place % len(OTHERS) :][:1])]


def _has_members(lab: Lab, kind: Kind) -> bool:
    return any(seat.user is not None for seat in seats(lab, kind.create))


def goes_with_parent(kind: Kind) -> bool:
    """Whether records of a kind may stay until what they hang below goes: there is only one rate a user."""
    return kind.parent is not None and not kind.name.endswith("/rates")


def _course(lab: Lab, kind: Kind) -> Course:
    found = Course([], [], [])
    asked: list[_Asked] = []
    try:
        for assigned in _assignments(seats(lab, kind.create), values_for(lab, kind)):
            _post(lab, kind, assigned, found, asked)
        found.posted = _as_listed(lab, kind, kind.create, found.posted, asked)
        if kind.change is not None:
            found.absent = _left_out(lab, kind, kind.change, asked)
            found.patched = _changes(lab, kind, kind.change, asked)
    finally:
        for each in asked if not goes_with_parent(kind) else ():
            dispose(lab, kind, each.made)
    return found


def _post(lab: Lab, kind: Kind, assigned: Assigned, found: Course, asked: list[_Asked]) -> None:
    made = create(lab, kind, {**_moment(kind, len(asked)), **body_with(lab, assigned)})
    found.posted += flags_of(lab, kind.create, assigned, made)
    number = ident(made)
    if number is not None and kind.name.endswith("/rates"):
        # There is one rate a user, so they go one by one.
        dispose(lab, kind, made)
    elif number is not None:
        asked.append(_Asked(number, made, assigned))


def _moment(kind: Kind, number: int) -> dict[str, str]:
    """Return times of their own for a time record, for an instance may forbid that two overlap."""
    day = f"2025-08-{number % 28 + 1:02}"
    return {"begin": f"{day}T10:00:00", "end": f"{day}T11:00:00"} if kind.name == "timesheets" else {}


def _assignments(places: Sequence[Seat], values: Sequence[Any]) -> Iterator[Assigned]:
    """Return what to send record by record: first true beside false, both ways round, then each value.

    Several members of one record have a value each, elsewhere all booleans of a record have the same.
    """
    for first in (True, False):
        yield {place: (number % 2 == 0) is first for number, place in enumerate(places)}
    if any(place.user is None for place in places):
        yield from (dict.fromkeys(places, value) for value in values)
        return
    for start in range(0, len(values), max(1, len(places))):
        yield dict(zip(places, values[start : start + len(places)], strict=False))


def _left_out(lab: Lab, kind: Kind, change: Operation, asked: Sequence[_Asked]) -> list[Flag]:
    """Change something else of the records whose booleans are true and false side by side, which has each both ways."""
    found: list[Flag] = []
    absent = dict.fromkeys(seats(lab, change), ABSENT)
    for each in asked:
        if all(isinstance(value, bool) for value in each.sent.values()):
            before = {seat: flag.got for seat, flag in _as_made(lab, kind, each)}
            body = {**body_with(lab, absent), **text_beside(lab, change)}
            answer = lab.session().patch(kind.path(change, each.number), json=body)
            for seat, flag in zip(absent, flags_of(lab, change, absent, answer), strict=True):
                found.append(dataclasses.replace(flag, before=before.get(seat, "")))
    return found


def _as_made(lab: Lab, kind: Kind, each: _Asked) -> Iterator[tuple[Seat, Flag]]:
    """Yield what the answer to the create showed of each boolean."""
    yield from zip(each.sent, flags_of(lab, kind.create, each.sent, each.made), strict=True)


def _changes(lab: Lab, kind: Kind, change: Operation, asked: Sequence[_Asked]) -> list[Flag]:
    places, found = seats(lab, change), list[Flag]()
    wanted = list(_assignments(places, values_for(lab, kind)))
    off = dict.fromkeys(places, False)
    found += _step(lab, kind, change, asked, [off for _ in wanted], True)
    turned = wanted[1:] + wanted[:1]
    telling = _step(lab, kind, change, asked, turned, False)
    ignored = [number for number, each in enumerate(turned) if _ignored(telling, each)]
    return found + telling + _from_true(lab, kind, change, [(asked[n], turned[n]) for n in ignored if n < len(asked)])


def _ignored(telling: Sequence[Flag], assigned: Assigned) -> bool:
    """Whether one of these values may have been ignored: the boolean was false, and still is."""
    sent = {(seat.path, text_of(value)) for seat, value in assigned.items() if value is not False}
    return any((flag.field, flag.value) in sent and flag.got == "false" for flag in telling)


def _step(
    lab: Lab, kind: Kind, change: Operation, asked: Sequence[_Asked], wanted: Sequence[Assigned], before: bool
) -> list[Flag]:
    """Change each record, every second with something else beside, and look at all of them."""
    found: list[Flag] = []
    for number, (each, assigned) in enumerate(zip(asked, wanted, strict=False)):
        found += _patch(lab, kind, change, each, assigned, before, text_beside(lab, change) if number % 2 else {})
    return _as_listed(lab, kind, change, found, asked)


def _from_true(lab: Lab, kind: Kind, change: Operation, pairs: Sequence[tuple[_Asked, Assigned]]) -> list[Flag]:
    found: list[Flag] = []
    for each, assigned in pairs:
        _patch(lab, kind, change, each, dict.fromkeys(assigned, True), False, {})
        found += _patch(lab, kind, change, each, assigned, True, {})
    return found


def _patch(
    lab: Lab, kind: Kind, change: Operation, each: _Asked, assigned: Assigned, before: bool, more: Mapping[str, Any]
) -> list[Flag]:
    answer = lab.session().patch(kind.path(change, each.number), json={**body_with(lab, assigned), **more})
    return list(flags_of(lab, change, assigned, answer, before))


def _as_listed(lab: Lab, kind: Kind, operation: Operation, flags: list[Flag], asked: Sequence[_Asked]) -> list[Flag]:
    """Return flags as they were answered, and what the list tells where it tells otherwise."""
    listing = _list(lab, kind) if asked else None
    items = listing.json_or_none() if listing is not None else None
    if listing is None or not isinstance(items, list):
        return flags
    listed = {attribute(item, "id"): item for item in items}
    shown, places = lab.index.reads_back(operation), {seat.path: seat for seat in seats(lab, operation)}
    return [_held(flag, places[flag.field], shown[flag.field], listing, listed) for flag in flags]


def _list(lab: Lab, kind: Kind) -> Exchange | None:
    """Return the list of a kind in which the records are, hidden ones too; None where there is none."""
    if kind.listing is None:
        return None
    asked = {"visible": 3, "ignoreDates": 1, "size": 500}
    params: dict[str, Any] = {name: value for name, value in asked.items() if kind.listing.query(name)}
    if kind.name == "timesheets":
        params["project"] = lab.bookable[0]
    elif kind.listing.path != kind.create.path:
        params["name"] = lab.door.mark
    above = parent_of(lab, kind)
    return lab.session().get(kind.listing.path if above is None else kind.path(kind.create, "", above), params=params)


def _held(flag: Flag, seat: Seat, path: str, listing: Exchange, listed: Mapping[Any, Any]) -> Flag:
    """Return a flag with what the list tells of its record, where that is something else."""
    number = ident(flag.exchange)
    if seat.user is not None or number not in listed:
        return flag
    told = state_of(seat, path, listing, listed[number])
    if told in (flag.got, "missing"):
        return flag
    return dataclasses.replace(flag, got=f"{flag.got}, and {told} in the list", exchange=listing)
