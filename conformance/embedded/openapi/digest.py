"""What counts as the structure of a definition, its digest, and the differences of two structures.

The structure is the definition without prose (summary, description, title) and without examples, with the
order of parameters and of required attributes taken out. A digest of the real definitions' structure is kept
beside this module, so that a generated one can be held against it where the real ones are not at hand.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

_PROSE = frozenset({"summary", "description", "title", "example"})
_NAMES = frozenset({"properties", "schemas", "paths", "responses", "headers", "content", "securitySchemes"})
"""Keys below which the keys are names and not words of OpenAPI: `title` may be an attribute there."""

_MISSING = object()
"""Stands where one of two definitions has nothing, which is not the same as a null."""


def structure(definition: Mapping[str, Any]) -> dict[str, Any]:
    """The structure of an OpenAPI definition: see above. The definition is left as it is."""
    kept: dict[str, Any] = _reduced(definition, names=False)
    return kept


def digest(definition: Mapping[str, Any]) -> str:
    """The SHA-256 of a definition's structure, in hexadecimal."""
    written = json.dumps(structure(definition), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(written.encode("ascii")).hexdigest()


@cache
def real_digests() -> Mapping[str, str]:
    """The digests of the definitions that real instances served, by version."""
    text = files(__package__).joinpath("digests.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def differences(generated: Mapping[str, Any], real: Mapping[str, Any]) -> list[str]:
    """What differs between the structures of two definitions, a line each, empty where they are alike.

    A line names the operation or schema, the place in it, and what either has there.
    """
    ours, theirs = structure(generated), structure(real)
    lines: list[str] = []
    for title, left, right in (
        ("operation", _operations(ours), _operations(theirs)),
        ("schema", _schemas(ours), _schemas(theirs)),
        ("document", _rest(ours), _rest(theirs)),
    ):
        for name in sorted({*left, *right}):
            result = _compared("", left.get(name, _MISSING), right.get(name, _MISSING))
            lines += [f"{title} {name}{line}" for line in result]
    return lines


def _reduced(value: Any, names: bool) -> Any:
    if isinstance(value, Mapping):
        return {
            key: _ordered(key, _reduced(inner, names=not names and key in _NAMES))
            for key, inner in value.items()
            if names or key not in _PROSE
        }
    return [_reduced(inner, names=False) for inner in value] if isinstance(value, list) else value


def _ordered(key: str, value: Any) -> Any:
    """The value without an order that means nothing."""
    if isinstance(value, list) and key == "required":
        return sorted(value)
    if isinstance(value, list) and key == "parameters":
        return sorted(value, key=lambda parameter: (parameter["in"], parameter["name"]))
    return value


def _operations(definition: Mapping[str, Any]) -> dict[str, Any]:
    """The operations by label. Parameters are told apart by name, so that a missing one does not shift the others."""
    operations: dict[str, Any] = {}
    for path, methods in definition["paths"].items():
        for method, operation in methods.items():
            parameters = {f"{p['in']}:{p['name']}": p for p in operation.get("parameters", ())}
            operations[f"{method.upper()} {path}"] = {**operation, "parameters": parameters}
    return operations


def _schemas(definition: Mapping[str, Any]) -> dict[str, Any]:
    schemas: dict[str, Any] = definition["components"]["schemas"]
    return schemas


def _rest(definition: Mapping[str, Any]) -> dict[str, Any]:
    components = {key: part for key, part in definition["components"].items() if key != "schemas"}
    rest = {key: part for key, part in definition.items() if key not in ("paths", "components")}
    return {**rest, "components": components}


def _compared(place: str, ours: Any, theirs: Any) -> Iterator[str]:
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        for key in sorted({*ours, *theirs}):
            yield from _compared(f"{place} > {key}", ours.get(key, _MISSING), theirs.get(key, _MISSING))
    elif ours != theirs or type(ours) is not type(theirs):
        yield f"{place}: generated {_short(ours)}, real {_short(theirs)}"


def _short(value: Any) -> str:
    if value is _MISSING:
        return "nothing"
    written = json.dumps(value, ensure_ascii=False)
    return written if len(written) <= 160 else f"{written[:157]}..."
