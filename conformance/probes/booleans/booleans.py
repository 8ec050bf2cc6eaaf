"""What becomes of a boolean that is absent, false, null, a text, a number, a list.

One request asks all booleans of a form at once, each with the same value. In PATCH each value is asked from true and
from false, for a value that is ignored cannot be told otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.definition import Field, Operation
from conformance.exchange import Refused
from conformance.exchange.guard.rights import can_delete_exported
from conformance.model import Exchange
from conformance.probes.context import ProbeContext, once
from conformance.probes.records.creating import MISSING, attribute, create, create_least, delete_created, ident
from conformance.probes.records.kinds import Resource

ABSENT: Any = MISSING
"""As a value to ask: the field is left out."""

TELLING: Sequence[Any] = (None, "false", 0, "", "0", "no", -1)
OTHERS: Sequence[Any] = ("true", 1, "1", 0.0, 2, "off")
"""Everything else than true and false, the most telling values first."""

STRUCTURES: Sequence[Any] = ([], {}, [True], {"a": 1})


@dataclass(frozen=True)
class Flag:
    """What became of one boolean. `value` and `got` are canonical words, `before` the state before a PATCH."""

    operation: str
    field: str
    value: str
    got: str
    exchange: Exchange
    before: str = ""


def fields_of(context: ProbeContext, operation: Operation) -> tuple[Field, ...]:
    """Return the booleans in a form that the operation's answer shows again."""
    shown = context.index.reads_back(operation)
    return tuple(field for field in context.index.boolean_fields(operation) if field.path in shown)


def unseen_fields(context: ProbeContext, operation: Operation) -> tuple[Field, ...]:
    """Return the booleans in a form that no answer shows."""
    shown = context.index.reads_back(operation)
    return tuple(field for field in context.index.boolean_fields(operation) if field.path not in shown)


def text_of(value: Any) -> str:
    """Return a value as a canonical word: its JSON, or "absent"."""
    return "absent" if value is ABSENT else json.dumps(value)


@dataclass(frozen=True)
class BooleanSlot:
    """One boolean of a form that can be asked: `user` is the member it belongs to, None at the top of the form."""

    path: str
    name: str
    user: int | None = None


def boolean_slots(context: ProbeContext, operation: Operation) -> tuple[BooleanSlot, ...]:
    """Return the booleans of a form, a nested one once for each of the members asked with. Raises Refused."""
    return tuple(
        BooleanSlot(field.path, field.name, user)
        for field in fields_of(context, operation)
        for user in (_members(context) if field.nested else (None,))
    )


def sendable_slots(context: ProbeContext, operation: Operation) -> tuple[BooleanSlot, ...]:
    """Return the booleans of a form that may be true: a record that is marked as exported is out of many roles' reach.

    Raises Refused.
    """
    slots = boolean_slots(context, operation)
    if any(map(can_delete_exported, context.actors)):
        return slots
    return tuple(slot for slot in slots if slot.name != "exported")


def ask_post(context: ProbeContext, kind: Resource, value: Any) -> tuple[Flag, ...]:
    """Create a record with every boolean set to `value`, and delete it again. Raises Refused."""
    slots = boolean_slots if value is ABSENT else sendable_slots
    assigned = dict.fromkeys(_alone(slots(context, kind.create)), value)
    made = create(context, kind, body_with(context, assigned))
    flags = tuple(flags_of(context, kind.create, assigned, made))
    delete_created(context, kind, made)
    return flags


@once("boolean absent {kind.name}")
def absent_in_post(context: ProbeContext, kind: Resource) -> tuple[Flag, ...]:
    """Return what becomes of booleans that are left out of a create, asked once a process. Raises Refused."""
    absent = dict.fromkeys(_alone(boolean_slots(context, kind.create)), ABSENT)
    if body_with(context, absent):  # Members of a list, of which the least of a body has none.
        return ask_post(context, kind, ABSENT)
    made = create_least(context, kind)
    delete_created(context, kind, made)
    return tuple(flags_of(context, kind.create, absent, made))


def ask_patch(context: ProbeContext, kind: Resource, value: Any, expected: bool) -> tuple[Flag, ...]:
    """Change a record's booleans to `value`, from the opposite of what is expected. Raises Refused.

    Where a field does not become what is expected, it is asked from the other state too: only then can be told whether
    the value was ignored. Empty where the kind cannot be changed, or where no record could be made to ask with.
    """
    number = _subject(context, kind)
    if kind.change is None or number is None:
        return ()
    path = kind.path(kind.change, number)
    result = _asked_from(context, kind.change, path, value, not expected)
    if any(flag.got != text_of(expected) for flag in result):
        result += _asked_from(context, kind.change, path, value, expected)
    return tuple(result)


