"""A short run: the client, the ledger and the clean-up of the product, with a hundred requests in between.

Asks what a run of the suite asks: it makes records of all kinds, changes and deletes some, and sends creates that are
refused. A step that the guard or the network stops is skipped, as a check would be.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.definition import Index
from conformance.exchange import (
    CleanupReport,
    Client,
    ClientConfig,
    Credentials,
    Kind,
    NoAnswer,
    Record,
    RecordFactory,
    Refused,
    Session,
    Stopped,
    finish,
    unfinished,
)
from conformance.model import Actor, InstanceUnfitError
from tests.safety.fake import index
from tests.safety.strangers.site import Site

DAY = "2026-07-01"
RUN_ID = "5h0rt"


@dataclass
class ShortRun:
    """One run against a site, and what it says of itself.

    `steps`: their names, all of them in their order where none are given. `lent`: it books on a project and an activity
    of the company. `settings` are ClientConfig's. `definition` replaces the version's own.
    """

    site: Site
    steps: Sequence[str] = ()
    actors: Sequence[Actor] = ()
    lent: bool = False
    definition: Index | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    reports: list[CleanupReport] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """Where the ledgers of this run are."""
        return self.site.folder / "state" / "runs" / RUN_ID

    @property
    def left_behind(self) -> list[str]:
        """The lines in which the last clean-up names what stays."""
        return list(self.reports[-1].left_behind) if self.reports else []

    @property
    def kept(self) -> list[str]:
        """The lines in which the clean-ups name what stays because it was allowed."""
        return [line for report in self.reports for line in report.kept]

    def run(self) -> ShortRun:
        """Do the steps, and clean up."""
        self.work()
        self.clean_up()
        return self

    def work(self) -> None:
        """Do the steps, and clean up nothing."""
        with self.opened("ledger-main.jsonl", RUN_ID) as client:
            work = _Work(client, RecordFactory(client))
            for name in self.steps or STEPS:
                self._step(name, work)

    def clean_up(self) -> None:
        """Clean up at the end of the run."""
        self.site.cleans_up = lambda: True
        with self.opened("ledger-cleanup.jsonl", RUN_ID) as client:
            self.reports.append(finish(self.folder, client))

    def clean_again(self) -> None:
        """Do what `kimai-conformance clean` does afterwards."""
        for run in unfinished(self.site.folder / "state"):
            with self.opened("ledger-cleanup.jsonl", run.run_id) as client:
                self.reports.append(finish(run.folder, client))

    def _step(self, name: str, work: _Work) -> None:
        try:
            STEPS[name](work)
        except (Refused, NoAnswer, Stopped, InstanceUnfitError) as error:
            self.skipped.append(f"{name}: {error}")

    def opened(self, ledger: str = "ledger-main.jsonl", run_id: str = RUN_ID) -> Client:
        """Return a client of the run, which writes such a ledger."""
        settings: dict[str, Any] = {"timeout": 10.0, "late_seconds": 0.0, **self.settings}
        settings.setdefault("process", "cleanup" if "cleanup" in ledger else "")
        if self.lent:
            settings |= {"borrowed_project": self.site.own.project, "borrowed_activity": self.site.own.activity}
        actors = tuple(self.actors) or self.site.actors
        config = ClientConfig(self.site.url, actors, run_id, self.folder / ledger, **settings)
        return Client(config, self.definition or index(self.site.version))


@dataclass
class _Work:
    """What the steps share."""

    client: Client
    records: RecordFactory

    def actor(self, name: str) -> Actor:
        """Return an actor by name, the last one where nobody is called so."""
        return next((actor for actor in self.client.config.actors if actor.name == name), self.client.config.actors[-1])

    @property
    def strongest(self) -> Actor:
        return self.client.state.strongest

    def alive(self, kind: Kind) -> list[int]:
        """Return the ids of the run's records of a kind that are there, the oldest first."""
        assert self.client.ledger is not None
        return [made.ident for made in self.client.ledger.alive(kind)]


