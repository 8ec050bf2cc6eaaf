"""Odd queries cover every parameter of the definition, in each of its wrong forms, and every listed value."""

from __future__ import annotations

import pytest
from schemathesis.specs.openapi.schemas import OpenApiSchema

from conformance.definition import Definition
from conformance.model import Exchange
from conformance.properties.execution.schema import load
from conformance.properties.generation import queries
from conformance.properties.generation.fuzz import FuzzRequest, FuzzResult, FuzzScript
from conformance.properties.generation.queries import HUGE, Parameters
from conformance.properties.generation.schema_hints import enriched


@pytest.fixture(scope="module")
def schema(definition: Definition) -> OpenApiSchema:
    """The bundled definition with meanings."""
    return load(enriched(definition.document, lambda *_: True), 1)


def _all(script: FuzzScript, status: int = 200) -> list[FuzzRequest]:
    answer = Exchange("GET", "/api/x", "GET /api/x", "boss", {}, None, status, {}, b"[]")
    results = []
    try:
        odd = next(script)
        while True:
            results.append(odd)
            odd = script.send(FuzzResult(answer))
    except StopIteration:
        return results


def _queries(schema: OpenApiSchema, label: str, status: int = 200) -> list[dict[str, str]]:
    operation = schema.find_operation_by_label(label)
    assert operation is not None
    return [dict(odd.query) for odd in _all(queries.script(operation), status)]


def test_each_parameter_is_sent_as_a_list_and_each_list_nested(schema: OpenApiSchema) -> None:
    sent = _queries(schema, "GET /api/timesheets")
    for name in ("user", "page", "begin", "orderBy", "term", "full"):
        assert any(list(query) == [f"{name}[]"] for query in sent), name
    for name in ("users", "tags"):
        assert {f"{name}[][]": "1"} in sent
        assert {f"{name}[a]": "1"} in sent


def test_every_order_is_sent_in_both_directions(schema: OpenApiSchema) -> None:
    sent = {(query.get("orderBy"), query.get("order")) for query in _queries(schema, "GET /api/timesheets")}
    assert {(by, order) for by in ("id", "begin", "end", "rate") for order in ("ASC", "DESC")} <= sent


def test_ids_are_sent_one_by_one_only_where_all_at_once_are_refused(schema: OpenApiSchema) -> None:
    alone = {"customer": HUGE}
    assert alone not in _queries(schema, "GET /api/timesheets", 200)
    assert alone in _queries(schema, "GET /api/timesheets", 400)


def test_parameters_are_sorted_by_what_they_take(schema: OpenApiSchema) -> None:
    operation = schema.find_operation_by_label("GET /api/projects")
    assert operation is not None
    result = Parameters.of(operation)
    assert result.texts == ("term",)
    assert set(result.dates) == {"start", "end"}
    assert result.lists == ("customers[]",)
    assert {"visible", "order", "orderBy"} <= set(result.listed)


def test_a_read_without_parameters_gets_those_of_others(schema: OpenApiSchema) -> None:
    assert {"page", "size", "user"} <= set(_queries(schema, "GET /api/teams")[0])
    assert _queries(schema, "GET /api/teams/{id}") == []


def test_paths_get_ids_that_no_column_holds(schema: OpenApiSchema) -> None:
    operation = schema.find_operation_by_label("GET /api/actions/project/{id}/{view}/{locale}")
    assert operation is not None
    paths = [odd.path for odd in _all(queries.paths(operation))]
    assert {"id": HUGE} in paths
    assert {"locale": "xx"} in paths


def test_custom_fields_are_sent_with_what_is_documented_alone(definition: Definition) -> None:
    operation = enriched(definition.document, lambda *_: True)["paths"]["/api/invoices/{id}/custom-fields"]["patch"]
    body = operation["requestBody"]["content"]["application/json"]["schema"]
    assert body["items"]["additionalProperties"] is False
    assert set(body["items"]["properties"]) == {"name", "value"}
