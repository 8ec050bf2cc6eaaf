"""Schemas for validators: OpenAPI's own words translated, references kept, nothing else judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from conformance.definition import Index, bundled
from conformance.definition.json_schema import DIALECT, plain_schema

Maker = Callable[..., dict[str, Any]]

TRANSLATED: dict[str, tuple[Any, dict[str, Any]]] = {
    "a nullable text": ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
    "not nullable": ({"type": "string", "nullable": False}, {"type": "string"}),
    "a nullable choice of words": (
        {"type": "string", "enum": ["a"], "nullable": True},
        {"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}]},
    ),
    "an exclusive limit": ({"minimum": 1, "exclusiveMinimum": True}, {"exclusiveMinimum": 1}),
    "an inclusive limit": ({"maximum": 1, "exclusiveMaximum": False}, {"maximum": 1}),
    "words": ({"title": "T", "description": "D", "example": 1, "default": 2, "x-y": 3, "deprecated": True}, {}),
    "properties named like keywords": (
        {"properties": {"nullable": {"type": "boolean"}, "title": {"type": "string"}}},
        {"properties": {"nullable": {"type": "boolean"}, "title": {"type": "string"}}},
    ),
    "no other attributes": ({"additionalProperties": False}, {"additionalProperties": False}),
    "open schemas": ({"type": "array", "items": {}}, {"type": "array", "items": {}}),
}


@pytest.mark.parametrize("name", TRANSLATED)
def test_a_schema_is_translated(name: str, document: Maker) -> None:
    schema, expected = TRANSLATED[name]
    assert plain_schema(document(), schema) == {"$schema": DIALECT, **expected}


def test_only_what_is_reached_is_taken_along(document: Maker) -> None:
    schemas = {"A": {"properties": {"b": {"$ref": "#/components/schemas/B"}}}, "B": {"type": "string"}, "C": {}}
    result = plain_schema(document(schemas=schemas), {"$ref": "#/components/schemas/A"})
    assert result["$ref"] == "#/$defs/A"
    assert result["$defs"].keys() == {"A", "B"}


def test_a_nullable_reference_allows_null(document: Maker) -> None:
    schemas = {"A": {"type": "string"}}
    schema = {"properties": {"a": {"nullable": True, "oneOf": [{"$ref": "#/components/schemas/A"}]}}}
    judge = jsonschema.Draft202012Validator(plain_schema(document(schemas=schemas), schema))
    assert judge.is_valid({"a": None})
    assert judge.is_valid({"a": "x"})
    assert not judge.is_valid({"a": 5})


def test_names_that_need_escapes_are_reached(document: Maker) -> None:
    schemas = {"A": {"properties": {"a %/b": {"type": "string"}}}}
    result = plain_schema(document(schemas=schemas), {"$ref": "#/components/schemas/A/properties/a%20%25~1b"})
    judge = jsonschema.Draft202012Validator(result)
    assert judge.is_valid("x")
    assert not judge.is_valid(5)


def test_a_reference_into_a_path_is_taken_along(document: Maker) -> None:
    made = document({"/api/a": {"get": {"responses": {"200": {"content": {"x": {"schema": {"type": "string"}}}}}}}})
    result = plain_schema(made, {"$ref": "#/paths/~1api~1a/get/responses/200/content/x/schema"})
    jsonschema.Draft202012Validator.check_schema(result)
    assert not jsonschema.Draft202012Validator(result).is_valid(5)


@pytest.fixture(scope="module")
def index() -> Index:
    return bundled("2.66.0").index


def test_every_component_gives_a_valid_schema(index: Index) -> None:
    every = {"anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in index.document["components"]["schemas"]]}
    result = plain_schema(index.document, every)
    jsonschema.Draft202012Validator.check_schema(result)
    assert result["$defs"].keys() == index.document["components"]["schemas"].keys()


def test_operations_without_a_json_body_have_no_schema(index: Index) -> None:
    assert index.body_schema("POST /api/none") is None
    assert index.body_schema("GET /api/customers") is None
    body = index.body_schema("POST /api/teams")
    assert body is not None
    assert body["$ref"] == "#/$defs/TeamEditForm"
