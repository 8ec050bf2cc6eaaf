"""Faults of lists in bodies: members of teams, teams of records, tags of time records."""

from __future__ import annotations

from typing import Any

from conformance.embedded.faults.authentication import as_somebody
from conformance.embedded.faults.messages import Answer, Record, Request, refusal
from conformance.embedded.faults.registry import Inner, fault

_LISTS, _KEPT = ("data.lists",), ("data.refused-changes-nothing", "data.lists")
TEAM, SHEET = "PATCH /api/teams/{id}", "PATCH /api/timesheets/{id}"


def _rows(team: Record) -> list[Record]:
    """Return the members of a team as they are sent."""
    return [{"user": row["user"]["id"], "teamlead": row["teamlead"]} for row in team.get("members", ())]


async def _team(request: Request, inner: Inner) -> Record:
    return (await inner(request.read(request.route))).record


@fault("members-are-added", breaks=_LISTS, on=(TEAM,))
async def members_are_added(request: Request, inner: Inner) -> Answer:
    """A team's PATCH adds the sent members to those there are."""
    sent = request.fields.get("members")
    if not isinstance(sent, list) or not sent:
        return await inner(request)
    named = [row.get("user") for row in sent if isinstance(row, dict)]
    stay = [row for row in _rows(await _team(request, inner)) if row["user"] not in named]
    return await inner(request.with_fields(lambda fields: {**fields, "members": [*sent, *stay]}))


@fault("third-member-lost", breaks=_LISTS, on=("POST /api/teams", TEAM))
def third_member_lost(request: Request) -> Request:
    """Of a team's members the first two are stored."""
    sent = request.fields.get("members")
    return request.with_fields(lambda fields: {**fields, "members": sent[:2]}) if isinstance(sent, list) else request


@fault("lead-stays-lead", breaks=_LISTS, on=(TEAM,))
async def lead_stays_lead(request: Request, inner: Inner) -> Answer:
    """Who leads a team still leads it after a PATCH that has them as a mere member."""
    sent = request.fields.get("members")
    if not isinstance(sent, list):
        return await inner(request)
    leads = {row["user"] for row in _rows(await _team(request, inner)) if row["teamlead"]}

    def kept(row: Any) -> Any:
        return {**row, "teamlead": True} if isinstance(row, dict) and row.get("user") in leads else row

    return await inner(request.with_fields(lambda fields: {**fields, "members": [kept(row) for row in sent]}))


@fault("refused-change-thins-the-team", breaks=_KEPT, on=(TEAM,))
async def refused_change_thins_the_team(request: Request, inner: Inner) -> Answer:
    """A team's PATCH that is refused leaves nobody but the lead."""
    before = _rows(await _team(request, inner))
    answer = await inner(request)
    if answer.status == 400 and "members" in request.fields and len(before) > 1:
        leads = [row for row in before if row["teamlead"]]
        await inner(request.with_json({"members": leads[:1]}))
    return answer


@fault("refused-name-stores-the-members", breaks=_KEPT, on=(TEAM,))
async def refused_name_stores_the_members(request: Request, inner: Inner) -> Answer:
    """A team's PATCH that is refused for its name has stored its members."""
    answer = await inner(request)
    if answer.status == 400 and {"members", "name"} <= request.fields.keys():
        await inner(request.with_json({"members": request.fields["members"]}))
    return answer


@fault("tags-are-added", breaks=_LISTS, on=(SHEET,))
async def tags_are_added(request: Request, inner: Inner) -> Answer:
    """A time record's PATCH adds the sent tags to those there are."""
    sent = request.fields.get("tags")
    if not isinstance(sent, str) or not sent:
        return await inner(request)
    old = (await inner(request.read(request.route))).record.get("tags", [])
    return await inner(request.with_fields(lambda fields: {**fields, "tags": ",".join([sent, *old])}))


@fault("tags-are-not-emptied", breaks=_LISTS, on=(SHEET,))
def tags_are_not_emptied(request: Request) -> Request:
    """An empty list of tags leaves a time record's tags as they were."""
    return request.with_fields(lambda fields: {k: v for k, v in fields.items() if k != "tags" or v})


@fault("tag-in-another-case-crashes", breaks=("error.no-server-error", "data.lists"), on=(SHEET,))
async def tag_in_another_case_crashes(request: Request, inner: Inner) -> Answer:
    """A tag that is written in another case than it was made is a server error."""
    return await tag_in_another_case(request, inner)


