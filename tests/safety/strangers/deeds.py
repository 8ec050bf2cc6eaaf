"""What people do on an instance while a run goes on: one decorated function each.

A deed takes the stranger, and returns False where there is no occasion for it yet. It does to records of the run only
what Kimai lets people do: nobody books on what is hidden.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.safety.strangers.stranger import Stranger, now

Do = Callable[[Stranger], bool | None]
WORKER, LEAD, MANAGER, BOSS = "other-worker", "other-teamlead", "other-manager", "other-superadmin"
_COUNTRY: dict[str, Any] = {"country": "DE", "currency": "EUR", "timezone": "UTC", "visible": True, "billable": True}


@dataclass(frozen=True)
class Deed:
    """A deed with its description.

    `anytime`: it may come between any two requests, for what is hidden first cannot be reached by it. The others come
    right after a write of the run alone: between a look and the next write nothing could tell of them. `early`: not in
    the clean-up, which looks at many such records before it deletes the first. `needs`: the class that `--allow` must
    name for it to matter.
    """

    name: str
    description: str
    do: Do
    anytime: bool
    early: bool
    needs: str

    def __call__(self, stranger: Stranger) -> bool:
        """Do it. Returns False where there was no occasion."""
        return stranger.does(self.name, self.do)


DEEDS: dict[str, Deed] = {}


def deed(name: str, *, anytime: bool = False, early: bool = False, needs: str = "") -> Callable[[Do], Do]:
    """Enter a function under a name; its docstring says what is done."""

    def enter(do: Do) -> Do:
        DEEDS[name] = Deed(name, (do.__doc__ or "").strip(), do, anytime, early, needs)
        return do

    return enter


# Bookings


@deed("books-once", anytime=True)
def books_once(stranger: Stranger) -> bool:
    """One hour on the run's newest visible project."""
    place = stranger.place()
    return place is not None and stranger.books(WORKER, place.project, place.activity) > 0


@deed("books-without-text", anytime=True)
def books_without_text(stranger: Stranger) -> bool:
    """One hour on the run's newest visible project, without a description."""
    place = stranger.place()
    return place is not None and stranger.books(LEAD, place.project, place.activity, description="") > 0


@deed("books-many", anytime=True)
def books_many(stranger: Stranger) -> bool:
    """An hour of each colleague on each visible project of the run."""
    booked = 0
    for project in stranger.projects_to_book_on() if stranger.place() else ():
        for who in (WORKER, LEAD, MANAGER):
            booked += stranger.books(who, project["id"], stranger.own.activity) > 0
    return booked > 0


@deed("books-straight", anytime=True)
def books_straight(stranger: Stranger) -> bool:
    """An hour on the run's newest visible project, written into the database."""
    place = stranger.place()
    if place is None:
        return False
    times = {"begin": "2026-06-15 08:00:00.000000", "end": "2026-06-15 09:00:00.000000", "modified_at": now()}
    zeros = dict.fromkeys(("pause", "rate", "internal_rate", "exported"), 0)
    where = {"project_id": place.project, "activity_id": place.activity, "user_id": stranger.ids[WORKER]}
    stranger.insert("timesheets", **times, **zeros, **where, timezone="UTC", duration=3600, billable=1)
    return True


@deed("books-with-the-runs-activity", anytime=True)
def books_with_the_runs_activity(stranger: Stranger) -> bool:
    """One hour on an own project, with a global activity of the run."""
    overall = [row for row in stranger.of_run("activities") if row["project_id"] is None]
    return bool(overall) and stranger.books(WORKER, stranger.own.project, overall[0]["id"]) > 0


@deed("books-for-an-actor", anytime=True)
def books_for_an_actor(stranger: Stranger) -> bool:
    """A person with an actor's account books an hour on the run's newest visible project."""
    place = stranger.place()
    return place is not None and stranger.books("worker", place.project, place.activity) > 0


# Repeated entries


def _last_entry(stranger: Stranger) -> dict[str, Any] | None:
    bodies = [body for body in stranger.sent("/api/timesheets") if body.get("begin") and body.get("end")]
    return {name: bodies[0].get(name) for name in ("begin", "end", "description")} if bodies else None


@deed("repeats-entry", anytime=True)
def repeats_entry(stranger: Stranger) -> bool:
    """An hour on an own project, with text and times of the run's last one."""
    entry = _last_entry(stranger)
    return entry is not None and stranger.books(WORKER, stranger.own.project, stranger.own.activity, **entry) > 0


@deed("repeats-entry-there", anytime=True)
def repeats_entry_there(stranger: Stranger) -> bool:
    """An hour on the run's project, with text and times of the run's last one."""
    entry, place = _last_entry(stranger), stranger.place()
    if entry is None or place is None:
        return False
    return stranger.books(WORKER, place.project, place.activity, **entry) > 0


