"""The interface of a release, read from its definition: operations, forms, schemas and their attributes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from conformance import kimai
from conformance.embedded.interface.shapes import (
    ABSENT,
    Attribute,
    DocumentedAnswer,
    Form,
    Operation,
    Parameter,
    Schema,
    Shape,
)

_JSON = "application/json"
_LIMITS = {
    "minLength": "min_length",
    "maxLength": "max_length",
    "minimum": "minimum",
    "maximum": "maximum",
    "minItems": "min_items",
    "pattern": "pattern",
}
_TOLD = re.compile(r"Allowed values: (.+)")
"""How a description tells values that stand nowhere else."""

Json = Mapping[str, Any]


@cache
def operations(version: str) -> tuple[Operation, ...]:
    """Every operation of a version, in the order of its definition.

    Raises `ValueError` for a version without a definition, as all functions of this module do.
    """
    paths: Json = kimai.definition(version)["paths"]
    return tuple(
        _operation(method.upper(), path, raw) for path, methods in paths.items() for method, raw in methods.items()
    )


@cache
def forms(version: str) -> Mapping[str, Form]:
    """The request forms of a version by name, inline ones included."""
    document = kimai.definition(version)
    raw_forms = {name: raw for name, raw in document["components"]["schemas"].items() if name.endswith("Form")}
    bodies = [raw.get("requestBody") for methods in document["paths"].values() for raw in methods.values()]
    named = {name: Form(name, _attributes(raw)) for name, raw in raw_forms.items()}
    unnamed = {
        name: Form(name, _attributes(raw), inline=True)
        for raw in _objects([raw_forms, bodies])
        if (name := _inline_name(raw))
    }
    return {name: _completed(form, version) for name, form in {**named, **unnamed}.items()}


@cache
def schemas(version: str) -> Mapping[str, Schema]:
    """The schemas of answers of a version by name."""
    components: Json = kimai.definition(version)["components"]["schemas"]
    return {name: Schema(name, _attributes(raw)) for name, raw in components.items() if not name.endswith("Form")}


def form(version: str, name: str) -> Form:
    """One request form. Raises `KeyError` where that version has no such form."""
    return forms(version)[name]


def schema(version: str, name: str) -> Schema:
    """One schema of answers. Raises `KeyError` where that version has no such schema."""
    return schemas(version)[name]


@cache
def _unsaid() -> dict[str, Any]:
    return tomllib.loads(files(kimai).joinpath("unsaid.toml").read_text(encoding="utf-8"))


def _objects(raw: Any) -> Iterator[Json]:
    """Every schema with properties, however deep."""
    if isinstance(raw, dict):
        if isinstance(raw.get("properties"), dict):
            yield raw
        raw = list(raw.values())
    if isinstance(raw, list):
        for part in raw:
            yield from _objects(part)


def _inline_name(raw: Json) -> str:
    names = list(raw.get("properties", ()))
    return next((name for name, fields in _unsaid()["inline"].items() if fields == names), "")


def _completed(form: Form, version: str) -> Form:
    """A form with the fields that its schema leaves out."""
    fields = list(form.fields)
    for name, before in _unsaid()["undocumented"].get(version, {}).get(form.name, {}).items():
        place = next(number for number, field in enumerate(fields) if field.name == before)
        fields.insert(place, replace(schema_field(form.name, name), documented=False))
    return replace(form, fields=tuple(fields))


def schema_field(form_name: str, name: str) -> Attribute:
    """The field of a form as the newest release documents it."""
    return form(kimai.NEWEST, form_name).field(name)


def _attributes(raw: Json) -> tuple[Attribute, ...]:
    required = raw.get("required", ())
    return tuple(_attribute(name, cell, name in required) for name, cell in raw["properties"].items())


def _attribute(name: str, raw: Json, required: bool) -> Attribute:
    holder = raw["items"] if isinstance(raw.get("items"), dict) else raw
    return Attribute(
        name,
        _shape(raw),
        required=required,
        nullable=raw.get("nullable", False),
        deprecated=raw.get("deprecated", False),
        default=raw.get("default", ABSENT),
        enum=tuple(holder.get("enum", ())),
        example=raw.get("example", ABSENT),
        **{field: raw[word] for word, field in _LIMITS.items() if word in raw},
    )


def _shape(raw: Any) -> Shape:
    """The shape of a schema; `[]`, which is none, says nothing."""
    if not raw:
        return Shape("any")
    if name := _inline_name(raw):
        return Shape("reference", target=name)
    if "$ref" in raw:
        return Shape("reference", target=raw["$ref"].rpartition("/")[2])
    if "oneOf" in raw:
        return replace(_shape(raw["oneOf"][0]), wrapped=True)
    if "items" in raw:
        return Shape("array", items=_shape(raw["items"]))
    if "additionalProperties" in raw:
        return Shape("object", items=_shape(raw["additionalProperties"]))
    return Shape(raw["type"], format=raw.get("format")) if "type" in raw else Shape("any")


def _operation(method: str, path: str, raw: Json) -> Operation:
    parameters = [(parameter["in"], _parameter(parameter)) for parameter in raw.get("parameters", ())]
    body = raw["requestBody"]["content"][_JSON]["schema"] if "requestBody" in raw else None
    return Operation(
        method=method,
        path=path,
        id=raw["operationId"],
        tag=raw["tags"][0],
        deprecated=raw.get("deprecated", False),
        path_parameters=tuple(parameter for place, parameter in parameters if place == "path"),
        query=tuple(parameter for place, parameter in parameters if place == "query"),
        body=_shape(body) if body is not None else None,
        answer=_answer(raw["responses"]),
    )


def _parameter(raw: Json) -> Parameter:
    schema, allowed = raw["schema"], _TOLD.fullmatch(raw.get("description", ""))
    default = schema.get("default")
    return Parameter(
        raw["name"],
        schema.get("pattern"),
        tuple(default) if isinstance(default, list) else default,
        raw.get("explode", False),
        raw.get("allowEmptyValue", False),
        tuple(allowed[1].split(", ")) if allowed else (),
    )


def _answer(responses: Json) -> DocumentedAnswer:
    status, raw = next(iter(responses.items()))
    media = tuple((kind, _shape(content["schema"])) for kind, content in raw.get("content", {}).items())
    return DocumentedAnswer(status, media, next(iter(raw.get("headers", ())), None))
