"""Validation of a mended definition: is it an OpenAPI 3.0 or 3.1 document that the rest of the suite can rely on?

The meta-schemas are those of openapi-spec-validator. They are applied to the document as it stands, without
following its references, so the time is bounded by its size; references are checked by `limits` and by name.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import cache
from typing import Any

from jsonschema import Draft4Validator, Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from openapi_spec_validator.schemas import schema_v30, schema_v31
from referencing.exceptions import Unresolvable

from conformance.definition.errors import DefinitionError
from conformance.definition.grammar import LIST, MAP, Node, at, parse_pointer, pointer, walk
from conformance.definition.limits import check_references, check_size


def validate(document: dict[str, Any]) -> None:
    """Check a mended OpenAPI object. Raises DefinitionError, with the JSON pointer of the first flaw found."""
    if not isinstance(document, dict):
        raise DefinitionError("the definition is not an object", pointer="")
    if "swagger" in document:
        raise DefinitionError("Swagger 2 is not read, only OpenAPI 3.0 and 3.1", pointer="/swagger")
    version = document.get("openapi")
    if not isinstance(version, str):
        raise DefinitionError("`openapi` must be a text such as 3.0.0", pointer="/openapi")
    if not version.startswith(("3.0", "3.1")):
        raise DefinitionError(f"OpenAPI {version[:20]} is not read, only 3.0 and 3.1", pointer="/openapi")
    if "paths" not in document:
        raise DefinitionError("the definition has no `paths`", pointer="/paths")
    version = version[:3]
    check_size(document)
    for node in walk(document):
        _check_kind(node)
    error = best_match(_errors(document, version))
    if error is not None:
        result = error.message if len(error.message) <= 160 else f"{error.message[:80]} … {error.message[-78:]}"
        where = pointer(tuple(error.absolute_path))
        raise DefinitionError(f"the definition is not valid OpenAPI {version}: {result}", pointer=where)
    _check_targets(document)
    check_references(document)


def _check_kind(node: Node) -> None:
    """Hold the coarse form against the grammar first, for its messages are plainer than those of a meta-schema."""
    how, _, kind = node.kind.rpartition(" of ")
    if how == LIST and not isinstance(node.value, list):
        raise _wrong(node, f"a list of {kind} objects")
    if how == MAP and not isinstance(node.value, dict):
        raise _wrong(node, f"an object of {kind} objects")
    may_be_bool = kind == "schema" and isinstance(node.value, bool)
    if not how and kind != "plain" and not may_be_bool and not isinstance(node.value, dict):
        raise _wrong(node, f"a {kind} object")


def _wrong(node: Node, meant: str) -> DefinitionError:
    results = {dict: "an object", list: "a list", str: "a text", bool: "a boolean", type(None): "null"}
    return DefinitionError(
        f"the definition is flawed: {meant} is meant, found {results.get(type(node.value), 'a number')}",
        pointer=pointer(node.parts),
    )


@cache
def _meta_validator(version: str) -> Any:
    # The schemas are lazy proxies: a deep copy makes them plain objects.
    if version == "3.0":
        return Draft4Validator(copy.deepcopy(dict(schema_v30)))
    return Draft202012Validator(copy.deepcopy(dict(schema_v31)))


def _errors(document: dict[str, Any], version: str) -> Iterator[ValidationError]:
    try:
        yield from _meta_validator(version).iter_errors(document)
        if version == "3.1":
            yield from _schema_errors(document)
    except (Unresolvable, RecursionError) as error:
        raise DefinitionError(f"the definition cannot be validated: {type(error).__name__}", pointer="") from None


def _schema_errors(document: dict[str, Any]) -> Iterator[ValidationError]:
    """Yield what is wrong with the outermost schemas of a 3.1 document, whose meta-schema leaves them open."""
    outermost: tuple[str | int, ...] | None = None
    judge = Draft202012Validator(Draft202012Validator.META_SCHEMA)
    for node in walk(document):
        if node.kind != "schema" or (outermost is not None and node.parts[: len(outermost)] == outermost):
            continue
        outermost = node.parts
        for error in judge.iter_errors(node.value):
            error.path.extendleft(reversed(node.parts))
            yield error


def _check_targets(document: dict[str, Any]) -> None:
    for node in walk(document):
        ref = node.value.get("$ref") if isinstance(node.value, dict) and node.kind != "plain" else None
        if ref is None or " of " in node.kind:
            continue
        if not isinstance(ref, str) or not ref.startswith("#"):
            raise DefinitionError("a reference out of the document is not followed", pointer=pointer(node.parts))
        try:
            at(document, parse_pointer(ref))
        except KeyError:
            message = f"the reference {ref[:80]} leads nowhere"
            raise DefinitionError(message, pointer=pointer(node.parts)) from None
