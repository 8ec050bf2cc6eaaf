"""Answers held against schemas: what is named, and what is legal."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.definition import Definition
from conformance.properties.answers import Departure, departures

SCHEMA: dict[str, Any] = {
    "type": "array",
    "items": {"$ref": "#/$defs/Item"},
    "$defs": {
        "Item": {
            "type": "object",
            "required": ["id"],
            "properties": {
                "id": {"type": "integer"},
                "name": {"type": "string", "maxLength": 3},
                "at": {"type": "string", "format": "date-time"},
                "day": {"type": "string", "format": "date"},
                "kind": {"enum": ["a", "b"]},
                "parent": {"anyOf": [{"$ref": "#/$defs/Item"}, {"type": "null"}]},
            },
        }
    },
}


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"id": 1, "name": None}, ("definition.nullable", "[].name", "string", "null")),
        ({"id": "1"}, ("definition.types", "[].id", "integer", "string")),
        ({"id": True}, ("definition.types", "[].id", "integer", "boolean")),
        ({"name": "x"}, ("definition.required", "[].id", "present", "missing")),
        ({"id": 1, "name": "long"}, ("definition.values", "[].name", "maxLength", "string")),
        ({"id": 1, "kind": "c"}, ("definition.values", "[].kind", "enum", "string")),
        ({"id": 1, "parent": {"id": 2, "name": None}}, ("definition.nullable", "[].parent.name", "string", "null")),
        ({"id": 1, "parent": 7}, ("definition.types", "[].parent", "object", "integer")),
        ({"id": 1, "at": "2026-07-01"}, ("definition.types", "[].at", "date-time", "date")),
        ({"id": 1, "day": "2026-07-01T10:00:00Z"}, ("definition.types", "[].day", "date", "date-time")),
        ({"id": 1, "at": "soon"}, ("definition.types", "[].at", "date-time", "string")),
        ({"id": 1, "at": "2026-07-01T10:00:00"}, ("definition.types", "[].at", "date-time", "string")),
    ],
)
def test_a_departure_is_named(item: dict[str, Any], expected: tuple[str, str, str, str]) -> None:
    assert departures(SCHEMA, [item]) == {Departure(*expected)}


@pytest.mark.parametrize("offset", ["Z", "+0200", "+02:00", "-0330"])
def test_any_offset_is_legal(offset: str) -> None:
    assert not departures(SCHEMA, [{"id": 1, "at": f"2026-07-01T10:00:00{offset}", "parent": None}])


def test_the_same_departure_in_many_places_is_one() -> None:
    assert len(departures(SCHEMA, [{"id": number, "name": None} for number in range(50)])) == 1


def test_another_type_than_a_list_is_named_at_the_top() -> None:
    assert departures(SCHEMA, {"id": 1}) == {Departure("definition.types", "", "array", "object")}


def test_a_bundled_definition_says_nothing_of_null_and_required(definition: Definition) -> None:
    schema = definition.index.response_schema("GET /api/customers/{id}", 200, lenient=True)
    assert schema is not None
    assert not departures(schema, {"id": 1, "name": None})
    assert departures(schema, {"id": "1"}) == {Departure("definition.types", "id", "integer", "string")}
