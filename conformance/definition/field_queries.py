"""Questions about operations that are answered from the definition.

Conventions that they rest on, for real definitions say less than they mean:
- a text field or parameter without pattern is a datetime where its name is one elsewhere (`begin` of a restart);
- `…_after` and `…_before` are datetimes; so is a parameter whose description names the HTML5 form;
- a parameter whose values are among 0, 1, true and false is a boolean.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.definition.operations import Field, Operation, Parameter
from conformance.definition.shapes import SchemaView

if TYPE_CHECKING:
    from conformance.definition.index import Index

_BOOLEAN_WORDS = frozenset({"0", "1", "true", "false"})
_DATETIME_NAME = re.compile(r"(_after|_before|_since|After|Before|Since)$")
_DATETIME_TEXT = re.compile(r"HTML5|YYYY-MM-DDThh|datetime-local")
_ALLOWED = re.compile(r"Allowed values?: *([^(]*)")


@dataclass(frozen=True)
class BooleanParameter:
    """A yes-or-no query parameter with the values it is documented to take, as text, in documented order."""

    parameter: Parameter
    values: tuple[str, ...]

    @property
    def name(self) -> str:
        """The parameter's name."""
        return self.parameter.name


def match(operations: Iterable[Operation], method: str, path: str) -> Operation | None:
    """Return the operation for a concrete path; of several the one whose literals come first."""
    segments = path.split("/")
    matching = [
        operation for operation in operations if operation.method == method.upper() and _fits(operation, segments)
    ]
    return min(
        matching, key=lambda operation: [part.startswith("{") for part in operation.path.split("/")], default=None
    )


def _fits(operation: Operation, segments: list[str]) -> bool:
    template = operation.path.split("/")
    if len(template) != len(segments):
        return False
    pairs = zip(template, segments, strict=True)
    return all(part == value or (part.startswith("{") and value != "") for part, value in pairs)


def boolean_fields(operation: Operation) -> tuple[Field, ...]:
    """Return the fields that are boolean and nothing else."""
    return tuple(field for field in _fields(operation) if field.types == ("boolean",))


def datetime_fields(operation: Operation, names: frozenset[str]) -> tuple[Field, ...]:
    """Return the fields of format date-time, and plain text fields that are named like one."""
    return tuple(
        field
        for field in _fields(operation)
        if field.format == "date-time" or (field.name in names and _is_plain_text(field.shape))
    )


def date_fields(operation: Operation) -> tuple[Field, ...]:
    """Return the fields of format date."""
    return tuple(field for field in _fields(operation) if field.format == "date")


def boolean_query_parameters(operation: Operation) -> tuple[BooleanParameter, ...]:
    """Return the parameters of type boolean, or whose documented values are among 0, 1, true and false."""
    results = (
        (parameter, documented_values(parameter)) for parameter in operation.query_parameters if not parameter.is_array
    )
    return tuple(BooleanParameter(item, values) for item, values in results if values and set(values) <= _BOOLEAN_WORDS)


def datetime_query_parameters(operation: Operation, names: frozenset[str]) -> tuple[Parameter, ...]:
    """Return the parameters of format date-time, and plain text ones named or described like one."""
    return tuple(parameter for parameter in operation.query_parameters if _takes_datetime(parameter, names))


def documented_values(parameter: Parameter) -> tuple[str, ...]:
    """Return the values that a parameter may take, from type, enum, a pattern of words, or "Allowed values:"."""
    if parameter.shape.types == ("boolean",):
        return ("true", "false")
    if parameter.enum:
        return tuple(map(str, parameter.enum))
    words = re.fullmatch(r"\^(?:\(\?:)?([A-Za-z0-9_|-]+)\)?\$", parameter.pattern or "")
    if words:
        return tuple(words[1].split("|"))
    statement = _ALLOWED.search(parameter.description)
    return tuple(re.findall(r"(?:^|[,|]|and|or)\s*([A-Za-z0-9_-]+)", statement[1])) if statement else ()


def names_of_format(operations: Iterable[Operation], name: str) -> frozenset[str]:
    """Return the names of the fields and attributes with a format, in all bodies and successful answers."""
    results = ((path, shape) for operation in operations for path, shape in _everything(operation))
    return frozenset(path.rpartition(".")[2] for path, shape in results if shape.format == name)


def collection_of(index: Index, path: str) -> Operation | None:
    """Return the GET whose answer is the list of the items at this path: the path without its last parameters."""
    while path.endswith("}"):
        path = path.rpartition("/")[0]
        answer = index.get(f"GET {path}")
        if answer is not None and _answers_list(answer):
            return answer
    return None


def item_of(index: Index, path: str) -> Operation | None:
    """Return the GET of one item: the collection's path and one parameter more."""
    for operation in index.operations:
        head, _, last = operation.path.rpartition("/")
        if operation.method == "GET" and head == path and last.startswith("{"):
            return operation
    return None


def _fields(operation: Operation) -> tuple[Field, ...]:
    return operation.body.all_fields if operation.body else ()


def _everything(operation: Operation) -> Iterator[tuple[str, SchemaView]]:
    for field in _fields(operation):
        yield field.path, field.shape
    if operation.success is not None and operation.success.shape is not None:
        yield from operation.success.shape.leaves()


def _takes_datetime(parameter: Parameter, names: frozenset[str]) -> bool:
    if parameter.shape.format == "date-time":
        return True
    if parameter.is_array or not _is_plain_text(parameter.shape):
        return False
    named = parameter.name in names or bool(_DATETIME_NAME.search(parameter.name))
    return named or bool(_DATETIME_TEXT.search(parameter.description))


def _is_plain_text(shape: SchemaView) -> bool:
    return shape.types == ("string",) and not shape.format and not shape.pattern and not shape.enum


def _answers_list(operation: Operation) -> bool:
    success = operation.success
    return success is not None and success.shape is not None and success.shape.kind == "array"
