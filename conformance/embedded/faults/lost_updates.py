"""Faults of what stays where it should go: values, owners, records; and of lists that have too much or too little."""

from __future__ import annotations

from typing import Any

from conformance.embedded.faults.messages import Answer, Record, Request, answer
from conformance.embedded.faults.registry import Inner, fault


def without_empty(request: Request, *names: str) -> Request:
    """Return the request without those of these attributes that are sent empty."""

    def kept(fields: Record) -> Record:
        return {name: value for name, value in fields.items() if name not in names or value not in (None, "")}

    return request.with_fields(kept)


def without(request: Request, name: str) -> Request:
    """Return the request without one attribute."""
    return request.with_fields(lambda fields: {key: value for key, value in fields.items() if key != name})


@fault("comment-cannot-be-emptied", breaks=("data.patch-stored",), on=("PATCH /api/activities/{id}",))
def comment_cannot_be_emptied(request: Request) -> Request:
    """An activity's comment that PATCH empties stays: 200, and the old text."""
    return without_empty(request, "comment")


@fault("address-cannot-be-emptied", breaks=("data.patch-stored",), on=("PATCH /api/customers/{id}",))
def address_cannot_be_emptied(request: Request) -> Request:
    """A customer's city and post code that PATCH empties stay: 200, and the old ones."""
    return without_empty(request, "city", "postCode")


@fault("tags-cannot-be-emptied", breaks=("data.patch-stored",), on=("PATCH /api/timesheets/{id}",))
def tags_cannot_be_emptied(request: Request) -> Request:
    """A time record's tags that PATCH empties stay: 200, and the old ones."""
    return without_empty(request, "tags")


@fault("owner-cannot-be-changed", breaks=("data.patch-stored",), on=("PATCH /api/timesheets/{id}",))
def owner_cannot_be_changed(request: Request) -> Request:
    """PATCH of a time record's user is answered 200 and not done."""
    return without(request, "user")


@fault("teams-lost-on-create", breaks=("data.links",), on=("POST /api/projects",))
def teams_lost_on_create(request: Request) -> Request:
    """The teams that a new project is sent with are not set: everybody sees it."""
    return without(request, "teams")


@fault("monthly-budget-lost", breaks=("data.sent-is-stored",), on=("POST /api/customers",))
def monthly_budget_lost(request: Request) -> Request:
    """A new customer's monthly budget is one for all time."""
    return without(request, "budgetType")


@fault("activity-stays-in-project", breaks=("data.patch-stored",), on=("PATCH /api/activities/{id}",))
def activity_stays_in_project(request: Request) -> Request:
    """An activity cannot be moved to another project: 200, and not done."""
    return without(request, "project")


@fault("pinned-comment-not-deleted", breaks=("data.deleted",), on=("DELETE /api/customers/{id}/comments/{comment}",))
async def pinned_comment_not_deleted(request: Request, inner: Inner) -> Answer:
    """DELETE of a customer's pinned comment answers 204 and keeps it the first time; a second DELETE removes it."""
    listing, _, number = request.route.rpartition("/")
    pinned = [str(item.get("id")) for item in (await inner(request.read(listing))).items if item.get("pinned")]
    if number not in pinned or request.path in inner.memory:
        return await inner(request)
    inner.memory[request.path] = True
    return answer(204)


@fault("unpinned-comments-unlisted", breaks=("data.listed",), on=("GET /api/projects/{id}/comments",))
def unpinned_comments_unlisted(_request: Request, value: Answer) -> Answer:
    """Where a project has a pinned comment, the list has only the pinned ones."""
    pinned = [item for item in value.items if item.get("pinned")]
    return value.with_json(pinned) if pinned else value


@fault("rates-of-other-projects", breaks=("data.listed",), on=("GET /api/projects/{id}/rates",))
async def rates_of_other_projects(request: Request, inner: Inner) -> Answer:
    """The rates of a project are listed with those of other projects."""
    value = await inner(request)
    seen: dict[str, list[Any]] = inner.memory
    others = [rate for path, rates in seen.items() if path != request.path for rate in rates]
    if not value.ok:
        return value
    seen[request.path] = value.items
    return value.with_json(value.items + others)


@fault("removal-promotes", breaks=("data.links",), on=("DELETE /api/teams/{id}/members/{userId}",))
async def removal_promotes(request: Request, inner: Inner) -> Answer:
    """Removing a member from a team makes leads of those that stay."""
    value = await inner(request)
    members = [{"user": member["user"]["id"], "teamlead": True} for member in value.record.get("members", ())]
    if not members:
        return value
    return await inner(request.other("PATCH", f"/api/teams/{value.record['id']}", {"members": members}))


@fault("one-pin-alone", breaks=("data.actions",), on=("PATCH /api/*/{id}/comments/{comment}/pin",))
async def one_pin_alone(request: Request, inner: Inner) -> Answer:
    """Pinning a comment takes the pin from the others of its record."""
    value = await inner(request)
    listing = request.route.rsplit("/", 2)[0]
    comments = (await inner(request.read(listing))).items if value.record.get("pinned") else []
    for comment in comments:
        if comment["pinned"] and comment["id"] != value.record["id"]:
            await inner(request.other("PATCH", f"{listing}/{comment['id']}/pin"))
    return value
