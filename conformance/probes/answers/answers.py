"""The answer of every read: with the ids of the run's own records where the path has parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.definition import Operation
from conformance.probes.lab import Lab
from conformance.probes.records.bodies import Subject
from conformance.probes.records.kinds import kind_named
from conformance.probes.records.life import born
from conformance.words import Actor, Exchange

VIEWS = {"view": "index", "locale": "en"}


def answer_of(lab: Lab, operation: Operation, actor: Actor | None = None, *, again: bool = False) -> Exchange | None:
    """Send a read, with an own record's id where it needs one; once a process and actor, or again. Raises Refused.

    None where the run has no record for its path.
    """
    who = actor or lab.strongest
    if again:
        return _ask(lab, operation, who)
    return lab.once(f"answer {who.name} {operation.label}", lambda: _ask(lab, operation, who))


def _ask(lab: Lab, operation: Operation, actor: Actor) -> Exchange | None:
    path = filled_path(lab, operation)
    words = [part for part in operation.path.removeprefix("/api/").split("/") if not part.startswith("{")]
    listed = kind_named(lab.index, "/".join(words).removesuffix("/find"))
    if listed is not None and listed.name != "users" and not lab.door.config.read_only:
        born(lab, Subject(listed.name, listed, lab.strongest))
    return lab.session(actor).get(path, params=_params(lab, operation)) if path is not None else None


def filled_path(lab: Lab, operation: Operation) -> str | None:
    """Return the path for a record of the run's own; None where it makes none of that kind."""
    parts = operation.path.split("/")
    for place, part in enumerate(parts):
        if part.startswith("{"):
            name = part[1:-1]
            nested = kind_named(lab.index, f"{parts[place - 1]}/{parts[-1]}") if place == len(parts) - 2 else None
            value = VIEWS.get(name) or (
                lab.parent(parts[place - 1]) if nested else _own_id(lab, _kind_before(parts, place))
            )
            if value is None:
                return None
            parts[place] = str(value)
    return "/".join(parts)


def _kind_before(parts: list[str], place: int) -> str:
    """Return the kind that a path parameter stands for, by the word before it ("actions/timesheet" is timesheets)."""
    word = parts[place - 1]
    plurals = {"timesheet": "timesheets", "activity": "activities", "project": "projects", "customer": "customers"}
    return plurals.get(word, word)


def _own_id(lab: Lab, name: str) -> int | None:
    if name == "users":
        return lab.strongest.user_id
    kind = kind_named(lab.index, name)
    if kind is None:
        return None
    return born(lab, Subject(name, kind, lab.strongest)).number


def _params(lab: Lab, operation: Operation) -> Mapping[str, Any]:
    """Return parameters that make a list show what the run made, hidden records too."""
    params: dict[str, Any] = {}
    if operation.query("visible"):
        params["visible"] = 3
    if operation.query("name") and operation.path.endswith("/find"):
        params["name"] = lab.door.mark
    return params
