"""The catalogue: a fault is one decorated function, and its docstring says what is wrong.

What the function takes says what it does (see `Inner` for the third):

    def name(request: Request) -> Request                          changes the request before it is passed on
    def name(request: Request, answer: Answer) -> Answer           changes the answer
    async def name(request: Request, inner: Inner) -> Answer       does as it likes

`on` limits it to operations, written like "PATCH /api/tags/{id}" (see `messages.pattern`).
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol, TypeVar, cast

from conformance.embedded.faults.messages import Answer, Record, Request
from conformance.model import UsageError
from conformance.nearest import nearest

Handler = Callable[[Request], Awaitable[Answer]]


class Inner(Protocol):
    """What lies behind a fault: the instance, or the next fault before it."""

    memory: dict[Any, Any]
    """What this fault keeps between requests, for as long as the server runs."""

    async def __call__(self, request: Request) -> Answer:
        """Send a request on: the one that came, a changed one, or one of the fault's own."""
        ...

    async def caller(self, request: Request) -> Record:
        """Return the user whose token a request carries, as `/api/users/me` tells; empty where the token is no good."""
        ...

    def strongest(self) -> str | None:
        """Return the token of the strongest user seen so far, None where nobody was."""
        ...

    def owner(self, text: str) -> Mapping[str, Any] | None:
        """Return the known user who has this token or password, in the format of an actors file."""
        ...


Apply = Callable[[Request, Inner], Awaitable[Answer]]
Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class Fault:
    """A defect that can be planted.

    `clauses` are those it breaks, at least one of which must be reported. `operations` are those it concerns, all of
    them where it is empty. `needs_users` says that it can do nothing unless it is told whose tokens and passwords there
    are.
    """

    id: str
    clauses: tuple[str, ...]
    description: str
    apply: Apply
    operations: tuple[str, ...] = ()
    needs_users: bool = False


_faults: dict[str, Fault] = {}
_variations: dict[str, Fault] = {}
_conditions: dict[str, Fault] = {}
FAULTS: Mapping[str, Fault] = MappingProxyType(_faults)
VARIATIONS: Mapping[str, Fault] = MappingProxyType(_variations)
"""Differences that nobody promised against: planted like faults, and never to be reported."""
CONDITIONS: Mapping[str, Fault] = MappingProxyType(_conditions)
"""What a sound instance may be: busy, limited, demanding. Planted like faults; less may be decided, nothing fails."""


def fault(
    id: str, *, breaks: tuple[str, ...], on: tuple[str, ...] = (), needs_users: bool = False
) -> Callable[[Function], Function]:
    """Register a function as the fault of that id, which breaks these clauses."""
    return _register(_faults, id, breaks, on, needs_users)


def variation(id: str, *, on: tuple[str, ...] = ()) -> Callable[[Function], Function]:
    """Register a function as a legal variation of that id."""
    return _register(_variations, id, (), on, False)


def condition(id: str, *, on: tuple[str, ...] = ()) -> Callable[[Function], Function]:
    """Register a function as the condition of that id."""
    return _register(_conditions, id, (), on, False)


def find(names: Iterable[str]) -> tuple[Fault, ...]:
    """Return the faults, variations and conditions of these names.

    Raises UsageError naming those that are near an unknown one.
    """
    known = {**_faults, **_variations, **_conditions}
    results = []
    for name in names:
        if name not in known:
            near = nearest(name, known)
            hint = f"Did you mean {' or '.join(near)}? " if near else ""
            raise UsageError(
                f"there is no fault {name!r}", f"{hint}They are listed by: kimai-conformance serve --list-faults"
            )
        results.append(known[name])
    return tuple(results)


def lines() -> list[str]:
    """Return a line a fault: id, clause ids (comma separated) and description, separated by tabs."""
    return ["\t".join((item.id, ",".join(item.clauses), item.description)) for item in FAULTS.values()]


def _register(
    into: dict[str, Fault], id: str, breaks: tuple[str, ...], on: tuple[str, ...], needs_users: bool
) -> Callable[[Function], Function]:
    def register(function: Function) -> Function:
        if id in _faults or id in _variations or id in _conditions:
            raise ValueError(f"two faults are called {id}")
        description, apply = " ".join((inspect.getdoc(function) or "").split()), _around(function)

        async def limited(request: Request, inner: Inner) -> Answer:
            concerned = request.matches(*on) if on else "/api/" in request.path
            return await apply(request, inner) if concerned else await inner(request)

        into[id] = Fault(id, breaks, description, limited, on, needs_users)
        return function

    return register


def _around(function: Callable[..., Any]) -> Apply:
    """Bring the three forms of a fault into the last one."""
    if inspect.iscoroutinefunction(function):
        return cast(Apply, function)
    if len(inspect.signature(function).parameters) == 1:

        async def before(request: Request, inner: Inner) -> Answer:
            return await inner(cast(Request, function(request)))

        return before

    async def after(request: Request, inner: Inner) -> Answer:
        return cast(Answer, function(request, await inner(request)))

    return after
