"""Query parameters: their patterns are the interface tables', the rest of what they must be stands here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from conformance.embedded.errors import bad_request
from conformance.embedded.interface import Operation, Parameter

_ITEM = re.compile(r"(.+?)\[[^\]]*\]")


def parse(query_string: str) -> dict[str, Any]:
    """The query string as PHP reads it: the last of several wins, `name[]` and `name[3]` gather a list."""
    result: dict[str, Any] = {}
    for name, value in parse_qsl(query_string, keep_blank_values=True):
        if match := _ITEM.fullmatch(name):
            known = result.get(f"{match[1]}[]")
            result[f"{match[1]}[]"] = [*(known or []), value]
        else:
            result[name] = value
    return result


def checked(operation: Operation, sent: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent for the operation's parameters, as texts and lists of texts; empty ones are left out.

    Raises 400 for a value that is not of the documented form. Parameters that no document names are ignored.
    """
    result: dict[str, Any] = {}
    for parameter in operation.query:
        value = sent.get(parameter.name)
        bare = parameter.name.removesuffix("[]")
        if parameter.many and bare in sent and bare not in {p.name for p in operation.query} and sent[bare]:
            raise bad_request()
        if not parameter.many and f"{bare}[]" in sent and f"{bare}[]" not in {p.name for p in operation.query}:
            raise bad_request()
        if value in (None, "", [], [""]):
            continue
        result[parameter.name] = _checked(parameter, value)
    return result


def _checked(parameter: Parameter, value: Any) -> Any:
    for item in value if parameter.many else [value]:
        if parameter.pattern and not re.fullmatch(parameter.pattern, item, re.ASCII):
            raise bad_request()
    return value
