"""Faults of budgets, where an instance forbids to overbook them: what gets past one, and what is kept out by one."""

from __future__ import annotations

from typing import Any

from conformance.embedded.faults.authentication import as_somebody
from conformance.embedded.faults.messages import Answer, Request, answer, refusal
from conformance.embedded.faults.registry import Inner, fault

_BUDGET, _TEXT = ("data.budget",), ("data.text-edit",)
SHEETS, SHEET = "/api/timesheets", "/api/timesheets/{id}"
FULL = {
    "code": 400,
    "message": "Validation Failed",
    "errors": {"children": {"project": {"errors": ["The budget is completely used."]}}},
}


def _refused_for(value: Answer, *fields: str) -> bool:
    """Whether an answer is a refusal that names one of these fields."""
    body = value.json if value.status == 400 else None
    children = body.get("errors", {}).get("children", {}) if isinstance(body, dict) else {}
    return any(isinstance(children.get(field), dict) and children[field].get("errors") for field in fields)


async def _unlimited(request: Request, inner: Inner, plural: str, number: Any) -> Answer:
    """Send a request while a project or activity has no budget, and give it back."""
    item = f"/api/{plural}/{number}"
    before = (await as_somebody(request.read(item), inner)).record
    budget = {"budget": before.get("budget") or 0, "timeBudget": before.get("timeBudget") or 0}
    text = f"{budget['timeBudget'] // 3600}:{budget['timeBudget'] % 3600 // 60:02}"
    await as_somebody(request.other("PATCH", item, {"budget": 0, "timeBudget": 0}), inner)
    value = await inner(request)
    await as_somebody(request.other("PATCH", item, {"budget": budget["budget"], "timeBudget": text}), inner)
    return value


async def _project(request: Request, inner: Inner) -> Any:
    """Return the project that a record is to be booked on."""
    if "project" in request.fields or request.method == "POST":
        return request.fields.get("project")
    return (await inner(request.read(request.route))).record.get("project")


@fault("budget-kept-in-post-alone", breaks=_BUDGET, on=(f"PATCH {SHEET}",))
async def budget_kept_in_post_alone(request: Request, inner: Inner) -> Answer:
    """A change of a record goes beyond the budget of its project; a new record does not."""
    value = await inner(request)
    if not _refused_for(value, "project"):
        return value
    return await _unlimited(request, inner, "projects", await _project(request, inner))


@fault("activity-budget-not-kept", breaks=_BUDGET, on=(f"POST {SHEETS}",))
async def activity_budget_not_kept(request: Request, inner: Inner) -> Answer:
    """A new record goes beyond the budget of its activity; those of projects are kept."""
    value = await inner(request)
    if not _refused_for(value, "activity"):
        return value
    return await _unlimited(request, inner, "activities", request.fields.get("activity"))


@fault("time-budget-not-kept", breaks=_BUDGET, on=(f"POST {SHEETS}",))
async def time_budget_not_kept(request: Request, inner: Inner) -> Answer:
    """A new record goes beyond a budget of time; those of money are kept."""
    value = await inner(request)
    free = request.fields.get("fixedRate") == 0
    if not free or not _refused_for(value, "project"):
        return value
    return await _unlimited(request, inner, "projects", await _project(request, inner))


@fault("free-of-charge-refused", breaks=_BUDGET, on=(f"POST {SHEETS}",))
async def free_of_charge_refused(request: Request, inner: Inner) -> Answer:
    """A record that costs nothing is refused on a project with any budget of money."""
    project = (await as_somebody(request.read(f"/api/projects/{request.fields.get('project')}"), inner)).record
    free = request.fields.get("fixedRate") == 0 and project.get("budget") == 50
    return answer(400, FULL) if free else await inner(request)


@fault("first-minutes-belong-to-the-month-before", breaks=_BUDGET, on=(f"POST {SHEETS}",))
async def first_minutes_belong_to_the_month_before(request: Request, inner: Inner) -> Answer:
    """What begins in the first minutes of a month counts for the month before, whose budget may be full."""
    begin = str(request.fields.get("begin"))
    project = (await as_somebody(request.read(f"/api/projects/{request.fields.get('project')}"), inner)).record
    early = begin[8:10] == "01" and begin[11:13] == "00" and project.get("budgetType") == "month"
    return answer(400, FULL) if early else await inner(request)


@fault("text-refused-on-a-full-budget", breaks=(*_TEXT, *_BUDGET), on=(f"PATCH {SHEET}",))
async def text_refused_on_a_full_budget(request: Request, inner: Inner) -> Answer:
    """A description cannot be changed while the budget of the project is overbooked."""
    project = (await as_somebody(request.read(f"/api/projects/{await _project(request, inner)}"), inner)).record
    alone = request.fields.keys() == {"description"} and project.get("budget") == 50
    return answer(400, FULL) if alone else await inner(request)


@fault("text-refused-of-no-time", breaks=_TEXT, on=(f"PATCH {SHEET}",))
async def text_refused_of_no_time(request: Request, inner: Inner) -> Answer:
    """The description of a record that took no time cannot be changed."""
    old = (await inner(request.read(request.route))).record
    empty = old.get("end") and old.get("duration") == 0
    return refusal(400, "Bad Request") if empty and request.fields.keys() == {"description"} else await inner(request)


@fault("last-hour-belongs-to-the-next-month", breaks=_BUDGET, on=(f"POST {SHEETS}",))
async def last_hour_belongs_to_the_next_month(request: Request, inner: Inner) -> Answer:
    """What begins in the last hour of a month goes past the budget of that month."""
    value = await inner(request)
    begin = str(request.fields.get("begin"))
    late = begin[8:10] in ("30", "31") and begin[11:13] == "23"
    if not late or not _refused_for(value, "project"):
        return value
    return await _unlimited(request, inner, "projects", await _project(request, inner))
