"""What the attributes of a body are: the kinds of value that `waves` has odd values for."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

from conformance.exchange.guarding.kinds import Kind
from conformance.exchange.guarding.operations import Operation, Param
from conformance.properties.drawing.meanings import DURATIONS


class Sense(enum.StrEnum):
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


def senses(row: Operation | None, properties: Mapping[str, Any]) -> dict[str, Sense]:
    """Return what each attribute of an operation's body is, by its enriched schema and the guard's table."""
    references = row.body if row else {}
    return {name: _sense(name, schema, references.get(name)) for name, schema in properties.items()}


def _sense(name: str, schema: Mapping[str, Any], param: Param | None) -> Sense:
    if param is not None:
        return _reference(schema, param)
    if name in DURATIONS:
        return Sense.DURATION
    pattern = str(schema.get("pattern", ""))
    if "T(" in pattern or "T00" in pattern or pattern.startswith("^20"):
        return {"begin": Sense.BEGIN, "end": Sense.END}.get(name, Sense.DATE) if "T(" in pattern else Sense.DATE
    by_type = {"number": Sense.NUMBER, "integer": Sense.NUMBER, "boolean": Sense.FLAG}
    if schema.get("type") in by_type:
        return by_type[str(schema["type"])]
    return Sense.CHOICE if schema.get("enum") else Sense.TEXT


def _reference(schema: Mapping[str, Any], param: Param) -> Sense:
    if param.kind is Kind.TAG:
        return Sense.TAGS
    if param.item:
        return Sense.MEMBERS
    return Sense.IDS if schema.get("type") == "array" else Sense.ID
