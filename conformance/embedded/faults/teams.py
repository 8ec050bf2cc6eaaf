"""Faults of teams and of what is closed: a check of rights that is asked of one thing too few."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from conformance.embedded.faults.authentication import as_somebody
from conformance.embedded.faults.messages import Answer, Record, Request
from conformance.embedded.faults.permissions import SHEET, lead, let, plain
from conformance.embedded.faults.registry import Inner, fault

_HIDDEN = ("permission.hidden-project",)


def limited(user: Record) -> bool:
    """Whether a caller is limited by teams."""
    return plain(user) or lead(user)


async def _read(request: Request, inner: Inner, route: str, **query: str) -> Any:
    """Read something as an administrator."""
    return (await as_somebody(request.read(route, **query), inner)).json


async def _teams(request: Request, inner: Inner) -> list[dict[int, bool]]:
    """Return the members of each team, with whether they lead it."""
    teams = await _read(request, inner, "/api/teams") or []
    whole = [await _read(request, inner, f"/api/teams/{team['id']}") for team in teams]
    return [{member["user"]["id"]: member["teamlead"] for member in team["members"]} for team in whole]


async def _on_open_project(request: Request, inner: Inner, number: Any) -> bool:
    """Whether a project is of no team itself."""
    project = await _read(request, inner, f"/api/projects/{number}")
    return isinstance(project, dict) and project.get("teams") == []


def _added(answer: Answer, more: list[Any], shown: Collection[Any]) -> Answer:
    return answer.with_json([*answer.items, *(item for item in more if item["id"] not in shown)])


@fault("member-is-a-lead", breaks=("permission.lead-other-team",), on=(f"GET {SHEET}",))
async def member_is_a_lead(request: Request, inner: Inner) -> Answer:
    """A lead reads the records of those with whom they are a mere member of a team."""
    answer = await inner(request)
    caller = await inner.caller(request)
    if answer.status != 403 or not lead(caller):
        return answer
    owner = (await _read(request, inner, request.route)).get("user")
    shares_a_team = any({owner, caller["id"]} <= members.keys() for members in await _teams(request, inner))
    return await (as_somebody(request, inner) if shares_a_team else inner(request))


@fault("closed-customer-lists-activities", breaks=_HIDDEN, on=("GET /api/activities",))
async def closed_customer_lists_activities(request: Request, inner: Inner) -> Answer:
    """The activities of a project that is hidden by its customer alone are listed to everybody."""
    answer = await inner(request)
    if not answer.ok or not limited(await inner.caller(request)):
        return answer
    shown = {item["id"] for item in answer.items}
    everything = (await as_somebody(request, inner)).items
    below = [item for item in everything if item.get("project") and not item.get("teams") and item["id"] not in shown]
    more = [item for item in below if await _on_open_project(request, inner, item["project"])]
    return _added(answer, more, shown)


@fault("closed-customer-is-booked-on", breaks=_HIDDEN, on=("POST /api/timesheets",))
async def closed_customer_is_booked_on(request: Request, inner: Inner) -> Answer:
    """A plain user books on a project that is hidden by its customer alone."""
    answer = await inner(request)
    caller, project = await inner.caller(request), request.fields.get("project")
    if answer.status != 400 or not plain(caller) or not await _on_open_project(request, inner, project):
        return answer
    return await as_somebody(request.with_fields(lambda sent: {**sent, "user": caller["id"]}), inner)


@fault("taken-project-restarted", breaks=_HIDDEN, on=(f"PATCH {SHEET}/restart", f"PATCH {SHEET}/duplicate"))
async def taken_project_restarted(request: Request, inner: Inner) -> Answer:
    """A user duplicates and restarts their old record on a project that was given to a team without them."""
    answer = await inner(request)
    old = (await inner(request.read(request.route.rpartition("/")[0]))).record if answer.status == 403 else {}
    caller = await inner.caller(request)
    if not limited(caller) or old.get("user") != caller["id"] or not old.get("end"):
        return answer
    body = {name: old[name] for name in ("project", "activity", "description")} | {"user": caller["id"]}
    times = {name: old[name][:19] for name in ("begin", "end")}
    return await as_somebody(request.other("POST", "/api/timesheets", {**body, **times}), inner)


@fault("taken-project-in-recent", breaks=_HIDDEN, on=("GET /api/timesheets/recent",))
async def taken_project_in_recent(request: Request, inner: Inner) -> Answer:
    """A user's recent records have those on a project that was given to a team without them, with all its data."""
    answer = await inner(request)
    caller = await inner.caller(request)
    if not answer.ok or not limited(caller):
        return answer
    own = await _read(request, inner, "/api/timesheets", user=str(caller["id"]), full="1")
    return _added(answer, own or [], {item["id"] for item in answer.items})


@fault("members-records-on-hidden", breaks=_HIDDEN, on=("GET /api/timesheets",))
async def members_records_on_hidden(request: Request, inner: Inner) -> Answer:
    """A lead who lists all records gets those of their members on projects that are hidden from them."""
    answer = await inner(request)
    caller = await inner.caller(request)
    if not answer.ok or request.value("user") != "all" or not lead(caller):
        return answer
    led = [members for members in await _teams(request, inner) if members.get(caller["id"])]
    people = {number for members in led for number in members}
    everything = (await as_somebody(request, inner)).items
    owners = [item["user"]["id"] if isinstance(item["user"], dict) else item["user"] for item in everything]
    theirs = [item for item, owner in zip(everything, owners, strict=True) if owner in people]
    return _added(answer, theirs, {entry["id"] for entry in answer.items})


