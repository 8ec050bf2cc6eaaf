"""The bodies of a record's life: with every field that an actor may send, and another value for each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.exchange import Refused
from conformance.model import Actor
from conformance.probes.context import ProbeContext, once
from conformance.probes.records.kinds import Resource
from conformance.probes.records.list_scopes import ListScope, list_scope
from conformance.probes.records.samples import TEXT, Pair, minimal, writable

BY_RIGHT = frozenset(
    {"budget", "timeBudget", "budgetType", "fixedRate", "hourlyRate", "exported", "billable", "internalRate"}
)
"""Fields that a form has for those alone whose rights an administrator has not taken away."""


@dataclass(frozen=True)
class Subject:
    """A kind, as an actor: what a life is asked of. `label` is its name in items."""

    label: str
    kind: Resource
    actor: Actor

    @property
    def strong(self) -> bool:
        """Whether the role sends every field: to time records plain users and leads do not."""
        return self.kind.name != "timesheets" or self.actor.role not in ("ROLE_USER", "ROLE_TEAMLEAD")


def life_scope(context: ProbeContext, subject: Subject) -> ListScope:
    """Return where the time records of a life stand: a scope of their own. Raises Refused."""
    return list_scope(context, f"life {subject.label}", subject.actor)


def full_body(context: ProbeContext, subject: Subject) -> dict[str, Any]:
    """Return a body with every field that may be sent at will, and every flag on. Raises Refused."""
    kind = subject.kind
    body = minimal(context, kind, owner=subject.actor.user_id)
    names = {field.name for field in kind.fields(kind.create)}
    if kind.name == "timesheets":
        scope = life_scope(context, subject)
        body.update(project=scope.project, activity=scope.activity)
        body.update(begin=f"{scope.year}-01-15T10:00:00", end=f"{scope.year}-01-15T12:00:00")
    elif kind.name == "activities" and "project" in names:
        body["project"] = context.parent("projects")
    elif "members" in names:
        body["members"] = _members(context, subject.actor)
    elif "user" in names:
        # One rate a user: those without a user are left to other probes.
        body["user"] = subject.actor.user_id
    body.update({name: pair[0] for name, pair in allowed(context, subject).items()})
    flags = [field.name for field in kind.fields(kind.create) if field.types == ("boolean",)]
    return body | (dict.fromkeys(flags, True) if subject.strong else {})


def _members(context: ProbeContext, lead: Actor) -> list[dict[str, Any]]:
    """Return a lead and a plain member, as far as there are two actors: a strong one, whose sight no team narrows."""
    others = [actor.user_id for actor in context.actors if actor != lead][:1]
    return [{"user": item, "teamlead": item == lead.user_id} for item in (lead.user_id, *others)]


def allowed(context: ProbeContext, subject: Subject) -> dict[str, Pair]:
    """Return two values for each field that an actor sends: a plain one leaves out what a role may not send."""
    result = writable(context, subject.kind)
    if "number" in result:
        number = context.records.number()
        result["number"] = (f"{number}a", f"{number}b")
    if "budgetType" in {field.name for field in subject.kind.fields(subject.kind.create)}:
        result["budgetType"] = ("month", None)
    if "description" in result:
        result["description"] = (context.name(TEXT), context.name(f"changed: {TEXT}"))
    if not subject.strong:
        result = {name: pair for name, pair in result.items() if name == "description"}
    tags = own_tags(context) if subject.kind.name == "timesheets" else ()
    return {**result, "tags": (",".join(tags), tags[1])} if tags else result


@once("own tags")
def own_tags(context: ProbeContext) -> tuple[str, ...]:
    """Return the names of two tags of the run, made once a process; none where they may not be made."""
    try:
        return tuple(str(context.records.tag().body.get("name")) for _ in range(2))
    except Refused:
        return ()


def second_values(context: ProbeContext, subject: Subject) -> dict[str, Any]:
    """Return another value for each field of a change; what comes later does not undo what came before."""
    kind = subject.kind
    known = {field.name for field in kind.fields(kind.change)}
    values: dict[str, Any] = {name: pair[1] for name, pair in allowed(context, subject).items()}
    values["name"] = context.name(f"{kind.singular} renamed")
    values = _with_times(subject, values)
    if kind.name == "timesheets":
        year = life_scope(context, subject).year
        # Full hours, which no rounding moves.
        values |= {"begin": f"{year}-01-15T11:00:00", "end": f"{year}-01-15T13:00:00"}
    values = {name: entry for name, entry in values.items() if name in known}
    if not context.profile_at_least("standard"):
        return {name: values[name] for name in _TELLING if name in values}
    values |= _other_parents(context, subject)
    return values | ({"members": _members(context, subject.actor)[:1]} if kind.name == "teams" else {})


def first_values(context: ProbeContext, subject: Subject) -> dict[str, Any]:
    """Return the first value of each field that a change may send beside all others; nothing where there are few."""
    known = {field.name for field in subject.kind.fields(subject.kind.change)} - BEYOND_DEFINITION - _EXCLUSIVE
    values = {name: pair[0] for name, pair in allowed(context, subject).items() if name in known}
    if len(values) < 3 or not context.profile_at_least("standard"):
        return {}
    values |= {"name": context.name(f"{subject.kind.singular} changed")} if "name" in known else {}
    return _with_times(subject, values)


def _with_times(subject: Subject, values: dict[str, Any]) -> dict[str, Any]:
    """Return values for a change, in which a project's days have a time."""
    days = _DAYS if subject.kind.name == "projects" else ()
    return {name: f"{entry}T00:00:00" if name in days else entry for name, entry in values.items()}


_EXCLUSIVE = frozenset({"hourlyRate", "fixedRate"})
_DAYS = ("start", "end", "orderDate")
BEYOND_DEFINITION = frozenset({"budgetType"})
"""What a change sends in a form that the definition does not list: null for no type."""
_TELLING = ("comment", "name", "description", "end", "color")


def _other_parents(context: ProbeContext, subject: Subject) -> Mapping[str, int]:
    """Return another record that one may hang below: a project's customer, an activity's project, a time record's
    activity.
    """
    try:
        if subject.kind.name == "activities":
            return {"project": context.bookable[0]}
        if subject.kind.name == "projects":
            return {"customer": context.records.customer(visible=True).id}
        if subject.kind.name == "timesheets":
            scope = life_scope(context, subject)
            return {"activity": context.records.activity(scope.project, visible=True, billable=True).id}
    except Refused:
        pass  # On a borrowed project there is no other.
    return {}
