"""Small definitions, made to measure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Maker = Callable[..., dict[str, Any]]


@pytest.fixture
def document() -> Maker:
    """Return a maker of a small valid document: paths and component schemas as given."""

    def make(
        paths: dict[str, Any] | None = None, schemas: dict[str, Any] | None = None, openapi: str = "3.0.0"
    ) -> dict[str, Any]:
        return {
            "openapi": openapi,
            "info": {"title": "Kimai - API", "version": "1.1"},
            "paths": {} if paths is None else paths,
            "components": {"schemas": {} if schemas is None else schemas},
        }

    return make


@pytest.fixture
def schema_document(document: Maker) -> Maker:
    """Return a maker of a document with one component schema, Thing."""
    return lambda schema, openapi="3.0.0": document(schemas={"Thing": schema}, openapi=openapi)


@pytest.fixture
def parameter_document(document: Maker) -> Maker:
    """Return a maker of a document whose GET /api/things takes the parameters given."""

    def make(*parameters: Any, path: str = "/api/things") -> dict[str, Any]:
        operation = {"operationId": "get", "parameters": list(parameters), "responses": {"200": {"description": ""}}}
        return document({path: {"get": operation}})

    return make
