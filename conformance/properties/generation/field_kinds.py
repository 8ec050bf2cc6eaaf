"""What the attributes of a body are: the kinds of value that `batch_fuzz` has odd values for."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

from conformance.exchange.guard.kinds import Kind
from conformance.exchange.guard.operations import GuardedOperation, Param
from conformance.verdict.remote import DURATIONS


class FieldKind(enum.StrEnum):
    """What an attribute is."""

    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"
    DURATION = "duration"
    FLAG = "flag"
    ID = "id"
    IDS = "ids"
    MEMBERS = "members"
    TAGS = "tags"
    BEGIN = "begin"
    END = "end"
    DATE = "date"


def field_kinds(row: GuardedOperation | None, properties: Mapping[str, Any]) -> dict[str, FieldKind]:
    """Return what each attribute of an operation's body is, by its enriched schema and the guard's table."""
    references = row.body if row else {}
    return {name: _kind_of(name, schema, references.get(name)) for name, schema in properties.items()}


def _kind_of(name: str, schema: Mapping[str, Any], param: Param | None) -> FieldKind:
    if param is not None and param.kind is Kind.TAG:
        return FieldKind.TAGS
    if param is not None and param.item:
        return FieldKind.MEMBERS
    if param is not None:
        return FieldKind.IDS if schema.get("type") == "array" else FieldKind.ID
    if name in DURATIONS:
        return FieldKind.DURATION
    pattern = str(schema.get("pattern", ""))
    if "T(" in pattern or "T00" in pattern or pattern.startswith("^20"):
        return (
            {"begin": FieldKind.BEGIN, "end": FieldKind.END}.get(name, FieldKind.DATE)
            if "T(" in pattern
            else FieldKind.DATE
        )
    by_type = {"number": FieldKind.NUMBER, "integer": FieldKind.NUMBER, "boolean": FieldKind.FLAG}
    if schema.get("type") in by_type:
        return by_type[str(schema["type"])]
    return FieldKind.CHOICE if schema.get("enum") else FieldKind.TEXT
