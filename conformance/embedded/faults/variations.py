"""Legal variations: differences that no document promises against. A run that reports one cries wolf."""

from __future__ import annotations

import json
import re
from typing import Any

from conformance.embedded.faults.messages import JSON, Answer, Request, answer
from conformance.embedded.faults.registry import Inner, variation


@variation("attributes-reversed")
def attributes_reversed(_request: Request, value: Answer) -> Answer:
    """Attributes come in the reverse order, nested ones too."""
    return value.with_json(_reversed(value.json)) if value.json is not None else value


@variation("offset-with-colon")
def offset_with_colon(_request: Request, value: Answer) -> Answer:
    """Offsets are written +02:00 instead of +0200."""
    return value.map_times(lambda text: re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", text))


@variation("json-spaced")
def json_spaced(_request: Request, result: Answer) -> Answer:
    """JSON is indented, and other letters than ASCII are not escaped."""
    value = result.json
    if value is None:
        return result
    return result.with_body(json.dumps(value, indent=4, ensure_ascii=False).encode(), result.headers["content-type"])


@variation("json-escaped")
def json_escaped(_request: Request, result: Answer) -> Answer:
    """Slashes are escaped in JSON, as PHP does by default."""
    value = result.json
    return result if value is None else result.with_body(json.dumps(value).replace("/", "\\/").encode(), JSON)


@variation("charset-told")
def charset_told(_request: Request, value: Answer) -> Answer:
    """The content type tells its charset, in lower case."""
    return value.with_headers({"content-type": f"{JSON}; charset=utf-8"}) if value.json is not None else value


@variation("further-headers")
def further_headers(_request: Request, value: Answer) -> Answer:
    """Answers carry headers of a web server and a cache that nobody asked for."""
    return value.with_headers({"server": "nginx", "cache-control": "no-cache, private", "x-robots-tag": "noindex"})


@variation("lower-case-scheme-accepted")
async def lower_case_scheme_accepted(request: Request, inner: Inner) -> Answer:
    """`bearer` is accepted too, which RFC 9110 has every server do."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return await inner(request.with_token(token) if scheme == "bearer" else request)


@variation("absent-in-patch-is-false", on=("PATCH /api/customers/{id}", "PATCH /api/projects/{id}"))
def absent_in_patch_is_false(request: Request) -> Request:
    """A boolean that PATCH leaves out becomes false, as documented; releases leave it as it was."""
    return request.with_fields(lambda fields: {"visible": False, "billable": False, **fields})


@variation("challenge-added")
def challenge_added(_request: Request, value: Answer) -> Answer:
    """Every 401 carries a challenge."""
    return value.with_headers({"www-authenticate": "Bearer"}) if value.status == 401 else value


@variation("inner-lists-turned")
async def inner_lists_turned(request: Request, inner: Inner) -> Answer:
    """Lists within records (tags, members, teams) come in another order every other time; lists of records do not."""
    value = await inner(request)
    turn = inner.memory["turn"] = not inner.memory.get("turn", False)
    return value.each(_turned) if turn and value.ok else value


@variation("years-out-of-the-calendar", on=("* /api/projects*",))
def years_out_of_the_calendar(_request: Request, result: Answer) -> Answer:
    """A project's day in the years 1 or 1000, which no client would send, comes back in the year 0."""
    value = result.json
    return result.with_json(_shifted(value)) if result.ok and value is not None else result


def _shifted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shifted(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_shifted(item) for item in value]
    return "0000-12-31" if isinstance(value, str) and re.match(r"(0001|1000)-01-0\d", value) else value


def _turned(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _turned(item) for key, item in value.items()}
    return [_turned(item) for item in value[::-1]] if isinstance(value, list) else value


def _reversed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _reversed(value[key]) for key in reversed(value)}
    return [_reversed(item) for item in value] if isinstance(value, list) else value


BUDGETS = ("budget", "timeBudget", "budgetType")
EXTRA = {
    "code": 400,
    "message": "Validation Failed",
    "errors": {"errors": ["This form should not contain extra fields."], "children": {"name": {}}},
}


@variation("budgets-withheld", on=tuple(f"* /api/{kind}*" for kind in ("customers", "projects", "activities")))
async def budgets_withheld(request: Request, inner: Inner) -> Answer:
    """An administrator has taken the right to budgets from everybody: forms and answers have none."""
    if request.fields.keys() & set(BUDGETS):
        return answer(400, EXTRA)
    result = await inner(request)
    return result.each(lambda record: {name: value for name, value in record.items() if name not in BUDGETS})


@variation("custom-fields")
def custom_fields(_request: Request, value: Answer) -> Answer:
    """Records have two custom fields, of which one is empty."""
    fields = [{"name": "cost_centre", "value": "4711"}, {"name": "remark", "value": None}]
    return value.each(lambda record: {**record, "metaFields": fields} if "metaFields" in record else record)