async def tag_in_another_case(request: Request, inner: Inner) -> Answer:
    """Send a request; where it has a tag that is written in another case, fail instead."""
    sent = request.fields.get("tags")
    names = [name.strip() for name in sent.split(",")] if isinstance(sent, str) else []
    for name in filter(None, names):
        tags = (await as_somebody(request.read("/api/tags/find", name=name), inner)).items
        if any(tag["name"] != name and tag["name"].lower() == name.lower() for tag in tags):
            return refusal(500, "Internal Server Error")
    return await inner(request)


@fault("second-team-lost", breaks=_LISTS, on=("POST /api/customers", "POST /api/projects", "POST /api/activities"))
def second_team_lost(request: Request) -> Request:
    """Of the teams of a new customer, project or activity the first is stored."""
    sent = request.fields.get("teams")
    return request.with_fields(lambda fields: {**fields, "teams": sent[:1]}) if isinstance(sent, list) else request


@fault("change-frees-from-teams", breaks=("data.patch-only-sent", "data.lists"), on=("PATCH /api/projects/{id}",))
async def change_frees_from_teams(request: Request, inner: Inner) -> Answer:
    """A PATCH of a project that does not mention its teams takes it out of them: everybody sees it."""
    answer = await inner(request)
    for team in answer.record.get("teams", ()):
        number = request.route.rpartition("/")[2]
        await as_somebody(request.other("DELETE", f"/api/teams/{team['id']}/projects/{number}"), inner)
    return (await inner(request.read(request.route))) if answer.record.get("teams") else answer


@fault("refused-change-takes-the-tags", breaks=_KEPT, on=(SHEET,))
async def refused_change_takes_the_tags(request: Request, inner: Inner) -> Answer:
    """A time record's PATCH that is refused and has tags leaves none of those that there were."""
    answer = await inner(request)
    if answer.status == 400 and "tags" in request.fields:
        await inner(request.with_json({"tags": ""}))
    return answer


USER = "PATCH /api/users/{id}"


@fault("roles-are-added", breaks=_LISTS, on=(USER,))
async def roles_are_added(request: Request, inner: Inner) -> Answer:
    """A user's PATCH adds the sent roles to those there are."""
    sent = request.fields.get("roles")
    if not isinstance(sent, list) or not sent:
        return await inner(request)
    old = [role for role in (await _team(request, inner)).get("roles", ()) if role not in (*sent, "ROLE_USER")]
    return await inner(request.with_fields(lambda fields: {**fields, "roles": [*sent, *old]}))


@fault("refused-change-takes-the-roles", breaks=_KEPT, on=(USER,))
async def refused_change_takes_the_roles(request: Request, inner: Inner) -> Answer:
    """A user's PATCH that is refused and has roles leaves the user with none."""
    answer = await inner(request)
    if answer.status == 400 and "roles" in request.fields:
        await inner(request.with_json({"roles": []}))
    return answer


@fault("preferences-reset-the-others", breaks=_LISTS, on=("PATCH /api/users/{id}/preferences",))
async def preferences_reset_the_others(request: Request, inner: Inner) -> Answer:
    """Preferences that are not in the list are set back to what they are by default."""
    answer = await inner(request)
    sent = request.json
    if answer.ok and isinstance(sent, list) and "locale" not in [item.get("name") for item in sent]:
        return await inner(request.with_json([{"name": "locale", "value": "en"}]))
    return answer


@fault(
    "new-record-with-a-tag-in-another-case-crashes",
    breaks=("error.no-server-error", "data.lists"),
    on=("POST /api/timesheets",),
)
async def new_record_with_a_tag_in_another_case_crashes(request: Request, inner: Inner) -> Answer:
    """A new time record with a tag that is written in another case than it was made is a server error."""
    return await tag_in_another_case(request, inner)


@fault("one-lead-alone", breaks=_LISTS, on=("POST /api/teams", TEAM))
def one_lead_alone(request: Request) -> Request:
    """Of several who lead a team the first is stored as its lead, the others as members."""
    sent = request.fields.get("members")
    if not isinstance(sent, list) or not all(isinstance(row, dict) for row in sent):
        return request
    first = next((number for number, row in enumerate(sent) if row.get("teamlead") is True), None)
    rows = [{**row, "teamlead": False} if number != first else row for number, row in enumerate(sent)]
    return request.with_fields(lambda fields: {**fields, "members": rows}) if first is not None else request
