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
from conformance.model import Exchange
from conformance.probes.booleans.booleans import (
    ABSENT,
    OTHERS,
    TELLING,
    BooleanSlot,
    Flag,
    body_with,
    boolean_slots,
    flags_of,
    sendable_slots,
    state_of,
    text_beside,
    text_of,
)
from conformance.probes.context import ProbeContext, once
from conformance.probes.records.creating import attribute, create, delete_created, ident, parent_of, placed
from conformance.probes.records.kinds import Resource, kinds

Assigned = Mapping[BooleanSlot, Any]


@dataclass
class BooleanResults:
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


@once("flags {kind.name}")
def boolean_results(context: ProbeContext, kind: Resource, *, changing: bool = True) -> BooleanResults:
    """Return what became of every boolean of a kind with every value, asked once a process. Raises Refused.

    `changing` is whether the records are changed too: of a kind always the same.
    """
    result, change = BooleanResults([], [], []), kind.change if changing else None
    asked: list[_Asked] = []
    try:
        for assigned in _assigned(context, kind, sendable_slots(context, kind.create)):
            _post(context, kind, assigned, result, asked)
        result.posted = _as_listed(context, kind, kind.create, result.posted, asked)
        if change is not None:
            result.absent = _left_out(context, kind, change, asked)
            result.patched = _changes(context, kind, change, asked)
    finally:
        for item in asked if not goes_with_parent(kind) else ():
            delete_created(context, kind, item.made)
    return result


def values_for(context: ProbeContext, kind: Resource) -> list[Any]:
    """Return the values beside true and false that all booleans of a kind have: all of them, or those that tell most.

    All of them too where they cost little: several members of one record have a value each.
    """
    if not context.profile_at_least("standard"):
        return list(TELLING[:3])
    has_members = any(slot.user is not None for slot in boolean_slots(context, kind.create))
    cheap = has_members or goes_with_parent(kind)
    return [*TELLING, *OTHERS] if cheap or context.profile_at_least("thorough") else list(TELLING)


def goes_with_parent(kind: Resource) -> bool:
    """Whether records of a kind may stay until what they hang below goes: there is only one rate a user."""
    return kind.parent is not None and not kind.name.endswith("/rates")


def _post(
    context: ProbeContext, kind: Resource, assigned: Assigned, result: BooleanResults, asked: list[_Asked]
) -> None:
    fields = {**placed(context, kind), **body_with(context, assigned)}
    if context.may_overlap and kind.name == "timesheets":
        day = f"2025-08-{len(asked) % 28 + 1:02}"
        fields = {"begin": f"{day}T10:00:00", "end": f"{day}T11:00:00", **fields}
    made = create(context, kind, fields)
    result.posted += flags_of(context, kind.create, assigned, made)
    number = ident(made)
    if number is not None and kind.name.endswith("/rates"):
        # There is one rate a user, so they go one by one.
        delete_created(context, kind, made)
    elif number is not None:
        asked.append(_Asked(number, made, assigned))


def _assigned(context: ProbeContext, kind: Resource, places: Sequence[BooleanSlot]) -> list[Assigned]:
    """Return what to send record by record; a smoke run has one record for all values beside true and false, a standard
    run one for those that tell least, others for each kind."""
    values = values_for(context, kind)
    if not context.profile_at_least("standard"):
        return [*_assignments(places, ()), _mixed(places, values)]
    if len(values) > len(TELLING):
        return list(_assignments(places, values))
    first = [item.name for item in kinds(context.index)].index(kind.name) % len(OTHERS)
    return [*_assignments(places, values), _mixed(places, [*OTHERS[first:], *OTHERS[:first]])]


def _mixed(places: Sequence[BooleanSlot], values: Sequence[Any]) -> Assigned:
    """Return another value for each boolean of one record, by turns."""
    return {place: values[number % len(values)] for number, place in enumerate(places)}


def _assignments(places: Sequence[BooleanSlot], values: Sequence[Any]) -> Iterator[Assigned]:
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


