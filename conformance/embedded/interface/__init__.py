"""The interface of Kimai, read from the definitions of its releases: what routing, forms and answers are made from.

    operations(version) -> tuple[Operation, ...]     method, path, id, parameters, form, answer
    form(version, name) -> Form                      a request form and its fields
    schema(version, name) -> Schema                  an answer's attributes, in order
    forms(version), schemas(version)                 all of them, by name

It says what the definition says, and no more: the validation limits of form fields, which attributes are null in fact,
and who may see them are behaviour, and stand beside the code that does it.
"""

from __future__ import annotations

from conformance.embedded.interface.reading import form, forms, operations, schema, schemas
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
from conformance.kimai import NEWEST, VERSIONS

__all__ = [
    "ABSENT",
    "NEWEST",
    "VERSIONS",
    "Attribute",
    "DocumentedAnswer",
    "Form",
    "Operation",
    "Parameter",
    "Schema",
    "Shape",
    "form",
    "forms",
    "operations",
    "schema",
    "schemas",
]
