"""Query parameters: with the values that they are documented to take, with none, and with one that is wrong.

What is valid, or empty, is sent for all parameters of a read together, and for each alone only where that is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from conformance.definition import Operation, Parameter
from conformance.exchange import Refused
from conformance.probes.answers.answers import filled_path
from conformance.probes.lab import Lab
from conformance.probes.lists.time_filters import today
from conformance.words import Exchange

WRONG = "~wrong~"
_WORDS = re.compile(r"\^?\(?(?:\?:)?([A-Za-z0-9_]+(?:\|[A-Za-z0-9_]+)*)\)?\$?")


@dataclass(frozen=True)
class Sent:
    """A parameter with a value, and the answer: its own, or that of all parameters together."""

    name: str
    value: str
    exchange: Exchange


def ask_valid(lab: Lab, operation: Operation) -> Iterator[Sent]:
    """Send every documented value of every parameter. Raises Refused."""
    values = {each.name: valid_values(lab, operation, each) for each in operation.query_parameters}
    known = {name: found for name, found in values.items() if found}
    for turn in range(max(map(len, known.values()), default=0)):
        yield from _ask(lab, operation, {name: found[turn % len(found)] for name, found in known.items()})


def ask_empty(lab: Lab, operation: Operation) -> Iterator[Sent]:
    """Send every parameter without a value. Raises Refused."""
    yield from _ask(lab, operation, {each.name: "" for each in operation.query_parameters})


def _ask(lab: Lab, operation: Operation, params: Mapping[str, str]) -> Iterator[Sent]:
    together = send(lab, operation, params)
    for name, value in params.items() if together is not None else ():
        exchange = together if together is not None and together.ok else send(lab, operation, {name: value})
        if exchange is not None:
            yield Sent(name, value, exchange)


def ask_wrong(lab: Lab, operation: Operation) -> Iterator[Sent]:
    """Send each parameter alone with a value that breaks its documented pattern. Raises Refused."""
    for parameter in operation.query_parameters:
        value = wrong_value(parameter)
        exchange = send(lab, operation, {parameter.name: value}) if value is not None else None
        if exchange is not None and value is not None:
            yield Sent(parameter.name, value, exchange)


def valid_values(lab: Lab, operation: Operation, parameter: Parameter) -> tuple[str, ...]:
    """Return values that a parameter is documented to take; none where that cannot be said without more knowledge."""
    words = _WORDS.fullmatch(parameter.pattern or "")
    if parameter.enum:
        return tuple(map(str, parameter.enum))
    if words:
        return tuple(words[1].split("|"))
    if parameter in lab.index.datetime_query_parameters(operation):
        return (today(),)
    known = {"page": "1", "size": "1", "term": "conformance", "name": "conformance"}
    known |= dict.fromkeys(("user", "users[]"), str(lab.strongest.user_id))
    found = known.get(parameter.name) or _parent_id(lab, parameter)
    return (found,) if found else ()


def _parent_id(lab: Lab, parameter: Parameter) -> str | None:
    plural = {"customer": "customers", "project": "projects", "activity": "activities"}
    kind = plural.get(parameter.name, parameter.name.removesuffix("[]"))
    try:
        return str(lab.parent(kind)) if kind in plural.values() else None
    except Refused:
        return None


def wrong_value(parameter: Parameter) -> str | None:
    """Return a value that breaks the documented pattern or enumeration; None where none is documented."""
    if parameter.enum or (parameter.pattern and re.search(parameter.pattern, WRONG) is None):
        return WRONG
    return None


def send(lab: Lab, operation: Operation, params: Mapping[str, str]) -> Exchange | None:
    """Send a read with these parameters; None where the run has no record for the path. Raises Refused."""
    path = filled_path(lab, operation)
    return lab.session().get(path, params=dict(params)) if path is not None else None
