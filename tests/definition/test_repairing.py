"""Each repair: a document that becomes another, and one that stays as it was."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from conformance.definition import repair, validate
from conformance.definition.repairing import registered

Maker = Callable[..., dict[str, Any]]

BECOMES = {
    "empty items": ({"type": "array", "items": []}, {"type": "array", "items": {}}),
    "empty properties": ({"type": "object", "properties": []}, {"type": "object", "properties": {}}),
    "empty schema of a property": ({"properties": {"a": []}}, {"properties": {"a": {}}}),
    "empty additionalProperties": ({"additionalProperties": []}, {"additionalProperties": {}}),
    "empty choice": ({"oneOf": [[], {"type": "string"}]}, {"oneOf": [{}, {"type": "string"}]}),
    "numbered required": ({"required": {"0": "a", "2": "b"}}, {"required": ["a", "b"]}),
    "numbered enum": ({"enum": {"1": "a"}}, {"enum": ["a"]}),
    "numbered allOf": ({"allOf": {"0": {"type": "string"}}}, {"allOf": [{"type": "string"}]}),
    "a class as format": ({"type": "integer", "format": "App\\Entity\\InvoiceTemplate id"}, {"type": "integer"}),
    "a number as format": ({"type": "string", "format": 3}, {"type": "string"}),
    "a null format": ({"type": "string", "format": None}, {"type": "string"}),
    "a bare id pattern": ({"type": "string", "pattern": r"\d+"}, {"type": "string", "pattern": r"^\d+$"}),
    "a bare choice": ({"pattern": "0|1"}, {"pattern": "^(?:0|1)$"}),
    "a look-ahead": ({"pattern": "((?!/).)*"}, {"pattern": "^((?!/).)*$"}),
    "an escaped dollar": ({"pattern": r"\$a"}, {"pattern": r"^\$a$"}),
    "a negated class": ({"pattern": "[^,]+"}, {"pattern": "^[^,]+$"}),
    "a broken pattern": ({"pattern": "("}, {}),
    "a pattern for ever": ({"pattern": "^(a+)+$"}, {}),
    "a pattern for ever within": ({"pattern": "^x([a-z]{1,}-?)*y$"}, {}),
    "a huge pattern": ({"pattern": "a" * 1_001}, {}),
    "a pattern that is no text": ({"pattern": 5}, {}),
    "a length as text": ({"maxLength": "60"}, {"maxLength": 60}),
    "a length with a fraction": ({"minLength": "2.0"}, {"minLength": 2}),
    "a maximum as text": ({"maximum": "1.5"}, {"maximum": 1.5}),
    "a negative minimum": ({"minimum": "-3"}, {"minimum": -3}),
    "a null limit": ({"maxLength": None}, {}),
    "a negative length": ({"maxLength": -1}, {}),
    "a word as limit": ({"maxItems": "many"}, {}),
    "nullable as text": ({"type": "string", "nullable": "true"}, {"type": "string", "nullable": True}),
    "readOnly as number": ({"readOnly": 0}, {"readOnly": False}),
    "PHP types": (
        {"properties": {"a": {"type": "int"}, "b": {"type": "bool"}, "c": {"type": "float"}}},
        {"properties": {"a": {"type": "integer"}, "b": {"type": "boolean"}, "c": {"type": "number"}}},
    ),
    "a capital letter": ({"type": "String"}, {"type": "string"}),
    "a class as type": ({"type": "App\\Entity\\User"}, {}),
    "a null type": ({"type": None}, {}),
    "a null default": ({"type": "string", "default": None}, {"type": "string"}),
    "a number as default of a text": ({"type": "string", "default": 1}, {"type": "string", "default": "1"}),
    "a number as default of a switch": ({"type": "boolean", "default": 0}, {"type": "boolean"}),
    "a switch as default of a number": ({"type": "integer", "default": False}, {"type": "integer"}),
    "a list of types in 3.0": ({"type": ["string", "null"]}, {"type": "string", "nullable": True}),
    "two types in 3.0": ({"type": ["string", "integer"]}, {}),
    "a list without items": ({"type": "array"}, {"type": "array", "items": {}}),
    "empty required": ({"required": [], "type": "object"}, {"type": "object"}),
    "empty enum": ({"enum": []}, {}),
    "required twice": ({"required": ["a", "a", "b"]}, {"required": ["a", "b"]}),
    "enum twice": ({"enum": [1, 1, True]}, {"enum": [1, True]}),
    "required of its own": (
        {"properties": {"a": {"type": "string", "required": True}}},
        {"properties": {"a": {"type": "string"}}, "required": ["a"]},
    ),
    "a reference to nothing": ({"properties": {"a": {"$ref": "#/components/schemas/No"}}}, {"properties": {"a": {}}}),
    "a reference to a file": ({"properties": {"a": {"$ref": "other.json#/A"}}}, {"properties": {"a": {}}}),
    "a reference to a host": (
        {"items": {"$ref": "http://127.0.0.1:9/a"}, "type": "array"},
        {"items": {}, "type": "array"},
    ),
    "a reference that is no text": ({"properties": {"a": {"$ref": 5}}}, {"properties": {"a": {}}}),
    "a reference to itself": ({"$ref": "#/components/schemas/Thing"}, {}),
    "an attribute that is itself": (
        {"properties": {"a": {"$ref": "#/components/schemas/Thing/properties/a"}}},
        {"properties": {"a": {}}},
    ),
    "a circle within": (
        {
            "properties": {
                "a": {"anyOf": [{"$ref": "#/components/schemas/Thing/properties/b"}]},
                "b": {"not": {"$ref": "#/components/schemas/Thing/properties/a"}},
            }
        },
        {"properties": {"a": {}, "b": {}}},
    ),
    "made of itself": ({"allOf": [{"$ref": "#/components/schemas/Thing"}]}, {}),
}

STAYS = {
    "empty lists that are lists": {"type": "array", "items": {"type": "string"}, "default": []},
    "an example": {"type": "object", "example": {"schema": [], "items": [], "type": "int"}},
    "properties named like keywords": {
        "type": "object",
        "properties": {
            "format": {"type": "string"},
            "items": {"type": "array", "items": {"type": "string"}},
            "required": {"type": "boolean"},
            "pattern": {"type": "string"},
            "$ref": {"type": "string"},
        },
    },
    "defaults": {
        "properties": {
            "a": {"type": "string", "default": None, "nullable": True},
            "b": {"type": "number", "default": 0},
            "c": {"default": None},
            "d": {"type": "boolean", "default": False},
        }
    },
    "an anchored pattern": {"pattern": "^a|b$"},
    "repetitions side by side": {"pattern": r"^(a+)b*(c{2})?\(d+\)+$"},
    "a half anchored pattern": {"pattern": "^a"},
    "known formats": {"properties": {"a": {"format": "date-time"}, "b": {"format": "float"}, "c": {"format": "uri"}}},
    "limits": {"maxLength": 60, "minimum": 0.5, "maximum": 3},
    "a list of different enums": {"enum": [0, False, "0", None]},
    "a reference with escapes": {
        "properties": {"a b": {"type": "string"}, "c": {"$ref": "#/components/schemas/Thing/properties/a%20b"}}
    },
    "a tree of itself": {
        "properties": {"children": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}}
    },
}


@pytest.mark.parametrize("name", BECOMES)
def test_a_flaw_is_mended_listed_and_then_valid(name: str, schema_document: Maker) -> None:
    before, after = BECOMES[name]
    mended, repairs = repair(schema_document(before))
    assert mended["components"]["schemas"]["Thing"] == after
    assert repairs
    assert all(repair.pointer.startswith("/components/schemas/Thing") for repair in repairs)
    validate(mended)


@pytest.mark.parametrize("name", BECOMES)
def test_mending_is_idempotent_and_leaves_its_input(name: str, schema_document: Maker) -> None:
    raw = schema_document(BECOMES[name][0])
    kept = copy.deepcopy(raw)
    mended, _ = repair(raw)
    assert raw == kept
    assert repair(mended) == (mended, ())


@pytest.mark.parametrize("name", STAYS)
def test_what_is_right_stays(name: str, schema_document: Maker) -> None:
    raw = schema_document(STAYS[name])
    assert repair(raw) == (raw, ())
    validate(raw)


def test_a_list_of_types_stays_in_31(schema_document: Maker) -> None:
    raw = schema_document({"type": ["string", "null"]}, "3.1.0")
    assert repair(raw) == (raw, ())
    validate(raw)


def test_a_repair_says_what_was_and_what_is(schema_document: Maker) -> None:
    _, (applied,) = repair(schema_document({"maxLength": "60"}))
    assert (applied.pointer, applied.before, applied.after) == ("/components/schemas/Thing/maxLength", "60", 60)
    assert applied.what == "a limit that is not written as a number"
    assert applied.to_json() == {"pointer": applied.pointer, "what": applied.what, "before": "60", "after": 60}


def test_list_parameters_get_a_type_and_their_pattern(parameter_document: Maker) -> None:
    schema = {"type": "array", "items": [], "default": [], "pattern": r"\d+"}
    mended, _ = repair(parameter_document({"name": "users[]", "in": "query", "schema": schema}))
    (parameter,) = mended["paths"]["/api/things"]["get"]["parameters"]
    assert parameter["schema"] == {"type": "array", "items": {"type": "string", "pattern": r"^\d+$"}, "default": []}
    validate(mended)


PARAMETERS: dict[str, tuple[list[Any], list[str], str]] = {
    "undeclared": ([], ["path id"], "/api/things/{id}"),
    "declared twice": ([{"name": "a", "in": "query", "schema": {}}] * 2, ["query a"], "/api/things"),
    "not in the path": ([{"name": "id", "in": "path", "required": True, "schema": {}}], [], "/api/things"),
    "not required": ([{"name": "id", "in": "path", "schema": {}}], ["path id"], "/api/things/{id}"),
    "without a schema": ([{"name": "a", "in": "query"}], ["query a"], "/api/things"),
}


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters_are_made_to_fit_their_path(name: str, parameter_document: Maker) -> None:
    value, expected, path = PARAMETERS[name]
    mended, repairs = repair(parameter_document(*value, path=path))
    result = mended["paths"][path]["get"]["parameters"]
    assert [f"{element['in']} {element['name']}" for element in result] == expected
    assert all(entry["required"] for entry in result if entry["in"] == "path")
    assert all("schema" in item for item in result)
    assert repairs
    validate(mended)


def test_numbered_parameters_become_a_list(parameter_document: Maker) -> None:
    raw = parameter_document()
    raw["paths"]["/api/things"]["get"]["parameters"] = {"1": {"name": "a", "in": "query", "schema": {}}}
    mended, _ = repair(raw)
    assert mended["paths"]["/api/things"]["get"]["parameters"] == [{"name": "a", "in": "query", "schema": {}}]


def test_operation_ids_become_distinct(document: Maker) -> None:
    answers = {"200": {"description": ""}}
    same = {"operationId": "same", "responses": answers}
    raw = document({"/api/a": {"get": same, "post": dict(same)}, "/api/b/{id}": {"get": {"responses": answers}}})
    mended, _ = repair(raw)
    operations = [entry for item in mended["paths"].values() for entry in item.values()]
    assert [operation["operationId"] for operation in operations] == ["same", "post_api_a", "get_api_b_id"]
    validate(mended)


def test_answers_get_what_they_must_have(document: Maker) -> None:
    raw = document({"/api/a": {"get": {"operationId": "a", "responses": []}}, "/api/b": {"get": {"operationId": "b"}}})
    raw["paths"]["/api/b"]["get"]["responses"] = {"2xx": {}}
    mended, _ = repair(raw)
    assert mended["paths"]["/api/a"]["get"]["responses"] == {"default": {"description": ""}}
    assert mended["paths"]["/api/b"]["get"]["responses"] == {"2XX": {"description": ""}}
    validate(mended)


def test_every_repair_is_found_and_explained() -> None:
    assert len(registered()) >= 18
    assert len({rule.what for rule in registered()}) == len(registered())
