"""Faults of booleans. Kimai's rule is that only false is false; most of these break it at one place."""

from __future__ import annotations

from collections.abc import Callable, Collection
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


def unless_sent(request: Request, **flags: bool) -> Request:
    """Return the request with these flags added where they are absent."""
    return request.with_fields(lambda fields: {**flags, **fields})


_TURNED: tuple[tuple[str, Any, tuple[str, ...], Collection[str], str], ...] = (
    ("null-is-false", None, (), FLAGS, "A boolean sent as null is false."),
    ("null-is-false-in-patch", None, PATCHES, FLAGS, "A boolean sent as null is false in PATCH. In POST it is true."),
    ("false-text-is-false", "false", (), FLAGS, 'The text "false" is false.'),
    ("zero-is-false", 0, POSTS, FLAGS, "The number 0 is false in POST."),
    ("empty-text-is-false", "", ("POST /api/tags", "POST /api/*/{id}/rates"), FLAGS,
     "An empty text is false for tags and rates only."),
    ("zero-text-is-false", "0", ("PATCH /api/activities/{id}",), FLAGS,
     'The text "0" is false in PATCH of activities only.'),
    ("one-is-false", 1, (*POSTS, *PATCHES), FLAGS, "Only true itself is true: the number 1 is false."),
    ("negative-is-false", -1, ("PATCH /api/customers/{id}",), FLAGS,
     "Only numbers above zero are true in PATCH of customers: -1 is false."),
    ("global-activities-null-is-false", None, ("POST /api/projects",), {"globalActivities"},
     "One field of one form, a project's globalActivities, takes null for false."),
    ("pinned-null-is-false", None, ("POST /api/*/{id}/comments",), FLAGS, "A comment's pinned takes null for false."),
    ("false-ignored", False, POSTS, FLAGS, "A boolean sent as false in POST is true."),
    ("customer-stays-billable", False, ("PATCH /api/customers/{id}",), {"billable"},
     "A customer's billable cannot be turned off by PATCH. POST can."),
    ("sheet-stays-billable", False, ("POST /api/timesheets",), {"billable"},
     "A time record sent with billable false is billable."),
    ("tag-stays-visible", False, ("POST /api/tags",), FLAGS, "A tag sent with visible false is visible."),
)  # fmt: skip
"""Faults that turn a flag around: what was sent for it, at which operations, of which flags, and what is said of it."""


def _plant_turned(id: str, sent: Any, on: tuple[str, ...], names: Collection[str], says: str) -> None:
    def turned(request: Request) -> Request:
        def change(fields: Record) -> Record:
            turns = {key for key, value in fields.items() if key in names and same(value, sent)}
            return {**fields, **dict.fromkeys(turns, sent is False)}

        return request.with_fields(change)

    turned.__doc__ = says
    fault(id, breaks=("boolean.false-is-false" if sent is False else "boolean.anything-else-true",), on=on)(turned)


for row in _TURNED:
    _plant_turned(*row)


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
