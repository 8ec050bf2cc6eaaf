"""The interface of Kimai as data: what its routing, forms, answers and OpenAPI definition are made from.

    operations(version) -> tuple[Operation, ...]     method, path, id, parameters, form, answer
    form(version, name) -> Form                      a request form and its fields
    schema(version, name) -> Schema                  an answer's attributes, in order
    forms(version), schemas(version)                 all of them, by name
    value_lists(version)                             the long enumerations: languages and locales

`VERSIONS` names the versions that are described. The data files hold 2.66.0 in full (`operations.toml`,
`forms.toml`, `schemas.toml`) and the differences of each older version in one file (`changes-2.24.0.toml`).

These tables say what the definition says, and no more: the validation limits of form fields, which attributes are
null in fact, and who may see them are behaviour, and stand beside the code that does it.

A further release is described by making it the newest: its names go into the three files, and what the one that
was newest has otherwise into a file of differences. Its digest belongs into `openapi/digests.toml`.

Source: the definitions that running instances of these versions serve to an administrator.
"""

from __future__ import annotations

from conformance.embedded.interface.changes import NEWEST, VERSIONS
from conformance.embedded.interface.shapes import (
    ABSENT,
    Answer,
    Attribute,
    Form,
    Operation,
    Parameter,
    Schema,
    Shape,
)
from conformance.embedded.interface.tables import (
    form,
    forms,
    interface_version,
    operations,
    schema,
    schemas,
    value_lists,
)

__all__ = [
    "ABSENT",
    "NEWEST",
    "VERSIONS",
    "Answer",
    "Attribute",
    "Form",
    "Operation",
    "Parameter",
    "Schema",
    "Shape",
    "form",
    "forms",
    "interface_version",
    "operations",
    "schema",
    "schemas",
    "value_lists",
]