Step = Callable[[_Work], object]
STEPS: dict[str, Step] = {}


def step(function: Step) -> Step:
    """Enter a step under its name."""
    STEPS[function.__name__] = function
    return function


def drawn_steps(chance: random.Random) -> list[str]:
    """Draw a series of steps: most of them, in any order, some twice."""
    names = sorted(STEPS)
    return [chance.choice(names) for _ in range(chance.randint(10, 18))]


@step
def hours(work: _Work) -> None:
    """Three actors book on the run's own project."""
    for name in ("worker", "colleague", "superadmin"):
        work.records.timesheet(work.actor(name))


@step
def hours_without_text(work: _Work) -> None:
    """Two actors book without a description."""
    project, activity = work.records.bookable()
    for name in ("worker", "manager"):
        work.records.timesheet(work.actor(name), project=project, activity=activity, description=None)


@step
def team_of_a_record(work: _Work) -> None:
    """A team that is made for a customer, by its name, and attached to it; a second time it is there."""
    customer = work.records.customer()
    for _ in range(2):
        work.client.session(work.strongest).post(f"{customer.path}/team")


@step
def refused_hours(work: _Work) -> None:
    """Creates of time records with bad credentials: they are refused, and stay intents."""
    project, activity = work.records.bookable()
    body = {"project": project, "activity": activity, "begin": f"{DAY}T08:00:00", "end": f"{DAY}T09:00:00"}
    worker = work.client.session(work.actor("worker")).with_credentials(Credentials.scheme("Basic"))
    _unless_refused(work.client.anonymous(), "POST", "/api/timesheets", json=body)
    worker.post("/api/timesheets", json={**body, "description": work.records.name("refused")})


@step
def refused_names(work: _Work) -> None:
    """Creates with bad credentials, and with bodies that are not valid."""
    anonymous, strongest = work.client.anonymous(), work.client.session(work.strongest)
    country = {"country": "DE", "currency": "EUR", "timezone": "UTC"}
    _unless_refused(anonymous, "POST", "/api/customers", json={"name": work.records.name("refused"), **country})
    _unless_refused(strongest, "POST", "/api/projects", json={"name": work.records.name("no customer")})
    _unless_refused(strongest, "POST", "/api/activities", json={})
    anonymous.post("/api/tags", json={"name": work.records.name("refused"), "visible": True})


@step
def catalogue(work: _Work) -> None:
    """A customer with two projects and activities, and hours on them."""
    records = work.records
    customer = records.customer()
    for _ in range(2):
        project = records.project(customer)
        activity = records.activity(project)
        records.timesheet(work.actor("colleague"), project=project, activity=activity)


@step
def overall_activity(work: _Work) -> None:
    """A global activity, with hours on it."""
    activity = work.records.activity()
    project, _ = work.records.bookable()
    work.records.timesheet(work.actor("worker"), project=project, activity=activity)


@step
def tags(work: _Work) -> None:
    """A tag, and a time record that has it."""
    tag = work.records.tag()
    work.records.timesheet(work.actor("worker"), tags=tag.body["name"])


@step
def team(work: _Work) -> None:
    """A team with two members and a project; one member leaves."""
    worker = work.actor("worker")
    team = work.records.team([worker, work.actor("teamlead")])
    session = work.client.session(work.strongest)
    session.post(f"/api/teams/{team.id}/members/{work.actor('colleague').user_id}")
    session.delete(f"/api/teams/{team.id}/members/{work.actor('colleague').user_id}")
    with suppress(Refused):
        session.post(f"/api/teams/{team.id}/projects/{work.records.project().id}")


@step
def rates_and_comments(work: _Work) -> None:
    """A rate of each kind, and a comment of each."""
    customer, project = work.records.shared_customer(), work.records.shared_project()
    for record in (customer, project, work.records.shared_activity()):
        work.records.rate(record)
    for record in (customer, project):
        if work.client.state.lists(f"POST {_template(record)}/comments"):
            work.records.comment(record)


