"""The short notation of the data files, turned into shapes and attributes.

A cell is a kind, or a table whose `is` holds the kind and whose other keys are OpenAPI's own words:

    "string"  "integer"  "number:float"  "string:date-time"    a type, with its format
    "Team"                                                     a reference to that schema or form
    "<User2>"                                                  a reference, wrapped in a oneOf of one
    "[Team]"  "[string]"                                       an array of these
    "{string}"                                                 a map with such values
    "any"                                                      nothing is said about the value

TOML has no null: `default_null = true` stands for a default of null. `enum` is a list of values, or the name
of a list in values.toml.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.embedded.interface.shapes import ABSENT, Attribute, Shape

_LIMITS = {
    "minLength": "min_length",
    "maxLength": "max_length",
    "minimum": "minimum",
    "maximum": "maximum",
    "minItems": "min_items",
    "pattern": "pattern",
}
_KNOWN = {*_LIMITS, "is", "format", "enum", "default", "default_null", "nullable", "deprecated", "example"}


def shape(kind: str) -> Shape:
    """The shape of a kind, see above. Raises `ValueError` where a bracket is not closed."""
    pairs = {"[": "]", "{": "}", "<": ">"}
    if kind[0] in pairs:
        if kind[-1] != pairs[kind[0]]:
            raise ValueError(f"the kind {kind!r} lacks its closing bracket")
        return _bracketed(kind[0], kind[1:-1])
    if kind[0].isupper():
        return Shape("reference", target=kind)
    name, _, written_format = kind.partition(":")
    return Shape(name, format=written_format or None)


def _bracketed(bracket: str, inner: str) -> Shape:
    if bracket == "<":
        return Shape("reference", target=inner, wrapped=True)
    return Shape("array" if bracket == "[" else "object", items=shape(inner))


def attribute(
    name: str, cell: str | Mapping[str, Any], required: bool, values: Mapping[str, tuple[str, ...]]
) -> Attribute:
    """The attribute that a cell describes.

    `values` are the named lists of that version. Raises `ValueError` for a key that the notation does not know.
    """
    reported: Mapping[str, Any] = {"is": cell} if isinstance(cell, str) else cell
    if unknown := reported.keys() - _KNOWN:
        raise ValueError(f"{name}: the notation has no {', '.join(sorted(unknown))}")
    plain = shape(reported["is"])
    return Attribute(
        name,
        Shape(plain.kind, reported.get("format", plain.format), plain.target, plain.items, plain.wrapped),
        required=required,
        nullable=reported.get("nullable", False),
        deprecated=reported.get("deprecated", False),
        default=None if reported.get("default_null") else reported.get("default", ABSENT),
        enum=_enum(reported.get("enum", ()), values),
        example=reported.get("example", ABSENT),
        **{field: reported[word] for word, field in _LIMITS.items() if word in reported},
    )


def _enum(value: Any, values: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return values[value] if isinstance(value, str) else tuple(value)
