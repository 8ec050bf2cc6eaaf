"""The typed tables: operations, forms and schemas of each version."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from conformance.embedded.interface import notation
from conformance.embedded.interface.changes import changes, operation_rows, read, record_rows
from conformance.embedded.interface.shapes import Answer, Attribute, Form, Operation, Parameter, Schema, Shape

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_ID = r"\d+"


@cache
def operations(version: str) -> tuple[Operation, ...]:
    """Every operation of a version, in the order of its definition.

    Raises `ValueError` for a version without tables, as all functions of this module do.
    """
    return tuple(_operation(version, key, row) for key, row in operation_rows(version).items())


@cache
def forms(version: str) -> Mapping[str, Form]:
    """The request forms of a version by name, inline ones included."""
    values = value_lists(version)
    return {
        name: Form(name, _attributes(row, values), row.get("inline", False))
        for name, row in record_rows(version, "forms").items()
    }


@cache
def schemas(version: str) -> Mapping[str, Schema]:
    """The schemas of answers of a version by name."""
    values = value_lists(version)
    return {name: Schema(name, _attributes(row, values)) for name, row in record_rows(version, "schemas").items()}


def form(version: str, name: str) -> Form:
    """One request form. Raises `KeyError` where that version has no such form."""
    return forms(version)[name]


def schema(version: str, name: str) -> Schema:
    """One schema of answers. Raises `KeyError` where that version has no such schema."""
    return schemas(version)[name]


@cache
def value_lists(version: str) -> Mapping[str, tuple[str, ...]]:
    """The long lists of values of a version: `languages` and `locales`."""
    changes(version)
    return {name: tuple(by_version[version].split()) for name, by_version in read("values").items()}


def interface_version(version: str) -> str:
    """The number that Kimai gives its API in the definition, which is not the number of the release."""
    number: str = changes(version).get("info_version", "1.1")
    return number


def _attributes(row: Mapping[str, Any], values: Mapping[str, tuple[str, ...]]) -> tuple[Attribute, ...]:
    required, undocumented = row["required"], row.get("undocumented", ())
    return tuple(
        replace(notation.attribute(name, cell, name in required, values), documented=name not in undocumented)
        for name, cell in row["attributes"].items()
    )


def _operation(version: str, key: str, row: Mapping[str, Any]) -> Operation:
    method, path = key.split(" ")
    own = changes(version)
    scoped = own.get("scoped", True)
    doubled = f"{method.lower()}_" if key in own.get("doubled_ids", ()) else ""
    return Operation(
        method=method,
        path=path,
        id=doubled + row["id"],
        tag=row["tag"],
        scopes=tuple(row.get("scopes", ())) if scoped else None,
        internal=scoped and row.get("internal", False),
        deprecated=row.get("deprecated", False),
        path_parameters=_path_parameters(path, row.get("free", ())),
        query=tuple(_query_parameter(name, cell) for name, cell in row.get("query", {}).items()),
        body=notation.shape(row["body"]) if "body" in row else None,
        answer=_answer(row),
    )


def _path_parameters(path: str, free: tuple[str, ...]) -> tuple[Parameter, ...]:
    return tuple(
        Parameter(name, pattern=None if name in free else _ID, allow_empty=False) for name in _PLACEHOLDER.findall(path)
    )


def _query_parameter(name: str, cell: str | Mapping[str, Any]) -> Parameter:
    reported: Mapping[str, Any] = {"pattern": cell} if isinstance(cell, str) else cell
    many = name.endswith("[]")
    default = reported.get("default", () if many else None)
    values = tuple(reported.get("values", ()))
    return Parameter(name, reported["pattern"] or None, default, many, reported.get("allow_empty", True), values)


def _answer(row: Mapping[str, Any]) -> Answer:
    media: dict[str, str] = row.get("media", {})
    if row.get("answer"):
        media = {"application/json": row["answer"]}
    shaped: tuple[tuple[str, Shape], ...] = tuple((kind, notation.shape(cell)) for kind, cell in media.items())
    return Answer(str(row.get("status", 200)), shaped, row.get("header"))
