"""Own records to ask with: of every kind one with the required fields alone and one with all, made on demand.

Where an operation's path names a record, it gets one of these, so that no foreign record is ever looked at.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import Any

from conformance.definition import Field, Index
from conformance.definition.sources import BUNDLED
from conformance.exchange import NoAnswer, Refused
from conformance.exchange.guard.kinds import PLURALS
from conformance.exchange.guard.table import OPERATIONS
from conformance.model import DISTURBED, ROLES, Actor, Exchange
from conformance.probes.context import ProbeContext, once
from conformance.probes.records.creating import create, ident, parent_of
from conformance.probes.records.kinds import Resource, kinds
from conformance.probes.records.paths import path_with
from conformance.probes.records.samples import minimal, pair_for, writable

MINIMAL, FULL = "minimal record", "full record"
SIZES = (MINIMAL, FULL)

UNASKED = ("users",)
"""Kinds of which no record is made: nobody could delete a user again."""


def settle(context: ProbeContext) -> None:
    """Make what others hang below, visible and billable by name: what absent means differs by version.

    Leaves the context as it is where nothing may be made; the borrowed project is used then.
    """

    def make() -> None:
        above: Any = {"visible": True, "billable": True}
        customer = context.records.customer(**above)
        project = context.records.project(customer, globalActivities=True, **above)
        activity = context.records.activity(project, **above)
        context.cache["bookable"] = project.id, activity.id
        context.cache |= {
            "parent customers": customer.id,
            "parent projects": project.id,
            "parent activities": activity.id,
        }

    for _ in range(2):
        # One lost answer is no reason to do without parents of its own: there is another name, and another try.
        try:
            context.cached("settled", make)
        except Refused:
            context.cache["settled"] = None
        except NoAnswer:
            continue
        return


@once("apart")
def apart(context: ProbeContext) -> ProbeContext:
    """Return a context with parents of its own, one a round: what stays on the others gives these no rates."""
    own = replace(context, cache={})
    settle(own)
    return own


def own_projects(context: ProbeContext) -> bool:
    """Whether time records are booked on a project of this snapshot's own, and not on a borrowed one."""
    with suppress(Refused):
        return context.cache.get("parent projects") == context.bookable[0]
    return False


def roles(context: ProbeContext) -> Mapping[str, Actor]:
    """Return one actor for each role, strongest first; in the smoke profile the strongest and the plainest alone."""
    actors = context.actors if context.profile_at_least("standard") else (context.strongest, context.weakest)
    results = {actor.role: actor for actor in reversed(actors)}
    return {role: results[role] for role in reversed(ROLES) if role in results}


@once("asked kinds")
def asked_kinds(context: ProbeContext) -> tuple[Resource, ...]:
    """Return the kinds of which records are made."""
    return tuple(kind for kind in kinds(context.index) if kind.name not in UNASKED)


def known_labels(context: ProbeContext) -> tuple[str, ...]:
    """Return the operations of the definition and those that other versions have, sorted."""
    return tuple(sorted({operation.label for operation in context.index} | OPERATIONS.keys()))


def known_forms(label: str, own: Index) -> Mapping[str, Field]:
    """Return the top fields of an operation's body by name: its own first, then those of the bundled versions."""
    fields: dict[str, Field] = {}
    for index in (own, *_bundled()):
        operation = index.get(label)
        for field in operation.body.fields if operation and operation.body else ():
            fields.setdefault(field.name, field)
    return fields


@cache
def _bundled() -> tuple[Index, ...]:
    """Return the definitions of the bundled versions, not mended: only names and types of fields are asked of them."""
    return tuple(Index.of(json.loads(path.read_text(encoding="utf-8"))) for path in sorted(BUNDLED.glob("*.json")))


_DASHES = str.maketrans("-", " ")


def body_of(context: ProbeContext, kind: Resource, size: str) -> dict[str, Any]:
    """Return a body that the instance should accept. Raises Refused where its parents may not be made."""
    body = minimal(context, kind)
    if size == FULL:
        body.update({name: pair[0] for name, pair in writable(context, kind).items()})
        body.update({field.name: True for field in kind.fields(kind.create) if field.types == ("boolean",)})
        if kind.parent and "user" in {field.name for field in kind.fields(kind.create)}:
            # One rate for everybody is all there can be: the minimal record is that one.
            body["user"] = context.strongest.user_id
    if kind.name == "projects" or kind.name == "activities":
        body |= {name: True for name in ("visible",) if name in {field.name for field in kind.fields(kind.create)}}
    if "number" in body:
        # Another one for each record, and at most ten characters: no form takes less.
        body["number"] = "N" + context.name("").translate(_DASHES).split()[-1]
    return body


def specimen(context: ProbeContext, kind: Resource, size: str, actor: Actor | None = None) -> Exchange:
    """Return the answer of the create of an own record, made once a round. Raises Refused."""
    maker = actor if actor is not None and kind.name == "timesheets" else context.strongest
    size = MINIMAL if kind.name == "timesheets" and maker.role in ("ROLE_USER", "ROLE_TEAMLEAD") else size
    return context.cached(
        f"specimen {kind.name} {size} {maker.name}",
        lambda: create(
            context, kind, body_of(context, kind, size), actor=maker if maker is not context.strongest else None
        ),
    )


def forget(context: ProbeContext, kind: Resource) -> None:
    """Have the next question make new records of a kind: the old ones were changed or deleted."""
    for name in [name for name in context.cache if name.startswith(f"specimen {kind.name} ")]:
        del context.cache[name]


def filled(context: ProbeContext, label: str, size: str, actor: Actor) -> str | None:
    """Return an operation's path with ids of own records and of the actor; None where there is no such record.

    Raises Refused where one may not be made.
    """
    names = {kind.name: kind for kind in asked_kinds(context)}

    def own_id(parts: Sequence[str], place: int) -> int | None:
        above = parts[place - 1]
        if above in ("users", "members"):
            return context.weakest.user_id if above == "members" else actor.user_id
        if place + 1 < len(parts) and (below := names.get(f"{above}/{parts[place + 1]}")):
            return parent_of(context, below)
        nested = f"{parts[2]}/{above}" if place > 4 else ""
        kind = names.get(nested) or names.get(PLURALS.get(above, above))
        if kind is None or parts[2] == "favorites":
            return None
        return ident(specimen(context, kind, size, actor))

    return path_with(label.partition(" ")[2], own_id)


def kind_in(context: ProbeContext, label: str) -> Resource | None:
    """Return the kind of record that an operation's path ends in, None where it names none."""
    words = [part for part in label.split("/")[2:] if not part.startswith("{")]
    names = {kind.name: kind for kind in asked_kinds(context)}
    return names.get("/".join(words[:2])) or names.get(words[0]) if words else None


def sent(call: Callable[[], Exchange]) -> Exchange | str:
    """Return an exchange, or in a word why there is none that could be compared.

    A 500 that comes twice is an answer; 429 and the answers of proxies say nothing of the instance.
    """
    try:
        exchange = call()
    except Refused as error:
        return f"the guard's rule {error.rule}"
    except NoAnswer:
        return "no answer"
    return f"answered {exchange.status}" if exchange.status in DISTURBED else exchange


def field_value(context: ProbeContext, field: Field) -> Any:
    """Return a valid value for a field, None where none is known."""
    pair = pair_for(context, field)
    return pair[0] if pair else True if field.types == ("boolean",) else None
