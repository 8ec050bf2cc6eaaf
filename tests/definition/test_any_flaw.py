"""Whatever is wrong in a definition: it is mended, or named with its pointer; never a crash, never a changed input."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.definition import DefinitionError, Index, repair, structure, validate

REF = "#/components/schemas/"
THING = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "integer", "format": "int64", "minimum": 1},
        "word": {"type": "string", "enum": ["a", "b"], "pattern": "a|b", "maxLength": 5, "nullable": True},
        "list": {"type": "array", "items": {"allOf": [{"$ref": f"{REF}Other"}]}},
    },
}
CONTENT = {"application/json": {"schema": {"$ref": f"{REF}Thing"}}}
SOUND: dict[str, Any] = {
    "openapi": "3.0.0",
    "info": {"title": "Kimai", "version": "1.1"},
    "paths": {
        "/api/things/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "patch": {
                "tags": ["Thing"],
                "operationId": "patch",
                "parameters": [{"name": "a[]", "in": "query", "schema": {"type": "array", "items": {}}}],
                "requestBody": {"required": True, "content": CONTENT},
                "responses": {"200": {"description": "", "content": CONTENT}},
            },
        }
    },
    "components": {"schemas": {"Thing": THING, "Other": {"properties": {"thing": {"$ref": f"{REF}Thing"}}}}},
}
WRONG: list[Any] = [
    None,
    [],
    {},
    "",
    "x",
    "60",
    -1,
    1.5,
    True,
    [1],
    [[]],
    {"0": "a"},
    {"": {}},
    {"$ref": "#"},
    {"$ref": 5},
]
WRONG += [{"$ref": f"{REF}Thing"}, {"$ref": "#/components"}, {"type": "string"}, [{"$ref": "#/paths"}]]
KEYWORDS = ["$ref", "allOf", "default", "enum", "items", "nullable", "parameters", "properties", "required", "type"]


def holders(node: Any) -> list[Any]:
    """Return all objects and lists of a document."""
    inner = list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else []
    return ([node] if inner else []) + [holder for item in inner for holder in holders(item)]


@st.composite
def flawed(draw: st.DrawFn) -> dict[str, Any]:
    document = copy.deepcopy(SOUND)
    for _ in range(draw(st.integers(1, 3))):
        holder = draw(st.sampled_from(holders(document)))
        keys = sorted(holder) + KEYWORDS if isinstance(holder, dict) else list(range(len(holder)))
        key = draw(st.sampled_from(keys))
        if draw(st.integers(0, 5)):
            holder[key] = copy.deepcopy(draw(st.sampled_from(WRONG)))
        elif isinstance(holder, list) or key in holder:
            del holder[key]
    return document


@settings(max_examples=250, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
@given(flawed())
def test_any_flaw_is_mended_or_named(raw: dict[str, Any]) -> None:
    kept = copy.deepcopy(raw)
    mended, _ = repair(raw)
    assert raw == kept
    assert repair(mended) == (mended, ())
    flaw = flaw_of(mended)
    if flaw is None:
        ask_everything(Index.of(mended))
    else:
        assert flaw.pointer is not None


def flaw_of(document: dict[str, Any]) -> DefinitionError | None:
    try:
        validate(document)
    except DefinitionError as error:
        return error
    return None


def ask_everything(index: Index) -> None:
    structure(index)
    for operation in index:
        for ask in (index.boolean_fields, index.datetime_fields, index.date_fields, index.reads_back):
            ask(operation)
        index.datetime_query_parameters(operation)


def test_the_sound_definition_is_sound() -> None:
    mended, repairs = repair(SOUND)
    assert [repair.pointer for repair in repairs] == [
        "/paths/~1api~1things~1{id}/patch/parameters/0/schema/items",
        "/components/schemas/Thing/properties/word/pattern",
    ]
    validate(mended)
