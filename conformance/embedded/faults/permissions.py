"""Faults of rights: who reads and changes what is not theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from conformance.embedded.faults.authentication import as_somebody
from conformance.embedded.faults.messages import Answer, Record, Request, answer, refusal
from conformance.embedded.faults.registry import Inner, fault

SHEET = "/api/timesheets/{id}"
_STRONG = {"ROLE_TEAMLEAD", "ROLE_ADMIN", "ROLE_SUPER_ADMIN"}


def plain(user: Record) -> bool:
    """Whether a caller has none of the stronger roles."""
    return bool(user) and not _STRONG & set(user.get("roles", ()))


def lead(user: Record) -> bool:
    """Whether a caller is a lead and nothing stronger."""
    return _STRONG & set(user.get("roles", ())) == {"ROLE_TEAMLEAD"}


async def let(
    request: Request, inner: Inner, whom: Callable[[Record], bool], refusals: Iterable[int] = (403, 404)
) -> Answer:
    """Send a request; where it is refused to one of those callers, send it as an administrator."""
    value = await inner(request)
    if value.status in refusals and whom(await inner.caller(request)):
        stronger = await as_somebody(request, inner)
        return stronger if stronger.ok else value
    return value


@fault("lead-reads-foreign", breaks=("permission.lead-other-team",), on=(f"GET {SHEET}",))
async def lead_reads_foreign(request: Request, inner: Inner) -> Answer:
    """A lead reads the time records of users outside their teams."""
    return await let(request, inner, lead)


@fault("lead-changes-foreign", breaks=("permission.lead-other-team",), on=(f"PATCH {SHEET}",))
async def lead_changes_foreign(request: Request, inner: Inner) -> Answer:
    """A lead changes the time records of users outside their teams. They cannot read or delete them."""
    return await let(request, inner, lead)


@fault("lead-deletes-foreign", breaks=("permission.lead-other-team",), on=(f"DELETE {SHEET}",))
async def lead_deletes_foreign(request: Request, inner: Inner) -> Answer:
    """A lead deletes the time records of users outside their teams. They cannot read or change them."""
    return await let(request, inner, lead)


@fault(
    "lead-acts-on-foreign",
    breaks=("permission.lead-other-team",),
    on=(f"PATCH {SHEET}/duplicate", f"PATCH {SHEET}/stop"),
)
async def lead_acts_on_foreign(request: Request, inner: Inner) -> Answer:
    """A lead stops and duplicates the time records of users outside their teams."""
    return await let(request, inner, lead)


@fault(
    "lead-lists-everybody",
    breaks=("permission.lead-other-team", "permission.foreign-list"),
    on=("GET /api/timesheets",),
)
async def lead_lists_everybody(request: Request, inner: Inner) -> Answer:
    """A lead who lists all users' time records gets those outside their teams too."""
    lists = request.value("user") == "all" and lead(await inner.caller(request))
    return await (as_somebody(request, inner) if lists else inner(request))


@fault("lead-locked-out", breaks=("permission.lead-own-team",), on=(f"GET {SHEET}",))
async def lead_locked_out(request: Request, inner: Inner) -> Answer:
    """A lead cannot read the time records of the members of their team."""
    value = await inner(request)
    caller = await inner.caller(request)
    foreign = value.ok and value.record.get("user") != caller.get("id")
    return refusal(403, "Forbidden") if foreign and lead(caller) else value


@fault("user-reads-foreign", breaks=("permission.foreign-read",), on=(f"GET {SHEET}",))
async def user_reads_foreign(request: Request, inner: Inner) -> Answer:
    """A plain user reads other users' time records by their ids."""
    return await let(request, inner, plain)


@fault("user-changes-foreign", breaks=("permission.foreign-write",), on=(f"PATCH {SHEET}",))
async def user_changes_foreign(request: Request, inner: Inner) -> Answer:
    """A plain user changes other users' time records."""
    return await let(request, inner, plain)


