"""Faults of refusals: their status and their body."""

from __future__ import annotations

from conformance.embedded.faults.messages import Answer, Request, answer, refusal
from conformance.embedded.faults.registry import Inner, fault

_PAGE = b"<!DOCTYPE html><html><body><h1>Oops! An Error Occurred</h1></body></html>"
FORMS = ("POST /api/customers", "POST /api/projects", "POST /api/activities", "POST /api/timesheets")
CHANGES = ("PATCH /api/customers/{id}", "PATCH /api/projects/{id}", "PATCH /api/activities/{id}")
_EXTRA = "extra fields"


def crash() -> Answer:
    """The answer of a server that failed."""
    return refusal(500, "Internal Server Error")


@fault("not-found-in-html", breaks=("error.body",))
def not_found_in_html(_request: Request, value: Answer) -> Answer:
    """A 404 is a page of HTML."""
    return value.with_body(_PAGE, "text/html; charset=UTF-8") if value.status == 404 else value


@fault("forbidden-in-html", breaks=("error.body",))
def forbidden_in_html(_request: Request, value: Answer) -> Answer:
    """A 403 is a page of HTML. Other refusals are JSON."""
    return value.with_body(_PAGE, "text/html; charset=UTF-8") if value.status == 403 else value


@fault("code-is-500", breaks=("error.body",))
def code_is_500(_request: Request, result: Answer) -> Answer:
    """The code in the body of a refusal is 500 whatever the status."""
    value = result.json
    return result.with_json({**value, "code": 500}) if result.status >= 400 and isinstance(value, dict) else result


@fault("message-missing", breaks=("error.body",))
def message_missing(_request: Request, result: Answer) -> Answer:
    """A 400 has no message."""
    value = result.json
    if result.status != 400 or not isinstance(value, dict):
        return result
    return result.with_json({key: item for key, item in value.items() if key != "message"})


@fault("refusal-is-200", breaks=("error.unknown-attribute", "error.names-field", "definition.bodies-refused"), on=FORMS)
def refusal_is_200(_request: Request, value: Answer) -> Answer:
    """A refused body is answered 200, with the errors in the answer."""
    return value.with_status(200) if value.status == 400 else value


@fault("fields-not-named", breaks=("error.names-field",), on=(*FORMS, *CHANGES))
def fields_not_named(_request: Request, value: Answer) -> Answer:
    """A refused body does not tell which attribute was wrong."""
    return refusal(400, "Validation Failed") if value.status == 400 else value


@fault("internals-in-forbidden", breaks=("error.no-internals",))
def internals_in_forbidden(_request: Request, value: Answer) -> Answer:
    """A 403 names classes of the server."""
    text = 'Access Denied by #[IsGranted("edit")] on App\\API\\TimesheetController::patchAction()'
    return refusal(403, text) if value.status == 403 else value


@fault("internals-in-bad-query", breaks=("error.no-internals",), on=("GET *",))
def internals_in_bad_query(_request: Request, value: Answer) -> Answer:
    """A 400 to a read shows the query of the database."""
    text = "SQLSTATE[42000]: SELECT t0_.id FROM kimai2_timesheet t0_ WHERE t0_.begin_date = ?"
    return refusal(400, text) if value.status == 400 else value


@fault("internals-in-not-found", breaks=("error.no-internals",))
def internals_in_not_found(_request: Request, value: Answer) -> Answer:
    """A 404 names the class of the record and a file of the server."""
    text = (
        '"App\\Entity\\Timesheet" object not found in /opt/kimai/vendor/symfony/doctrine-bridge/EntityValueResolver.php'
    )
    return refusal(404, text) if value.status == 404 else value