@step
def copies(work: _Work) -> None:
    """A record and a project are duplicated, a record is restarted and stopped."""
    worker = work.client.session(work.actor("worker"))
    sheet = work.records.timesheet(work.actor("worker"))
    worker.patch(f"{sheet.path}/duplicate")
    restarted = worker.patch(f"{sheet.path}/restart", json={"copy": "all"}).json_or_none() or {}
    worker.patch(f"/api/timesheets/{restarted.get('id', 0)}/stop")
    project = work.records.project()
    work.records.activity(project)
    if work.client.state.lists("POST /api/projects/{id}/duplicate"):
        work.client.session(work.strongest).post(f"{project.path}/duplicate")


@step
def changes(work: _Work) -> None:
    """Customers and time records of the run are changed."""
    strongest = work.client.session(work.strongest)
    for ident in work.alive(Kind.CUSTOMER)[-2:]:
        strongest.patch(f"/api/customers/{ident}", json={"comment": "changed", "visible": True, "billable": True})
    for ident in work.alive(Kind.TIMESHEET)[-2:]:
        strongest.patch(f"/api/timesheets/{ident}", json={"description": work.records.name("changed")})


@step
def deletes(work: _Work) -> None:
    """Records of the run are deleted by the run itself: the newest of each kind, but for the parents of later ones."""
    strongest = work.client.session(work.strongest)
    for kind, path, kept in (
        (Kind.TIMESHEET, "timesheets", 0),
        (Kind.TAG, "tags", 0),
        (Kind.TEAM, "teams", 0),
        (Kind.ACTIVITY, "activities", 1),
        (Kind.PROJECT, "projects", 1),
        (Kind.CUSTOMER, "customers", 1),
    ):
        if alive := work.alive(kind)[kept:]:
            _unless_refused(strongest, "DELETE", f"/api/{path}/{alive[-1]}")


@step
def reads(work: _Work) -> None:
    """Lists, as checks of filters and paging read them."""
    session = work.client.session(work.strongest)
    for path in ("/api/customers", "/api/projects", "/api/activities", "/api/tags", "/api/teams", "/api/timesheets"):
        session.get(path, params={"user": "all"} if path == "/api/timesheets" else None)


@step
def timers(work: _Work) -> None:
    """Two actors start the clock, and stop it."""
    for name in ("colleague", "teamlead"):
        sheet = work.records.timesheet(work.actor(name), end=None)
        work.client.session(sheet.actor).patch(f"{sheet.path}/stop")


@step
def profile(work: _Work) -> None:
    """An actor's profile and preferences are changed, twice, where that is allowed."""
    worker = work.actor("worker")
    session, path = work.client.session(worker), f"/api/users/{worker.user_id}"
    wanted = [{"name": "first_weekday", "value": "sunday"}, {"name": "work_start_day", "value": "2026-01-01"}]
    for alias in ("first", "second"):
        _unless_refused(session, "PATCH", path, json={"alias": alias})
        if work.client.state.lists("PATCH /api/users/{id}/preferences"):
            _unless_refused(session, "PATCH", f"{path}/preferences", json=wanted)


@step
def favourites(work: _Work) -> None:
    """An actor's favourites are changed, where that is allowed."""
    if work.client.state.lists("POST /api/favorites/timesheets/{id}"):
        sheet = work.records.timesheet(work.actor("worker"))
        session = work.client.session(sheet.actor)
        _unless_refused(session, "POST", f"/api/favorites/timesheets/{sheet.id}")
        work.records.timesheet(work.actor("worker"))


def _template(record: Record) -> str:
    return {Kind.CUSTOMER: "/api/customers/{id}", Kind.PROJECT: "/api/projects/{id}"}[record.kind]


def _unless_refused(session: Session, method: str, path: str, **more: Any) -> None:
    """Send what the guard may refuse, and go on."""
    with suppress(Refused):
        session.send(method, path, **more)