@fault("user-deletes-foreign", breaks=("permission.foreign-write",), on=(f"DELETE {SHEET}",))
async def user_deletes_foreign(request: Request, inner: Inner) -> Answer:
    """A plain user deletes other users' time records. They cannot read or change them."""
    return await let(request, inner, plain)


@fault(
    "refused-change-done",
    breaks=("permission.foreign-write", "permission.lead-other-team", "data.refused-changes-nothing"),
    on=(f"PATCH {SHEET}",),
)
async def refused_change_done(request: Request, inner: Inner) -> Answer:
    """A PATCH that is refused with 403 is done all the same."""
    value = await inner(request)
    if value.status == 403:
        await as_somebody(request, inner)
    return value


@fault("user-lists-everybody", breaks=("permission.foreign-list",), on=("GET /api/timesheets",))
async def user_lists_everybody(request: Request, inner: Inner) -> Answer:
    """A plain user who lists all users' time records gets them."""
    lists = request.value("user") == "all" and plain(await inner.caller(request))
    return await (as_somebody(request, inner) if lists else inner(request))


@fault("user-lists-another", breaks=("permission.foreign-list",), on=("GET /api/timesheets",))
async def user_lists_another(request: Request, inner: Inner) -> Answer:
    """A plain user who asks for the time records of one other user gets them. `user=all` is refused or their own."""
    user = request.value("user") or request.value("users[]") or ""
    lists = user.isdecimal() and plain(await inner.caller(request))
    return await (as_somebody(request, inner) if lists else inner(request))


@fault("listed-not-readable", breaks=("permission.listed-readable",), on=("GET /api/projects/{id}",))
async def listed_not_readable(request: Request, inner: Inner) -> Answer:
    """An administrator may not read every second project that their list shows. The others they may."""
    value = await inner(request)
    second = value.ok and value.record.get("id", 0) % 2 == 1
    caller = await inner.caller(request)
    return refusal(403, "Forbidden") if second and "ROLE_ADMIN" in caller.get("roles", ()) else value


@fault("user-creates-customers", breaks=("permission.reserved",), on=("POST /api/customers",))
async def user_creates_customers(request: Request, inner: Inner) -> Answer:
    """A plain user creates customers."""
    return await let(request, inner, plain, (403,))


@fault(
    "user-changes-projects", breaks=("permission.reserved", "permission.consistent"), on=("PATCH /api/projects/{id}",)
)
async def user_changes_projects(request: Request, inner: Inner) -> Answer:
    """A plain user changes projects. They cannot create or delete them."""
    return await let(request, inner, plain, (403,))


@fault(
    "user-deletes-activities",
    breaks=("permission.reserved", "permission.consistent"),
    on=("DELETE /api/activities/{id}",),
)
async def user_deletes_activities(request: Request, inner: Inner) -> Answer:
    """A plain user deletes activities. They cannot create or change them."""
    return await let(request, inner, plain, (403,))


@fault("user-reads-users", breaks=("permission.reserved",), on=("GET /api/users",))
async def user_reads_users(request: Request, inner: Inner) -> Answer:
    """A plain user lists all users with their e-mail addresses."""
    return await let(request, inner, plain, (403,))


@fault(
    "user-joins-teams",
    breaks=("permission.reserved", "permission.consistent"),
    on=("POST /api/teams/{id}/members/{user}", "PATCH /api/teams/{id}"),
)
async def user_joins_teams(request: Request, inner: Inner) -> Answer:
    """A plain user changes teams and their members."""
    return await let(request, inner, plain, (403,))


@fault("hidden-project-booked", breaks=("permission.hidden-project",), on=("POST /api/timesheets", f"PATCH {SHEET}"))
async def hidden_project_booked(request: Request, inner: Inner) -> Answer:
    """A plain user books on a project of another team: the administrator's eyes choose what they may book on."""
    value = await inner(request)
    caller = await inner.caller(request)
    if value.ok or not plain(caller) or not {"project", "activity"} & set(request.fields):
        return value
    body = {**request.fields, "user": caller["id"]} if request.method == "POST" else request.fields
    booked = await as_somebody(request.with_json(body), inner)
    return booked if booked.ok else value


