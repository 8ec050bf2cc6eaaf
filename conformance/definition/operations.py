"""An operation of the definition: its parameters, its body, its answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from conformance.definition.grammar import METHODS
from conformance.definition.shapes import SchemaView, resolve

JSON = "application/json"


def normal_label(label: str) -> str:
    """Return an operation's label without the names of its path parameters, which no request has in it."""
    return re.sub(r"\{[^}]*\}", "{}", label)


@dataclass(frozen=True)
class Parameter:
    """A parameter in the path or the query. `name` is as sent (`users[]`), `shape` is its schema."""

    name: str
    place: str
    required: bool
    shape: SchemaView
    description: str = ""

    @property
    def is_array(self) -> bool:
        """Whether it may be given several times."""
        return self.shape.kind == "array" or self.name.endswith("[]")

    @property
    def pattern(self) -> str | None:
        """The pattern of the value, of one item for a list."""
        return self._one.pattern

    @property
    def enum(self) -> tuple[Any, ...] | None:
        """The allowed values, of one item for a list."""
        return self._one.enum

    @property
    def default(self) -> Any:
        """The default, None also where there is none."""
        return self.shape.default

    @property
    def _one(self) -> SchemaView:
        return self.shape.items or self.shape if self.is_array else self.shape


@dataclass(frozen=True)
class Field:
    """A field of a body. `path` names it from the top (`members[].teamlead`), `required` is within its object."""

    name: str
    path: str
    required: bool
    shape: SchemaView

    @property
    def types(self) -> tuple[str, ...]:
        """The JSON types, without "null"; empty where any value is allowed."""
        return self.shape.types

    @property
    def format(self) -> str | None:
        """The format ("date-time", "date", …)."""
        return self.shape.format

    @property
    def nullable(self) -> bool:
        """Whether the definition allows null by name."""
        return self.shape.nullable

    @property
    def enum(self) -> tuple[Any, ...] | None:
        """The allowed values, of one item for a list."""
        inner = self.shape.items
        return self.shape.enum or (inner.enum if inner else None)

    @property
    def max_length(self) -> int | None:
        """The most characters, as far as the definition says."""
        return self.shape.max_length

    @property
    def pattern(self) -> str | None:
        """The pattern of the value."""
        return self.shape.pattern

    @property
    def is_array(self) -> bool:
        """Whether it is a list."""
        return self.shape.kind == "array"

    @property
    def nested(self) -> bool:
        """Whether it stands within another field."""
        return "." in self.path or "[]" in self.path

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The fields within: of the object, or of the objects in the list."""
        inner = self.shape.items if self.is_array else self.shape
        prefix = f"{self.path}[]" if self.is_array else self.path
        return fields_of(inner, prefix) if inner is not None else ()


@dataclass(frozen=True)
class BodyForm:
    """The JSON body that an operation takes. `is_array` where the body itself is a list of objects (preferences)."""

    shape: SchemaView
    required: bool

    @property
    def is_array(self) -> bool:
        """Whether the body is a list."""
        return self.shape.kind == "array"

    @property
    def name(self) -> str | None:
        """The component name ("TimesheetEditForm"); that of the items for a list."""
        items = self.shape.items
        return self.shape.ref or (items.ref if items else None)

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The fields at the top; for a list those of its items, their paths beginning with `[].`"""
        inner = self.shape.items if self.is_array else self.shape
        return fields_of(inner, "[]" if self.is_array else "") if inner is not None else ()

    @cached_property
    def all_fields(self) -> tuple[Field, ...]:
        """Every field, nested ones after the one they stand in."""
        return tuple(_deep(self.fields, 4))

    def field(self, path: str) -> Field | None:
        """Return the field with this path, None where there is none."""
        return next((field for field in self.all_fields if field.path == path), None)


@dataclass(frozen=True)
class Response:
    """A documented answer. `status` is as written ("200", "2XX", "default"); `shape` None where no JSON comes."""

    status: str
    media_types: tuple[str, ...]
    shape: SchemaView | None