def _asked_from(context: ProbeContext, change: Operation, path: str, value: Any, before: bool) -> list[Flag]:
    session, asked = context.session(), _alone(sendable_slots(context, change))
    session.patch(path, json=body_with(context, dict.fromkeys(asked, before)))
    body = body_with(context, dict.fromkeys(asked, value))
    if value is ABSENT:
        # A client that leaves a flag out has something else to say.
        body |= text_beside(context, change)
    return list(flags_of(context, change, dict.fromkeys(asked, value), session.patch(path, json=body), before))


def together(flags: Sequence[Flag]) -> dict[str, str]:
    """Return, for each field asked from true and from false, one word for both: true, false, unchanged, inverted, …"""
    by_field: dict[str, dict[str, str]] = {}
    for flag in flags:
        by_field.setdefault(flag.field, {})[flag.before] = flag.got
    known = {("true", "false"): "unchanged", ("false", "true"): "inverted"}
    words = {}
    for field, seen in by_field.items():
        after_true, after_false = seen.get("true", ""), seen.get("false", "")
        if after_true == after_false or not after_true or not after_false:
            words[field] = after_true or after_false
        else:
            apart = f"{after_true} after true, {after_false} after false"
            words[field] = known.get((after_true, after_false), apart)
    return words


def text_beside(context: ProbeContext, change: Operation) -> dict[str, str]:
    """Return something harmless to send beside booleans, nothing where the form has no text of its own."""
    names = {field.name for field in change.body.fields} if change.body is not None else set()
    beside = next((name for name in ("name", "description") if name in names), None)
    return {beside: context.name("changed")} if beside else {}


@once("boolean subject {kind.name}")
def _subject(context: ProbeContext, kind: Resource) -> int | None:
    """Return the record that this process asks with; one a kind."""
    slots = _alone(sendable_slots(context, kind.create))
    return ident(create(context, kind, body_with(context, dict.fromkeys(slots, True))))


def _alone(slots: Sequence[BooleanSlot]) -> tuple[BooleanSlot, ...]:
    """Return the booleans of a form, each once."""
    return tuple({slot.path: slot for slot in reversed(slots)}.values())


def body_with(context: ProbeContext, assigned: Mapping[BooleanSlot, Any]) -> dict[str, Any]:
    """Return a body in which booleans have these values; a nested one stands in a list of members below a lead."""
    body: dict[str, Any] = {}
    for slot, value in assigned.items():
        if slot.user is None:
            body |= {} if value is ABSENT else {slot.name: value}
            continue
        name = slot.path.partition("[]")[0]
        lead = {"user": context.strongest.user_id, slot.name: True}
        member = {"user": slot.user} | ({} if value is ABSENT else {slot.name: value})
        body[name] = [*body.get(name, [lead]), member]
    return body


def _members(context: ProbeContext) -> tuple[int | None, ...]:
    if len(context.actors) < 2:
        raise Refused(0, "a team's booleans need a second actor as a member beside the lead")
    # No lead beside others: they would see their records for as long as the team is there.
    chosen = [actor for actor in dict.fromkeys((context.actors[1], context.weakest)) if actor.role != "ROLE_TEAMLEAD"]
    return tuple(actor.user_id for actor in chosen or context.actors[1:2])


def flags_of(
    context: ProbeContext,
    operation: Operation,
    assigned: Mapping[BooleanSlot, Any],
    answer: Exchange,
    before: Any = ABSENT,
) -> Iterator[Flag]:
    """Return what an answer shows of booleans that were sent."""
    shown = context.index.reads_back(operation)
    state = "" if before is ABSENT else text_of(before)
    for slot, value in assigned.items():
        got = state_of(slot, shown[slot.path], answer, answer.json_or_none())
        yield Flag(operation.label, slot.path, text_of(value), got, answer, state)


def state_of(slot: BooleanSlot, path: str, answer: Exchange, body: Any) -> str:
    """Return a boolean of a record as a canonical word; `path` is where an answer shows it."""
    if not answer.ok:
        return str(answer.status)
    if slot.user is not None:
        body, path = _member(body, path.partition("[]")[0], slot.user), slot.name
    value = attribute(body, path)
    return "missing" if value is MISSING else json.dumps(value)


def _member(body: Any, name: str, user: int) -> Any:
    """Return the entry of a user in a list of members."""
    entries = attribute(body, name)
    for entry in entries if isinstance(entries, list) else ():
        result = attribute(entry, "user")
        if (attribute(result, "id") if isinstance(result, dict) else result) == user:
            return entry
    return None
