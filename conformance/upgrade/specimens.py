"""Own records to ask with: of every kind one with the required fields alone and one with all, made on demand.

Where an operation's path names a record, it gets one of these, so that no foreign record is ever looked at.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from conformance.definition import Field, Index
from conformance.definition.sources import BUNDLED
from conformance.exchange import NoAnswer, Refused
from conformance.exchange.guarding.table import OPERATIONS
from conformance.probes.lab import Lab
from conformance.probes.records.kinds import Kind, kinds
from conformance.probes.records.making import create, ident, parent_of
from conformance.probes.records.samples import minimal, pair_for, writable
from conformance.words import ROLES, Actor, Exchange

MINIMAL, FULL = "minimal record", "full record"
SIZES = (MINIMAL, FULL)

UNASKED = ("users",)
"""Kinds of which no record is made: nobody could delete a user again."""


def settle(lab: Lab) -> None:
    """Make what others hang below, visible and billable by name: what absent means differs by version.

    Leaves the lab as it is where nothing may be made; the borrowed project is used then.
    """

    def make() -> None:
        above: Any = {"visible": True, "billable": True}
        customer = lab.records.customer(**above)
        project = lab.records.project(customer, globalActivities=True, **above)
        activity = lab.records.activity(project, **above)
        lab.kept["bookable"] = project.id, activity.id
        lab.kept |= {"parent customers": customer.id, "parent projects": project.id, "parent activities": activity.id}

    try:
        lab.once("settled", make)
    except Refused:
        lab.kept["settled"] = None


def roles(lab: Lab) -> Mapping[str, Actor]:
    """Return one actor for each role, strongest first; in the smoke profile the strongest and the plainest alone."""
    actors = lab.actors if lab.beyond("standard") else (lab.strongest, lab.plainest)
    found = {actor.role: actor for actor in reversed(actors)}
    return {role: found[role] for role in reversed(ROLES) if role in found}


def asked_kinds(lab: Lab) -> tuple[Kind, ...]:
    """Return the kinds of which records are made."""
    return lab.once("asked kinds", lambda: tuple(kind for kind in kinds(lab.index) if kind.name not in UNASKED))


def known_labels(lab: Lab) -> tuple[str, ...]:
    """Return the operations of the definition and those that other versions have, sorted."""
    return tuple(sorted({operation.label for operation in lab.index} | OPERATIONS.keys()))


def known_forms(label: str, own: Index) -> Mapping[str, Field]:
    """Return the top fields of an operation's body by name: its own first, then those of the bundled versions."""
    found: dict[str, Field] = {}
    for index in (own, *_bundled()):
        operation = index.get(label)
        for field in operation.body.fields if operation and operation.body else ():
            found.setdefault(field.name, field)
    return found


@cache
def _bundled() -> tuple[Index, ...]:
    """Return the definitions of the bundled versions, not mended: only names and types of fields are asked of them."""
    return tuple(Index.of(json.loads(path.read_text(encoding="utf-8"))) for path in sorted(BUNDLED.glob("*.json")))


def body_of(lab: Lab, kind: Kind, size: str) -> dict[str, Any]:
    """Return a body that the instance should accept. Raises Refused where its parents may not be made."""
    body = minimal(lab, kind)
    if size == FULL:
        body.update({name: pair[0] for name, pair in writable(lab, kind).items()})
        body.update({field.name: True for field in kind.fields(kind.create) if field.types == ("boolean",)})
        if kind.parent and "user" in {field.name for field in kind.fields(kind.create)}:
            # One rate for everybody is all there can be: the minimal record is that one.
            body["user"] = lab.strongest.user_id
    if kind.name == "projects" or kind.name == "activities":
        body |= {name: True for name in ("visible",) if name in {field.name for field in kind.fields(kind.create)}}
    if "number" in body:
        body["number"] = f"N{lab.name('').rpartition(' ')[2]}"
    return body


def specimen(lab: Lab, kind: Kind, size: str, actor: Actor | None = None) -> Exchange:
    """Return the answer of the create of an own record, made once a round. Raises Refused."""
    maker = actor if actor is not None and kind.name == "timesheets" else lab.strongest
    size = MINIMAL if kind.name == "timesheets" and maker.role in ("ROLE_USER", "ROLE_TEAMLEAD") else size
    return lab.once(
        f"specimen {kind.name} {size} {maker.name}",
        lambda: create(lab, kind, body_of(lab, kind, size), actor=maker if maker is not lab.strongest else None),
    )


def forget(lab: Lab, kind: Kind) -> None:
    """Have the next question make new records of a kind: the old ones were changed or deleted."""
    for name in [name for name in lab.kept if name.startswith(f"specimen {kind.name} ")]:
        del lab.kept[name]


_FIXED = {"view": "index", "locale": "en"}
_SINGULAR = {"timesheet": "timesheets", "activity": "activities", "project": "projects", "customer": "customers"}


def filled(lab: Lab, label: str, size: str, actor: Actor) -> str | None:
    """Return an operation's path with ids of own records and of the actor; None where there is no such record.

    Raises Refused where one may not be made.
    """
    parts = label.partition(" ")[2].split("/")
    names = {kind.name: kind for kind in asked_kinds(lab)}
    for place, part in enumerate(parts):
        if part.startswith("{"):
            value = _value(lab, names, parts[:place], parts[place + 1 :], part[1:-1], size, actor)
            if value is None:
                return None
            parts[place] = value
    return "/".join(parts)


def _value(
    lab: Lab, names: Mapping[str, Kind], before: list[str], after: list[str], name: str, size: str, actor: Actor
) -> str | None:
    if name in _FIXED:
        return _FIXED[name]
    above = before[-1]
    if above in ("users", "members"):
        return str(lab.plainest.user_id if above == "members" else actor.user_id)
    if after and (below := names.get(f"{above}/{after[0]}")):
        return str(parent_of(lab, below))
    nested = f"{before[2]}/{above}" if len(before) > 4 else ""
    kind = names.get(nested) or names.get(_SINGULAR.get(above, above))
    if kind is None or before[2] == "favorites":
        return None
    number = ident(specimen(lab, kind, size, actor))
    return None if number is None else str(number)


def kind_in(lab: Lab, label: str) -> Kind | None:
    """Return the kind of record that an operation's path ends in, None where it names none."""
    words = [part for part in label.split("/")[2:] if not part.startswith("{")]
    names = {kind.name: kind for kind in asked_kinds(lab)}
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
    return f"answered {exchange.status}" if exchange.status in (429, 502, 503, 504) else exchange


def field_value(lab: Lab, field: Field) -> Any:
    """Return a valid value for a field, None where none is known."""
    pair = pair_for(lab, field)
    return pair[0] if pair else True if field.types == ("boolean",) else None
