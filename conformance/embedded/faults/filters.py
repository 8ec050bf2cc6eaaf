"""Faults of lists: what a filter lets through, what it loses, and in which order."""

from __future__ import annotations

from conformance.embedded.faults.messages import Answer, Record, Request
from conformance.embedded.faults.registry import Inner, fault

SHEETS = ("GET /api/timesheets",)


@fault("project-filter-ignored", breaks=("filter.matches", "filter.narrows"), on=SHEETS)
def project_filter_ignored(request: Request) -> Request:
    """Time records are not filtered by project."""
    return request.without_query("project", "projects[]")


@fault("project-list-takes-first", breaks=("filter.finds", "filter.matches"), on=SHEETS)
def project_list_takes_first(request: Request) -> Request:
    """Of several projects to filter by, only the first counts."""
    first = request.value("projects[]")
    return request.with_query(**{"projects[]": first}) if first else request


@fault("activity-filter-ignored", breaks=("filter.matches", "filter.narrows"), on=SHEETS)
def activity_filter_ignored(request: Request) -> Request:
    """Time records are not filtered by activity."""
    return request.without_query("activity", "activities[]")


@fault("customer-filter-ignored", breaks=("filter.matches", "filter.narrows"), on=("GET /api/projects",))
def customer_filter_ignored(request: Request) -> Request:
    """Projects are not filtered by customer."""
    return request.without_query("customer", "customers[]")


@fault("visible-inverted", breaks=("filter.matches", "filter.finds", "filter.narrows"), on=("GET /api/customers",))
def visible_inverted(request: Request) -> Request:
    """`visible=1` lists hidden customers, `visible=2` visible ones."""
    other = {"1": "2", "2": "1"}.get(request.value("visible") or "")
    return request.with_query(visible=other) if other else request


@fault("hidden-activities-shown", breaks=("filter.matches", "filter.narrows"), on=("GET /api/activities",))
def hidden_activities_shown(request: Request) -> Request:
    """The list of activities has hidden ones too where it was asked for visible ones."""
    return request.with_query(visible="3") if request.value("visible") in {None, "1"} else request


@fault("billable-filter-ignored", breaks=("filter.matches", "filter.narrows"), on=SHEETS)
def billable_filter_ignored(request: Request) -> Request:
    """`billable` does not filter."""
    return request.without_query("billable")


@fault("not-exported-is-all", breaks=("filter.matches", "filter.narrows"), on=SHEETS)
def not_exported_is_all(request: Request) -> Request:
    """`exported=0` lists exported records too. `exported=1` is right."""
    return request.without_query("exported") if request.value("exported") == "0" else request


@fault("active-filter-ignored", breaks=("filter.matches", "filter.narrows"), on=SHEETS)
def active_filter_ignored(request: Request) -> Request:
    """`active=1` lists records that have ended too."""
    return request.without_query("active")


@fault("tag-filter-ignored", breaks=("filter.matches", "filter.narrows"), on=SHEETS)
def tag_filter_ignored(request: Request) -> Request:
    """Time records are not filtered by tags."""
    return request.without_query("tags[]", "tags")


@fault(
    "term-ignored",
    breaks=("filter.matches", "filter.narrows"),
    on=("GET /api/customers", "GET /api/projects", "GET /api/activities"),
)
def term_ignored(request: Request) -> Request:
    """The search term does not filter customers, projects and activities."""
    return request.without_query("term")


@fault("tag-name-ignored", breaks=("filter.matches", "filter.finds", "filter.narrows"), on=("GET /api/tags/find",))
def tag_name_ignored(request: Request) -> Request:
    """The search for tags pays no heed to the name."""
    return request.without_query("name")


@fault("user-filter-ignored", breaks=("filter.matches", "filter.finds"), on=SHEETS)
def user_filter_ignored(request: Request) -> Request:
    """An administrator who asks for another user's records gets their own."""
    return request.without_query("user") if request.value("user") != "all" else request


@fault("everybodys-by-default", breaks=("filter.own-by-default", "permission.foreign-list"), on=SHEETS)
async def everybodys_by_default(request: Request, inner: Inner) -> Answer:
    """The list of time records has everybody's for administrators who did not ask for a user."""
    strong = {"ROLE_ADMIN", "ROLE_SUPER_ADMIN"} & set((await inner.caller(request)).get("roles", ()))
    names_a_user = any(name in {"user", "users[]"} for name, _ in request.query)
    return await inner(request.with_query(user="all") if strong and not names_a_user else request)


