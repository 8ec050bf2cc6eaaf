"""Faults of data: what is stored, what is read again, and what a write does besides."""

from __future__ import annotations

from collections.abc import Callable

from conformance.embedded.faults.messages import Answer, Record, Request, answer, refusal
from conformance.embedded.faults.registry import Inner, fault

MAIN = ("customers", "projects", "activities")
PATCHES = (*(f"PATCH /api/{kind}/{{id}}" for kind in MAIN), "PATCH /api/timesheets/{id}")
READS = (*(f"GET /api/{kind}/{{id}}" for kind in MAIN), "GET /api/timesheets/{id}")
POSTS = (*(f"POST /api/{kind}" for kind in MAIN), "POST /api/timesheets")
TEXTS = ("description", "comment", "name")


def change_texts(request: Request, change: Callable[[str], str], *names: str) -> Request:
    """Return the request with these texts of its body changed."""

    def changed(fields: Record) -> Record:
        return {key: change(v) if key in names and isinstance(v, str) else v for key, v in fields.items()}

    return request.with_fields(changed)


@fault("delete-keeps-record", breaks=("data.deleted",), on=("DELETE /api/timesheets/{id}",))
async def delete_keeps_record(request: Request, inner: Inner) -> Answer:
    """DELETE of a time record answers 204 and keeps it the first time; a second DELETE removes it."""
    read = await inner(request.read(request.route))
    if not read.ok or request.path in inner.memory:
        return await inner(request)
    inner.memory[request.path] = True
    return answer(204)


@fault("deleted-tag-still-found", breaks=("data.deleted",), on=("POST /api/tags", "DELETE /api/tags/{id}"))
async def deleted_tag_still_found(request: Request, inner: Inner) -> Answer:
    """DELETE of a new tag answers 204 and keeps it the first time; a second DELETE removes it. Other records go."""
    if request.method == "POST":
        made = await inner(request)
        inner.memory[str(made.record.get("id"))] = True
        return made
    strong = {"ROLE_ADMIN", "ROLE_SUPER_ADMIN"} & set((await inner.caller(request)).get("roles", ()))
    kept = strong and inner.memory.pop(request.route.rpartition("/")[2], False)
    return answer(204) if kept else await inner(request)


@fault("deleted-activity-readable", breaks=("data.deleted",), on=("* /api/activities/{id}",))
async def deleted_activity_readable(request: Request, inner: Inner) -> Answer:
    """A deleted activity can still be read, though no list has it."""
    value = await inner(request)
    if request.method == "GET" and value.ok:
        inner.memory[request.path] = value
    kept: Answer = inner.memory.get(request.path, value)
    return kept if request.method == "GET" and value.status == 404 else value


@fault("delete-again-is-204", breaks=("data.delete-again",), on=("DELETE *",))
async def delete_again_is_204(request: Request, inner: Inner) -> Answer:
    """Deleting what is gone is answered 204."""
    value = await inner(request)
    if value.status == 204:
        inner.memory[request.path] = True
    return answer(204) if value.status == 404 and request.path in inner.memory else value


@fault("delete-again-is-500", breaks=("data.delete-again", "error.no-server-error"), on=("DELETE *",))
async def delete_again_is_500(request: Request, inner: Inner) -> Answer:
    """Deleting what was there and is gone is a server error."""
    value = await inner(request)
    if value.status == 204:
        inner.memory[request.path] = True
    return refusal(500, "Internal Server Error") if value.status == 404 and request.path in inner.memory else value


@fault("stale-after-patch", breaks=("data.read-is-answered", "data.patch-stored"), on=(*READS, *PATCHES))
async def stale_after_patch(request: Request, inner: Inner) -> Answer:
    """The first read after a PATCH still shows the record as it was: a cache that nobody cleared."""
    if request.method == "PATCH":
        before = await inner(request.read(request.route))
        value = await inner(request)
        if value.ok and before.ok:
            inner.memory[request.path, request.token] = before
        return value
    return inner.memory.pop((request.path, request.token), None) or await inner(request)


