"""The suite's own requests, held against the definition: what it sends as valid is valid, or the suite is wrong.

A listener at the client, which costs no request. Requests are marked where they are made (`Session.as_valid`); those
that ask what an instance makes of other forms are not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl

from conformance.definition import Index, Operation, Parameter
from conformance.definition.json_types import is_of_type
from conformance.model import MASK, Exchange
from conformance.probes.responses.schema_check import departures

_MASKED = "*" * 12
"""Stands for a secret, so that it is no shorter than one."""
_PRESENCE = frozenset({"present"})
_TIMES = frozenset({"begin", "end"})


@dataclass(frozen=True)
class Breach:
    """One way in which a request that was sent as valid departs from the definition, and a request that does."""

    what: str
    exchange: Exchange

    @property
    def in_body(self) -> bool:
        """Whether it is about the body."""
        return self.what.startswith("body: ")


@dataclass
class OwnRequests:
    """Keeps each way in which requests that were sent as valid depart from the definition, with the first of them."""

    index: Index
    _seen: dict[tuple[str, str], Breach] = field(default_factory=dict)

    def notice(self, exchange: Exchange) -> None:
        """Look at a request."""
        operation = self.index.get(exchange.operation)
        if operation is not None and exchange.meant_valid:
            for what in breaches(operation, exchange):
                self._seen.setdefault((operation.label, what), Breach(what, exchange))

    def __iter__(self) -> Iterator[Breach]:
        """Iterate over what was seen, each once."""
        return iter(self._seen.values())


def breaches(operation: Operation, exchange: Exchange) -> Iterator[str]:
    """Yield in what a request departs from the definition: in its path, its query, or its body."""
    query = exchange.target.partition("?")[2]
    yield from _in_path(operation, exchange.path)
    for name, value in parse_qsl(query, keep_blank_values=True):
        parameter = operation.query(name) or operation.query(f"{name.partition('[')[0]}[]")
        if parameter is None:
            yield f"query: {name} is not documented"
        elif not _takes(parameter, value):
            yield f"query: {name} does not take {value!r}"
    if exchange.request_body:
        yield from _in_body(operation, exchange)


def _in_path(operation: Operation, path: str) -> Iterator[str]:
    kinds = {parameter.name: parameter for parameter in operation.path_parameters}
    for name, value in zip(operation.path.split("/"), path.split("/"), strict=False):
        parameter = kinds.get(name.strip("{}")) if name.startswith("{") else None
        if parameter is not None and not _takes(parameter, value):
            yield f"path: {parameter.name} does not take {value!r}"


def _takes(parameter: Parameter, text: str) -> bool:
    """Whether a parameter takes a text: by its type, its enumeration and its pattern."""
    shape = parameter.shape.items or parameter.shape if parameter.is_array else parameter.shape
    numeric = set(shape.types) <= {"integer", "number"} and bool(shape.types)
    value: Any = int(text) if numeric and re.fullmatch(r"-?\d+", text) else text
    if numeric and not any(is_of_type(value, name) for name in shape.types):
        return False
    plain = replace(parameter, shape=shape)
    if plain.enum and text not in map(str, plain.enum):
        return False
    return not [item for item in departures(shape, value) if item.aspect == "value"]


def _in_body(operation: Operation, exchange: Exchange) -> Iterator[str]:
    try:
        body = json.loads((exchange.request_body or b"").replace(MASK.encode(), _MASKED.encode()))
    except ValueError:
        yield "body: it is not JSON"
        return
    if operation.body is None:
        if body not in ({}, []):
            yield "body: none is documented"
        return
    shape = operation.body.shape
    with_days = set(departures(shape, _known_form(body, _DAY)))
    for departure in departures(shape, _known_form(body, _INSTANT)):
        # A change is no whole record, and releases differ in whether a new one can do without times.
        may_lack = operation.method == "PATCH" or departure.field.rpartition(".")[2] in _TIMES
        lacks = departure.aspect == "required" and may_lack
        if departure.aspect not in _PRESENCE and departure in with_days and not lacks:
            yield f"body: {departure.field}: {departure.expected} is documented, {departure.got} was sent"


_INSTANT = (re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\Z"), r"\1Z")
"""How a time is sent: date-time in the definition, and without an offset by the documentation."""
_DAY = (re.compile(r"(\d{4}-\d\d-\d\d)T00:00:00\Z"), r"\1")
"""How a day is sent: released versions take a bare one in a create alone."""


def _known_form(value: Any, form: tuple[re.Pattern[str], str]) -> Any:
    """Return a value as the definition writes it, where it is sent in a form that the documentation has."""
    if isinstance(value, dict):
        return {name: _known_form(item, form) for name, item in value.items()}
    if isinstance(value, list):
        return [_known_form(item, form) for item in value]
    return form[0].sub(form[1], value) if isinstance(value, str) else value
