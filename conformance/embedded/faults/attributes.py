"""Faults of attributes: which a record has, what they are called, and what their order does."""

from __future__ import annotations

from conformance.embedded.faults.messages import Answer, Record, Request
from conformance.embedded.faults.registry import Inner, fault

_LEAD = "ROLE_TEAMLEAD"


def without(record: Record, *names: str) -> Record:
    """Return a record without these attributes."""
    return {key: value for key, value in record.items() if key not in names}


def renamed(record: Record, names: dict[str, str]) -> Record:
    """Return a record with other names for its attributes."""
    return {names.get(key, key): value for key, value in record.items()}


@fault(
    "color-missing-in-lists",
    breaks=("definition.attributes-present", "attribute.forms-agree"),
    on=("GET /api/customers",),
)
def color_missing_in_lists(_request: Request, answer: Answer) -> Answer:
    """The list of customers has no color. A single customer has."""
    return answer.each(lambda record: without(record, "color"))


@fault("nulls-left-out", breaks=("attribute.same-set", "definition.attributes-present"))
def nulls_left_out(_request: Request, answer: Answer) -> Answer:
    """An attribute that is null is left out."""
    return answer.each(lambda record: {key: value for key, value in record.items() if value is not None})


@fault(
    "empty-lists-left-out", breaks=("attribute.same-set", "definition.attributes-present"), on=("* /api/timesheets*",)
)
def empty_lists_left_out(_request: Request, answer: Answer) -> Answer:
    """A time record without tags has no attribute tags."""
    return answer.each(lambda record: record if record.get("tags", True) else without(record, "tags"))


@fault("end-missing-while-running", breaks=("attribute.same-set",), on=("* /api/timesheets*",))
def end_missing_while_running(_request: Request, answer: Answer) -> Answer:
    """A running record has no attribute end."""
    return answer.each(lambda record: record if record.get("end", True) else without(record, "end"))


@fault("comment-renamed", breaks=("definition.attributes-present", "attribute.one-name"), on=("* /api/projects*",))
def comment_renamed(_request: Request, answer: Answer) -> Answer:
    """A project's comment is written as comment and answered as note."""
    return answer.each(lambda record: renamed(record, {"comment": "note"}))


@fault(
    "snake-case-in-entity", breaks=("definition.attributes-present", "attribute.one-name"), on=("* /api/projects/{id}",)
)
def snake_case_in_entity(_request: Request, answer: Answer) -> Answer:
    """A single project answers order_number where the list has orderNumber."""
    return answer.each(
        lambda record: renamed(record, {"orderNumber": "order_number", "globalActivities": "global_activities"})
    )


@fault("id-as-text", breaks=("definition.types",))
def id_as_text(_request: Request, answer: Answer) -> Answer:
    """Ids are answered as texts."""
    return answer.each(
        lambda record: {**record, "id": str(record["id"])} if isinstance(record.get("id"), int) else record
    )


@fault("id-as-text-in-tags", breaks=("definition.types",), on=("GET /api/tags/find", "POST /api/tags"))
def id_as_text_in_tags(_request: Request, answer: Answer) -> Answer:
    """The id of a tag is a text. Ids of other records are numbers."""
    return answer.each(lambda record: {**record, "id": str(record.get("id"))})


@fault("tags-as-text", breaks=("definition.types",), on=("* /api/timesheets*",))
def tags_as_text(_request: Request, answer: Answer) -> Answer:
    """The tags of a time record are one text, separated by commas."""
    return answer.each(lambda record: {**record, "tags": ",".join(record["tags"])} if "tags" in record else record)


@fault("meta-as-object", breaks=("definition.types",), on=("GET /api/activities/{id}", "GET /api/customers/{id}"))
def meta_as_object(_request: Request, answer: Answer) -> Answer:
    """The empty list of meta fields is an empty object."""
    return answer.each(lambda record: {**record, "metaFields": {}} if record.get("metaFields") == [] else record)


@fault(
    "nested-user-without-name",
    breaks=("definition.required", "definition.attributes-present"),
    on=("* /api/teams/{id}",),
)
def nested_user_without_name(_request: Request, answer: Answer) -> Answer:
    """The users in a team's members have no username."""

    def change(record: Record) -> Record:
        members = [{**m, "user": without(m["user"], "username")} for m in record.get("members", ()) if "user" in m]
        return {**record, "members": members} if members else record

    return answer.each(change)


