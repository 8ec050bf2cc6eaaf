"""A project hidden behind a team, and every way in which somebody outside reaches for it. Source: GHSA-vrr2.

A project is of a team itself, or its customer is: both hide it, and its activities. So does a team of the activity's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.exchange import Refused
from conformance.exchange.guard.kinds import PLURALS
from conformance.model import Actor, Exchange
from conformance.probes.access.rights import in_one_team, times, window
from conformance.probes.context import ProbeContext
from conformance.probes.records.creating import attribute, ident
from conformance.probes.records.list_scopes import COLLECTION, ids_of

_ITEM = f"{COLLECTION}/{{id}}"
_BOOKED = {"customers": "book on one of a hidden customer", "activities": "book on a hidden activity"}


@dataclass(frozen=True)
class Hidden:
    """One way to reach a hidden project: the answer, whether it got through, and the control's status.

    The control is the same by somebody in the team, or with a project that is open. `granted` says that the instance
    gives the outsider's role the right to see every project by its id, which no team limits.
    """

    way: str
    operation: str
    answer: Exchange
    through: bool
    control: int
    granted: bool = False


@dataclass(frozen=True)
class HiddenProject:
    """Customer, project and activity of the run, of which one is of a team.

    `behind` is the kind that is, `name` the project's name.
    """

    behind: str
    customer: int
    project: int
    activity: int
    name: str = ""

    @property
    def number(self) -> int:
        """The id of what is of a team."""
        return {"customers": self.customer, "projects": self.project, "activities": self.activity}[self.behind]


def hidden_project(context: ProbeContext, outsider: Actor, insider: Actor) -> Iterator[Hidden]:
    """Hide a project behind a team, and reach for it as somebody outside: in smoke to book on it, read and list it.

    Raises Refused.
    """
    secrets = [_secret(context, "projects")]
    if context.profile_at_least("standard") and outsider.role == "ROLE_USER":
        secrets += [_secret(context, "customers"), _secret(context, "activities")]
    reaching = _Attempts(context, outsider, insider, secrets)
    early = reaching.book({})
    # A lead is also asked for what their own member books on it.
    led = in_one_team(context, outsider, insider) if _leads(context, outsider) else nullcontext()
    with led, in_one_team(context, context.strongest, insider) as team:
        for secret in secrets:
            context.session().post(f"/api/teams/{team}/{secret.behind}/{secret.number}")
        yield from reaching.bookings()
        if context.profile_at_least("standard"):
            yield from reaching.moves()
            yield from reaching.copies(ident(early))
        yield from reaching.reads()
        yield from reaching.lists(ident(early))
    reaching.drop(outsider, early)


def lists_project(context: ProbeContext, actor: Actor, project: int) -> bool:
    """Whether an actor is shown a project in the list of them."""
    return project in (
        ids_of(context.session(actor).get("/api/projects", params={"visible": 3, "ignoreDates": 1})) or ()
    )


def _leads(context: ProbeContext, outsider: Actor) -> bool:
    return outsider.role == "ROLE_TEAMLEAD" and context.profile_at_least("standard")


def _secret(context: ProbeContext, behind: str) -> HiddenProject:
    if behind == "activities":
        return HiddenProject(
            behind, context.parent("customers"), context.parent("projects"), context.records.activity(visible=True).id
        )
    customer = context.records.customer(visible=True).id if behind == "customers" else context.parent("customers")
    project = context.records.project(customer, globalActivities=True, visible=True)
    activity = context.records.activity(project, visible=True).id
    return HiddenProject(behind, customer, project.id, activity, str(project.body.get("name", "")))


@dataclass
class _Attempts:
    context: ProbeContext
    outsider: Actor
    insider: Actor
    secrets: list[HiddenProject]
    controls: dict[str, set[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.session, self.inside = self.context.session(self.outsider), self.context.session(self.insider)
        self.project, self.activity = self.secrets[0].project, self.secrets[0].activity
        self.open = dict(zip(("project", "activity"), self.context.bookable, strict=True))

    def book(self, changes: Mapping[str, Any], actor: Actor | None = None) -> Exchange:
        """Send a booking on the hidden project and its activity, with changes, as the outsider or another actor."""
        hidden = {"project": self.project, "activity": self.activity}
        begin, end = times(self.context)
        body = {"begin": begin, "end": end, **hidden, "description": self.context.name("hidden"), **changes}
        return self.context.session(actor or self.outsider).post(COLLECTION, json=body)

    def drop(self, actor: Actor, answer: Exchange) -> bool:
        """Delete what an answer says was made; whether there was something."""
        number = ident(answer)
        if number is not None:
            self.context.session(actor).delete(f"{COLLECTION}/{number}")
        return number is not None

    def bookings(self) -> Iterator[Hidden]:
        """Book on the project, on its activity, and on a project of a hidden customer."""
        control = self.book({}, self.insider)
        number = ident(control)
        if number is not None and _leads(self.context, self.outsider):
            # What somebody whom the outsider leads has booked on the project.
            read = self.session.get(f"{COLLECTION}/{number}")
            yield Hidden("read a member's record on it", f"GET {_ITEM}", read, read.ok, 200)
            listed = self.session.get(COLLECTION, params={"user": "all", **window(self.context)})
            through = number in (ids_of(listed) or ())
            yield Hidden("list a member's record on it", f"GET {COLLECTION}", listed, through, 200)
        self.drop(self.insider, control)
        ways: dict[str, Mapping[str, Any]] = {"book on it": {}}
        if self.context.profile_at_least("standard"):
            ways["book on its activity"] = {"project": self.open["project"]}
        for secret in self.secrets[1:]:
            ways[_BOOKED[secret.behind]] = {"project": secret.project, "activity": secret.activity}
        for way, changes in ways.items():
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
            yield Hidden(way, f"PATCH {_ITEM}", answer, moved, own.status)
        self.session.delete(path)

    def copies(self, number: int | None) -> Iterator[Hidden]:
        """Duplicate and restart a record that was booked on the project before it was hidden."""
        for action in ("duplicate", "restart") if number is not None else ():
            label = f"PATCH {_ITEM}/{action}"
            if label in self.context.index:
                try:
                    answer = self.session.patch(f"{COLLECTION}/{number}/{action}")
                except Refused:  # Somebody's timer runs, which a new one would stop.
                    continue
                yield Hidden(f"{action} on it", label, answer, self.drop(self.outsider, answer), 200)

    def reads(self) -> Iterator[Hidden]:
        """Read it and what hangs below it."""
        granted = False
        below = (("/comments", "read its comments"), ("/rates", "read its rates"))
        for tail, way in (("", "read it"), *(below if self.context.profile_at_least("standard") else ())):
            for item in self._read(way, "project", tail, self.project):
                granted = granted or (item.through and not tail and self._sees_all("project", self.project))
                yield replace(item, granted=item.through and granted and tail != "/rates")
        for entry in self._read("read its activity", "activity", "", self.activity):
            yield replace(entry, granted=entry.through and self._sees_all("activity", self.activity))

    def _read(self, way: str, kind: str, tail: str, number: int) -> Iterator[Hidden]:
        plural = PLURALS[kind]
        if f"GET /api/{plural}/{{id}}{tail}" in self.context.index:
            answer = self.session.get(f"/api/{plural}/{number}{tail}")
            yield Hidden(way, f"GET /api/{plural}/{{id}}{tail}", answer, answer.ok, 200)

    def _sees_all(self, kind: str, number: int) -> bool:
        """Whether the right to see all of a kind is given: then whatever asks for that right lets in, lists apart."""
        label = f"GET /api/actions/{kind}/{{id}}/{{view}}/{{locale}}"
        return label in self.context.index and self.session.get(f"/api/actions/{kind}/{number}/index/en").ok

    def lists(self, early: int | None) -> Iterator[Hidden]:
        """Look for it in lists, also by its name, and for what was booked on it before."""
        for path, params, way in self._questions():
            answer = self.session.get(path, params=params)
            shown = ids_of(answer) or ()
            for secret, number in self._sought(path) if params.keys() <= {"visible"} else self._sought(path)[:1]:
                word = f"{way}, of a hidden customer" if secret.behind == "customers" else way
                if path not in self.controls:  # The insider's list, asked once.
                    self.controls[path] = set(ids_of(self.inside.get(path, params={"visible": 3})) or ())
                control = 200 if number in self.controls[path] else 404
                yield Hidden(word, f"GET {path}", answer, number in shown, control)
        for path, params in (
            (f"{COLLECTION}/recent", {"begin": window(self.context)["begin"]}),
            (COLLECTION, {"full": "true", **window(self.context)}),
        ):
            asked = path == COLLECTION or self.context.profile_at_least("standard")
            if asked and f"GET {path}" in self.context.index and early is not None:
                answer = self.session.get(path, params=params)
                yield Hidden("see it in own records", f"GET {path}", answer, early in (ids_of(answer) or ()), 200)

    def _questions(self) -> Iterator[tuple[str, dict[str, Any], str]]:
        yield "/api/projects", {}, "list it"
        yield "/api/projects", {"term": self.secrets[0].name}, "find it by its name"
        if not self.context.profile_at_least("standard"):
            return
        yield "/api/projects", {"visible": 3}, "list it, hidden ones too"
        yield "/api/activities", {"visible": 3}, "list its activity"
        # Both forms of the filter are one to most; each role asks one.
        name = "project" if self.outsider.role == "ROLE_USER" else "projects[]"
        yield "/api/activities", {name: self.project}, "list its activity by the project"
        if len(self.secrets) > 1:
            yield "/api/customers", {"visible": 3}, "list the customer"

    def _sought(self, path: str) -> list[tuple[HiddenProject, int]]:
        if path == "/api/customers":
            return [(secret, secret.customer) for secret in self.secrets if secret.behind == "customers"]
        if path == "/api/projects":
            return [(secret, secret.project) for secret in self.secrets if secret.behind != "activities"]
        return [(secret, secret.activity) for secret in self.secrets]
