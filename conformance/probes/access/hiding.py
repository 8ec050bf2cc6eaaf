"""A project hidden behind a team, and every way in which somebody outside reaches for it. Source: GHSA-vrr2."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.probes.access.rights import together
from conformance.probes.lab import Lab
from conformance.probes.records.grounds import COLLECTION, ids_of
from conformance.probes.records.making import attribute, ident
from conformance.words import Actor, Exchange

TIMES = {"begin": "2025-01-15T10:00:00", "end": "2025-01-15T11:00:00"}


@dataclass(frozen=True)
class Hidden:
    """One way to reach a hidden project: the answer, whether it got through, and the control's status.

    The control is the same by somebody in the team, or with a project that is open.
    """

    way: str
    operation: str
    answer: Exchange
    through: bool
    control: int


def hidden_project(lab: Lab, outsider: Actor, insider: Actor) -> Iterator[Hidden]:
    """Hide a project behind a team, and reach for it as somebody outside. Raises Refused."""
    project = lab.records.project(lab.parent("customers"), globalActivities=True, visible=True)
    activity = lab.records.activity(project, visible=True).id
    reaching = _Reaching(lab, outsider, insider, project.id, activity)
    early = reaching.book({})
    with together(lab, lab.strongest, insider) as team:
        lab.session().post(f"/api/teams/{team}/projects/{project.id}")
        yield from reaching.bookings()
        yield from reaching.moves()
        yield from reaching.copies(ident(early))
        yield from reaching.sights(str(project.body.get("name", "")))
    reaching.drop(outsider, early)


class _Reaching:
    def __init__(self, lab: Lab, outsider: Actor, insider: Actor, project: int, activity: int) -> None:
        self.lab, self.outsider, self.insider = lab, outsider, insider
        self.project, self.activity = project, activity
        self.session, self.inside = lab.session(outsider), lab.session(insider)
        self.controls: dict[str, int] = {}
        self.open = dict(zip(("project", "activity"), lab.bookable, strict=True))

    def body(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Return a booking on the hidden project and its activity, with changes."""
        hidden = {"project": self.project, "activity": self.activity}
        return {**TIMES, **hidden, "description": self.lab.name("hidden"), **changes}

    def book(self, changes: Mapping[str, Any], actor: Actor | None = None) -> Exchange:
        """Send a booking as the outsider, or as another actor."""
        return self.lab.session(actor or self.outsider).post(COLLECTION, json=self.body(changes))

    def drop(self, actor: Actor, answer: Exchange) -> bool:
        """Delete what an answer says was made; whether there was something."""
        number = ident(answer)
        if number is not None:
            self.lab.session(actor).delete(f"{COLLECTION}/{number}")
        return number is not None

    def bookings(self) -> Iterator[Hidden]:
        """Book on the project, and on its activity."""
        control = self.book({}, self.insider)
        self.drop(self.insider, control)
        for way, changes in (("book on it", {}), ("book on its activity", {"project": self.open["project"]})):
            answer = self.book(changes)
            yield Hidden(way, f"POST {COLLECTION}", answer, self.drop(self.outsider, answer), control.status)

    def moves(self) -> Iterator[Hidden]:
        """Move an own record to the project, and to its activity."""
        own = self.book(self.open)
        number, hidden = ident(own), {"project": self.project, "activity": self.activity}
        if number is None:
            return
        path = f"{COLLECTION}/{number}"
        for way, names in (("move to it", ("project", "activity")), ("move to its activity", ("activity",))):
            answer = self.session.patch(path, json={name: hidden[name] for name in names})
            shown = self.session.get(path).json_or_none()
            moved = attribute(shown, names[0]) == hidden[names[0]]
            yield Hidden(way, f"PATCH {COLLECTION}/{{id}}", answer, moved, own.status)
        self.session.delete(path)

    def copies(self, number: int | None) -> Iterator[Hidden]:
        """Duplicate a record that was booked on the project before it was hidden."""
        label = f"PATCH {COLLECTION}/{{id}}/duplicate"
        if number is not None and label in self.lab.index:
            answer = self.session.patch(f"{COLLECTION}/{number}/duplicate")
            yield Hidden("duplicate on it", label, answer, self.drop(self.outsider, answer), 200)

    def sights(self, name: str) -> Iterator[Hidden]:
        """Read it and what hangs below it, and look for it in lists, also by its name."""
        for tail, way in (("", "read it"), ("/rates", "read its rates"), ("/comments", "read its comments")):
            yield from self._read(way, f"/api/projects/{{id}}{tail}", self.project)
        yield from self._read("read its activity", "/api/activities/{id}", self.activity)
        lists: list[tuple[str, str, int, dict[str, Any]]] = [
            ("list it", "/api/projects", self.project, {}),
            ("list it, hidden ones too", "/api/projects", self.project, {"visible": 3}),
            ("find it by its name", "/api/projects", self.project, {"term": name}),
            ("list its activity", "/api/activities", self.activity, {"visible": 3}),
            ("list its activity by the project", "/api/activities", self.activity, {"project": self.project}),
        ]
        for way, path, number, params in lists:
            answer = self.session.get(path, params=params)
            yield Hidden(way, f"GET {path}", answer, number in (ids_of(answer) or ()), self._listed(path, number))

    def _listed(self, path: str, number: int) -> int:
        """Return 200 where the insider's list has it, else 404; asked once a list."""
        if path not in self.controls:
            ids = ids_of(self.inside.get(path, params={"visible": 3})) or ()
            self.controls[path] = 200 if number in ids else 404
        return self.controls[path]

    def _read(self, way: str, template: str, number: int) -> Iterator[Hidden]:
        if f"GET {template}" in self.lab.index:
            path = template.replace("{id}", str(number))
            answer = self.session.get(path)
            yield Hidden(way, f"GET {template}", answer, answer.ok, 200)
