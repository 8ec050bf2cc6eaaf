"""Departures of an answer from its schema."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.definition import SchemaView
from conformance.probes.responses.schema_check import SchemaViolation, departures, word

DOCUMENT: dict[str, Any] = {
    "components": {
        "schemas": {
            "Thing": {
                "type": "object",
                "required": ["id"],
                "properties": {
                    "id": {"type": "integer", "minimum": 1},
                    "name": {"type": "string", "maxLength": 5},
                    "at": {"type": "string", "format": "date-time"},
                    "kind": {"type": "string", "enum": ["a", "b"]},
                    "flag": {"type": "boolean"},
                    "note": {"type": "string", "nullable": True},
                    "owner": {"$ref": "#/components/schemas/Person"},
                },
            },
            "Person": {"type": "object", "properties": {"alias": {"type": "string"}}},
        }
    }
}
GOOD = {
    "id": 1, "name": "x", "at": "2026-07-01T10:00:00+0200", "kind": "a", "flag": True, "note": None,
    "owner": {"alias": "y"},
}  # fmt: skip


def found(value: Any) -> tuple[SchemaViolation, ...]:
    return departures(SchemaView(DOCUMENT, {"$ref": "#/components/schemas/Thing"}), value)


def test_what_fits_departs_in_nothing() -> None:
    assert found(GOOD) == ()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"id": "1"}, SchemaViolation("type", "Thing.id", "integer", "string")),
        ({"id": True}, SchemaViolation("type", "Thing.id", "integer", "boolean")),
        ({"id": 0}, SchemaViolation("value", "Thing.id", "at least 1", "less")),
        ({"name": None}, SchemaViolation("type", "Thing.name", "string", "null")),
        ({"flag": None}, SchemaViolation("type", "Thing.flag", "boolean", "null")),
        ({"kind": None}, SchemaViolation("null", "Thing.kind", "string", "null")),
        ({"name": "longer"}, SchemaViolation("value", "Thing.name", "at most 5 characters", "longer")),
        ({"at": "2026-07-01"}, SchemaViolation("type", "Thing.at", "date-time", "date")),
        ({"at": "2026-07-01T10:00:00"}, SchemaViolation("type", "Thing.at", "date-time", "string")),
        ({"kind": "c"}, SchemaViolation("value", "Thing.kind", "one of the enumeration", "another value")),
        ({"flag": 1}, SchemaViolation("type", "Thing.flag", "boolean", "integer")),
        ({"more": 1}, SchemaViolation("documented", "Thing.more", "absent", "integer")),
        ({"owner": {}}, SchemaViolation("present", "Thing.owner.alias", "present", "missing")),
        ({"owner": {"alias": None}}, SchemaViolation("null", "Person.alias", "string", "null")),
    ],
)
def test_each_departure_is_named(change: dict[str, Any], expected: SchemaViolation) -> None:
    assert found({**GOOD, **change}) == (expected,)


def test_a_missing_required_attribute() -> None:
    assert found({key: value for key, value in GOOD.items() if key != "id"}) == (
        SchemaViolation("required", "Thing.id", "present", "missing"),
    )


def test_the_same_departure_of_many_items_is_one() -> None:
    shape = SchemaView(DOCUMENT, {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}})
    assert len(departures(shape, [{**GOOD, "id": "1"}] * 9)) == 1


def test_an_offset_with_a_colon_is_legal() -> None:
    assert found({**GOOD, "at": "2026-07-01T10:00:00+02:00"}) == ()


def test_words_for_values() -> None:
    values: tuple[Any, ...] = (None, True, 1, 1.5, "x", "2026-01-01", [], {})
    assert [word(value) for value in values] == [
        "null", "boolean", "integer", "number", "string", "date", "array", "object",
    ]  # fmt: skip
