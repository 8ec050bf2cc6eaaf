"""Each query parameter alone: with a valid value, an empty one, and one that breaks its documented pattern."""

from __future__ import annotations

import re
from dataclasses import dataclass

from conformance.definition import Operation, Parameter
from conformance.exchange import Refused
from conformance.probes.answers import filled_path
from conformance.probes.lab import Lab
from conformance.words import Exchange

WRONG = "~wrong~"
_WORDS = re.compile(r"\^?\(?(?:\?:)?([A-Za-z0-9_]+(?:\|[A-Za-z0-9_]+)*)\)?\$?")


@dataclass(frozen=True)
class Alone:
    """A parameter sent alone. `what` is valid, empty or wrong."""

    operation: str
    parameter: str
    what: str
    value: str
    exchange: Exchange


def valid_value(lab: Lab, parameter: Parameter) -> str | None:
    """Return a value that a parameter is documented to take; None where that cannot be said without more knowledge."""
    words = _WORDS.fullmatch(parameter.pattern or "")
    if parameter.enum:
        return str(parameter.enum[0])
    if words:
        return words[1].split("|")[0]
    if parameter.name in ("page", "size"):
        return "1"
    own = {"user": lab.strongest.user_id, "users[]": lab.strongest.user_id}
    if parameter.name in own:
        return str(own[parameter.name])
    if parameter.name in ("term", "name"):
        return "conformance"
    return _parent_id(lab, parameter)


def _parent_id(lab: Lab, parameter: Parameter) -> str | None:
    plural = {"customer": "customers", "project": "projects", "activity": "activities"}
    kind = plural.get(parameter.name, parameter.name.removesuffix("[]"))
    try:
        return str(lab.parent(kind)) if kind in plural.values() else None
    except Refused:
        return None


def wrong_value(parameter: Parameter) -> str | None:
    """Return a value that breaks the documented pattern or enumeration; None where none is documented."""
    if parameter.enum:
        return WRONG
    if parameter.pattern and re.search(parameter.pattern, WRONG) is None:
        return WRONG
    return None


def send(lab: Lab, operation: Operation, parameter: Parameter, what: str, value: str) -> Alone | None:
    """Send one parameter alone; None where the run has no record for the path. Raises Refused."""
    path = filled_path(lab, operation)
    if path is None:
        return None
    return Alone(operation.label, parameter.name, what, value, lab.session().get(path, params={parameter.name: value}))
