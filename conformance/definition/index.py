"""The operations of a definition, and the questions the suite asks about them.

All answers are read off the definition, so they hold for a version that nobody has seen. Where an answer rests on a
convention (a parameter named like a datetime attribute), `questions` says which.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from conformance.definition import field_queries
from conformance.definition.field_queries import BooleanParameter
from conformance.definition.operations import Field, Operation, Parameter, operations_of
from conformance.definition.response_paths import readable_at


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
        """Return the operation that a concrete path (no query) is for; literal segments win over parameters."""
        return field_queries.match(self.operations, method, path)

    def boolean_fields(self, operation: Operation) -> tuple[Field, ...]:
        """Return the boolean fields of its body, nested ones included (`members[].teamlead`)."""
        return field_queries.boolean_fields(operation)

    def datetime_fields(self, operation: Operation) -> tuple[Field, ...]:
        """Return the datetime fields of its body: by format, or by a name that is a datetime everywhere else."""
        return field_queries.datetime_fields(operation, self.datetime_names)

    def date_fields(self, operation: Operation) -> tuple[Field, ...]:
        """Return the fields of its body that are a day without a time."""
        return field_queries.date_fields(operation)

    def boolean_query_parameters(self, operation: Operation) -> tuple[BooleanParameter, ...]:
        """Return its query parameters that are a yes or no, each with the values it is documented to take."""
        return field_queries.boolean_query_parameters(operation)

    def datetime_query_parameters(self, operation: Operation) -> tuple[Parameter, ...]:
        """Return its query parameters that take a datetime: by format, name or description."""
        return field_queries.datetime_query_parameters(operation, self.datetime_names | self.date_names)

    @cached_property
    def datetime_names(self) -> frozenset[str]:
        """The names of all fields and attributes with the format date-time, in bodies and answers."""
        return field_queries.names_of_format(self.operations, "date-time")

    @cached_property
    def date_names(self) -> frozenset[str]:
        """The names of all fields and attributes with the format date."""
        return field_queries.names_of_format(self.operations, "date")

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

    def collection_of(self, path: str) -> Operation | None:
        """Return the GET of the list that an item path (`/api/customers/{id}`) belongs to, None where there is none."""
        return field_queries.collection_of(self, path)

    def item_of(self, path: str) -> Operation | None:
        """Return the GET of one item of a collection path (`/api/customers`), None where there is none."""
        return field_queries.item_of(self, path)