@fault(
    "filtered-list-loses-one",
    breaks=("filter.finds", "filter.narrows"),
    on=("GET /api/projects", "GET /api/activities"),
)
def filtered_list_loses_one(request: Request, answer: Answer) -> Answer:
    """A list filtered by customer or project lacks its last record."""
    filtered = any(name in {"customer", "customers[]", "project", "projects[]"} for name, _ in request.query)
    return answer.with_json(answer.items[:-1]) if filtered and answer.items else answer


@fault("descending-is-ascending", breaks=("filter.order",), on=SHEETS)
def descending_is_ascending(request: Request) -> Request:
    """`order=DESC` sorts upwards."""
    return request.with_query(order="ASC") if request.value("order") == "DESC" else request


@fault("order-by-ignored", breaks=("filter.order",), on=("GET /api/projects", "GET /api/customers"))
def order_by_ignored(request: Request) -> Request:
    """Projects and customers are sorted by name whatever `orderBy` says."""
    return request.with_query(orderBy="name") if request.value("orderBy") else request


@fault("full-ignored", breaks=("filter.full",), on=SHEETS)
def full_ignored(request: Request) -> Request:
    """`full` expands nothing."""
    return request.without_query("full")


@fault("full-changes-duration", breaks=("filter.full", "datetime.duration", "datetime.every-answer-agrees"), on=SHEETS)
def full_changes_duration(request: Request, answer: Answer) -> Answer:
    """Expanded records tell their duration in minutes."""
    full = request.value("full") in {"1", "true"}
    return answer.each(lambda record: {**record, "duration": (record.get("duration") or 0) // 60}) if full else answer


@fault("wrong-values-ignored", breaks=("filter.wrong-refused",), on=SHEETS)
async def wrong_values_ignored(request: Request, inner: Inner) -> Answer:
    """A query parameter with a wrong value is ignored, and the list is whole."""
    answer = await inner(request)
    return await inner(request.replace(query=())) if answer.status == 400 else answer


@fault("wrong-order-ignored", breaks=("filter.wrong-refused",), on=("GET /api/customers",))
async def wrong_order_ignored(request: Request, inner: Inner) -> Answer:
    """Customers are listed in spite of an `orderBy` that does not exist. Other wrong values are refused."""
    answer = await inner(request)
    return await inner(request.without_query("orderBy")) if answer.status == 400 else answer


@fault("globals-ignored", breaks=("filter.matches", "filter.narrows"), on=("GET /api/activities",))
def globals_ignored(request: Request) -> Request:
    """`globals=1` lists activities that belong to a project as well."""
    return request.without_query("globals")


@fault("users-list-is-everybody", breaks=("filter.matches", "filter.narrows", "filter.own-by-default"), on=SHEETS)
def users_list_is_everybody(request: Request) -> Request:
    """`users[]` lists everybody's records. `user` is right."""
    return request.without_query("users[]").with_query(user="all") if request.value("users[]") else request


@fault("customers-list-takes-first", breaks=("filter.finds",), on=("GET /api/projects",))
def customers_list_takes_first(request: Request) -> Request:
    """Of several customers to filter projects by, only the first counts."""
    first = request.value("customers[]")
    return request.with_query(**{"customers[]": first}) if first else request


@fault("stopped-is-all", breaks=("filter.matches", "filter.narrows"), on=SHEETS)
def stopped_is_all(request: Request) -> Request:
    """`active=0` lists the running record too. `active=1` is right."""
    return request.without_query("active") if request.value("active") == "0" else request


@fault("activity-ignored-with-term", breaks=("filter.matches",), on=SHEETS)
def activity_ignored_with_term(request: Request) -> Request:
    """A search term makes the list forget the activity it is filtered by."""
    return request.without_query("activity") if request.value("term") else request


@fault("all-users-but-oneself", breaks=("filter.finds", "filter.own-by-default"), on=SHEETS)
async def all_users_but_oneself(request: Request, inner: Inner) -> Answer:
    """`user=all` leaves out the caller's own records."""
    answer = await inner(request)
    if request.value("user") != "all" or not answer.items:
        return answer
    me = (await inner.caller(request)).get("id")
    return answer.with_json([item for item in answer.items if item.get("user") != me])


@fault("end-order-is-by-id", breaks=("filter.order",), on=SHEETS)
def end_order_is_by_id(request: Request) -> Request:
    """`orderBy=end` sorts by id, which is much the same on most days."""
    return request.with_query(orderBy="id") if request.value("orderBy") == "end" else request


@fault("users-always-ascending", breaks=("filter.order",), on=("GET /api/users",))
def users_always_ascending(request: Request) -> Request:
    """`order=DESC` sorts users upwards."""
    return request.without_query("order")


@fault("project-days-ignored", breaks=("filter.finds", "filter.matches"), on=("GET /api/projects",))
def project_days_ignored(request: Request) -> Request:
    """Projects are listed as of today whatever `start` and `end` say."""
    return request.without_query("start", "end")


@fault("expanded-customer-in-capitals", breaks=("filter.full", "attribute.forms-agree"), on=("GET /api/timesheets",))
def expanded_customer_in_capitals(_request: Request, answer: Answer) -> Answer:
    """The customer within an expanded time record has another name than the customer."""

    def change(record: Record) -> Record:
        project = record.get("project")
        project = project if isinstance(project, dict) else {}
        customer = project.get("customer")
        if not isinstance(customer, dict):
            return record
        named = {**customer, "name": str(customer.get("name")).upper()}
        return {**record, "project": {**project, "customer": named}}

    return answer.each(change)


@fault("globals-takes-1-alone", breaks=("filter.matches",), on=("GET /api/activities",))
def globals_takes_1_alone(request: Request) -> Request:
    """`globals=true` does not filter, `globals=1` does."""
    return request.without_query("globals") if request.value("globals") == "true" else request


@fault("tags-found-by-beginning", breaks=("filter.finds",), on=("GET /api/tags/find", "GET /api/tags"))
def tags_found_by_beginning(request: Request, answer: Answer) -> Answer:
    """The name that tags are searched by is found at the beginning of theirs only."""
    searched = (request.value("name") or "").lower()
    names = [str(entry.get("name") if isinstance(entry, dict) else entry).lower() for entry in answer.items]
    results = [item for item, name in zip(answer.items, names, strict=True) if name.startswith(searched)]
    return answer.with_json(results) if answer.ok else answer


@fault("full-customers-are-short", breaks=("filter.full",), on=("GET /api/customers",))
def full_customers_are_short(request: Request) -> Request:
    """`full=1` shows no more of customers than without it."""
    return request.without_query("full") if request.value("full") == "1" else request


@fault("projects-end-ignored", breaks=("filter.finds",), on=("GET /api/projects",))
def projects_end_ignored(request: Request) -> Request:
    """`end` of the list of projects is not read: without `start` it has those of today."""
    return request.without_query("end")


@fault("unknown-tag-filters-nothing", breaks=("filter.matches",), on=("GET /api/timesheets",))
async def unknown_tag_filters_nothing(request: Request, inner: Inner) -> Answer:
    """A filter for a tag that does not exist is passed over: the list has everything."""
    value = await inner(request)
    asks = any(name.startswith("tags[") for name, _ in request.query)
    kept = tuple(pair for pair in request.query if not pair[0].startswith("tags["))
    return await inner(request.replace(query=kept)) if asks and (value.status == 400 or value.json == []) else value


@fault("absent-among-ids-filters-nothing", breaks=("filter.matches",), on=("GET /api/timesheets",))
async def absent_among_ids_filters_nothing(request: Request, inner: Inner) -> Answer:
    """A filter for several activities is passed over where one of them does not exist."""
    named = [value for name, value in request.query if name.startswith("activities[")]
    gone = [number for number in named if (await inner(request.read(f"/api/activities/{number}"))).status == 404]
    kept = tuple(pair for pair in request.query if not pair[0].startswith("activities["))
    return await inner(request.replace(query=kept) if gone and len(named) > 1 else request)


@fault("two-tags-filter-nothing", breaks=("filter.matches",), on=("GET /api/timesheets",))
def two_tags_filter_nothing(request: Request) -> Request:
    """A filter by two tags finds every record."""
    tags = [value for name, value in request.query if name.startswith("tags[")]
    return (
        request.replace(query=tuple(p for p in request.query if not p[0].startswith("tags[")))
        if len(tags) > 1
        else request
    )


@fault("last-of-several-projects-alone", breaks=("filter.matches",), on=("GET /api/timesheets",))
def last_of_several_projects_alone(request: Request) -> Request:
    """Of several projects in a filter the last one alone counts."""
    ids = [value for name, value in request.query if name.startswith("projects[")]
    others = tuple(pair for pair in request.query if not pair[0].startswith("projects["))
    return request.replace(query=(*others, ("projects[]", ids[-1]))) if len(ids) > 1 else request


@fault(
    "visible-forgotten-beside-term",
    breaks=("filter.finds",),
    on=("GET /api/customers", "GET /api/projects", "GET /api/activities"),
)
def visible_forgotten_beside_term(request: Request) -> Request:
    """Where a list is searched by a term, it is the one of visible records, whatever was asked for."""
    return request.without_query("visible") if request.value("term") else request