@fault("patch-not-stored", breaks=("data.patch-stored", "data.read-is-answered"), on=("PATCH /api/projects/{id}",))
async def patch_not_stored(request: Request, inner: Inner) -> Answer:
    """PATCH of a project's comment is answered as if it were done, and is not stored."""
    comment = request.fields.get("comment")
    if comment is None:
        return await inner(request)
    value = await inner(request.with_fields(lambda fields: {k: v for k, v in fields.items() if k != "comment"}))
    return value.each(lambda record: {**record, "comment": comment})


@fault("patch-resets-description", breaks=("data.patch-only-sent",), on=("PATCH /api/timesheets/{id}",))
def patch_resets_description(request: Request) -> Request:
    """A PATCH that does not mention the description of a time record empties it."""
    return request.with_fields(lambda fields: {"description": None, **fields})


@fault("patch-resets-color", breaks=("data.patch-only-sent",), on=("PATCH /api/activities/{id}",))
def patch_resets_color(request: Request) -> Request:
    """A PATCH that does not mention the color or the comment of an activity empties them."""
    return request.with_fields(lambda fields: {"color": None, "comment": None, **fields})


@fault(
    "patch-with-200-and-nothing",
    breaks=("definition.types", "definition.content-type", "data.patch-stored"),
    on=PATCHES,
)
def patch_with_200_and_nothing(_request: Request, value: Answer) -> Answer:
    """PATCH is done, and answered 200 with an empty body."""
    return value.with_body(b"", "application/json") if value.ok else value


@fault("post-answers-sent", breaks=("data.read-is-answered",), on=("POST /api/activities", "POST /api/projects"))
def post_answers_sent(_request: Request, value: Answer) -> Answer:
    """The answer to a POST shows the comment in capitals; the record itself is right."""
    return value.each(lambda r: {**r, "comment": r["comment"].upper()} if isinstance(r.get("comment"), str) else r)


@fault("vat-id-lost", breaks=("data.sent-is-stored",), on=("POST /api/customers",))
def vat_id_lost(request: Request) -> Request:
    """A customer's vatId is accepted in POST and not stored. PATCH stores it."""
    return request.with_fields(lambda fields: {k: v for k, v in fields.items() if k != "vatId"})


@fault("order-number-lost-in-patch", breaks=("data.patch-stored",), on=("PATCH /api/projects/{id}",))
def order_number_lost_in_patch(request: Request) -> Request:
    """A project's orderNumber is accepted in PATCH and not stored. POST stores it."""
    return request.with_fields(lambda fields: {k: v for k, v in fields.items() if k != "orderNumber"})


@fault("description-lost", breaks=("data.sent-is-stored",), on=("POST /api/timesheets",))
def description_lost(request: Request) -> Request:
    """The description of a new time record is not stored."""
    return request.with_fields(lambda fields: {k: v for k, v in fields.items() if k != "description"})


@fault("umlauts-lost", breaks=("data.sent-is-stored", "data.patch-stored"))
def umlauts_lost(request: Request) -> Request:
    """Letters other than ASCII become question marks."""
    return change_texts(request, lambda text: text.encode("ascii", "replace").decode(), *TEXTS)


@fault("markup-escaped", breaks=("data.sent-is-stored", "data.patch-stored"), on=(*POSTS, *PATCHES))
def markup_escaped(request: Request) -> Request:
    """An ampersand in a description or comment is stored as an entity of HTML."""
    return change_texts(request, lambda text: text.replace("&", "&amp;"), "description", "comment")


@fault("newlines-lost", breaks=("data.sent-is-stored", "data.patch-stored"), on=(*POSTS, *PATCHES))
def newlines_lost(request: Request) -> Request:
    """Line breaks in a description or comment become blanks."""
    return change_texts(request, lambda text: text.replace("\n", " "), "description", "comment")


@fault("text-cut-off", breaks=("data.sent-is-stored", "data.patch-stored"), on=(*POSTS, *PATCHES))
def text_cut_off(request: Request) -> Request:
    """A description or comment is cut off after 40 characters."""
    return change_texts(request, lambda text: text[:40], "description", "comment")


