"""Definitions that are not one, or that mean harm: each ends in a clear error that says where, in bounded work."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from conformance.definition import DefinitionError, Index, repair, validate
from conformance.definition.reading import read
from conformance.model import Exit
from conformance.probes.responses.schema_check import departures

Maker = Callable[..., dict[str, Any]]


def use(raw: Any) -> dict[str, Any]:
    document, _ = repair(read(json.dumps(raw), "kimai.json"))
    validate(document)
    return document


NOT_ONE = {
    "empty": ("", "is empty"),
    "blank": (" \n", "is empty"),
    "cut off": ('{"openapi": "3.0.0", "paths": {', "is not JSON"),
    "two values": ("{} {}", "is not JSON"),
    "not a number": ('{"openapi": NaN}', "NaN is no JSON number"),
    "a list": ('[{"openapi": "3.0.0"}]', "a list where an OpenAPI object is meant"),
    "a text": ('"openapi"', "a text where"),
    "a number": ("3", "a number where"),
    "null": ("null", "null where"),
    "a word": ("hello", "a text where"),
    "another object": ('{"message": "pong"}', r"no member `openapi` \(message\)"),
    "an empty object": ("{}", r"no member `openapi` \(no keys\)"),
    "a wrapper of nothing": ('{"spec": []}', "no member `openapi`"),
    "deep lists": ("[" * 100_000, "nested too deeply"),
    "deep objects": ('{"openapi":' * 100_000, "nested too deeply"),
    "deep YAML": ("a: " + "[" * 5_000, "nested too deeply|neither JSON nor YAML"),
    "broken YAML": ("a: b: c: {", "neither JSON nor YAML"),
    "a YAML object": ("!!python/object/apply:os.getcwd []", "neither JSON nor YAML"),
    "a YAML cycle": ("openapi: &a {b: *a}", "nested deeper"),
}


@pytest.mark.parametrize("name", NOT_ONE)
def test_what_is_no_definition_is_named(name: str) -> None:
    text, message = NOT_ONE[name]
    with pytest.raises(DefinitionError, match=message) as caught:
        read(text, "kimai.json")
    assert caught.value.status == Exit.USAGE
    assert "--definition" in caught.value.hint or "limit" in caught.value.hint


FLAWED = {
    "swagger 2": ({"swagger": "2.0", "paths": {}}, "/swagger"),
    "a later version": ({"openapi": "4.0.0", "info": {}, "paths": {}}, "/openapi"),
    "a number as version": ({"openapi": 3.0, "paths": {}}, "/openapi"),
    "no paths": ({"openapi": "3.0.0", "info": {"title": "", "version": ""}}, "/paths"),
    "paths as text": ({"openapi": "3.0.0", "paths": "all"}, "/paths"),
    "no info": ({"openapi": "3.0.0", "paths": {}}, ""),
    "a path as list": ({"openapi": "3.0.0", "paths": {"/a": [1]}}, "/paths/~1a"),
    "an operation as text": ({"openapi": "3.0.0", "paths": {"/a": {"get": "x"}}}, "/paths/~1a/get"),
    "parameters as text": ({"openapi": "3.0.0", "paths": {"/a": {"parameters": "x"}}}, "/paths/~1a/parameters"),
    "a schema as text": (
        {"openapi": "3.0.0", "paths": {}, "components": {"schemas": {"A": "x"}}},
        "/components/schemas/A",
    ),
    "components as number": ({"openapi": "3.1.0", "paths": {}, "components": 5}, "/components"),
}


@pytest.mark.parametrize("name", FLAWED)
def test_what_cannot_be_mended_is_named_by_its_pointer(name: str) -> None:
    raw, where = FLAWED[name]
    with pytest.raises(DefinitionError) as caught:
        use(raw)
    assert caught.value.pointer == where


@pytest.mark.parametrize(
    ("schema", "where"),
    [
        ({"properties": {"a": {"type": "string", "title": 5}}}, "/components/schemas/Thing/properties/a"),
        ({"properties": {"a": 7}}, "/components/schemas/Thing/properties/a"),
        ({"allOf": "x"}, "/components/schemas/Thing/allOf"),
    ],
)
def test_a_flawed_schema_is_named_by_its_pointer(schema: Any, where: str, schema_document: Maker) -> None:
    with pytest.raises(DefinitionError) as caught:
        use(schema_document(schema))
    assert caught.value.pointer is not None
    assert caught.value.pointer.startswith(where)


def test_a_flawed_schema_is_named_in_31_too(schema_document: Maker) -> None:
    with pytest.raises(DefinitionError) as caught:
        use(schema_document({"properties": {"a": {"minLength": 2, "title": 5}}}, "3.1.0"))
    assert caught.value.pointer == "/components/schemas/Thing/properties/a/title"


def test_a_parameter_that_refers_to_nothing_is_named(parameter_document: Maker) -> None:
    with pytest.raises(DefinitionError, match="leads nowhere") as caught:
        use(parameter_document({"$ref": "#/components/parameters/none"}))
    assert caught.value.pointer == "/paths/~1api~1things/get/parameters/0"


def test_a_parameter_of_another_host_is_not_fetched(parameter_document: Maker) -> None:
    with pytest.raises(DefinitionError, match="not followed"):
        use(parameter_document({"$ref": "http://127.0.0.1:9/parameters.json"}))


def laughs(keyword: Callable[[str], Any], levels: int) -> dict[str, Any]:
    """Return schemas each of which names the next one twice."""
    schemas = {f"S{n}": keyword(f"#/components/schemas/S{n + 1}") for n in range(levels)}
    return {**schemas, f"S{levels}": {"type": "string"}}


@pytest.mark.parametrize(
    "keyword",
    [
        lambda ref: {"properties": {"a": {"$ref": ref}, "b": {"$ref": ref}}},
        lambda ref: {"allOf": [{"$ref": ref}, {"$ref": ref}]},
    ],
    ids=["properties", "allOf"],
)
def test_references_that_multiply_are_refused(keyword: Callable[[str], Any], document: Maker) -> None:
    with pytest.raises(DefinitionError, match="multiply") as caught:
        use(document(schemas=laughs(keyword, 60)))
    assert str(caught.value.pointer).startswith("/components/schemas/S")


def test_a_long_chain_of_references_is_refused(document: Maker) -> None:
    schemas = {f"S{n}": {"$ref": f"#/components/schemas/S{n + 1}"} for n in range(5_000)}
    with pytest.raises(DefinitionError, match="a chain of more than"):
        use(document(schemas={**schemas, "S5000": {"type": "string"}}))


def test_a_large_circle_of_references_is_mended(document: Maker) -> None:
    schemas = {f"S{n}": {"$ref": f"#/components/schemas/S{(n + 1) % 5_000}"} for n in range(5_000)}
    _, repairs = repair(document(schemas=schemas))
    assert len(repairs) == 5_000


def test_too_many_values_are_refused(document: Maker) -> None:
    with pytest.raises(DefinitionError, match="more than 100,000 values"):
        repair(document(schemas={"A": {"enum": list(range(100_001))}}))


def test_too_deep_schemas_are_refused(schema_document: Maker) -> None:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(60):
        schema = {"type": "array", "items": {"properties": {"a": schema}}}
    with pytest.raises(DefinitionError, match="nested deeper than 100 levels"):
        use(schema_document(schema))


def test_yaml_aliases_that_multiply_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 8)}]" for n in range(1, 12)]
    with pytest.raises(DefinitionError, match="more than 100,000 values"):
        read("\n".join(["openapi: 3.0.0", *lines]), "kimai.yaml")


def cyclic(document: Maker) -> dict[str, Any]:
    """Return a document in which teams have users and users have teams."""
    ref = "#/components/schemas/"
    schemas = {
        "Team": {"type": "object", "properties": {"users": {"type": "array", "items": {"$ref": f"{ref}User"}}}},
        "User": {"type": "object", "properties": {"team": {"$ref": f"{ref}Team"}, "name": {"type": "string"}}},
    }
    answer = {"description": "", "content": {"application/json": {"schema": {"$ref": f"{ref}Team"}}}}
    form = {"content": {"application/json": {"schema": {"$ref": f"{ref}User"}}}}
    operation = {"operationId": "x", "requestBody": form, "responses": {"200": answer}}
    return document({"/api/teams": {"post": operation}}, schemas)


def test_a_cycle_is_legal_and_every_question_ends(document: Maker) -> None:
    index = Index.of(use(cyclic(document)))
    operation = index["POST /api/teams"]
    assert operation.body is not None
    assert "team.users[].name" in [field.path for field in operation.body.all_fields]
    assert index.boolean_fields(operation) == ()
    assert index.reads_back(operation) == {}
    assert operation.success is not None
    assert operation.success.shape is not None
    assert [path for path, _ in operation.success.shape.leaves()] == ["users", "users[].team", "users[].name"]


def test_a_cyclic_answer_is_judged_to_any_depth(document: Maker) -> None:
    response = Index.of(use(cyclic(document)))["POST /api/teams"].response(200)
    assert response is not None
    assert response.shape is not None
    for name, types in (("a", []), (5, ["integer"])):
        violations = departures(response.shape, {"users": [{"team": {"users": [{"name": name}]}}]})
        assert [departure.got for departure in violations if departure.aspect == "type"] == types
