"""The words in which the interface of Kimai is told: shapes, attributes, schemas, forms, parameters, operations.

All of them are frozen, so that a table can be shared by every instance that runs in the process.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final


class _Absent:
    """The type of `ABSENT`: a default that is not stated, which is not the same as a stated null."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()


@dataclass(frozen=True, slots=True)
class Shape:
    """What a value looks like.

    `kind` is `string`, `integer`, `number`, `boolean`, `array` (of `items`), `object` (a map whose values
    are `items`), `reference` (to the schema or form `target`) or `any` (nothing is said: where Kimai's
    generator writes `[]` or an empty object). `format` is OpenAPI's. `wrapped` marks a reference that the
    generator puts into a `oneOf` of one.
    """

    kind: str
    format: str | None = None
    target: str | None = None
    items: Shape | None = None
    wrapped: bool = False


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a schema or one field of a form, with what the definition says about it.

    `default` is `ABSENT` where none is stated. `enum` holds the allowed values, of the items where the
    shape is an array. Lengths count characters. `example` is a value, never prose. What is not `documented` is
    there, but missing in the definition.
    """

    name: str
    shape: Shape
    required: bool = False
    nullable: bool = False
    deprecated: bool = False
    default: Any = ABSENT
    enum: tuple[str, ...] = ()
    pattern: str | None = None
    min_length: int | None = None
    max_length: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    min_items: int | None = None
    example: Any = ABSENT
    documented: bool = True


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema of answers: its attributes in the order in which the definition lists them."""

    name: str
    attributes: tuple[Attribute, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The attributes' names, in order."""
        return tuple(attribute.name for attribute in self.attributes)

    def attribute(self, name: str) -> Attribute:
        """The attribute of that name. Raises `KeyError` where there is none."""
        return _by_name(self.attributes, name, self.name)


@dataclass(frozen=True, slots=True)
class Form:
    """A request form: its fields in the order in which the definition lists them.

    An `inline` form is written into the operation, the others are components of the definition.
    """

    name: str
    fields: tuple[Attribute, ...]
    inline: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The fields' names, in order."""
        return tuple(field.name for field in self.fields)

    def field(self, name: str) -> Attribute:
        """The field of that name. Raises `KeyError` where there is none."""
        return _by_name(self.fields, name, self.name)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A path or query parameter. Its `pattern` is meant for the whole value, though it is not anchored.

    `many`: the parameter may be repeated; its name then ends in `[]` and its default is an empty list.
    `values` are those that a description alone tells, where the definition has no pattern.
    """

    name: str
    pattern: str | None = None
    default: Any = None
    many: bool = False
    allow_empty: bool = True
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentedAnswer:
    """The documented success: its status (`200`, … or `default`), and what it carries.

    `media` pairs a content type with a shape; it is empty where no body is documented.
    """

    status: str
    media: tuple[tuple[str, Shape], ...] = ()
    header: str | None = None

    @property
    def shape(self) -> Shape | None:
        """The shape of the JSON body, or None where there is none."""
        return dict(self.media).get("application/json")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: method in capitals, path template beginning with `/api/`.

    `body` is a reference to a form or an array of references to a schema.
    """

    method: str
    path: str
    id: str
    tag: str
    deprecated: bool
    path_parameters: tuple[Parameter, ...]
    query: tuple[Parameter, ...]
    body: Shape | None
    answer: DocumentedAnswer

    @property
    def key(self) -> str:
        """Method and path, as in `GET /api/tags`."""
        return f"{self.method} {self.path}"

    def parameter(self, name: str) -> Parameter:
        """The query parameter of that name. Raises `KeyError` where there is none."""
        return next((p for p in self.query if p.name == name), None) or _unknown(name, self.key)


def _by_name(attributes: tuple[Attribute, ...], name: str, owner: str) -> Attribute:
    return next((a for a in attributes if a.name == name), None) or _unknown(name, owner)


def _unknown(name: str, owner: str) -> Any:
    raise KeyError(f"{owner} has no {name!r}")
