"""Query parameters: with the values that they are documented to take, with none, and with one that is wrong.

What is valid, or empty, is sent for all parameters of a read together, and for each alone only where that is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from conformance.definition import Operation, Parameter
from conformance.exchange import Refused
from conformance.exchange.guard.kinds import CASCADING, PLURALS
from conformance.model import Exchange
from conformance.probes.context import ProbeContext
from conformance.probes.lists.time_filters import today
from conformance.probes.responses.reads import filled_path

WRONG = "~wrong~"
_WORDS = re.compile(r"\^?\(?(?:\?:)?([A-Za-z0-9_]+(?:\|[A-Za-z0-9_]+)*)\)?\$?")


@dataclass(frozen=True)
class Sent:
    """A parameter with a value, and the answer: its own, or that of all parameters together."""

    name: str
    value: str
    exchange: Exchange


def ask_valid(context: ProbeContext, operation: Operation) -> Iterator[Sent]:
    """Send every documented value of every parameter. Raises Refused."""
    values = {parameter.name: valid_values(context, operation, parameter) for parameter in operation.query_parameters}
    known = {name: results for name, results in values.items() if results}
    for turn in range(max(map(len, known.values()), default=0)):
        chosen = {name: result[turn % len(result)] for name, result in known.items()}
        yield from _ask(context, operation, chosen, valid=True)


def ask_empty(context: ProbeContext, operation: Operation) -> Iterator[Sent]:
    """Send every parameter without a value. Raises Refused."""
    yield from _ask(context, operation, {parameter.name: "" for parameter in operation.query_parameters})


def _ask(
    context: ProbeContext, operation: Operation, params: Mapping[str, str], *, valid: bool = False
) -> Iterator[Sent]:
    together = send(context, operation, params, valid=valid)
    for name, value in params.items() if together is not None else ():
        exchange = (
            together if together is not None and together.ok else send(context, operation, {name: value}, valid=valid)
        )
        if exchange is not None:
            yield Sent(name, value, exchange)


def ask_wrong(context: ProbeContext, operation: Operation) -> Iterator[Sent]:
    """Send each parameter alone with a value that breaks its documented pattern. Raises Refused."""
    for parameter in operation.query_parameters:
        value = wrong_value(parameter)
        exchange = send(context, operation, {parameter.name: value}) if value is not None else None
        if exchange is not None and value is not None:
            yield Sent(parameter.name, value, exchange)


def valid_values(context: ProbeContext, operation: Operation, parameter: Parameter) -> tuple[str, ...]:
    """Return values that a parameter is documented to take; none where that cannot be said without more knowledge."""
    words = _WORDS.fullmatch(parameter.pattern or "")
    if parameter.enum:
        return tuple(map(str, parameter.enum))
    if words:
        return tuple(words[1].split("|"))
    if parameter in context.index.datetime_query_parameters(operation):
        return (today(),)
    known = {"page": "1", "size": "1", "term": "conformance", "name": "conformance"}
    known |= dict.fromkeys(("user", "users[]"), str(context.strongest.user_id))
    result = known.get(parameter.name) or _parent_id(context, parameter)
    return (result,) if result else ()


def _parent_id(context: ProbeContext, parameter: Parameter) -> str | None:
    kind = PLURALS.get(parameter.name, parameter.name.removesuffix("[]"))
    try:
        return str(context.parent(kind)) if kind in (PLURALS[above] for above in CASCADING) else None
    except Refused:
        return None


def wrong_value(parameter: Parameter) -> str | None:
    """Return a value that breaks the documented pattern or enumeration; None where none is documented."""
    if parameter.enum or (parameter.pattern and re.search(parameter.pattern, WRONG) is None):
        return WRONG
    return None


def send(
    context: ProbeContext, operation: Operation, params: Mapping[str, str], *, valid: bool = False
) -> Exchange | None:
    """Send a read with these parameters; None where the run has no record for the path. Raises Refused.

    `valid`: the definition allows it.
    """
    path = filled_path(context, operation)
    session = context.session().as_valid() if valid else context.session()
    return session.get(path, params=dict(params)) if path is not None else None
