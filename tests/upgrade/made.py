"""Snapshots and definitions made by hand, as small as a test needs them."""

from __future__ import annotations

from typing import Any

from conformance.upgrade.facts import About, Fact, fact
from conformance.upgrade.rows import rows_of
from conformance.upgrade.snapshot import Circumstances, Instance, KeptDefinition, Snapshot

LIST = "GET /api/things"
ITEM = "GET /api/things/{id}"
POST = "POST /api/things"


def document(**operations: dict[str, Any]) -> dict[str, Any]:
    """Return a definition; keyword "GET /api/things" gives the operation's object."""
    paths: dict[str, Any] = {}
    for label, operation in operations.items():
        method, _, path = label.partition(" ")
        paths.setdefault(path, {})[method.lower()] = {"operationId": label, "responses": {"200": {}}, **operation}
    return {"openapi": "3.0.0", "info": {"title": "t", "version": "1"}, "paths": paths}


def answer(properties: dict[str, Any]) -> dict[str, Any]:
    """Return an operation that answers an object."""
    schema = {"type": "object", "properties": properties}
    return {"responses": {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}}


def form(properties: dict[str, Any], required: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return an operation that takes an object."""
    schema = {"type": "object", "properties": properties, "required": list(required)}
    return {"requestBody": {"content": {"application/json": {"schema": schema}}}}


def query(**parameters: dict[str, Any]) -> dict[str, Any]:
    """Return an operation with query parameters."""
    named = [{"name": name, "in": "query", "schema": {"type": "string"}, **more} for name, more in parameters.items()]
    return {"parameters": named}


def snapshot(
    *facts: Fact, paths: dict[str, Any] | None = None, own: bool = True, zones: dict[str, str] | None = None,
    version: str = "1.0.0", **more: Any,
) -> Snapshot:  # fmt: skip
    """Return a snapshot of these facts."""
    return Snapshot(
        instance=Instance(kind="configured", version=version),
        circumstances=Circumstances(
            profile="standard",
            read_only=False,
            allow=[],
            zones=dict(zones or {"ROLE_USER": "UTC"}),
            timesheet={},
            **more,
        ),
        definition=KeptDefinition(
            source="file", own=own, version=None, fingerprint="f", document=paths or document(**{LIST: {}})
        ),
        observations=rows_of(facts),
    )


def status(answered: str, label: str = LIST, role: str = "ROLE_USER") -> Fact:
    """Return what an operation answered a role."""
    return fact(About.STATUS, label, answered, role=role)


def shown(*attributes: tuple[str, str], label: str = ITEM, role: str = "ROLE_USER") -> list[Fact]:
    """Return the facts of an answer whose attributes have these types."""
    results = [fact(About.ATTRIBUTE, label, word, role=role, field=name) for name, word in attributes]
    return [fact(About.SHOWN, label, "an own record", role=role), *results]
