"""The operations and the questions about them, on a small definition and on the bundled ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conformance.definition import Index, Operation, bundled, structure

Maker = Callable[..., dict[str, Any]]
VERSIONS = ("2.24.0", "2.62.0", "2.66.0")


def answer(schema: Any) -> dict[str, Any]:
    return {"description": "", "content": {"application/json": {"schema": schema}}}


def listed(name: str) -> dict[str, Any]:
    return answer({"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}})


def query(name: str, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {"type": "string", **schema}}


THING = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "integer"},
        "seenAt": {"type": "string", "format": "date-time", "nullable": True},
        "open": {"type": "boolean"},
        "owner": {"oneOf": [{"$ref": "#/components/schemas/Person"}]},
        "helpers": {"type": "array", "items": {"$ref": "#/components/schemas/Person"}},
        "parts": {"type": "array", "items": {"type": "object", "properties": {"spare": {"type": "boolean"}}}},
    },
}
FORM = {
    "type": "object",
    "required": ["seenAt"],
    "properties": {
        "seenAt": {"type": "string"},
        "open": {"type": "boolean"},
        "day": {"type": "string", "format": "date"},
        "owner": {"type": "integer"},
        "helpers": {"type": "array", "items": {"type": "integer"}},
        "color": {"type": "string", "enum": ["red", "blue"], "maxLength": 4, "nullable": True},
        "parts": {
            "type": "array",
            "items": {"required": ["spare"], "properties": {"spare": {"type": "boolean"}}},
        },
    },
}
PERSON = {"allOf": [{"properties": {"id": {"type": "integer"}}}, {"properties": {"name": {"type": "string"}}}]}


@pytest.fixture
def index(document: Maker) -> Index:
    body = {
        "required": True,
        "content": {"application/json; charset=utf-8": {"schema": {"$ref": "#/components/schemas/Form"}}},
    }
    one = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "pattern": r"^\d+$"}}
    filters = [
        query("seenAt"),
        query("changed_after"),
        query("day"),
        query("term"),
        query("seenAt[]"),
        query("open", pattern="^(?:0|1)$"),
        query("full", pattern="^(?:0|1|true|false)$"),
        query("visible", pattern="^(?:1|2|3)$"),
        query("page"),
        query("size"),
        {
            "name": "only",
            "in": "query",
            "description": "Allowed values: 1 (default: off)",
            "schema": {"type": "string"},
        },
        {"name": "flag", "in": "query", "schema": {"type": "boolean"}},
        {"name": "ids[]", "in": "query", "schema": {"type": "array", "items": {"type": "string", "pattern": "^1$"}}},
    ]
    paths = {
        "/api/things": {
            "get": {
                "operationId": "list",
                "tags": ["Thing"],
                "parameters": filters,
                "responses": {"200": listed("Thing")},
            },
            "post": {
                "operationId": "make",
                "requestBody": body,
                "responses": {"201": answer({"$ref": "#/components/schemas/Thing"})},
            },
        },
        "/api/things/{id}": {
            "parameters": [one],
            "get": {"operationId": "read", "responses": {"2XX": answer({"$ref": "#/components/schemas/Thing"})}},
            "delete": {"operationId": "drop", "deprecated": True, "responses": {"204": {"description": ""}}},
        },
        "/api/things/new": {"get": {"operationId": "new", "responses": {"200": answer({"type": "object"})}}},
        "/api/things/{id}/parts/{part}": {"get": {"operationId": "part", "responses": {"200": answer({})}}},
    }
    return Index.of(document(paths, {"Thing": THING, "Form": FORM, "Person": PERSON}))


def paths_of(fields: Any) -> list[str]:
    return [field.path for field in fields]


def test_operations_are_found_by_label_and_id(index: Index) -> None:
    assert [item.label for item in index][:2] == ["GET /api/things", "POST /api/things"]
    assert "GET /api/none" not in index
    assert index.get("GET /api/none") is None
    assert index.by_id("drop") == index["DELETE /api/things/{id}"]
    assert index["DELETE /api/things/{id}"].deprecated
    assert index["GET /api/things"].tags == ("Thing",)


def test_path_parameters_of_the_path_item_count(index: Index) -> None:
    (parameter,) = index["GET /api/things/{id}"].path_parameters
    assert (parameter.name, parameter.required, parameter.pattern) == ("id", True, r"^\d+$")


def test_body_fields_are_read_with_what_is_nested(index: Index) -> None:
    body = index["POST /api/things"].body
    assert body is not None
    assert body.name == "Form"
    assert [field.path for field in body.fields if field.required] == ["seenAt"]
    assert paths_of(body.all_fields)[-2:] == ["parts", "parts[].spare"]
    color, spare = body.field("color"), body.field("parts[].spare")
    assert color is not None
    assert (color.types, color.enum, color.max_length, color.nullable) == (("string",), ("red", "blue"), 4, True)
    assert spare is not None
    assert (spare.nested, spare.required, spare.name) == (True, True, "spare")
    assert index["GET /api/things"].body is None


def test_fields_are_told_by_kind(index: Index) -> None:
    make = index["POST /api/things"]
    assert paths_of(index.boolean_fields(make)) == ["open", "parts[].spare"]
    assert paths_of(index.datetime_fields(make)) == ["seenAt"]
    assert paths_of(index.date_fields(make)) == ["day"]


def test_query_parameters_are_told_by_kind(index: Index) -> None:
    listing = index["GET /api/things"]
    assert [parameter.name for parameter in index.datetime_query_parameters(listing)] == [
        "seenAt",
        "changed_after",
        "day",
    ]
    assert index.paged == (listing,)
    ids = listing.query("ids[]")
    assert ids is not None
    assert (ids.is_array, ids.pattern) == (True, "^1$")


def test_where_a_field_reads_back(index: Index) -> None:
    assert index.reads_back(index["POST /api/things"]) == {
        "seenAt": "seenAt",
        "open": "open",
        "owner": "owner.id",
        "helpers": "helpers[].id",
        "parts": "parts",
        "parts[].spare": "parts[].spare",
    }


def test_a_collection_finds_its_item(index: Index) -> None:
    assert index.item_of("/api/things") == index["GET /api/things/{id}"]
    assert index.item_of("/api/things/{id}") is None


@pytest.mark.parametrize(
    ("method", "path", "label"),
    [
        ("GET", "/api/things/5", "GET /api/things/{id}"),
        ("get", "/api/things/new", "GET /api/things/new"),
        ("GET", "/api/things/5/parts/6", "GET /api/things/{id}/parts/{part}"),
        ("GET", "/api/things/", None),
        ("GET", "/api/things//parts/6", None),
        ("POST", "/api/things/5", None),
    ],
)
def test_a_concrete_path_finds_its_operation(method: str, path: str, label: str | None, index: Index) -> None:
    match = index.match(method, path)
    assert (match.label if match else None) == label


def test_answers_are_found_by_number_range_and_default(index: Index) -> None:
    read = index["GET /api/things/{id}"]
    assert read.response(203) is read.success
    assert read.response(404) is None
    assert read.success is not None
    assert read.success.shape is not None
    assert (read.success.shape.ref, read.success.shape.kind) == ("Thing", "object")
    owner = read.success.shape.find("helpers[].name")
    assert owner is not None
    assert owner.types == ("string",)
    assert read.success.shape.find("helpers.name") is None


def test_labels_are_what_makes_operations_equal(index: Index, document: Maker) -> None:
    twin = Operation("GET", "/api/things", document(), {})
    assert twin == index["GET /api/things"]
    assert len({twin, index["GET /api/things"]}) == 1


def test_the_structure_has_no_words_and_no_order(index: Index) -> None:
    result = structure(index)
    turned = Index(index.document, tuple(reversed(index.operations)))
    assert result == structure(turned)
    assert result["POST /api/things"]["body"]["attributes"]["parts[].spare"] == "boolean"
    assert result["GET /api/things"]["responses"]["200"]["name"] == "[Thing]"
    assert "Allowed" not in str(result)


@pytest.fixture(scope="module", params=VERSIONS)
def kimai(request: pytest.FixtureRequest) -> Index:
    return bundled(request.param).index


def test_kimai_booleans_are_found(kimai: Index) -> None:
    results = {item.label: paths_of(kimai.boolean_fields(item)) for item in kimai}
    assert results["POST /api/customers"] == ["visible", "billable"]
    assert results["PATCH /api/teams/{id}"] == ["members[].teamlead"]
    assert results["POST /api/timesheets"] == ["exported", "billable"]
    assert results["POST /api/customers/{id}/rates"] == ["isFixed"]
    assert results["GET /api/customers"] == []


def test_kimai_datetimes_are_found(kimai: Index) -> None:
    fields = {entry.label for entry in kimai if kimai.datetime_fields(entry)}
    assert fields - {"GET /api/timesheets/{id}/restart"} == {
        "POST /api/timesheets",
        "PATCH /api/timesheets/{id}",
        "PATCH /api/timesheets/{id}/restart",
    }
    parameters = {item.label: [p.name for p in kimai.datetime_query_parameters(item)] for item in kimai}
    assert {label: names for label, names in parameters.items() if names} == {
        "GET /api/invoices": ["begin", "end"],
        "GET /api/projects": ["start", "end"],
        "GET /api/timesheets": ["begin", "end", "modified_after"],
        "GET /api/timesheets/recent": ["begin"],
    }


def test_kimai_pages_two_lists(kimai: Index) -> None:
    assert {item.label for item in kimai.paged} == {"GET /api/timesheets", "GET /api/invoices"}


def test_a_body_may_be_a_list(document: Maker) -> None:
    items = {"type": "object", "properties": {"name": {"type": "string"}}}
    body = {"content": {"application/json": {"schema": {"type": "array", "items": items}}}}
    operation = {"operationId": "x", "requestBody": body, "responses": {"200": answer(items)}}
    index = Index.of(document({"/api/things": {"patch": operation}}))
    result = index["PATCH /api/things"].body
    assert result is not None
    assert (result.is_array, paths_of(result.fields)) == (True, ["[].name"])
    assert index.reads_back(index["PATCH /api/things"]) == {"[].name": "name"}
