"""Faults of what is copied: by a restart, by a duplicate of a time record, and of a project with what hangs below."""

from __future__ import annotations

from conformance.embedded.faults.authentication import as_somebody
from conformance.embedded.faults.messages import Answer, Request
from conformance.embedded.faults.registry import Inner, fault

_ACTIONS = ("data.actions",)
RESTART, DUPLICATE = "PATCH /api/timesheets/{id}/restart", "PATCH /api/timesheets/{id}/duplicate"
PROJECT = "POST /api/projects/{id}/duplicate"


@fault("restart-copies-unasked", breaks=_ACTIONS, on=(RESTART,))
def restart_copies_unasked(request: Request) -> Request:
    """A restart copies text and tags of the record though nothing was to be copied."""
    return request.with_json({"copy": "all", **request.fields})


@fault("restart-copies-no-tags", breaks=_ACTIONS, on=(RESTART,))
async def restart_copies_no_tags(request: Request, inner: Inner) -> Answer:
    """A restart that is to copy everything leaves out the tags."""
    value = await inner(request)
    if not value.record.get("tags"):
        return value
    return await inner(request.other("PATCH", f"/api/timesheets/{value.record['id']}", {"tags": ""}))


@fault("duplicate-loses-its-price", breaks=_ACTIONS, on=(DUPLICATE,))
async def duplicate_loses_its_price(request: Request, inner: Inner) -> Answer:
    """A duplicate goes by the usual rates, where the original has a rate of its own."""
    value = await inner(request)
    priced = value.record.get("hourlyRate") or value.record.get("fixedRate")
    if not priced:
        return value
    route = f"/api/timesheets/{value.record['id']}"
    await as_somebody(request.other("PATCH", route, {"hourlyRate": 0, "fixedRate": None}), inner)
    return await inner(request.read(route))


@fault("duplicate-is-not-billable", breaks=_ACTIONS, on=(DUPLICATE,))
async def duplicate_is_not_billable(request: Request, inner: Inner) -> Answer:
    """A duplicate of a billable record is none."""
    value = await inner(request)
    if not value.record.get("billable"):
        return value
    route = f"/api/timesheets/{value.record['id']}"
    await as_somebody(request.other("PATCH", route, {"billable": False}), inner)
    return await inner(request.read(route))


@fault("project-copy-without-rates", breaks=_ACTIONS, on=(PROJECT,))
async def project_copy_without_rates(request: Request, inner: Inner) -> Answer:
    """A duplicated project has none of the rates of the original."""
    value = await inner(request)
    path = f"/api/projects/{value.record.get('id')}/rates"
    for rate in (await as_somebody(request.read(path), inner)).items:
        await as_somebody(request.other("DELETE", f"{path}/{rate['id']}"), inner)
    return value


@fault("project-copy-without-budget", breaks=_ACTIONS, on=(PROJECT,))
async def project_copy_without_budget(request: Request, inner: Inner) -> Answer:
    """A duplicated project has no budget, whatever the original has."""
    value = await inner(request)
    if not value.record.get("budget") and not value.record.get("timeBudget"):
        return value
    change = request.other("PATCH", f"/api/projects/{value.record['id']}", {"budget": 0, "timeBudget": 0})
    return value.with_json((await as_somebody(change, inner)).record)


@fault("project-copy-open-to-all", breaks=_ACTIONS, on=(PROJECT,))
async def project_copy_open_to_all(request: Request, inner: Inner) -> Answer:
    """A duplicated project is of no team, though the original is."""
    value = await inner(request)
    number = value.record.get("id")
    for team in value.record.get("teams", ()):
        await as_somebody(request.other("DELETE", f"/api/teams/{team['id']}/projects/{number}"), inner)
    return value.each(lambda record: {**record, "teams": []} if "teams" in record else record)


@fault("namesake-team-taken", breaks=("data.links",), on=("POST /api/customers/{id}/team",))
async def namesake_team_taken(request: Request, inner: Inner) -> Answer:
    """A team for a customer takes the team of its name: the caller leads it beside its own lead."""
    value = await inner(request)
    customer = (await inner(request.read(request.route.rpartition("/")[0]))).record
    caller = (await inner.caller(request)).get("id")
    teams = (await as_somebody(request.read("/api/teams"), inner)).items
    for team in teams:
        if team.get("name") == customer.get("name"):
            route = f"/api/teams/{team['id']}"
            whole = (await as_somebody(request.read(route), inner)).record
            rows = [{"user": row["user"]["id"], "teamlead": row["teamlead"]} for row in whole["members"]]
            members = [*(row for row in rows if row["user"] != caller), {"user": caller, "teamlead": True}]
            await as_somebody(request.other("PATCH", route, {"members": members}), inner)
    return value
