"""Faults of the definition: what the instance says of itself, and what it then does otherwise."""

from __future__ import annotations

import dataclasses
import re

from conformance.embedded.faults.messages import Answer, Record, Request, refusal
from conformance.embedded.faults.registry import fault

_PAGE = ("GET /api/doc",)
_CREATES = ("POST /api/customers", "POST /api/activities")


@fault("operation-id-twice", breaks=("definition.operation-ids",), on=_PAGE)
def operation_id_twice(_request: Request, answer: Answer) -> Answer:
    """Two operations of the definition have one id."""
    ids = re.findall(rb'"operationId": ?"([^"]+)"', answer.body)
    body = answer.body.replace(b'"%s"' % ids[1], b'"%s"' % ids[0]) if len(ids) > 1 else answer.body
    return dataclasses.replace(answer, body=body)


@fault("limits-as-texts", breaks=("definition.valid",), on=_PAGE)
def limits_as_texts(_request: Request, answer: Answer) -> Answer:
    """The definition has its lengths as texts, on which generators stop."""
    return dataclasses.replace(answer, body=re.sub(rb'("maxLength": ?)(\d+)', rb'\1"\2"', answer.body))


@fault("colors-not-served", breaks=("definition.served",), on=("GET /api/config/colors",))
def colors_not_served(_request: Request, answer: Answer) -> Answer:
    """A documented read does not exist."""
    return refusal(404, "Not Found") if answer.ok else answer


@fault("created-is-201", breaks=("definition.status",), on=_CREATES)
def created_is_201(_request: Request, answer: Answer) -> Answer:
    """A create is answered 201 where 200 is documented."""
    return answer.with_status(201) if answer.status == 200 else answer


@fault(
    "deleted-is-200", breaks=("definition.status",), on=("DELETE /api/activities/{id}", "DELETE /api/timesheets/{id}")
)
def deleted_is_200(_request: Request, answer: Answer) -> Answer:
    """A DELETE is answered 200 with null where 204 is documented."""
    return answer.with_status(200).with_body(b"null", "application/json") if answer.status == 204 else answer


@fault("json-called-html", breaks=("definition.content-type",), on=("GET /api/tags/find", "GET /api/activities"))
def json_called_html(_request: Request, answer: Answer) -> Answer:
    """Some lists are JSON and called HTML."""
    return answer.with_headers({"content-type": "text/html; charset=UTF-8"}) if answer.ok else answer


@fault("list-in-an-object", breaks=("definition.types",), on=("GET /api/activities",))
def list_in_an_object(_request: Request, answer: Answer) -> Answer:
    """The list of activities is wrapped in an object."""
    return answer.with_json({"data": answer.items}) if answer.ok else answer


@fault("list-as-object", breaks=("definition.types",), on=("GET /api/tags/find",))
def list_as_object(_request: Request, answer: Answer) -> Answer:
    """The list of tags is an object with numbers for keys, as PHP writes a list with a gap."""
    return answer.with_json({str(key): item for key, item in enumerate(answer.items, 1)}) if answer.ok else answer


@fault("duration-as-text", breaks=("definition.types",), on=("GET /api/timesheets/{id}",))
def duration_as_text(_request: Request, answer: Answer) -> Answer:
    """The duration of a single time record is a text. In lists it is a number."""
    return answer.each(lambda record: {**record, "duration": str(record.get("duration"))})


@fault(
    "name-is-null", breaks=("definition.nullable", "definition.types"), on=("GET /api/tags/find", "GET /api/customers")
)
def name_is_null(_request: Request, answer: Answer) -> Answer:
    """Lists of tags and customers have null for every name."""
    return answer.each(lambda record: {**record, "name": None})


@fault("version-incomplete", breaks=("definition.required", "definition.attributes-present"), on=("GET /api/version",))
def version_incomplete(_request: Request, answer: Answer) -> Answer:
    """The version lacks attributes that the definition requires."""
    return answer.each(lambda record: {key: value for key, value in record.items() if key != "versionId"})


@fault(
    "order-by-id-refused", breaks=("definition.parameters-accepted",), on=("GET /api/customers", "GET /api/activities")
)
def order_by_id_refused(request: Request, answer: Answer) -> Answer:
    """Sorting by id is documented and answered 400."""
    return refusal(400, "Bad Request") if request.value("orderBy") == "id" else answer