def _left_out(context: ProbeContext, kind: Resource, change: Operation, asked: Sequence[_Asked]) -> list[Flag]:
    """Change something else of the records whose booleans are true and false side by side, which has each both ways."""
    flags: list[Flag] = []
    absent = dict.fromkeys(sendable_slots(context, change), ABSENT)
    for item in asked:
        if all(isinstance(value, bool) for value in item.sent.values()):
            made = zip(item.sent, flags_of(context, kind.create, item.sent, item.made), strict=True)
            before = {slot: flag.got for slot, flag in made}
            body = {**body_with(context, absent), **text_beside(context, change)}
            answer = context.session().patch(kind.path(change, item.number), json=body)
            for slot, flag in zip(absent, flags_of(context, change, absent, answer), strict=True):
                flags.append(dataclasses.replace(flag, before=before.get(slot, "")))
    return flags


def _changes(context: ProbeContext, kind: Resource, change: Operation, asked: Sequence[_Asked]) -> list[Flag]:
    places = sendable_slots(context, change)
    wanted = _assigned(context, kind, places)
    if not context.profile_at_least("standard"):
        wanted, asked = [_mixed(places, [True, *values_for(context, kind)])], asked[-1:]
    off = dict.fromkeys(places, False)
    result = _step(context, kind, change, asked, [off for _ in wanted], True)
    turned = wanted[1:] + wanted[:1]
    telling = _step(context, kind, change, asked, turned, False)
    result += telling
    untold = set[tuple[str, str]]()
    still_false = {(flag.field, flag.value) for flag in telling if flag.got == "false"}
    for item, assigned in zip(asked, turned, strict=False):
        sent = {(slot.path, text_of(value)) for slot, value in assigned.items() if value is not False}
        if sent & still_false:  # It may have been ignored: the boolean was false, and still is.
            made_true = _patch(context, kind, change, item, dict.fromkeys(assigned, True), False, {})
            if all(flag.got == "true" for flag in made_true):
                result += _patch(context, kind, change, item, assigned, True, {})
            else:  # A rule of the instance, a budget say, is against it: whether it was ignored cannot be told.
                untold |= sent & still_false
    return [flag for flag in result if flag.got != "false" or (flag.field, flag.value) not in untold]


def _step(
    context: ProbeContext,
    kind: Resource,
    change: Operation,
    asked: Sequence[_Asked],
    wanted: Sequence[Assigned],
    before: bool,
) -> list[Flag]:
    """Change each record, every second with something else beside, and look at all of them."""
    flags: list[Flag] = []
    for number, (item, assigned) in enumerate(zip(asked, wanted, strict=False)):
        flags += _patch(
            context, kind, change, item, assigned, before, text_beside(context, change) if number % 2 else {}
        )
    return _as_listed(context, kind, change, flags, asked)


def _patch(
    context: ProbeContext,
    kind: Resource,
    change: Operation,
    _asked: _Asked,
    assigned: Assigned,
    before: bool,
    more: Mapping[str, Any],
) -> list[Flag]:
    answer = context.session().patch(kind.path(change, _asked.number), json={**body_with(context, assigned), **more})
    return list(flags_of(context, change, assigned, answer, before))


def _as_listed(
    context: ProbeContext, kind: Resource, operation: Operation, flags: list[Flag], asked: Sequence[_Asked]
) -> list[Flag]:
    """Return flags as they were answered, and what the list tells where it tells otherwise."""
    listing = _list(context, kind) if asked else None
    items = listing.json_or_none() if listing is not None else None
    if listing is None or not isinstance(items, list):
        return flags
    listed = {attribute(item, "id"): item for item in items}
    shown, places = context.index.reads_back(operation), {slot.path: slot for slot in boolean_slots(context, operation)}
    results = []
    for flag in flags:
        slot, number, result = places[flag.field], ident(flag.exchange), flag.got
        if slot.user is None and number in listed:
            result = state_of(slot, shown[flag.field], listing, listed[number])
        if result in (flag.got, "missing"):
            results.append(flag)
        else:
            results.append(dataclasses.replace(flag, got=f"{flag.got}, and {result} in the list", exchange=listing))
    return results


def _list(context: ProbeContext, kind: Resource) -> Exchange | None:
    """Return the list of a kind in which the records are, hidden ones too; None where there is none."""
    if kind.listing is None:
        return None
    asked = {"visible": 3, "ignoreDates": 1, "size": 500}
    params: dict[str, Any] = {name: value for name, value in asked.items() if kind.listing.query(name)}
    if kind.name == "timesheets":
        params["project"] = context.bookable[0]
    elif kind.listing.path != kind.create.path:
        params["name"] = context.client.mark
    above = parent_of(context, kind)
    return context.session().get(
        kind.listing.path if above is None else kind.path(kind.create, "", above), params=params
    )