@fault("hidden-activities-by-projects", breaks=_HIDDEN, on=("GET /api/activities",))
async def hidden_activities_by_projects(request: Request, inner: Inner) -> Answer:
    """The filter projects[] takes a hidden project and shows its activities; project does not."""
    asks = any(name.startswith("projects[") for name, _ in request.query)
    return await (let(request, inner, limited, (403,)) if asks else inner(request))


@fault("exported-is-deleted", breaks=("permission.consistent",), on=(f"DELETE {SHEET}",))
async def exported_is_deleted(request: Request, inner: Inner) -> Answer:
    """Who may not edit what was exported deletes it."""
    answer = await inner(request)
    caller = await inner.caller(request)
    old = (await inner(request.read(request.route))).record if answer.status == 403 else {}
    closed = old.get("exported") is True and old.get("user") == caller.get("id")
    return await as_somebody(request, inner) if closed else answer


@fault("exported-is-reopened", breaks=("permission.consistent",), on=(f"PATCH {SHEET}/export",))
async def exported_is_reopened(request: Request, inner: Inner) -> Answer:
    """A lead who may not edit what was exported takes the mark away."""
    return await let(request, inner, lead, (403,))


@fault("teams-read-by-anybody", breaks=("permission.reserved",), on=("GET /api/teams/{id}",))
async def teams_read_by_anybody(request: Request, inner: Inner) -> Answer:
    """A team is shown, with its members, to those who may not list teams."""
    return await let(request, inner, limited, (403,))


@fault("lead-books-for-anybody", breaks=("permission.lead-other-team",), on=("POST /api/timesheets",))
async def lead_books_for_anybody(request: Request, inner: Inner) -> Answer:
    """A lead books in the name of users outside their teams."""
    asks = isinstance(request.fields.get("user"), int)
    return await (let(request, inner, lead, (400,)) if asks else inner(request))


@fault(
    "child-of-another",
    breaks=("error.not-found",),
    on=("DELETE /api/projects/{id}/rates/{rate}", "DELETE /api/projects/{id}/comments/{comment}"),
)
async def child_of_another(request: Request, inner: Inner) -> Answer:
    """Rates and comments of a project are deleted by the path of another."""
    answer = await inner(request)
    parts = request.route.split("/")
    kept = await _read(request, inner, "/api/projects", visible="3", ignoreDates="1") if answer.status < 500 else []
    for project in kept if answer.status in (403, 404) and not limited(await inner.caller(request)) else ():
        other = await inner(request.other("DELETE", "/".join([*parts[:3], str(project["id"]), *parts[4:]])))
        if other.ok:
            return other
    return answer


@fault("members-unknown-ignored", breaks=("error.unknown-attribute",), on=("POST /api/teams", "PATCH /api/teams/{id}"))
def members_unknown_ignored(request: Request) -> Request:
    """An unknown attribute of a team's member is passed over."""
    members = request.fields.get("members")
    if not isinstance(members, list) or not all(isinstance(member, dict) for member in members):
        return request
    known = [{name: value for name, value in member.items() if name in ("user", "teamlead")} for member in members]
    return request.with_fields(lambda sent: {**sent, "members": known})


_ATTACHES = ("permission.lead-attaches",)
_LINKS = tuple(f"{method} /api/teams/{{id}}/{kind}/{{n}}" for method in ("POST", "DELETE")
               for kind in ("customers", "projects", "activities"))  # fmt: skip


async def _leads(request: Request, inner: Inner) -> bool:
    """Whether the caller leads the team of the request."""
    team = await _read(request, inner, "/".join(request.route.split("/")[:4]))
    caller = (await inner.caller(request)).get("id")
    return any(row["user"]["id"] == caller and row["teamlead"] for row in team.get("members", ()))


@fault("lead-attaches-anything", breaks=_ATTACHES, on=_LINKS)
async def lead_attaches_anything(request: Request, inner: Inner) -> Answer:
    """The lead of a team attaches to it, and detaches from it, whatever they like. Other teams are closed to them."""
    own = lead(await inner.caller(request)) and await _leads(request, inner)
    return await (let(request, inner, lead, (403,)) if own else inner(request))


@fault("lead-takes-in-anybody", breaks=_ATTACHES, on=("POST /api/teams/{id}/members/{user}",))
async def lead_takes_in_anybody(request: Request, inner: Inner) -> Answer:
    """The lead of a team takes in members of other teams. They may not change it in other ways."""
    own = lead(await inner.caller(request)) and await _leads(request, inner)
    return await (let(request, inner, lead, (403,)) if own else inner(request))


@fault(
    "lead-changes-other-teams",
    breaks=("permission.reserved", "permission.lead-attaches"),
    on=("PATCH /api/teams/{id}",),
)
async def lead_changes_other_teams(request: Request, inner: Inner) -> Answer:
    """Who leads a team changes any other team too."""
    return await let(request, inner, lead)


@fault("export-is-lifted-by-a-change", breaks=("permission.consistent",), on=(f"PATCH {SHEET}",))
async def export_is_lifted_by_a_change(request: Request, inner: Inner) -> Answer:
    """A record that was exported is opened again by a change of its mark, by whoever may not edit it."""
    return await (as_somebody(request, inner) if request.fields == {"exported": False} else inner(request))