@dataclass(frozen=True)
class Operation:
    """A method on a path. Equal and hashable by its label."""

    method: str
    path: str
    document: Mapping[str, Any]
    raw: Mapping[str, Any]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Operation) and other.label == self.label

    def __hash__(self) -> int:
        return hash(self.label)

    def __repr__(self) -> str:
        return f"Operation({self.label!r})"

    @property
    def label(self) -> str:
        """Method and path as in the definition ("GET /api/customers/{id}")."""
        return f"{self.method} {self.path}"

    @property
    def operation_id(self) -> str:
        """The operation id; mending has given each operation one."""
        return str(self.raw.get("operationId", ""))

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags, which are Kimai's resource names."""
        return tuple(map(str, self.raw.get("tags") or ()))

    @property
    def deprecated(self) -> bool:
        """Whether it is marked as deprecated."""
        return self.raw.get("deprecated") is True

    @property
    def internal(self) -> bool:
        """Whether it is marked `x-internal`: not meant for other clients."""
        return bool(self.raw.get("x-internal"))

    @property
    def is_read(self) -> bool:
        """Whether the method is a reading one. It says nothing about what the operation does: the guard knows."""
        return self.method in ("GET", "HEAD", "OPTIONS")

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """All parameters, those of the path item first, overridden by the operation's own."""
        item = resolve(self.document, self.document["paths"][self.path])
        results = [*(item.get("parameters") or ()), *(self.raw.get("parameters") or ())]
        result = [_parameter(self.document, resolve(self.document, element)) for element in results]
        return tuple({(entry.place, entry.name): entry for entry in result}.values())

    @property
    def path_parameters(self) -> tuple[Parameter, ...]:
        """The parameters in the path."""
        return tuple(parameter for parameter in self.parameters if parameter.place == "path")

    @property
    def query_parameters(self) -> tuple[Parameter, ...]:
        """The parameters in the query."""
        return tuple(parameter for parameter in self.parameters if parameter.place == "query")

    def query(self, name: str) -> Parameter | None:
        """Return the query parameter of this name, None where there is none."""
        return next((parameter for parameter in self.query_parameters if parameter.name == name), None)

    @cached_property
    def body(self) -> BodyForm | None:
        """The JSON body, None where the operation takes none."""
        body = resolve(self.document, self.raw.get("requestBody"))
        media = _json_media(body)
        if media is None:
            return None
        return BodyForm(SchemaView(self.document, media.get("schema", {})), bool(body.get("required")))

    @cached_property
    def responses(self) -> Mapping[str, Response]:
        """The documented answers by status, as written."""
        responses: dict[str, Response] = {}
        for status, raw in (self.raw.get("responses") or {}).items():
            if str(status).startswith("x-"):
                continue
            resolved = resolve(self.document, raw)
            media = _json_media(resolved)
            shape = None if media is None else SchemaView(self.document, media.get("schema", {}))
            responses[str(status)] = Response(str(status), tuple(resolved.get("content") or ()), shape)
        return responses

    def response(self, status: int) -> Response | None:
        """Return the answer documented for a status: by number, by range, or `default`."""
        for name in (str(status), f"{status // 100}XX", "default"):
            if name in self.responses:
                return self.responses[name]
        return None

    @cached_property
    def success(self) -> Response | None:
        """The lowest documented answer of 2xx, None where there is none (operations that are gone)."""
        result = sorted(status for status in self.responses if status.startswith("2"))
        return self.responses[result[0]] if result else self.responses.get("default")


def operations_of(document: Mapping[str, Any]) -> Iterator[Operation]:
    """Yield every operation of a document, in its order."""
    for path, item in document["paths"].items():
        resolved = resolve(document, item) if not path.startswith("x-") else {}
        for method, raw in resolved.items():
            if method in METHODS and isinstance(raw, dict):
                yield Operation(method.upper(), path, document, raw)


def fields_of(shape: SchemaView, prefix: str) -> tuple[Field, ...]:
    """Return the fields of an object shape, their paths below a prefix ("" at the top)."""
    return tuple(
        Field(name, f"{prefix}.{name}" if prefix else name, name in shape.required, inner)
        for name, inner in shape.attributes.items()
    )


def _deep(fields: tuple[Field, ...], depth: int) -> Iterator[Field]:
    for field in fields:
        yield field
        if depth:
            yield from _deep(field.fields, depth - 1)


def _parameter(document: Mapping[str, Any], raw: Mapping[str, Any]) -> Parameter:
    media = _json_media(raw) or {}
    shape = SchemaView(document, raw.get("schema", media.get("schema", {})))
    description = raw.get("description")
    return Parameter(
        str(raw.get("name", "")),
        str(raw.get("in", "")),
        raw.get("required") is True,
        shape,
        description if isinstance(description, str) else shape.description,
    )


def _json_media(holder: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the JSON media type of a body or answer, with or without a charset or suffix."""
    for name, media in (holder.get("content") or {}).items():
        bare = str(name).partition(";")[0].strip().lower()
        if bare == JSON or bare.endswith("+json"):
            return media if isinstance(media, dict) else {}
    return None