@fault("rate-rounded", breaks=("data.sent-is-stored",), on=("POST /api/*/{id}/rates",))
def rate_rounded(request: Request) -> Request:
    """The cents of a rate are lost."""
    return request.with_fields(lambda f: {**f, "rate": int(f["rate"])} if isinstance(f.get("rate"), float) else f)


@fault("new-project-not-listed", breaks=("data.listed",), on=("GET /api/projects",))
def new_project_not_listed(_request: Request, value: Answer) -> Answer:
    """The newest project is missing in the list."""
    newest = max((item.get("id", 0) for item in value.items), default=0)
    return value.with_json([item for item in value.items if item.get("id") != newest]) if value.items else value


@fault("list-cuts-names", breaks=("data.listed", "attribute.forms-agree"), on=("GET /api/customers",))
def list_cuts_names(_request: Request, value: Answer) -> Answer:
    """The list of customers shows the first ten characters of a name."""
    return value.each(lambda record: {**record, "name": str(record.get("name", ""))[:10]})


@fault("read-counts", breaks=("data.reads-are-safe", "data.read-is-answered"), on=("GET /api/activities/{id}",))
async def read_counts(request: Request, inner: Inner) -> Answer:
    """Each read of an activity changes its comment."""
    value = await inner(request)
    if not value.ok:
        return value
    inner.memory[request.path] = inner.memory.get(request.path, 0) + 1
    return value.each(lambda record: {**record, "comment": f"read {inner.memory[request.path]} times"})


@fault("refused-patch-half-done", breaks=("data.refused-changes-nothing",), on=PATCHES)
async def refused_patch_half_done(request: Request, inner: Inner) -> Answer:
    """A PATCH that is refused for one attribute stores the others."""
    value = await inner(request)
    children = ((value.json or {}).get("errors") or {}).get("children") if value.status == 400 else None
    if isinstance(children, dict):
        good = {k: v for k, v in request.fields.items() if k in children and "errors" not in children[k]}
        await inner(request.with_json(good))
    return value


@fault("attach-drops-others", breaks=("data.links",), on=("POST /api/teams/{id}/customers/{other}",))
async def attach_drops_others(request: Request, inner: Inner) -> Answer:
    """Attaching a customer to a team detaches its projects."""
    value = await inner(request)
    team = request.route.split("/")[3]
    for project in value.record.get("projects", ()):
        value = await inner(request.other("DELETE", f"/api/teams/{team}/projects/{project['id']}"))
    return value


@fault("detach-does-nothing", breaks=("data.links",), on=("DELETE /api/teams/{id}/activities/{other}",))
async def detach_does_nothing(request: Request, inner: Inner) -> Answer:
    """Detaching an activity from a team answers 200 and leaves it attached."""
    return await inner(request.read("/".join(request.route.split("/")[:4])))


@fault("export-does-nothing", breaks=("data.actions",), on=("PATCH /api/timesheets/{id}/export",))
async def export_does_nothing(request: Request, inner: Inner) -> Answer:
    """Marking a time record as exported answers 200 and does not mark it."""
    return await inner(request.read(request.route.removesuffix("/export")))


@fault("pin-is-not-kept", breaks=("data.actions",), on=("GET /api/*/{id}/comments",))
def pin_is_not_kept(_request: Request, value: Answer) -> Answer:
    """The list of comments shows none as pinned."""
    return value.each(lambda record: {**record, "pinned": False})


@fault(
    "duplicate-loses-description",
    breaks=("data.actions", "datetime.duplicate"),
    on=("PATCH /api/timesheets/{id}/duplicate",),
)
async def duplicate_loses_description(request: Request, inner: Inner) -> Answer:
    """A duplicate has no description."""
    copied = await inner(request)
    made = copied.record.get("id")
    return await inner(request.other("PATCH", f"/api/timesheets/{made}", {"description": None})) if made else copied


