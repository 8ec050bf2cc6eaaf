"""What goes as a whole: nothing that a person adds before, while or after somebody looks is ever taken along."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from conformance.exchange import InstanceGone, NoAnswer, RecordFactory, Refused, finish, unfinished
from conformance.exchange.guard.kinds import Kind
from conformance.exchange.ownership.descendants import Root, Scan
from conformance.model import Actor, Secret, Token

from .fake import ADMIN, PLAIN, Fake, cleaner, client, rule_of

KEEPER = replace(ADMIN, roles=("ROLE_ADMIN",))


class Person:
    """Somebody at work: books what can be booked, at one moment of the clean-up."""

    def __init__(self, fake: Fake, project: int, activity: int, customer: int) -> None:
        self.fake, self.booked = fake, 0
        self.above = [("projects", project), ("activities", activity), ("customers", customer)]
        self.fields = {"project": project, "activity": activity}

    def book(self) -> None:
        """Book, as Kimai allows it: project, customer and activity are there and visible."""
        rows = [self.fake.rows[table].get(ident) for table, ident in self.above]
        if all(row is not None and row.get("visible", True) for row in rows):
            self.booked = self.fake.add("timesheets", user=9, end="x", **self.fields)


def cleaned_while(fake: Fake, folder: Path, moment: int, *, foreign: bool = False) -> tuple[Person, Any, int]:
    """Clean up while a person books at the `moment`-th request. Returns the person, the report and the requests."""
    elsewhere = fake.add("customers", name="ACME", visible=True)
    work = fake.add("projects", name="Work", customer=elsewhere, visible=True)
    with client(fake, folder) as opened:
        records = RecordFactory(opened)
        records.timesheet(PLAIN)
        project, activity = records.bookable()
        overall = records.activity()
        person = Person(
            fake,
            work if foreign else project,
            overall.id if foreign else activity,
            elsewhere if foreign else records.shared_customer().id,
        )
        start = len(fake.seen)

        def meanwhile(_: httpx.Request) -> None:
            if len(fake.seen) - start == moment:
                person.book()

        fake.before = meanwhile
        return person, opened.cleanup(), len(fake.seen) - start


@pytest.mark.parametrize("foreign", [False, True], ids=["on our project", "with our activity"])
def test_hours_booked_at_any_moment_of_the_clean_up_stay(tmp_path: Path, foreign: bool) -> None:
    _, _, requests = cleaned_while(Fake(), tmp_path / "never", 10**6, foreign=foreign)
    booked = 0
    for moment in range(1, requests + 2):
        fake = Fake()
        person, report, _ = cleaned_while(fake, tmp_path / str(moment), moment, foreign=foreign)
        if person.booked:
            booked += 1
            assert person.booked in fake.rows["timesheets"], moment
            assert f"timesheet {person.booked}" in " ".join(report.left_behind), moment
            above = [fake.rows[table][ident] for table, ident in person.above]
            assert all(row.get("visible", True) for row in above), moment
        else:
            assert report.left_behind == (), moment
    assert 0 < booked < requests


def test_an_activity_is_not_taken_for_a_customer_of_the_same_id(tmp_path: Path) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        records = RecordFactory(opened)
        customer, other = records.customer(), records.customer()
        project = records.project(customer)
        fake.next_id = other.id - 1  # ids count table by table
        activity = records.activity()
        records.timesheet(PLAIN, project=project, activity=activity)
        assert activity.id == other.id
        assert opened.ledger is not None
        roots = [Root(made) for kind in (Kind.CUSTOMER, Kind.ACTIVITY) for made in opened.ledger.alive(kind)]
        Scan(opened.state, ADMIN, roots).run()
        below = {root.key: {kind for kind, _ in root.below} for root in roots}
        assert below[Kind.CUSTOMER, other.id] == set()
        assert Kind.TIMESHEET in below[Kind.CUSTOMER, customer.id] & below[Kind.ACTIVITY, activity.id]
        fake.next_id += 1000


def test_what_stays_is_shown_again_after_a_crash_too(tmp_path: Path) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        records = RecordFactory(opened)
        project, activity = records.bookable()
        customer = records.shared_customer()
        theirs = fake.add("timesheets", user=9, project=project, activity=activity, end="x")

        dead: list[bool] = []

        def die(request: httpx.Request) -> None:
            if dead or request.url.params.get("customers[]"):
                dead.append(True)
                raise httpx.ConnectError("cut")

        fake.before = die
        assert opened.cleanup().left_behind
        assert fake.rows["customers"]
    assert [row["visible"] for row in fake.rows["customers"].values()] == [False]
    fake.before = lambda _: None
    with cleaner(fake, tmp_path) as opened:
        report = finish(tmp_path, opened)
    assert f"timesheet {theirs} below it" in " ".join(report.left_behind)
    assert [row["visible"] for row in fake.rows["customers"].values()] == [True]
    assert len(unfinished(tmp_path)) == 1
    del fake.rows["timesheets"][theirs]
    with cleaner(fake, tmp_path) as opened:
        assert finish(tmp_path, opened).left_behind == ()
    assert not any(customer.id in rows for rows in fake.rows.values())


@pytest.mark.parametrize("table", ["projects", "activities", "timesheets", "invoices"])
def test_what_a_person_has_below_keeps_the_root(tmp_path: Path, table: str) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        records = RecordFactory(opened)
        project, activity = records.bookable()
        customer = records.shared_customer().id
        pointers = {
            "projects": {"customer": customer},
            "activities": {"project": project},
            "timesheets": {"project": project, "activity": activity},
            "invoices": {"customer": customer},
        }
        theirs = fake.add(table, user=9, **pointers[table])
        report = opened.cleanup()
    assert theirs in fake.rows[table]
    assert customer in fake.rows["customers"]
    assert f"customer {customer}" in " ".join(report.left_behind)
    assert f"{table[:-1].replace('activitie', 'activity')} {theirs} below it" in " ".join(report.left_behind)


@pytest.mark.parametrize("table", ["customers_comments", "projects_rates", "activities_rates"])
def test_a_remark_of_a_person_keeps_the_root(tmp_path: Path, table: str) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        records = RecordFactory(opened)
        project, activity = records.bookable()
        above = {"customers": records.shared_customer().id, "projects": project, "activities": activity}
        theirs = fake.add(table, parent=above[table.split("_")[0]])
        assert opened.cleanup().left_behind
    assert theirs in fake.rows[table]


def test_a_filter_that_is_ignored_lets_nothing_go(tmp_path: Path) -> None:
    fake = Fake()
    theirs = fake.add("timesheets", user=9, project=7, end="x")
    with client(fake, tmp_path) as opened:
        RecordFactory(opened).bookable()

        def all_of_them(request: httpx.Request) -> httpx.Response | None:
            if request.method == "GET" and request.url.path == "/api/timesheets":
                return httpx.Response(200, json=list(fake.rows["timesheets"].values()))
            return None

        fake.before = all_of_them
        report = opened.cleanup()
    assert report.left_behind
    assert theirs in fake.rows["timesheets"]
    assert all(row.get("visible", True) for row in fake.rows["customers"].values())


def test_who_does_not_see_everybody_deletes_nothing_with_others_below(tmp_path: Path) -> None:
    """An administrator may have taken the right to see everything from a role."""
    fake = Fake()
    ids = {f"Bearer {actor.token.secret.reveal()}": actor.user_id for actor in (KEEPER, PLAIN)}

    def own_only(request: httpx.Request) -> httpx.Response | None:
        if request.method != "GET" or request.url.path != "/api/timesheets":
            return None
        mine = [r for r in fake.rows["timesheets"].values() if r["user"] == ids[request.headers["authorization"]]]
        return httpx.Response(200, json=mine)

    fake.before = own_only
    with client(fake, tmp_path, actors=(KEEPER, PLAIN), witness="") as opened:
        with pytest.raises(Refused, match="boss does not see everybody's records"):
            RecordFactory(opened).project()
        # What the question was asked with stays, for nobody could see what others have below it.
        project, activity = opened.records.bookable()
        theirs = fake.add("timesheets", user=9, project=project, activity=activity, end="x")
        for path in (opened.records.shared_customer().path, f"/api/projects/{project}", f"/api/activities/{activity}"):
            assert rule_of(opened, "DELETE", path, KEEPER) == 2
        report = opened.cleanup()
    assert theirs in fake.rows["timesheets"]
    assert project in fake.rows["projects"]
    assert "boss does not see everybody's records" in " ".join(report.left_behind)


@pytest.mark.parametrize("status", [400, 403, 500])
@pytest.mark.parametrize("locked", [True, False])
def test_what_cannot_be_hidden_goes_into_a_team_of_the_runs_own_or_stays(
    tmp_path: Path, status: int, locked: bool
) -> None:
    fake = Fake()

    def unchangeable(request: httpx.Request) -> httpx.Response | None:
        if request.method == "POST" and request.url.path.count("/") == 5:
            return httpx.Response(200 if locked else 403, json={})
        return httpx.Response(status, json={}) if request.method == "PATCH" else None

    with client(fake, tmp_path) as opened:
        project = RecordFactory(opened).project()
        fake.before = unchangeable
        report = opened.cleanup()
    assert (project.id in fake.rows["projects"]) is not locked
    assert (report.left_behind == ()) is locked
    assert locked or f"it could not be hidden before (PATCH answered {status})" in report.left_behind[0]


def test_a_delete_that_says_so_and_does_nothing_is_noticed(tmp_path: Path) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        customer = RecordFactory(opened).customer()
        fake.before = lambda r: httpx.Response(204) if r.method == "DELETE" and len(fake.writes) < 4 else None
        assert opened.cleanup().left_behind == ()
    assert customer.id not in fake.rows["customers"]


def test_many_trees_go_in_few_requests(tmp_path: Path) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        records = RecordFactory(opened)
        for _ in range(30):
            project = records.project(records.customer())
            activity = records.activity(project)
            for _ in range(4):
                records.timesheet(PLAIN, project=project, activity=activity)
        start = len(fake.seen)
        report = opened.cleanup()
    assert (report.created, report.deleted, report.left_behind) == (210, 210, ())
    assert len(fake.seen) - start < 300
    bodies = [json.loads(request.content) for request in fake.seen if request.method == "PATCH"]
    assert {body["visible"] for body in bodies} == {False}


def test_an_instance_that_is_cut_off_leaves_the_ledger_open(tmp_path: Path) -> None:
    fake = Fake()
    other = Actor("other", (Token("t", Secret("tok-other-0123456789")),), None, 4, ("ROLE_SUPER_ADMIN",), "UTC")
    with client(fake, tmp_path, actors=(ADMIN, other)) as opened:
        RecordFactory(opened).customer()

        def cut(request: httpx.Request) -> None:
            if request.method == "PATCH":
                raise httpx.ReadError("cut")

        fake.before = cut
        assert opened.cleanup().left_behind
        with pytest.raises((NoAnswer, InstanceGone)):
            opened.session(ADMIN).patch(f"/api/customers/{max(fake.rows['customers'])}", json={"comment": "x"})
    assert len(unfinished(tmp_path)) == 1


def test_an_activity_that_moved_does_not_take_hours_from_elsewhere(tmp_path: Path) -> None:
    """Hours that were booked with a global activity stay where they are when it becomes one of a project."""
    fake = Fake()
    with client(fake, tmp_path) as opened:
        records = RecordFactory(opened)
        project, customer, activity = records.shared_project(), records.shared_customer(), records.activity()
        theirs = fake.add("timesheets", user=9, project=7, activity=activity.id, end="x")
        assert opened.session(ADMIN).patch(activity.path, json={"project": project.id}).ok
        for record in (activity, project, customer):
            assert rule_of(opened, "DELETE", record.path) == 2
        report = opened.cleanup()
    assert theirs in fake.rows["timesheets"]
    assert activity.id in fake.rows["activities"]
    assert f"timesheet {theirs} below it" in " ".join(report.left_behind)


@pytest.mark.parametrize("table", ["projects", "activities"])
def test_what_a_person_made_their_own_stays(tmp_path: Path, table: str) -> None:
    """Somebody gave a record of the run another name, and goes on with it."""
    fake = Fake()
    with client(fake, tmp_path) as opened:
        records = RecordFactory(opened)
        project, activity = records.bookable()
        adopted = {"projects": project, "activities": activity}[table]
        fake.rows[table][adopted]["name"] = "Relaunch"
        assert rule_of(opened, "DELETE", records.shared_customer().path) == 2
        report = opened.cleanup()
    assert adopted in fake.rows[table]
    assert "its name is not" in " ".join(report.left_behind)


def test_a_filter_that_heeds_the_first_of_many_hides_no_strangers(tmp_path: Path) -> None:
    fake = Fake()

    def first_only(request: httpx.Request) -> httpx.Response | None:
        many = [(name, value) for name, value in request.url.params.multi_items() if name.endswith("[]")]
        if request.method != "GET" or len(many) < 2:
            return None
        rows = fake.handle(httpx.Request("GET", request.url.copy_with(params=many[:1]), headers=request.headers))
        return httpx.Response(200, json=rows.json())

    with client(fake, tmp_path) as opened:
        records = RecordFactory(opened)
        customers = [records.customer() for _ in range(3)]
        hours = [records.project(customer).id for customer in customers]
        activity = records.activity().id
        theirs = fake.add("timesheets", user=9, project=hours[2], activity=7, end="x")
        project = fake.add("projects", name="Theirs", customer=customers[1].id)
        fake.before = first_only
        report = opened.cleanup()
    assert theirs in fake.rows["timesheets"]
    assert project in fake.rows["projects"]
    assert customers[0].id not in fake.rows["customers"]
    assert activity not in fake.rows["activities"]
    assert len([line for line in report.left_behind if line.startswith("customer")]) == 2
