"""Odd queries: each parameter empty, as a list, nested, huge; words with signs; listed values in every combination.

A wrong value of a listed parameter is left to the contract checks, which send one to each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from conformance.properties.aliases import APIOperation
from conformance.properties.execution.requesting import Pairs
from conformance.properties.generation.fuzz import FuzzRequest, FuzzScript

LIGHT = 3
"""Rows of listed values that a plain user sends."""

HUGE = "99999999999999999999"
"""More than 64 bits."""
BEYOND_COLUMN = "2147483648"
"""One more than 32 bits with a sign."""
PAGING = ("page", "size")
PAGES = (HUGE, BEYOND_COLUMN, "0", "-1")

FIELDS_OF_A_TERM = 70
"""More than a database joins in one query, each of which searches a custom field."""

WORDS = (
    "'\"\\%_*([", ': a:b c:* d:~ e:"" f:!g -x !y', "漢字 😀", "a\u0000b", "\udcff\udcfe",
    "x" * 2000, "a:b " * FIELDS_OF_A_TERM,
)  # fmt: skip
"""Words to search for, many of them at once where each is taken by itself. Surrogates are bytes that are no UTF-8."""

DATES = ("begin", "end", "start", "modified_after")
MOMENTS = ("9999-12-31T23:59:59", "1000-01-01T00:00:00", "0001-01-01T00:00:00")
"""Times in the documented form, for all parameters at once."""
NO_MOMENTS = ("0000-00-00T00:00:00", "2024-05-06T10:00:00\u0000")
"""For each parameter by itself: a refusal of one hides the others."""

UNDECLARED = ("user", "page", "size", "order", "orderBy", "visible", "full", "term", "begin", "customer")
"""Parameters that another operation documents: a client sends them everywhere."""

PATH_IDS = (HUGE, "0")
PATH_WORDS = ("-1", "%FF")
MORE_PATH_WORDS = (BEYOND_COLUMN, "abc")
"""What is the same to a router as others that are sent."""
LOCALES = ("xx", "de%20DE", "x" * 250)
VIEWS = ("nothing", "x" * 250)


@dataclass(frozen=True)
class Parameters:
    """The query parameters of an operation by what they take: a value that is good enough for each."""

    texts: tuple[str, ...]
    dates: tuple[str, ...]
    numbers: tuple[str, ...]
    listed: Mapping[str, tuple[str, ...]]
    lists: tuple[str, ...]

    @classmethod
    def of(cls, operation: APIOperation) -> Parameters:
        """Sort the parameters of an operation by their enriched schemas."""
        schemas: dict[str, Mapping[str, Any]] = {item.name: item.definition["schema"] for item in operation.query}
        lists = tuple(name for name, schema in schemas.items() if name.endswith("[]") or schema.get("type") == "array")
        single = {name: schema for name, schema in schemas.items() if name not in lists}
        dates = tuple(name for name in single if name in DATES)
        listed = {
            name: tuple(map(str, schema["enum"]))
            for name, schema in single.items()
            if schema.get("enum") and name not in PAGING
        }
        numbers = tuple(
            name
            for name, schema in single.items()
            if name in PAGING or str(schema.get("pattern", "")).startswith("^[0-9]")
        )
        rest = [name for name in single if name not in {*dates, *listed, *numbers}]
        return cls(tuple(rest), dates, numbers, listed, lists)

    @property
    def singles(self) -> tuple[str, ...]:
        """All that take one value."""
        return (*self.texts, *self.dates, *self.numbers, *self.listed)

    def ordinary(self) -> dict[str, str]:
        """Return a valid value for each, in the form of a list or of one value."""
        return {name: self.good(name) for name in self.singles} | dict.fromkeys(self.lists, "1")

    def good(self, name: str) -> str:
        """Return a value that the parameter may have."""
        if name in self.dates:
            return "2024-05-06T10:00:00"
        return self.listed[name][0] if name in self.listed else "1" if name in self.numbers else "a"


def script(operation: APIOperation, *, deep: bool = False) -> FuzzScript:
    """Send odd queries to a read, or to a write that lists parameters. `deep` is for what is redundant mostly."""
    parameters = Parameters.of(operation)
    reads = operation.method.upper() == "GET"
    foreign: tuple[str, ...] = ()  # The parameters that only other operations document.
    if reads and (deep or not operation.path_parameters):
        foreign = tuple(name for name in UNDECLARED if name not in {*parameters.singles, *parameters.lists})
    if parameters.singles or parameters.lists or foreign:
        yield _empty(parameters, foreign)
    yield from _shapes(parameters)
    yield from _ids(parameters)
    for name in PAGING:
        for value in PAGES if name in parameters.numbers else ():
            yield _odd(((name, value),))
    yield from _times(parameters)
    for name in parameters.texts:
        for word in WORDS:
            yield _odd(((name, word),))
    if reads:
        yield from _values(parameters)
        for value in ("1", "abc") if foreign else ():
            yield _odd(tuple((name, value) for name in foreign), f"undocumented parameters {value!r}")


def light(operation: APIOperation) -> FuzzScript:
    """Send a few queries that every actor may send: all parameters empty, and some of the listed values."""
    parameters = Parameters.of(operation)
    if parameters.singles:
        yield _empty(parameters)
    yield from _times(parameters, alone=False)
    yield from (value for value in islice(_values(parameters), LIGHT))


def _empty(parameters: Parameters, foreign: tuple[str, ...] = ()) -> FuzzRequest:
    names = (*parameters.singles, *parameters.lists, *foreign)
    return _odd(tuple((name, "") for name in names), "all empty")


def _shapes(parameters: Parameters) -> Iterator[FuzzRequest]:
    """A list where one value is meant, one value where a list is, and lists in lists."""
    for name in parameters.singles:
        yield _odd(((f"{name}[]", parameters.good(name)),))
    if parameters.lists:
        yield _odd(tuple((name.removesuffix("[]"), "1") for name in parameters.lists), "lists as one value")
    for name in parameters.lists:
        bare = name.removesuffix("[]")
        yield _odd(((f"{bare}[][]", "1"),))
        yield _odd(((f"{bare}[a]", "1"),))
        yield _odd(((name, "1"), (name, "1")), f"{name} twice the same")


def _ids(parameters: Parameters) -> FuzzScript:
    """Send odd ids to all filters at once, and to each where that is refused: a refusal of one hides the others."""
    names = [name for name in (*parameters.numbers, *parameters.lists) if name not in PAGING]
    for value in (HUGE, BEYOND_COLUMN, "0", "-1") if names else ():
        reply = yield _odd(tuple((name, value) for name in names), f"all {value}")
        for name in names if value == HUGE and len(names) > 1 and not reply.ok else ():
            yield _odd(((name, value),))


def _times(parameters: Parameters, *, alone: bool = True) -> Iterator[FuzzRequest]:
    for value in MOMENTS if parameters.dates else ():
        yield _odd(tuple((name, value) for name in parameters.dates), f"all {value}")
    if len(parameters.dates) > 1:
        first, last = parameters.dates[:2]
        yield _odd(((first, MOMENTS[0]), (last, MOMENTS[1])), "the end before the begin")
    for name in parameters.dates if alone else ():
        for value in NO_MOMENTS:
            yield _odd(((name, value),))


def _values(parameters: Parameters) -> Iterator[FuzzRequest]:
    """Every listed value at least once, and every pair of what is sorted by and in which order."""
    columns: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    listed = dict(parameters.listed)
    by, order = listed.pop("orderBy", ()), listed.pop("order", ())
    if by:
        columns["orderBy", "order"] = [(one, other) for one in by for other in order or ("ASC",)]
    for name, values in listed.items():
        columns[(name,)] = [(value,) for value in values]
    for row in range(max(map(len, columns.values()), default=0)):
        pairs: list[tuple[str, str]] = []
        for names, choices in columns.items():
            pairs += zip(names, choices[row % len(choices)], strict=True)
        yield _odd(tuple(pairs), "listed values")


def paths(operation: APIOperation, *, deep: bool = False) -> FuzzScript:
    """Send odd values in the path of a read."""
    names = [parameter.name for parameter in operation.path_parameters]
    if not names:
        return
    is_item = operation.path.endswith("{" + names[-1] + "}")
    words = (*PATH_WORDS, *MORE_PATH_WORDS) if deep else PATH_WORDS if is_item else ()
    for value in (*PATH_IDS, *words):
        yield FuzzRequest(f"{names[0]}={value}", path={names[0]: value})
    for name, values in (("locale", LOCALES), ("view", VIEWS)):
        for value in values if name in names else ():
            yield FuzzRequest(f"{name}={value[:20]}", path={name: value})


def _odd(query: Pairs, what: str = "") -> FuzzRequest:
    return FuzzRequest(what or "&".join(f"{name}={value[:20]}" for name, value in query), query=query)