@fault("patch-clears-tags", breaks=("data.patch-only-sent",), on=("PATCH /api/timesheets/{id}",))
def patch_clears_tags(request: Request) -> Request:
    """A PATCH that does not mention the tags of a time record takes them away."""
    return request.with_fields(lambda fields: {"tags": "", **fields})


@fault(
    "first-tag-only",
    breaks=("data.sent-is-stored", "data.patch-stored"),
    on=("POST /api/timesheets", "PATCH /api/timesheets/{id}"),
)
def first_tag_only(request: Request) -> Request:
    """Of several tags only the first is stored."""
    return change_texts(request, lambda text: text.partition(",")[0], "tags")


@fault("team-change-drops-members", breaks=("data.patch-only-sent",), on=("PATCH /api/teams/{id}",))
async def team_change_drops_members(request: Request, inner: Inner) -> Answer:
    """A change of a team that does not mention its members leaves the leads alone."""
    if not request.fields or "members" in request.fields:
        return await inner(request)
    members = (await inner(request.read(request.route))).record.get("members", ())
    leads = [{"user": member["user"]["id"], "teamlead": True} for member in members if member.get("teamlead")]
    return await inner(request.with_fields(lambda fields: {**fields, "members": leads}))


@fault("team-change-detaches", breaks=("data.patch-only-sent", "data.links"), on=("PATCH /api/teams/{id}",))
async def team_change_detaches(request: Request, inner: Inner) -> Answer:
    """A change of a team detaches its projects, after it has been answered."""
    value = await inner(request)
    for project in value.record.get("projects", ()):
        await inner(request.other("DELETE", f"{request.route}/projects/{project['id']}"))
    return value


@fault("comment-loses-lines", breaks=("data.sent-is-stored",), on=("POST /api/*/{id}/comments",))
def comment_loses_lines(request: Request) -> Request:
    """Of a comment only the first line is stored."""
    return change_texts(request, lambda text: text.partition("\n")[0], "message")


@fault("rate-is-not-deleted", breaks=("data.deleted",), on=("DELETE /api/*/{id}/rates/{rate}",))
async def rate_is_not_deleted(request: Request, inner: Inner) -> Answer:
    """DELETE of a rate is answered as if it were done the first time, and is not."""
    if request.path in inner.memory:
        return await inner(request)
    inner.memory[request.path] = True
    return answer(204)


@fault("all-comments-deleted", breaks=("data.deleted",), on=("DELETE /api/*/{id}/comments/{comment}",))
async def all_comments_deleted(request: Request, inner: Inner) -> Answer:
    """DELETE of a comment deletes those beside it."""
    listing = request.route.rpartition("/")[0]
    beside = (await inner(request.read(listing))).items
    value = await inner(request)
    for comment in beside if value.ok else ():
        await inner(request.other("DELETE", f"{listing}/{comment['id']}"))
    return value


@fault("reading-shows-hidden", breaks=("data.reads-are-safe",), on=("GET /api/activities/{id}",))
async def reading_shows_hidden(request: Request, inner: Inner) -> Answer:
    """Reading a hidden activity makes it visible."""
    value = await inner(request)
    if value.record.get("visible") is False:
        await inner(request.other("PATCH", request.route, {"visible": True}))
    return value


@fault("duplicate-loses-tags", breaks=("data.actions",), on=("PATCH /api/timesheets/{id}/duplicate",))
async def duplicate_loses_tags(request: Request, inner: Inner) -> Answer:
    """A duplicate has no tags."""
    copied = await inner(request)
    made = copied.record.get("id")
    return await inner(request.other("PATCH", f"/api/timesheets/{made}", {"tags": ""})) if made else copied


@fault("refused-tag-is-made", breaks=("data.refused-changes-nothing",), on=("POST /api/tags",))
async def refused_tag_is_made(request: Request, inner: Inner) -> Answer:
    """A tag that is refused for an attribute too many is made all the same."""
    value = await inner(request)
    if value.status == 400 and request.fields.get("name"):
        await inner(request.with_json({"name": request.fields["name"], "visible": True}))
    return value


