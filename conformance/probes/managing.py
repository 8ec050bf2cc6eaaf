"""What an actor may do to the run's own customers, projects, activities and teams; and how a hidden project is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.probes.grounds import COLLECTION, ids_of
from conformance.probes.kinds import Kind
from conformance.probes.lab import Lab
from conformance.probes.making import attribute, create, ident
from conformance.probes.samples import minimal
from conformance.words import Actor, Exchange


@dataclass(frozen=True)
class Did:
    """One thing tried on a record: read, create, edit, delete, or another way to change it; and what came of it."""

    what: str
    operation: str
    answer: Exchange
    afterwards: str


def ladder(lab: Lab, kind: Kind, actor: Actor) -> Mapping[str, Did]:
    """Try to read, create, edit, change otherwise and delete a record as an actor. Raises Refused.

    Empty where the strongest actor cannot make a record to try on.
    """
    number = ident(create(lab, kind))
    if number is None or kind.read is None or kind.change is None:
        return {}
    return {did.what: did for did in _ladder(lab, kind, actor, number)}


def _ladder(lab: Lab, kind: Kind, actor: Actor, number: int) -> Iterator[Did]:
    session, control = lab.session(actor), lab.session()
    assert kind.read is not None
    assert kind.change is not None
    path = kind.path(kind.read, number)
    yield Did("read", kind.read.label, session.get(path), "unchanged")
    made = session.post(kind.create.path, json=minimal(lab, kind, owner=actor.user_id))
    yield Did("create", kind.create.label, made, "made" if ident(made) is not None else "nothing made")
    before = control.get(path).json_or_none()
    edited = session.patch(path, json={"name": lab.name("edited by another")})
    yield Did("edit", kind.change.label, edited, _same(before, control.get(path).json_or_none()))
    for tail, body in (("rates", {"rate": 5}), ("comments", {"message": lab.name("by another")})):
        label = f"POST {kind.read.path}/{tail}"
        if label in lab.index:
            answer = session.post(f"{path}/{tail}", json=body)
            yield Did(tail, label, answer, "made" if ident(answer) is not None else "nothing made")
    if kind.delete is not None:
        deleted = session.delete(path)
        there = control.get(path).status == 200
        yield Did("delete", kind.delete.label, deleted, "unchanged" if there else "deleted")
        if there:
            control.delete(path)


def _same(before: Any, after: Any) -> str:
    return "unchanged" if before == after else "changed"


@dataclass(frozen=True)
class Hidden:
    """One way to reach a hidden project: the answer, whether it got through, and the control's status."""

    way: str
    operation: str
    answer: Exchange
    through: bool
    control: int


def hidden_project(lab: Lab, outsider: Actor, insider: Actor) -> Iterator[Hidden]:
    """Hide a project behind a team, and reach for it as somebody outside. Raises Refused.

    The insider, in the team, is the positive control.
    """
    project = lab.records.project(lab.parent("customers"), globalActivities=True, visible=True).id
    activity = lab.records.activity(project, visible=True).id
    open_project, open_activity = lab.bookable
    team = lab.records.team([lab.strongest, insider]).id
    lab.session().post(f"/api/teams/{team}/projects/{project}")
    session, times = lab.session(outsider), {"begin": "2025-01-15T10:00:00", "end": "2025-01-15T11:00:00"}
    body = {**times, "project": project, "activity": activity, "description": lab.name("hidden")}
    control = _book(lab, insider, body)
    answer = session.post(COLLECTION, json=body)
    yield Hidden("book on it", f"POST {COLLECTION}", answer, _drop(lab, outsider, answer), control)
    crossed = {**body, "project": open_project}
    answer = session.post(COLLECTION, json=crossed)
    yield Hidden("book on its activity", f"POST {COLLECTION}", answer, _drop(lab, outsider, answer), control)
    own = session.post(COLLECTION, json={**body, "project": open_project, "activity": open_activity})
    number = ident(own)
    if number is not None:
        path = f"{COLLECTION}/{number}"
        answer = session.patch(path, json={"project": project, "activity": activity})
        moved = attribute(session.get(path).json_or_none(), "project") == project
        yield Hidden("move to it", f"PATCH {COLLECTION}/{{id}}", answer, moved, own.status)
        session.delete(path)
    seen = session.get("/api/projects", params={"visible": 3})
    inside = lab.session(insider).get("/api/projects", params={"visible": 3})
    control = 200 if project in (ids_of(inside) or ()) else 404
    yield Hidden("list it", "GET /api/projects", seen, project in (ids_of(seen) or ()), control)
    answer = session.get(f"/api/projects/{project}")
    yield Hidden("read it", "GET /api/projects/{id}", answer, answer.ok, 200)
    listed = session.get("/api/activities", params={"visible": 3})
    yield Hidden("list its activity", "GET /api/activities", listed, activity in (ids_of(listed) or ()), 200)
    lab.session().delete(f"/api/teams/{team}")


def _book(lab: Lab, actor: Actor, body: Mapping[str, Any]) -> int:
    answer = lab.session(actor).post(COLLECTION, json=dict(body))
    _drop(lab, actor, answer)
    return answer.status


def _drop(lab: Lab, actor: Actor, answer: Exchange) -> bool:
    """Delete what an answer says was made; whether there was something."""
    number = ident(answer)
    if number is not None:
        lab.session(actor).delete(f"{COLLECTION}/{number}")
    return number is not None
