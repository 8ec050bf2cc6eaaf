"""Faults of booleans. Kimai's rule is that only false is false; most of these break it at one place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.embedded.faults.messages import Answer, Record, Request
from conformance.embedded.faults.registry import Inner, fault

FLAGS = frozenset({"visible", "billable", "globalActivities", "exported", "isFixed", "pinned", "enabled"})
MAIN = ("customers", "projects", "activities")
POSTS = tuple(f"POST /api/{kind}" for kind in MAIN)
PATCHES = tuple(f"PATCH /api/{kind}/{{id}}" for kind in MAIN)


def same(value: Any, other: Any) -> bool:
    """Whether two JSON values are the same, type included: 0 is not false."""
    return type(value) is type(other) and value == other


def turn(request: Request, sent: Any, into: bool, names: frozenset[str] = FLAGS) -> Request:
    """Return the request with each flag that was sent as `sent` turned into a boolean."""

    def change(fields: Record) -> Record:
        return {key: into if key in names and same(value, sent) else value for key, value in fields.items()}

    return request.with_fields(change)


def unless_sent(request: Request, **flags: bool) -> Request:
    """Return the request with these flags added where they are absent."""
    return request.with_fields(lambda fields: {**flags, **fields})


@fault("null-is-false", breaks=("boolean.anything-else-true",))
def null_is_false(request: Request) -> Request:
    """A boolean sent as null is false."""
    return turn(request, None, False)


@fault("null-is-false-in-patch", breaks=("boolean.anything-else-true",), on=PATCHES)
def null_is_false_in_patch(request: Request) -> Request:
    """A boolean sent as null is false in PATCH. In POST it is true."""
    return turn(request, None, False)


@fault("false-text-is-false", breaks=("boolean.anything-else-true",))
def false_text_is_false(request: Request) -> Request:
    """The text "false" is false."""
    return turn(request, "false", False)


@fault("zero-is-false", breaks=("boolean.anything-else-true",), on=POSTS)
def zero_is_false(request: Request) -> Request:
    """The number 0 is false in POST."""
    return turn(request, 0, False)


@fault("empty-text-is-false", breaks=("boolean.anything-else-true",), on=("POST /api/tags", "POST /api/*/{id}/rates"))
def empty_text_is_false(request: Request) -> Request:
    """An empty text is false for tags and rates only."""
    return turn(request, "", False)


@fault("zero-text-is-false", breaks=("boolean.anything-else-true",), on=("PATCH /api/activities/{id}",))
def zero_text_is_false(request: Request) -> Request:
    """The text "0" is false in PATCH of activities only."""
    return turn(request, "0", False)


@fault("one-is-false", breaks=("boolean.anything-else-true",), on=(*POSTS, *PATCHES))
def one_is_false(request: Request) -> Request:
    """Only true itself is true: the number 1 is false."""
    return turn(request, 1, False)


@fault("negative-is-false", breaks=("boolean.anything-else-true",), on=("PATCH /api/customers/{id}",))
def negative_is_false(request: Request) -> Request:
    """Only numbers above zero are true in PATCH of customers: -1 is false."""
    return turn(request, -1, False)


@fault("global-activities-null-is-false", breaks=("boolean.anything-else-true",), on=("POST /api/projects",))
def global_activities_null_is_false(request: Request) -> Request:
    """One field of one form, a project's globalActivities, takes null for false."""
    return turn(request, None, False, frozenset({"globalActivities"}))


@fault("pinned-null-is-false", breaks=("boolean.anything-else-true",), on=("POST /api/*/{id}/comments",))
def pinned_null_is_false(request: Request) -> Request:
    """A comment's pinned takes null for false."""
    return turn(request, None, False)


@fault("false-ignored", breaks=("boolean.false-is-false",), on=POSTS)
def false_ignored(request: Request) -> Request:
    """A boolean sent as false in POST is true."""
    return turn(request, False, True)


@fault("customer-stays-billable", breaks=("boolean.false-is-false",), on=("PATCH /api/customers/{id}",))
def customer_stays_billable(request: Request) -> Request:
    """A customer's billable cannot be turned off by PATCH. POST can."""
    return turn(request, False, True, frozenset({"billable"}))


@fault("sheet-stays-billable", breaks=("boolean.false-is-false",), on=("POST /api/timesheets",))
def sheet_stays_billable(request: Request) -> Request:
    """A time record sent with billable false is billable."""
    return turn(request, False, True, frozenset({"billable"}))


@fault("tag-stays-visible", breaks=("boolean.false-is-false",), on=("POST /api/tags",))
def tag_stays_visible(request: Request) -> Request:
    """A tag sent with visible false is visible."""
    return turn(request, False, True)


