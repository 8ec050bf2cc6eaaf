"""Query parameters: their patterns are the definition's, the rest of what they must be stands here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from conformance.embedded.errors import bad_request
from conformance.embedded.interface import Operation

_NAME = re.compile(r"(.+?)(\[[^\]]*\])(\[.*)?")
_ANY = ("term", "name", "globals")
"""Parameters for which a list is no error, unless they have a pattern: it counts as sent, and says nothing."""


def parse(query_string: str) -> dict[str, Any]:
    """The query string as PHP reads it: the last of several wins, `name[]` and `name[3]` gather a list.

    An item that is a list itself (`name[][]`) is kept as one.
    """
    result: dict[str, Any] = {}
    for name, value in parse_qsl(query_string, keep_blank_values=True):
        if match := _NAME.fullmatch(name):
            result.setdefault(f"{match[1]}[]", []).append([value] if match[3] else value)
        else:
            result[name] = value
    return result


def checked(operation: Operation, sent: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent for the operation's parameters, as texts and lists of texts; empty ones are left out.

    Raises 400 for a value that is not of the documented form. Parameters that no document names are ignored.
    """
    result: dict[str, Any] = {}
    known = {parameter.name for parameter in operation.query}
    for parameter in operation.query:
        value = sent.get(parameter.name)
        other = parameter.name.removesuffix("[]") if parameter.many else f"{parameter.name}[]"
        lenient = parameter.name in _ANY and not parameter.pattern
        if other not in known and sent.get(other) and not lenient:
            raise bad_request()
        if value in (None, "", [], [""]):
            continue
        for item in value if parameter.many else [value]:
            if parameter.pattern and not (isinstance(item, str) and re.fullmatch(parameter.pattern, item, re.ASCII)):
                raise bad_request()
        result[parameter.name] = value
    return result