@fault(
    "hidden-project-read",
    breaks=("permission.hidden-project",),
    on=("GET /api/projects/{id}", "GET /api/activities/{id}"),
)
async def hidden_project_read(request: Request, inner: Inner) -> Answer:
    """A plain user reads projects and activities of other teams by their ids. They are not in their list."""
    return await let(request, inner, plain)


@fault(
    "hidden-project-listed",
    breaks=("permission.hidden-project", "permission.listed-readable"),
    on=("GET /api/projects",),
)
async def hidden_project_listed(request: Request, inner: Inner) -> Answer:
    """A plain user's list of projects has those of other teams."""
    return await (as_somebody(request, inner) if plain(await inner.caller(request)) else inner(request))


@fault("foreign-record-is-empty", breaks=("permission.foreign-read",), on=(f"GET {SHEET}",))
async def foreign_record_is_empty(request: Request, inner: Inner) -> Answer:
    """Another user's time record is answered 200 with an empty object instead of a refusal."""
    value = await inner(request)
    return answer(200, {}) if value.status == 403 else value


@fault("active-shows-others", breaks=("permission.foreign-list",), on=("GET /api/timesheets/active",))
async def active_shows_others(request: Request, inner: Inner) -> Answer:
    """The list of running records has everybody's."""
    value = await inner(request)
    if not value.ok:
        return value
    everybody = await as_somebody(request.read("/api/timesheets", user="all", full="true", active="1"), inner)
    return value.with_json(everybody.items)


@fault("recent-shows-others", breaks=("permission.foreign-list",), on=("GET /api/timesheets/recent",))
async def recent_shows_others(request: Request, inner: Inner) -> Answer:
    """A plain user's list of recent records has everybody's."""
    value = await inner(request)
    if not value.ok or not plain(await inner.caller(request)):
        return value
    everybody = await as_somebody(request.read("/api/timesheets", user="all", full="true"), inner)
    return value.with_json(everybody.items)


@fault("lead-misses-own-member", breaks=("permission.lead-own-team",), on=("GET /api/timesheets",))
async def lead_misses_own_member(request: Request, inner: Inner) -> Answer:
    """A lead who lists one user's records gets none. They read them on their own."""
    value = await inner(request)
    asks = request.value("user") or request.value("users[]") or ""
    return value.with_json([]) if value.items and asks.isdecimal() and lead(await inner.caller(request)) else value


@fault("hidden-project-found-by-name", breaks=("permission.hidden-project",), on=("GET /api/projects",))
async def hidden_project_found_by_name(request: Request, inner: Inner) -> Answer:
    """A plain user who searches for a project finds those of other teams. They are in no other list of theirs."""
    finds = request.value("term") is not None and plain(await inner.caller(request))
    return await (as_somebody(request, inner) if finds else inner(request))


@fault(
    "refused-customer-is-made",
    breaks=("data.refused-changes-nothing", "permission.consistent"),
    on=("POST /api/customers",),
)
async def refused_customer_is_made(request: Request, inner: Inner) -> Answer:
    """A plain user's customer is refused with 403, and made."""
    value = await inner(request)
    if value.status == 403:
        await as_somebody(request, inner)
    return value


@fault("user-reads-profiles", breaks=("permission.foreign-read",), on=("GET /api/users/{id}",))
async def user_reads_profiles(request: Request, inner: Inner) -> Answer:
    """A plain user reads the profile of any other. The list of all users is refused."""
    return await let(request, inner, plain, (403,))


@fault("user-sees-rates", breaks=("permission.reserved",), on=("GET /api/customers/{id}/rates",))
async def user_sees_rates(request: Request, inner: Inner) -> Answer:
    """A plain user sees what is charged to customers, which they may not change."""
    return await let(request, inner, plain, (403,))


@fault("user-sends-roles", breaks=("permission.own-account",), on=("PATCH /api/users/{id}",))
async def user_sends_roles(request: Request, inner: Inner) -> Answer:
    """A plain user sends the roles of the own account, and they are stored."""
    return await (let(request, inner, plain, (400,)) if "roles" in request.fields else inner(request))