@deed("repeats-entry-for-the-actor", anytime=True)
def repeats_entry_for_the_actor(stranger: Stranger) -> bool:
    """A person with an actor's account repeats the run's last entry on a project of the company."""
    entry = _last_entry(stranger)
    return entry is not None and stranger.books("worker", stranger.own.project, stranger.own.activity, **entry) > 0


@deed("repeats-customer", anytime=True)
def repeats_customer(stranger: Stranger) -> bool:
    """A customer of the name that the run gave last."""
    return _again(stranger, "/api/customers", **_COUNTRY)


@deed("repeats-project", anytime=True)
def repeats_project(stranger: Stranger) -> bool:
    """A project of an own customer, of the name that the run gave last."""
    return _again(stranger, "/api/projects", customer=stranger.own.customer, visible=True, globalActivities=True)


@deed("repeats-activity", anytime=True)
def repeats_activity(stranger: Stranger) -> bool:
    """An activity of an own project, of the name that the run gave last."""
    return _again(stranger, "/api/activities", project=stranger.own.project, visible=True)


@deed("repeats-team", anytime=True)
def repeats_team(stranger: Stranger) -> bool:
    """A team with the run's last team name and something added: names of teams are unique."""
    members = [{"user": stranger.ids[LEAD], "teamlead": True}]
    return _again(stranger, "/api/teams", more=" (copy)", members=members)


@deed("repeats-tag", anytime=True)
def repeats_tag(stranger: Stranger) -> bool:
    """A tag with the run's last tag name and something added: names of tags are unique."""
    return _again(stranger, "/api/tags", more=" too", visible=True)


@deed("copies-customer", anytime=True)
def copies_customer(stranger: Stranger) -> bool:
    """A customer called "Copy of" the run's last one."""
    names = _names(stranger, "/api/customers")
    return bool(names) and stranger.makes(BOSS, "/api/customers", name=f"Copy of {names[0]}", **_COUNTRY) > 0


def _names(stranger: Stranger, path: str) -> list[str]:
    return [str(body["name"]) for body in stranger.sent(path) if isinstance(body.get("name"), str)]


def _again(stranger: Stranger, path: str, *, more: str = "", **body: Any) -> bool:
    names = _names(stranger, path)
    return bool(names) and stranger.makes(MANAGER, path, name=names[0] + more, **body) > 0


# Own records of the names that runs give


@deed("makes-customer-and-project", anytime=True)
def makes_customer_and_project(stranger: Stranger) -> bool:
    """A new customer, project and hour, as on any other day."""
    customer = stranger.makes(MANAGER, "/api/customers", name="Meanwhile Ltd", **_COUNTRY)
    body = {"name": "Meanwhile", "customer": customer, "visible": True, "globalActivities": True}
    project = stranger.makes(MANAGER, "/api/projects", **body)
    return stranger.books(WORKER, project, stranger.own.activity) > 0


@deed("makes-tag-and-team", anytime=True)
def makes_tag_and_team(stranger: Stranger) -> bool:
    """A new activity, tag and team, as on any other day."""
    stranger.makes(MANAGER, "/api/activities", name="Meanwhile too", visible=True)
    tag = stranger.makes(MANAGER, "/api/tags", name="meanwhile", visible=True)
    members = [{"user": stranger.ids[LEAD], "teamlead": True}]
    return stranger.makes(MANAGER, "/api/teams", name="Meanwhile", members=members) > 0 and tag > 0


# Renamed records of the run


def _renames(stranger: Stranger, table: str, name: str) -> bool:
    rows = stranger.of_run(table)
    return bool(rows) and stranger.changes(BOSS, f"/api/{table}/{rows[0]['id']}", name=name)


@deed("renames-customer")
def renames_customer(stranger: Stranger) -> bool:
    """The run's newest customer gets a name of the company, and is used from then on."""
    return _renames(stranger, "customers", "Relaunch Ltd")


@deed("renames-project")
def renames_project(stranger: Stranger) -> bool:
    """The run's newest project gets a name of the company."""
    return _renames(stranger, "projects", "Relaunch")


@deed("renames-activity")
def renames_activity(stranger: Stranger) -> bool:
    """The run's newest activity gets a name of the company."""
    return _renames(stranger, "activities", "Relaunching")


@deed("renames-team", early=True)
def renames_team(stranger: Stranger) -> bool:
    """The run's newest team gets a name of the company."""
    return _renames(stranger, "teams", "Relaunchers")


@deed("renames-tag", early=True)
def renames_tag(stranger: Stranger) -> bool:
    """The run's newest tag gets a name of the company, in the browser."""
    rows = stranger.of_run("tags")
    if rows:
        stranger.update("tags", rows[0]["id"], name="relaunch")
    return bool(rows)


