"""The bodies of a record's life: with every field that an actor may send, and another value for each of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.exchange import Refused
from conformance.probes.lab import Lab
from conformance.probes.records.grounds import Ground, ground
from conformance.probes.records.kinds import Kind
from conformance.probes.records.samples import TEXT, Pair, minimal, writable
from conformance.words import Actor

BY_RIGHT = frozenset(
    {"budget", "timeBudget", "budgetType", "fixedRate", "hourlyRate", "exported", "billable", "internalRate"}
)
"""Fields that a form has for those alone whose rights an administrator has not taken away."""


@dataclass(frozen=True)
class Subject:
    """A kind, as an actor: what a life is asked of. `label` is its name in items."""

    label: str
    kind: Kind
    actor: Actor

    @property
    def strong(self) -> bool:
        """Whether the role sends every field: to time records plain users and leads do not."""
        return self.kind.name != "timesheets" or self.actor.role not in ("ROLE_USER", "ROLE_TEAMLEAD")


def life_ground(lab: Lab, subject: Subject) -> Ground:
    """Return where the time records of a life stand: a ground of their own. Raises Refused."""
    return ground(lab, f"life {subject.label}", subject.actor)


def full_body(lab: Lab, subject: Subject) -> dict[str, Any]:
    """Return a body with every field that may be sent at will, and every flag on. Raises Refused."""
    kind = subject.kind
    body = minimal(lab, kind, owner=subject.actor.user_id)
    names = {field.name for field in kind.fields(kind.create)}
    if kind.name == "timesheets":
        place = life_ground(lab, subject)
        body.update(project=place.project, activity=place.activity)
        body.update(begin=f"{place.year}-01-15T10:00:00", end=f"{place.year}-01-15T12:00:00")
    elif kind.name == "activities" and "project" in names:
        body["project"] = lab.parent("projects")
    elif "members" in names:
        body["members"] = _members(lab, subject.actor)
    elif "user" in names:
        # One rate a user: those without a user are left to other probes.
        body["user"] = subject.actor.user_id
    body.update({name: pair[0] for name, pair in allowed(lab, subject).items()})
    flags = [field.name for field in kind.fields(kind.create) if field.types == ("boolean",)]
    return body | (dict.fromkeys(flags, True) if subject.strong else {})


def _members(lab: Lab, lead: Actor) -> list[dict[str, Any]]:
    """Return a lead and a plain member, as far as there are two actors: a strong one, whose sight no team narrows."""
    others = [actor.user_id for actor in lab.actors if actor != lead][:1]
    return [{"user": each, "teamlead": each == lead.user_id} for each in (lead.user_id, *others)]


def allowed(lab: Lab, subject: Subject) -> dict[str, Pair]:
    """Return two values for each field that an actor sends: a plain one leaves out what a role may not send."""
    found = writable(lab, subject.kind)
    if "number" in found:
        number = _own_number(lab)
        found["number"] = (f"K{number}a", f"K{number}b")
    if "budgetType" in {field.name for field in subject.kind.fields(subject.kind.create)}:
        found["budgetType"] = ("month", None)
    if "description" in found:
        found["description"] = (lab.name(TEXT), lab.name(f"changed: {TEXT}"))
    if not subject.strong:
        found = {name: pair for name, pair in found.items() if name == "description"}
    tags = own_tags(lab) if subject.kind.name == "timesheets" else ()
    return {**found, "tags": (",".join(tags), tags[1])} if tags else found


def _own_number(lab: Lab) -> str:
    """Return another short text that no other run has: numbers are unique by default, and a project's has ten places.

    A digest of a name with the run's mark, for a counter alone would meet what a killed run has left.
    """
    return hashlib.sha256(lab.name("number").encode()).hexdigest()[:8]


def own_tags(lab: Lab) -> tuple[str, ...]:
    """Return the names of two tags of the run, made once a process; none where they may not be made."""

    def make() -> tuple[str, ...]:
        try:
            return tuple(str(lab.records.tag().body.get("name")) for _ in range(2))
        except Refused:
            return ()

    return lab.once("own tags", make)


def second_values(lab: Lab, subject: Subject) -> dict[str, Any]:
    """Return another value for each field of a change; what comes later does not undo what came before."""
    kind = subject.kind
    known = {field.name for field in kind.fields(kind.change)}
    values: dict[str, Any] = {name: pair[1] for name, pair in allowed(lab, subject).items()}
    values["name"] = lab.name(f"{kind.singular} renamed")
    if kind.name == "projects":
        values = {name: f"{each}T00:00:00" if name in _DAYS else each for name, each in values.items()}
    if kind.name == "timesheets":
        year = life_ground(lab, subject).year
        # Full hours, which no rounding moves.
        values |= {"begin": f"{year}-01-15T11:00:00", "end": f"{year}-01-15T13:00:00"}
    values = {name: each for name, each in values.items() if name in known}
    if not lab.beyond("standard"):
        return {name: values[name] for name in _TELLING if name in values}
    return {**values, **_other_parents(lab, subject), **_other_members(lab, subject)}


_DAYS = ("start", "end", "orderDate")
_TELLING = ("comment", "name", "description", "end", "color")


def _other_parents(lab: Lab, subject: Subject) -> Mapping[str, int]:
    """Return another record that one may hang below: a project's customer, an activity's project, a time record's
    activity.
    """
    try:
        if subject.kind.name == "activities":
            return {"project": lab.bookable[0]}
        if subject.kind.name == "projects":
            return {"customer": lab.records.customer(visible=True).id}
        if subject.kind.name == "timesheets":
            place = life_ground(lab, subject)
            return {"activity": lab.records.activity(place.project, visible=True, billable=True).id}
    except Refused:
        pass  # On a borrowed project there is no other.
    return {}


def _other_members(lab: Lab, subject: Subject) -> Mapping[str, Any]:
    return {"members": _members(lab, subject.actor)[:1]} if subject.kind.name == "teams" else {}
