"""The OpenAPI definition of a Kimai version, generated from the interface tables."""

from __future__ import annotations

from typing import Any

from conformance.embedded.interface import Operation, Parameter, Shape, forms, interface_version, operations, schemas
from conformance.embedded.openapi import texts
from conformance.embedded.openapi.components import Json, Writer

_JSON = "application/json"


def definition(version: str, flawed: bool = True) -> dict[str, Any]:
    """The OpenAPI definition of that version, with the flaws of its generator or mended.

    Paths, methods, operation ids, parameters, schemas, required attributes, nullable and flaws are those that
    a real instance serves to an administrator; summaries and descriptions are our own. Of the examples only
    those are kept that are values of an attribute (`"example": 1`). Every call gives a new object.
    Raises `ValueError` for a version that `conformance.embedded.interface` does not describe.
    """
    writer = Writer(version, flawed)
    table = operations(version)
    named_forms = [form for form in forms(version).values() if not form.inline]
    bearer = {"type": "http", "description": texts.TOKEN, "bearerFormat": "KIMAI", "scheme": "bearer"}
    return {
        "openapi": "3.0.0",
        "info": {"title": texts.TITLE, "description": texts.ABOUT, "version": interface_version(version)},
        "paths": _paths(writer, table),
        "components": {
            "schemas": {**writer.records(schemas(version).values()), **writer.records(named_forms)},
            "securitySchemes": {"bearer": bearer},
        },
        "security": [{"bearer": []}],
        "tags": [{"name": tag} for tag in dict.fromkeys(operation.tag for operation in table)],
    }


def _paths(writer: Writer, table: tuple[Operation, ...]) -> Json:
    paths: Json = {}
    for operation in table:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(writer, operation)
    return paths


def _operation(writer: Writer, operation: Operation) -> Json:
    written: Json = {
        "tags": [operation.tag],
        "summary": texts.summary(operation),
        "operationId": operation.id,
    }
    parameters = [_path_parameter(writer, parameter) for parameter in operation.path_parameters]
    parameters += [_query_parameter(writer, parameter) for parameter in operation.query]
    if parameters:
        written["parameters"] = parameters
    if operation.body is not None:
        written["requestBody"] = _request(writer, operation.body)
    written["responses"] = _responses(writer, operation)
    if operation.deprecated:
        written["deprecated"] = True
    if operation.scopes is not None:
        # Scopes belong to OAuth2; a bearer scheme has none.
        written["security"] = [{"bearer": ["API", *operation.scopes] if writer.flawed else []}]
    if operation.internal:
        written["x-internal"] = True
    return written


def _path_parameter(writer: Writer, parameter: Parameter) -> Json:
    schema: Json = {"type": "string"}
    if parameter.pattern:
        schema["pattern"] = writer.pattern(parameter.pattern)
    return {"name": parameter.name, "in": "path", "required": True, "schema": schema}


def _query_parameter(writer: Writer, parameter: Parameter) -> Json:
    written: Json = {
        "name": parameter.name,
        "in": "query",
        "required": False,
        "allowEmptyValue": parameter.allow_empty,
    }
    if parameter.many:
        written["explode"] = True
    if parameter.values:
        written["description"] = texts.allowed(parameter.values)
    schema = _flawed_query_schema(writer, parameter) if writer.flawed else _query_schema(writer, parameter)
    return {**written, "schema": schema}


def _flawed_query_schema(writer: Writer, parameter: Parameter) -> Json:
    """As the generator writes it: null and a number as defaults of a text, the items' pattern at the list."""
    schema: Json = {"type": "string", "default": parameter.default}
    if parameter.many:
        schema = {"type": "array", "items": writer.nothing(), "default": list(parameter.default)}
    if parameter.pattern:
        schema["pattern"] = parameter.pattern
    return schema


def _query_schema(writer: Writer, parameter: Parameter) -> Json:
    """As it is meant."""
    schema: Json = {"type": "string"}
    if parameter.pattern:
        schema["pattern"] = writer.pattern(parameter.pattern)
    if parameter.many:
        return {"type": "array", "items": schema, "default": list(parameter.default)}
    if parameter.default is not None:
        schema["default"] = str(parameter.default)
    return schema


def _request(writer: Writer, body: Shape) -> Json:
    form = forms(writer.version).get(body.target or "")
    content = {"content": {_JSON: {"schema": writer.shape(body)}}}
    # The generator calls a body required only where it is a named form or a list.
    return content if form is not None and form.inline else {"required": True, **content}


def _responses(writer: Writer, operation: Operation) -> Json:
    answer = operation.answer
    written: Json = {"description": texts.outcome(answer.status)}
    if answer.header is not None:
        written["headers"] = {answer.header: {"schema": {"type": "string"}}}
    if answer.media:
        written["content"] = {kind: {"schema": writer.shape(shape)} for kind, shape in answer.media}
    return {answer.status: written}
