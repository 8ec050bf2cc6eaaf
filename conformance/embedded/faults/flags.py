"""Faults of booleans that show beside others, in what is stored, or on the second look."""

from __future__ import annotations

from conformance.embedded.faults.booleans import FLAGS, members, same
from conformance.embedded.faults.messages import Answer, Record, Request
from conformance.embedded.faults.registry import Inner, fault

_TRUE, _FALSE = "boolean.anything-else-true", "boolean.false-is-false"


@fault("first-flag-wins", breaks=(_FALSE, _TRUE), on=("PATCH /api/projects/{id}",))
def first_flag_wins(request: Request) -> Request:
    """Of several flags in one PATCH of a project, all get the value of the first."""
    flags = [name for name in request.fields if name in FLAGS]
    return request.with_fields(lambda fields: {**fields, **dict.fromkeys(flags, fields[flags[0]])})


@fault("activity-flags-swapped", breaks=(_FALSE, _TRUE), on=("POST /api/activities",))
def activity_flags_swapped(request: Request) -> Request:
    """A new activity is visible where it was to be billable, and billable where it was to be visible."""
    return request.with_fields(_swapped)


@fault(
    "customer-flags-swapped-in-lists",
    breaks=("data.listed", "attribute.forms-agree", _FALSE, _TRUE),
    on=("GET /api/customers",),
)
def customer_flags_swapped_in_lists(_request: Request, answer: Answer) -> Answer:
    """The list of customers shows visible as billable, and billable as visible."""
    return answer.each(_swapped)


@fault("null-told-and-not-stored", breaks=(_TRUE, "data.read-is-answered"), on=("PATCH /api/activities/{id}",))
async def null_told_and_not_stored(request: Request, inner: Inner) -> Answer:
    """A visible that is changed to null is answered as true, and stored as false."""
    if "visible" not in request.fields or request.fields["visible"] is not None:
        return await inner(request)
    stored = await inner(request.with_fields(lambda fields: {**fields, "visible": False}))
    return stored.each(lambda record: {**record, "visible": True})


@fault("false-ignored-beside-name", breaks=(_FALSE,), on=("PATCH /api/activities/{id}",))
def false_ignored_beside_name(request: Request) -> Request:
    """A billable that is changed to false together with the name stays as it was."""
    if "name" not in request.fields or not same(request.fields.get("billable"), False):
        return request
    return request.with_fields(lambda fields: {name: value for name, value in fields.items() if name != "billable"})


@fault("second-change-of-visible-ignored", breaks=(_FALSE, _TRUE), on=("PATCH /api/customers/{id}",))
async def second_change_of_visible_ignored(request: Request, inner: Inner) -> Answer:
    """The second change of a customer's visible does nothing."""
    if "visible" not in request.fields:
        return await inner(request)
    times = inner.memory[request.route] = inner.memory.get(request.route, 0) + 1
    if times == 2:
        request = request.with_fields(lambda fields: {k: v for k, v in fields.items() if k != "visible"})
    return await inner(request)


@fault("sent-billable-loses", breaks=(_TRUE,), on=("POST /api/timesheets",))
async def sent_billable_loses(request: Request, inner: Inner) -> Answer:
    """A time record that is to be billable is not, where its activity is not."""
    number = request.fields.get("activity")
    if request.fields.get("billable") is True and number:
        activity = (await inner(request.read(f"/api/activities/{number}"))).record
        if activity.get("billable") is False:
            request = request.with_fields(lambda fields: {**fields, "billable": False})
    return await inner(request)


def _swapped(record: Record) -> Record:
    if not {"visible", "billable"} <= record.keys():
        return record
    return {**record, "visible": record["billable"], "billable": record["visible"]}


@fault("duplicate-is-billable", breaks=("data.actions",), on=("PATCH /api/timesheets/{id}/duplicate",))
async def duplicate_is_billable(request: Request, inner: Inner) -> Answer:
    """A duplicate is billable, whatever its original is."""
    copied = await inner(request)
    if copied.record.get("billable") is not False:
        return copied
    return await inner(request.other("PATCH", f"/api/timesheets/{copied.record['id']}", {"billable": True}))


@fault("duplicate-stays-exported", breaks=("data.actions",), on=("PATCH /api/timesheets/{id}/duplicate",))
async def duplicate_stays_exported(request: Request, inner: Inner) -> Answer:
    """A duplicate of an exported record is exported."""
    original = (await inner(request.read(request.route.removesuffix("/duplicate")))).record
    copied = await inner(request)
    if not (original.get("exported") and copied.record):
        return copied
    return await inner(request.other("PATCH", f"/api/timesheets/{copied.record['id']}/export"))


@fault("one-is-no-teamlead", breaks=(_TRUE,), on=("POST /api/teams",))
def one_is_no_teamlead(request: Request) -> Request:
    """A member's teamlead sent as 1, "1" or "true" to a new team is false."""

    def change(member: Record) -> Record:
        is_lead = any(same(member.get("teamlead"), value) for value in (1, "1", "true"))
        return {**member, "teamlead": False} if is_lead else member

    return members(request, change)