# Moved below the run's records


@deed("moves-project", anytime=True)
def moves_project(stranger: Stranger) -> bool:
    """An own project, with hours, is moved to the run's newest customer."""
    rows = stranger.of_run("customers")
    return bool(rows) and stranger.changes(BOSS, f"/api/projects/{stranger.own.project}", customer=rows[0]["id"])


@deed("moves-activity", anytime=True)
def moves_activity(stranger: Stranger) -> bool:
    """An own activity, with hours, becomes one of the run's newest project, in the browser."""
    rows = stranger.projects_to_book_on()
    if not rows:
        return False
    mine = stranger.makes(MANAGER, "/api/activities", name="Moving", visible=True)
    stranger.books(WORKER, stranger.own.project, mine)
    stranger.update("activities", mine, project_id=rows[0]["id"])
    return True


@deed("moves-timesheet", anytime=True)
def moves_timesheet(stranger: Stranger) -> bool:
    """An own hour is moved to the run's newest visible project."""
    place = stranger.place()
    path = f"/api/timesheets/{stranger.own.timesheet}"
    return place is not None and stranger.changes(WORKER, path, project=place.project, activity=place.activity)


# Remarks, rates, invoices


def _comments(stranger: Stranger, word: str) -> bool:
    """Comment in the browser: the older versions have comments, and no API for them."""
    rows = stranger.of_run(f"{word}s")
    if rows:
        text = {"message": "who made this?", "created_at": now(), "pinned": 0}
        stranger.insert(f"{word}_comments", parent_id=rows[0]["id"], created_by_id=stranger.ids[MANAGER], **text)
    return bool(rows)


@deed("comments-customer", anytime=True)
def comments_customer(stranger: Stranger) -> bool:
    """A comment on the run's newest visible customer."""
    return _comments(stranger, "customer")


@deed("comments-project", anytime=True)
def comments_project(stranger: Stranger) -> bool:
    """A comment on the run's newest visible project."""
    return _comments(stranger, "project")


def _rates(stranger: Stranger, table: str) -> bool:
    rows = stranger.of_run(table)
    who = stranger.ids[WORKER]  # the run may have made the one rate that holds for everybody
    return bool(rows) and stranger.makes(BOSS, f"/api/{table}/{rows[0]['id']}/rates", rate=99, user=who) > 0


@deed("rates-customer", anytime=True)
def rates_customer(stranger: Stranger) -> bool:
    """A rate for the run's newest visible customer."""
    return _rates(stranger, "customers")


@deed("rates-project", anytime=True)
def rates_project(stranger: Stranger) -> bool:
    """A rate for the run's newest visible project."""
    return _rates(stranger, "projects")


@deed("rates-activity", anytime=True)
def rates_activity(stranger: Stranger) -> bool:
    """A rate for the run's newest visible activity."""
    return _rates(stranger, "activities")


@deed("invoices-customer", anytime=True)
def invoices_customer(stranger: Stranger) -> bool:
    """An invoice to the run's newest visible customer, made in the browser."""
    rows = stranger.of_run("customers")
    if rows:
        insert_invoice(stranger, rows[0]["id"])
    return bool(rows)


def insert_invoice(stranger: Stranger, customer: int) -> None:
    """Put an invoice to a customer into the database."""
    money = {"total": 119.0, "tax": 19.0, "currency": "EUR", "vat": 19.0, "due_days": 30, "status": "new"}
    texts = {"invoice_number": f"2026/{customer}", "invoice_filename": f"{customer}.pdf", "timezone": "UTC"}
    who = {"customer_id": customer, "user_id": stranger.ids[MANAGER]}
    stranger.insert("invoices", **money, **texts, **who, created_at=now(), fields="{}")


# Tags and teams


@deed("uses-the-runs-tag")
def uses_the_runs_tag(stranger: Stranger) -> bool:
    """An own hour is given the run's newest tag."""
    rows = stranger.of_run("tags")
    path = f"/api/timesheets/{stranger.own.timesheet}"
    return bool(rows) and stranger.changes(WORKER, path, tags=rows[0]["name"])


@deed("tags-the-runs-record")
def tags_the_runs_record(stranger: Stranger) -> bool:
    """The run's newest time record is given an own tag."""
    rows = stranger.of_run("timesheets")
    if rows:
        stranger.insert("timesheet_tags", left_id=rows[0]["id"], right_id=stranger.own.tag)
    return bool(rows)


@deed("joins-the-runs-team")
def joins_the_runs_team(stranger: Stranger) -> bool:
    """A colleague is made a member of the run's newest team."""
    rows = stranger.of_run("teams")
    path = f"/api/teams/{rows[0]['id'] if rows else 0}/members/{stranger.ids[WORKER]}"
    return bool(rows) and stranger.send(BOSS, "POST", path).is_success


