"""Text → the raw document: JSON, YAML, or the page /api/doc; with or without the wrapper `spec`."""

from __future__ import annotations

import json
from typing import Any, NoReturn

import yaml

from conformance.definition import docpage
from conformance.definition.errors import DefinitionError
from conformance.definition.limits import MAX_CHARACTERS, check_size

MAX_YAML_CHARACTERS = 2_000_000
"""YAML is read at about 150 kB a second: this is what a person would wait for."""


class _PlainLoader(yaml.SafeLoader):
    """YAML as JSON knows it: no dates, no objects."""


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(text: str, origin: str) -> dict[str, Any]:
    """Return the raw OpenAPI object that a text holds, unmended.

    `origin` names the text in messages ("kimai.json"). Raises DefinitionError where there is none in it or where it
    is too large; what is inside the object is not looked at.
    """
    if len(text) > MAX_CHARACTERS:
        raise DefinitionError(f"{origin} has {len(text):,} characters, {MAX_CHARACTERS:,} are read at most")
    text = text.lstrip("\ufeff")
    start = text.lstrip()[:1]
    if not start:
        raise DefinitionError(f"{origin} is empty")
    if start == "<":
        value = docpage.extract(text)
    elif start in '{["':
        value = _json(text, origin)
    else:
        value = _yaml(text, origin)
    document = unwrap(value, origin)
    check_size(document)
    return document


def unwrap(value: Any, origin: str) -> dict[str, Any]:
    """Return the OpenAPI object itself, also where it stands under `spec`. Raises DefinitionError for anything else."""
    if not isinstance(value, dict):
        names = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}
        name = names.get(type(value), "a number")
        raise DefinitionError(f"{origin} holds {name} where an OpenAPI object is meant", pointer="")
    if "openapi" not in value and "swagger" not in value and isinstance(value.get("spec"), dict):
        value = value["spec"]
    if "openapi" not in value and "swagger" not in value:
        keys = ", ".join(sorted(map(str, value))[:5]) or "no keys"
        raise DefinitionError(f"{origin} is not an OpenAPI object: it has no member `openapi` ({keys})", pointer="")
    return dict(value)


def _json(text: str, origin: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise DefinitionError(f"{origin} is nested too deeply to be read") from None
    except ValueError as error:
        raise DefinitionError(f"{origin} is not JSON: {error}") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _yaml(text: str, origin: str) -> Any:
    if len(text) > MAX_YAML_CHARACTERS:
        raise DefinitionError(f"{origin} is not JSON, and too large to be read as YAML")
    try:
        value = yaml.load(text, Loader=_PlainLoader)
    except RecursionError:
        raise DefinitionError(f"{origin} is nested too deeply to be read") from None
    except (yaml.YAMLError, ValueError, TypeError) as error:
        raise DefinitionError(f"{origin} is neither JSON nor YAML: {' '.join(str(error).split())[:200]}") from None
    check_size(value)
    return json.loads(json.dumps(value, default=str))