@fault("size-refused", breaks=("definition.parameters-accepted",), on=("GET /api/timesheets/recent",))
def size_refused(request: Request, answer: Answer) -> Answer:
    """The recent records refuse the size they document."""
    return refusal(400, "Bad Request") if request.value("size") else answer


@fault(
    "phone-refused",
    breaks=("definition.bodies-accepted", "data.sent-is-stored"),
    on=("POST /api/customers", "PATCH /api/customers/{id}"),
)
def phone_refused(request: Request, answer: Answer) -> Answer:
    """A customer with a phone number is refused although the form documents it."""
    sent = isinstance(request.fields.get("phone"), str) and request.fields["phone"]
    return refusal(400, "Validation Failed") if sent and answer.ok else answer


@fault("odd-name-accepted", breaks=("definition.bodies-refused",), on=("POST /api/activities", "POST /api/customers"))
def odd_name_accepted(request: Request) -> Request:
    """A name that is a number or a list is taken and stored as some text."""

    def change(fields: Record) -> Record:
        name = fields.get("name")
        return {**fields, "name": f"name {name}"} if "name" in fields and not isinstance(name, str) else fields

    return request.with_fields(change)


@fault(
    "color-out-of-form",
    breaks=("definition.values", "data.listed", "data.read-is-answered"),
    on=("GET /api/tags/find",),
)
def color_out_of_form(_request: Request, answer: Answer) -> Answer:
    """Tags are found with colors that no definition allows, and that nobody sent."""
    return answer.each(
        lambda record: {**record, "color-safe": "rgb(1, 2, 3, 4, 5, 6, 7, 8)", "color": "rgb(1, 2, 3, 4, 5, 6, 7)"}
    )


@fault("visible-3-refused", breaks=("definition.parameters-accepted",), on=("GET /api/*",))
def visible_3_refused(request: Request, answer: Answer) -> Answer:
    """`visible=3`, a value that the definition lists, is answered 400."""
    return refusal(400, "Bad Request") if request.value("visible") == "3" else answer


@fault("undocumented-in-create", breaks=("definition.attributes-documented",), on=("POST /api/activities",))
def undocumented_in_create(_request: Request, answer: Answer) -> Answer:
    """Only the answer to a POST of an activity has an attribute more."""
    return answer.each(lambda record: {**record, "createdAt": "2026-01-01T00:00:00+0000"})


@fault("undocumented-in-stop", breaks=("definition.attributes-documented",), on=("PATCH /api/timesheets/{id}/stop",))
def undocumented_in_stop(_request: Request, answer: Answer) -> Answer:
    """Only the answer to a stop has an attribute more."""
    return answer.each(lambda record: {**record, "modifiedAt": None})


@fault("team-change-is-202", breaks=("definition.status",), on=("PATCH /api/teams/{id}",))
def team_change_is_202(_request: Request, answer: Answer) -> Answer:
    """A change of a team is answered 202 where 200 is documented."""
    return answer.with_status(202) if answer.ok else answer


@fault("change-called-html", breaks=("definition.content-type",), on=("PATCH /api/customers/{id}",))
def change_called_html(_request: Request, answer: Answer) -> Answer:
    """The answer to a change of a customer is JSON and called HTML."""
    return answer.with_headers({"content-type": "text/html; charset=UTF-8"}) if answer.ok else answer


@fault("globals-true-refused", breaks=("definition.parameters-accepted",), on=("GET /api/activities",))
def globals_true_refused(request: Request, answer: Answer) -> Answer:
    """`globals=true`, one of four documented values, is answered 400."""
    return refusal(400, "Bad Request") if request.value("globals") == "true" else answer


@fault("user-order-refused", breaks=("definition.parameters-accepted",), on=("GET /api/users",))
def user_order_refused(request: Request, answer: Answer) -> Answer:
    """Sorting users by alias is documented and answered 400."""
    return refusal(400, "Bad Request") if request.value("orderBy") == "alias" else answer


@fault("comment-without-message", breaks=("definition.bodies-refused",), on=("POST /api/*/{id}/comments",))
def comment_without_message(request: Request) -> Request:
    """A comment without a message is taken, and has a dash for one."""
    return request.with_fields(lambda fields: {"message": "-", **fields})
