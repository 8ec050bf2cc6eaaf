"""The operations of a definition, and the questions the suite asks about them.

All answers are read off the definition, so they hold for a version that nobody has seen. They rest on conventions, for
real definitions say less than they mean:
- a text field or parameter without pattern is a datetime where its name is one elsewhere (`begin` of a restart);
- `…_after` and `…_before` are datetimes; so is a parameter whose description names the HTML5 form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from conformance.definition.operations import Field, Operation, Parameter, operations_of
from conformance.definition.response_paths import readable_at
from conformance.definition.shapes import SchemaView

_DATETIME_NAME = re.compile(r"(_after|_before|_since|After|Before|Since)$")
_DATETIME_TEXT = re.compile(r"HTML5|YYYY-MM-DDThh|datetime-local")


class Index:
    """All operations of a mended, valid document. Make one with `Index.of`; it is cheap and asks lazily."""

    def __init__(self, document: Mapping[str, Any], operations: tuple[Operation, ...]) -> None:
        self.document = document
        self.operations = operations
        self._by_label = {operation.label: operation for operation in operations}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Index:
        """Return the index of a mended and validated document."""
        return cls(document, tuple(operations_of(document)))

    def __iter__(self) -> Iterator[Operation]:
        return iter(self.operations)

    def __len__(self) -> int:
        return len(self.operations)

    def __contains__(self, label: object) -> bool:
        return label in self._by_label

    def __getitem__(self, label: str) -> Operation:
        """Return the operation with a label ("GET /api/customers"). Raises KeyError."""
        return self._by_label[label]

    def get(self, label: str) -> Operation | None:
        """Return the operation with a label, None where the definition has none."""
        return self._by_label.get(label)

    def by_id(self, operation_id: str) -> Operation | None:
        """Return the operation with an operation id, None where the definition has none."""
        return next((operation for operation in self.operations if operation.operation_id == operation_id), None)

    def match(self, method: str, path: str) -> Operation | None:
        """Return the operation that a concrete path (no query) is for; of several the one whose literals come first."""
        segments = path.split("/")
        matching = (item for item in self.operations if item.method == method.upper() and _fits(item, segments))
        return min(matching, key=lambda item: [part.startswith("{") for part in item.path.split("/")], default=None)

    def boolean_fields(self, operation: Operation) -> tuple[Field, ...]:
        """Return the boolean fields of its body, nested ones included (`members[].teamlead`)."""
        return tuple(field for field in _fields(operation) if field.types == ("boolean",))

    def datetime_fields(self, operation: Operation) -> tuple[Field, ...]:
        """Return the datetime fields of its body: by format, or by a name that is a datetime everywhere else."""
        return tuple(
            field
            for field in _fields(operation)
            if field.format == "date-time" or (field.name in self.datetime_names and _is_plain_text(field.shape))
        )

    def date_fields(self, operation: Operation) -> tuple[Field, ...]:
        """Return the fields of its body that are a day without a time."""
        return tuple(field for field in _fields(operation) if field.format == "date")

    def datetime_query_parameters(self, operation: Operation) -> tuple[Parameter, ...]:
        """Return its query parameters that take a datetime: by format, name or description."""
        names = self.datetime_names | self.date_names
        return tuple(parameter for parameter in operation.query_parameters if _takes_datetime(parameter, names))

    @cached_property
    def datetime_names(self) -> frozenset[str]:
        """The names of all fields and attributes with the format date-time, in bodies and answers."""
        return self._names_by_format["date-time"]

    @cached_property
    def date_names(self) -> frozenset[str]:
        """The names of all fields and attributes with the format date."""
        return self._names_by_format["date"]

    @cached_property
    def _names_by_format(self) -> Mapping[str, frozenset[str]]:
        names: dict[str, set[str]] = {"date-time": set(), "date": set()}
        for operation in self.operations:
            for path, shape in _everything(operation):
                names.get(shape.format or "", set()).add(path.rpartition(".")[2])
        return {name: frozenset(entries) for name, entries in names.items()}

    @cached_property
    def paged(self) -> tuple[Operation, ...]:
        """The operations that list both `page` and `size`."""
        return tuple(
            operation
            for operation in self.operations
            if operation.is_read and operation.query("page") and operation.query("size")
        )

    def reads_back(self, operation: Operation) -> Mapping[str, str]:
        """Return, for each field of its body that its answer shows, the attribute path in the answer.

        `project` → `project`, or `project.id` where the answer holds the object. Fields that are never shown are
        left out. In an answer that is a list, paths begin with `[].`
        """
        return readable_at(operation)

    def item_of(self, path: str) -> Operation | None:
        """Return the GET of one item of a collection path (`/api/customers`), None where there is none."""
        for operation in self.operations:
            head, _, last = operation.path.rpartition("/")
            if operation.method == "GET" and head == path and last.startswith("{"):
                return operation
        return None


def _fits(operation: Operation, segments: list[str]) -> bool:
    template = operation.path.split("/")
    if len(template) != len(segments):
        return False
    pairs = zip(template, segments, strict=True)
    return all(part == value or (part.startswith("{") and value != "") for part, value in pairs)


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