@fault("teamlead-false-is-true", breaks=("boolean.false-is-false",), on=("POST /api/teams",))
def teamlead_false_is_true(request: Request) -> Request:
    """Every member of a new team is its lead, whatever was sent in the nested flag."""
    return members(request, lambda member: {**member, "teamlead": True})


@fault("teamlead-text-is-false", breaks=("boolean.anything-else-true",), on=("* /api/teams*",))
def teamlead_text_is_false(request: Request) -> Request:
    """A member's teamlead sent as a text is false, "true" too."""

    def change(member: Record) -> Record:
        return {**member, "teamlead": False} if isinstance(member.get("teamlead"), str) else member

    return members(request, change)


@fault("absent-in-post-is-true", breaks=("boolean.post-absent-false",))
def absent_in_post_is_true(request: Request) -> Request:
    """Tags, rates and comments turn a flag on that a POST leaves out."""
    flags = {"/api/tags": "visible", "/rates": "isFixed", "/comments": "pinned"}
    name = next((flag for end, flag in flags.items() if request.route.endswith(end)), None)
    return unless_sent(request, **{name: True}) if name and request.method == "POST" else request


@fault("rate-is-fixed-by-default", breaks=("boolean.post-absent-false",), on=("POST /api/projects/{id}/rates",))
def rate_is_fixed_by_default(request: Request) -> Request:
    """A project's rate is fixed unless told otherwise. Those of customers and activities are not."""
    return unless_sent(request, isFixed=True)


@fault("exported-by-default", breaks=("boolean.post-absent-false",), on=("POST /api/timesheets",))
async def exported_by_default(request: Request, inner: Inner) -> Answer:
    """A new time record of who may set the mark counts as exported unless told otherwise."""
    strong = {"ROLE_ADMIN", "ROLE_SUPER_ADMIN"} & set((await inner.caller(request)).get("roles", ()))
    return await inner(unless_sent(request, exported=True) if strong else request)


@fault("teamlead-by-default", breaks=("boolean.post-absent-false",), on=("POST /api/teams",))
def teamlead_by_default(request: Request) -> Request:
    """A member of a new team is its lead where the nested flag is absent."""
    return members(request, lambda member: {"teamlead": True, **member})


@fault("absent-in-patch-is-true", breaks=("boolean.patch-absent-false",), on=PATCHES)
def absent_in_patch_is_true(request: Request) -> Request:
    """A flag that a PATCH leaves out becomes true, where it was false too."""
    return unless_sent(request, visible=True, billable=True)


@fault("name-change-makes-visible", breaks=("boolean.patch-absent-false",), on=PATCHES)
def name_change_makes_visible(request: Request) -> Request:
    """A PATCH of the name makes a hidden record visible. A PATCH of anything else does not."""
    return unless_sent(request, visible=True) if "name" in request.fields else request


@fault("sheet-patch-makes-billable", breaks=("boolean.patch-absent-false",), on=("PATCH /api/timesheets/{id}",))
async def sheet_patch_makes_billable(request: Request, inner: Inner) -> Answer:
    """A PATCH that does not mention billable makes a time record billable, for who may set it."""
    strong = {"ROLE_ADMIN", "ROLE_SUPER_ADMIN"} & set((await inner.caller(request)).get("roles", ()))
    return await inner(unless_sent(request, billable=True) if strong else request)


@fault("flags-as-numbers", breaks=("definition.types",))
def flags_as_numbers(_request: Request, answer: Answer) -> Answer:
    """Flags are answered as 1 and 0."""
    return answer.each(lambda record: _answered(record, int))


@fault("flags-as-texts-in-lists", breaks=("definition.types",), on=("GET /api/customers",))
def flags_as_texts_in_lists(_request: Request, answer: Answer) -> Answer:
    """The list of customers answers flags as texts. A single customer has booleans."""
    return answer.each(lambda record: _answered(record, lambda flag: str(flag).lower()))


@fault(
    "list-shows-visible",
    breaks=("data.listed", "attribute.forms-agree"),
    on=("GET /api/activities", "GET /api/projects"),
)
def list_shows_visible(_request: Request, answer: Answer) -> Answer:
    """Lists show every activity and project as billable. A single one tells the truth."""
    return answer.each(lambda record: {**record, "billable": True} if "billable" in record else record)


def _answered(record: Record, change: Callable[[bool], Any]) -> Record:
    return {key: change(value) if key in FLAGS and isinstance(value, bool) else value for key, value in record.items()}


def members(request: Request, change: Callable[[Record], Record]) -> Request:
    """Return the request with each member of its body changed."""
    sent = request.fields.get("members")
    if not isinstance(sent, list):
        return request
    changed = [change(member) if isinstance(member, dict) else member for member in sent]
    return request.with_json({**request.fields, "members": changed})