def _gives_to_team(stranger: Stranger, word: str, ident: int) -> bool:
    rows = stranger.of_run("teams")
    path = f"/api/teams/{rows[0]['id'] if rows else 0}/{word}/{ident}"
    return bool(rows) and stranger.send(BOSS, "POST", path).is_success


@deed("gives-customer-to-team")
def gives_customer_to_team(stranger: Stranger) -> bool:
    """An own customer is given to the run's newest team."""
    return _gives_to_team(stranger, "customers", stranger.own.customer)


@deed("gives-project-to-team")
def gives_project_to_team(stranger: Stranger) -> bool:
    """An own project is given to the run's newest team."""
    return _gives_to_team(stranger, "projects", stranger.own.project)


@deed("gives-activity-to-team")
def gives_activity_to_team(stranger: Stranger) -> bool:
    """An own activity is given to the run's newest team."""
    return _gives_to_team(stranger, "activities", stranger.own.activity)


# People with an actor's account


@deed("changes-profile", needs="profile")
def changes_profile(stranger: Stranger) -> bool:
    """The person behind an actor takes another alias and title, once the run has changed the profile."""
    return _touched(stranger, "worker", "") and stranger.changes(
        "worker", f"/api/users/{stranger.ids['worker']}", alias="Wanda", title="Chief"
    )


@deed("changes-preferences", needs="profile")
def changes_preferences(stranger: Stranger) -> bool:
    """The person behind an actor chooses another first day of the week, once the run has changed preferences."""
    user = stranger.ids["worker"]
    return _touched(stranger, "worker", "/preferences") and _prefers(stranger, user, "first_weekday", "saturday")


def _touched(stranger: Stranger, actor: str, end: str) -> bool:
    path = f"/api/users/{stranger.ids[actor]}{end}"
    return any(item.method == "PATCH" and item.path == path for item in stranger.log)


def _prefers(stranger: Stranger, user: int, name: str, value: str) -> bool:
    """Set a preference in the browser."""
    for key, row in stranger.account.rows("user_preferences").items():
        if (row["user_id"], row["name"]) == (user, name):
            stranger.update("user_preferences", key.id, value=value)
            return True
    return stranger.insert("user_preferences", user_id=user, name=name, value=value) > 0


@deed("changes-favourites", needs="favourites")
def changes_favourites(stranger: Stranger) -> bool:
    """The person behind an actor drops one favourite and takes another, once the run has changed them."""
    if not any(item.path.startswith("/api/favorites/") and item.writes for item in stranger.log):
        return False
    links = [key for key in stranger.account.links("favourites") if key.ident[0] == stranger.ids["worker"]]
    mine = [key.ident[1] for key in links if stranger.account.is_theirs(key)]
    new = stranger.books("worker", stranger.own.project, stranger.own.activity, description="daily")
    for ident in mine[:1]:
        stranger.send("worker", "DELETE", f"/api/favorites/timesheets/{ident}")
    return stranger.send("worker", "POST", f"/api/favorites/timesheets/{new}").is_success


@deed("starts-timer")
def starts_timer(stranger: Stranger) -> bool:
    """The person behind an actor starts the clock."""
    if stranger.asks("colleague", "/api/timesheets/active"):
        return False
    body = {"project": stranger.own.project, "activity": stranger.own.activity, "description": "at it"}
    return stranger.makes("colleague", "/api/timesheets", **body) > 0


@deed("starts-and-stops-timer")
def starts_and_stops_timer(stranger: Stranger) -> bool:
    """The person behind an actor starts the clock, and stops it."""
    if stranger.asks("teamlead", "/api/timesheets/active"):
        return False
    body = {"project": stranger.own.project, "activity": stranger.own.activity, "description": "a short call"}
    path = f"/api/timesheets/{stranger.makes('teamlead', '/api/timesheets', **body)}/stop"
    return stranger.changes("teamlead", path)


@deed("edits-the-runs-record", early=True)
def edits_the_runs_record(stranger: Stranger) -> bool:
    """The person behind an actor takes a time record of the run for their own, and writes in it what they did."""
    rows = [row for row in stranger.of_run("timesheets") if row["user_id"] == stranger.ids["worker"] and row["end"]]
    path = f"/api/timesheets/{rows[0]['id'] if rows else 0}"
    return bool(rows) and stranger.changes("worker", path, description="three hours with the client")


@deed("edits-own-record", anytime=True)
def edits_own_record(stranger: Stranger) -> bool:
    """A colleague corrects an hour of their own."""
    return stranger.changes(WORKER, f"/api/timesheets/{stranger.own.timesheet}", description="corrected")
