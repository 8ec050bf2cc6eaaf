"""Making and unmaking the run's own records, with the very body that a question needs."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from conformance.exchange import Refused
from conformance.exchange.guard.ids import id_in
from conformance.model import Actor, Exchange
from conformance.probes.context import ProbeContext, once
from conformance.probes.records.kinds import Resource
from conformance.probes.records.samples import minimal

LEAST = ("begin", "end", "project", "activity", "description")
"""What every time record of the run is made with."""


LEFT = ("customers", "projects", "activities", "tags")
"""Kinds that the clean-up deletes at less cost."""


def parent_of(context: ProbeContext, kind: Resource) -> int | None:
    """Return the id of the record that records of this kind hang below, None for a kind of the top level."""
    return context.parent(kind.parent) if kind.parent else None


def collection_path(context: ProbeContext, kind: Resource) -> str:
    """Return the path that creates records of a kind, below the run's own parent where it has one. Raises Refused."""
    return kind.create_path(parent_of(context, kind))


def create(
    context: ProbeContext,
    kind: Resource,
    fields: Mapping[str, Any] | None = None,
    *,
    actor: Actor | None = None,
    parent: int | None = None,
) -> Exchange:
    """Send a create with a minimal body and these fields. Raises Refused; whether it was accepted is in the answer."""
    above = parent if parent is not None else parent_of(context, kind)
    least = minimal(context, kind, owner=actor.user_id if actor else None)
    path = kind.create_path(above)
    body = {**least, **context.records.besides(path), **(fields or {})}
    session = context.session(actor) if fields else context.session(actor).as_valid()
    return context.records.send(session, path, body)


def placed(context: ProbeContext, kind: Resource) -> dict[str, Any]:
    """Return the project for an activity to stand below, where there may be one: the clean-up deletes it with that, and
    a global one by itself.
    """
    with suppress(Refused):
        return {"project": context.parent("projects")} if kind.name == "activities" else {}
    return {}


@once("least {kind.name}")
def create_least(context: ProbeContext, kind: Resource) -> Exchange:
    """Send a create with the required fields alone, once a process: the record is deleted by the clean-up, or by who
    asks. Raises Refused.
    """
    return create(context, kind)


def minimal_body_refused(context: ProbeContext, kind: Resource, actor: Actor, sent: Mapping[str, Any]) -> bool:
    """Whether the least of a body is refused as well, so that nothing else in it is to blame: made and deleted again.

    Of a time record, whose times an actor may not send in some tracking modes and no one in a locked period, the least
    is what it stands on and its times. Raises Refused.
    """
    least = {name: sent[name] for name in LEAST if name in sent}
    if not least:
        return False
    answer = context.session(actor).post(kind.create.path, json=least)
    delete_created(context, kind, answer)
    return not answer.ok


def ident(exchange: Exchange) -> int | None:
    """Return the id of the record in an answer, None where there is none."""
    return id_in(exchange.json_or_none()) if exchange.ok else None


def delete_created(context: ProbeContext, kind: Resource, made: Exchange, parent: int | None = None) -> None:
    """Delete what an answer says was made. What cannot be deleted here is left to the run's clean-up, and so is what
    others may hang below or carry: there one look is enough for many, where here each would take several.

    Nor may it where the guard does not believe that it is the run's: that is for clean-up to name, and no reason to
    leave unsaid what the answer was.
    """
    number = ident(made)
    if kind.name == "timesheets" and attribute(made.json_or_none(), "end") and context.may_leave_record():
        return
    if number is not None and kind.delete is not None and kind.name not in LEFT:
        above = parent if parent is not None else parent_of(context, kind)
        with suppress(Refused):
            context.session().delete(kind.path(kind.delete, number, above))


def attribute(body: Any, path: str) -> Any:
    """Return the value at an attribute path ("project.id"); MISSING where the answer has none."""
    for name in path.split("."):
        if not isinstance(body, Mapping) or name not in body:
            return MISSING
        body = body[name]
    return body


class _Missing:
    def __repr__(self) -> str:
        return "missing"


MISSING: Any = _Missing()
"""Stands for an attribute that is not there, which is something else than null."""
