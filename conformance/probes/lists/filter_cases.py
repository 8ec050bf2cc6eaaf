"""A question to a list: one or more filters with values, what a row must have to be there, and the run's own records.

The lists of other kinds than time records show everybody's: of those only the run's own are counted, while every row
must have what the filter asks for, as far as a row shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.exchange import Refused
from conformance.model import Exchange
from conformance.probes.context import ProbeContext

Row = Mapping[str, Any]
Fits = Callable[[Row], bool]


@dataclass(frozen=True)
class FilterCase:
    """Filters with their values. `matches` says of a row whether it has what is asked for.

    `parameter` names what is asked about, several joined by a comma and a blank; `value` is a word for the values.
    """

    operation: str
    parameter: str
    value: str
    params: Mapping[str, Any]
    matches: Fits
    own: Mapping[Any, Row]

    @property
    def expected(self) -> tuple[Any, ...]:
        """The run's own records that the list should have."""
        return tuple(number for number, row in self.own.items() if self.matches(row))

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters that are asked about."""
        return tuple(self.parameter.split(", "))


@dataclass(frozen=True)
class Filtered:
    """What came: the rows, None where the answer was no list."""

    question: FilterCase
    rows: Sequence[Row] | None
    exchange: Exchange

    @property
    def own(self) -> list[Any]:
        """The run's own records in the list."""
        return [row["id"] for row in self.rows or () if row.get("id") in self.question.own]

    @property
    def unmatched(self) -> list[Row]:
        """The rows that have not what was asked for."""
        return [row for row in self.rows or () if not self.question.matches(row)]


def ask(context: ProbeContext, question: FilterCase) -> Filtered:
    """Send a question as the strongest actor. Raises Refused, also where the list is longer than is read."""
    exchange = context.session().get(question.operation.removeprefix("GET "), params=dict(question.params))
    if context.is_truncated(exchange):
        raise Refused(0, f"the answer of {exchange.operation} is longer than is read")
    body = exchange.json_or_none() if exchange.ok else None
    if isinstance(body, list) and all(isinstance(row, str) for row in body):
        body = [{"id": row, "name": row} for row in body]  # A list of names.
    rows = body if isinstance(body, list) and all(isinstance(row, dict) for row in body) else None
    return Filtered(question, rows, exchange)


def anything(_: Row) -> bool:
    """Whatever it has, a row fits."""
    return True


def has(name: str, *wanted: Any) -> Fits:
    """A row fits that has one of these values."""
    return lambda row: row.get(name) in wanted


def running(wanted: bool) -> Fits:
    """A row fits that has no end, or has one."""
    return lambda row: (row.get("end") is None) is wanted


def says(word: str, *names: str) -> Fits:
    """A row fits that has a word in one of these attributes, in any case."""
    return lambda row: any(word.lower() in str(row.get(name) or "").lower() for name in names)


def tagged(*tags: str) -> Fits:
    """A row fits that has one of these tags."""
    return lambda row: not set(tags).isdisjoint(row.get("tags") or ())


def every(*all_of: Fits) -> Fits:
    """A row fits that fits all of these."""
    return lambda row: all(fits(row) for fits in all_of)


def among(own: Mapping[Any, Row], fits: Fits) -> Fits:
    """A row fits that fits, or that is not the run's own: for what a row of others' does not show."""
    return lambda row: row.get("id") not in own or fits(row)