@fault(
    "password-hash-shown", breaks=("definition.attributes-documented",), on=("GET /api/users/me", "GET /api/users/{id}")
)
def password_hash_shown(_request: Request, answer: Answer) -> Answer:
    """A user is answered with an attribute that nobody documented."""
    return answer.each(lambda record: {**record, "password": "$2y$13$abcdefghijklmnopqrstuv"})


@fault("undocumented-in-patch", breaks=("definition.attributes-documented",), on=("PATCH /api/activities/{id}",))
def undocumented_in_patch(_request: Request, answer: Answer) -> Answer:
    """Only the answer to a PATCH of an activity has an attribute more."""
    return answer.each(lambda record: {**record, "lastModified": None})


@fault("undocumented-nested", breaks=("definition.attributes-documented",), on=("GET /api/timesheets",))
def undocumented_nested(_request: Request, answer: Answer) -> Answer:
    """The project in an expanded time record has an attribute more."""

    def change(record: Record) -> Record:
        nested = record.get("project")
        return {**record, "project": {**nested, "margin": 0.3}} if isinstance(nested, dict) else record

    return answer.each(change)


@fault(
    "description-missing-for-leads",
    breaks=("definition.attributes-present", "attribute.same-set"),
    on=("* /api/timesheets*",),
)
async def description_missing_for_leads(request: Request, inner: Inner) -> Answer:
    """A lead's time records have no description. Other roles see theirs."""
    lead = _LEAD in (await inner.caller(request)).get("roles", ())
    answer = await inner(request)
    return answer.each(lambda record: without(record, "description")) if lead else answer


@fault("last-attribute-dropped", breaks=("attribute.sent-order",), on=("POST /api/*", "PATCH /api/*"))
def last_attribute_dropped(request: Request) -> Request:
    """An optional attribute that stands before the name is dropped; one that stands after it is kept."""

    def change(fields: Record) -> Record:
        names = list(fields)
        early = names[: names.index("name")] if "name" in names else []
        return without(fields, *({"comment", "description", "color"} & set(early)))

    return request.with_fields(change)


@fault("end-before-begin-swapped", breaks=("attribute.sent-order",), on=("POST /api/timesheets",))
def end_before_begin_swapped(request: Request) -> Request:
    """Where end is sent before begin, the description is lost."""

    def change(fields: Record) -> Record:
        names = [name for name in fields if name in {"begin", "end"}]
        return without(fields, "description") if names == ["end", "begin"] else fields

    return request.with_fields(change)


@fault("list-and-record-disagree", breaks=("attribute.forms-agree", "data.listed"), on=("GET /api/projects",))
def list_and_record_disagree(_request: Request, answer: Answer) -> Answer:
    """The list shows every project's name in capitals."""
    return answer.each(lambda record: {**record, "name": str(record.get("name", "")).upper()})


@fault("expanded-disagrees", breaks=("attribute.forms-agree", "filter.full"), on=("GET /api/timesheets",))
def expanded_disagrees(request: Request, answer: Answer) -> Answer:
    """The expanded list shows no description. The plain list does."""
    full = request.value("full") in {"1", "true"}
    return answer.each(lambda record: {**record, "description": None}) if full else answer


@fault(
    "hourly-rate-dropped",
    breaks=("attribute.role-refused-alike",),
    on=("POST /api/timesheets", "PATCH /api/timesheets/{id}"),
)
async def hourly_rate_dropped(request: Request, inner: Inner) -> Answer:
    """A plain user's hourlyRate is dropped in silence. Other attributes that they may not send are refused."""
    plain = not set((await inner.caller(request)).get("roles", ())) - {"ROLE_USER"}
    return await inner(request.with_fields(lambda fields: without(fields, "hourlyRate")) if plain else request)


@fault("recent-without-tags", breaks=("attribute.forms-agree",), on=("GET /api/timesheets/recent",))
def recent_without_tags(_request: Request, answer: Answer) -> Answer:
    """The recent time records show no tags. Other lists do."""
    return answer.each(lambda record: {**record, "tags": []})


@fault("users-listed-in-utc", breaks=("attribute.forms-agree",), on=("GET /api/users",))
def users_listed_in_utc(_request: Request, answer: Answer) -> Answer:
    """In the list every user has the zone UTC. A user alone has its own."""
    return answer.each(lambda record: {**record, "timezone": "UTC"})


@fault(
    "global-activities-without-project",
    breaks=("attribute.same-set", "definition.attributes-present"),
    on=("GET /api/activities",),
)
def global_activities_without_project(_request: Request, answer: Answer) -> Answer:
    """In the list an activity of no project has no attribute project."""
    return answer.each(lambda record: without(record, "project") if record.get("project") is None else record)