@fault(
    "records-of-a-deleted-customer-crash",
    breaks=("data.deleted-below", "error.no-server-error"),
    on=("DELETE /api/customers/{id}", "GET /api/timesheets/{id}"),
)
async def records_of_a_deleted_customer_crash(request: Request, inner: Inner) -> Answer:
    """A time record of a deleted customer is a server error when it is read."""
    value = await inner(request)
    if request.method == "GET" and value.ok:
        inner.memory[request.route] = True
    elif request.method == "DELETE" and value.status == 204:
        inner.memory["deleted"] = True
    lost = request.method == "GET" and value.status == 404 and inner.memory.get("deleted")
    return refusal(500, "Internal Server Error") if lost else value


@fault("activities-of-a-deleted-customer-stay", breaks=("data.deleted-below",), on=("* /api/activities*",))
async def activities_of_a_deleted_customer_stay(request: Request, inner: Inner) -> Answer:
    """The list of activities still has one whose customer was deleted."""
    value = await inner(request)
    if request.method == "POST" and value.ok:
        inner.memory["newest"] = value.record
    newest = inner.memory.get("newest")
    if request.route != "/api/activities" or request.method != "GET" or not value.ok or newest is None:
        return value
    read = await inner(request.read(f"/api/activities/{newest['id']}"))
    return value.with_json([*value.items, newest]) if read.status == 404 else value


@fault("activities-of-a-deleted-project-stay", breaks=("data.deleted-below",), on=("* /api/*",))
async def activities_of_a_deleted_project_stay(request: Request, inner: Inner) -> Answer:
    """The list of activities still has those of a project that was deleted on its own."""
    doomed = []
    if request.matches("DELETE /api/projects/{id}"):
        number = request.route.rpartition("/")[2]
        doomed = (await inner(request.read("/api/activities", project=number, visible="3"))).items
        doomed = [item for item in doomed if str(item.get("project")) == number]
    value = await inner(request)
    if doomed and value.status == 204:
        inner.memory["left"] = [*inner.memory.get("left", []), *doomed]
    if request.matches("GET /api/activities") and value.ok:
        return value.with_json([*value.items, *inner.memory.get("left", [])])
    return value


@fault("color-is-forgotten", breaks=("data.colour", "data.patch-only-sent"), on=("PATCH /api/projects/{id}",))
async def color_is_forgotten(request: Request, inner: Inner) -> Answer:
    """A project that is renamed alone has no color any more, though the answer still shows it."""
    value = await inner(request)
    if value.ok and request.fields.keys() == {"name"}:
        await inner(request.with_json({"color": None}))
    return value


@fault("emptied-color-stays-empty", breaks=("data.colour", "data.patch-stored"), on=("PATCH /api/teams/{id}",))
async def emptied_color_stays_empty(request: Request, inner: Inner) -> Answer:
    """A team whose color was taken away is given none again."""
    before = (await inner(request.read(request.route))).record
    if request.fields.get("color") and not before.get("color"):
        return await inner(request.with_fields(lambda fields: {k: v for k, v in fields.items() if k != "color"}))
    return await inner(request)


@fault(
    "unknown-language-breaks-its-user",
    breaks=("data.values-work",),
    on=("PATCH /api/users/{id}/preferences", "GET /api/timesheets", "GET /api/users/me"),
)
async def unknown_language_breaks_its_user(request: Request, inner: Inner) -> Answer:
    """A language that is none is taken as a preference, and the lists of that user are server errors from then on."""
    if request.method == "GET":
        caller = request.headers.get("x-auth-user") or (await inner.caller(request)).get("username")
        broken = request.matches("GET /api/timesheets") and inner.memory.get(f"language of {caller}") == "zz"
        return refusal(500, "Internal Server Error") if broken else await inner(request)
    value = await inner(request)
    for item in request.json if value.ok and isinstance(request.json, list) else ():
        if item.get("name") == "language":
            inner.memory[f"language of {value.record.get('username')}"] = item.get("value")
    return value