@fault("unknown-attribute-dropped", breaks=("error.unknown-attribute",), on=(*FORMS, *CHANGES))
async def unknown_attribute_dropped(request: Request, inner: Inner) -> Answer:
    """An unknown attribute is dropped in silence."""
    value = await inner(request)
    if value.status != 400 or _EXTRA.encode() not in value.body:
        return value
    known = value.json.get("errors", {}).get("children", {})
    return await inner(request.with_fields(lambda fields: {k: v for k, v in fields.items() if k in known}))


@fault("unknown-attribute-dropped-in-patch", breaks=("error.unknown-attribute",), on=("PATCH /api/activities/{id}",))
async def unknown_attribute_dropped_in_patch(request: Request, inner: Inner) -> Answer:
    """An unknown attribute is dropped in silence in the PATCH of an activity, and refused elsewhere."""
    return await unknown_attribute_dropped(request, inner)


@fault("malformed-body-accepted", breaks=("error.malformed-body",), on=CHANGES)
def malformed_body_accepted(request: Request) -> Request:
    """A PATCH whose body is not JSON is answered as if nothing had been sent."""
    return request if request.json is not None else request.with_json({})


@fault("malformed-body-crashes", breaks=("error.malformed-body", "error.no-server-error"), on=FORMS)
async def malformed_body_crashes(request: Request, inner: Inner) -> Answer:
    """A body that is not JSON is a server error in POST."""
    value = await inner(request)
    return crash() if request.json is None and value.status == 400 else value


@fault("absent-record-is-403", breaks=("error.not-found",), on=("* /api/customers/{id}", "* /api/activities/{id}"))
def absent_record_is_403(_request: Request, value: Answer) -> Answer:
    """A customer or activity that does not exist is answered 403."""
    return refusal(403, "Forbidden") if value.status == 404 else value


@fault("absent-record-is-null", breaks=("error.not-found",), on=("GET /api/timesheets/{id}",))
def absent_record_is_null(_request: Request, value: Answer) -> Answer:
    """A time record that does not exist is answered 200 with null."""
    return answer(200).with_json(None) if value.status == 404 else value


@fault("unknown-path-is-200", breaks=("error.unknown-path",))
async def unknown_path_is_200(request: Request, inner: Inner) -> Answer:
    """A path that does not exist is answered with the page of the login form."""
    value = await inner(request)
    unknown = value.status == 404 and not any(part.isdecimal() for part in request.route.split("/"))
    return value.with_status(200).with_body(_PAGE, "text/html") if unknown and request.value("page") is None else value


@fault("begin-called-end", breaks=("error.names-field",), on=("PATCH /api/timesheets/{id}",))
def begin_called_end(_request: Request, result: Answer) -> Answer:
    """A begin that is wrong is told of the end."""
    value = result.json
    if result.status != 400 or not isinstance(value, dict) or not isinstance(value.get("errors"), dict):
        return result
    children = value["errors"].get("children")
    if not isinstance(children, dict) or not children.get("begin"):
        return result
    swapped = {**children, "end": children["begin"], "begin": {}}
    return result.with_json({**value, "errors": {**value["errors"], "children": swapped}})


@fault("absent-rate-is-gone", breaks=("error.not-found",), on=("DELETE /api/*/{id}/rates/{rate}",))
def absent_rate_is_gone(_request: Request, value: Answer) -> Answer:
    """The deletion of a rate that does not exist is answered 204."""
    return answer(204) if value.status == 404 else value


@fault("internals-over-projects", breaks=("error.no-internals",), on=("GET /api/projects/{id}",))
def internals_over_projects(_request: Request, value: Answer) -> Answer:
    """A project that does not exist is answered with the name of its class."""
    return refusal(404, '"App\\Entity\\Project" object not found.') if value.status == 404 else value


@fault("ends-first-crashes", breaks=("error.no-server-error",), on=("POST /api/projects",))
async def ends_first_crashes(request: Request, inner: Inner) -> Answer:
    """A project that ends before it starts is a server error."""
    start, end = (str(request.fields.get(name) or "") for name in ("start", "end"))
    return crash() if start and end and end[:10] < start[:10] else await inner(request)
