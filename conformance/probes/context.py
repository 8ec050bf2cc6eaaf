"""What every probe needs, and what is known when checks are collected."""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, is_dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import pytest

from conformance.definition import Definition, Index
from conformance.exchange import Client, Record, RecordFactory, Session
from conformance.model import Actor, Exchange, Secret, is_at_least
from conformance.probes.tape import ask

P = ParamSpec("P")
T = TypeVar("T")

USUAL_HOUR = ("2025-01-15T10:00:00", "2025-01-15T11:00:00")
"""Where records stand that may overlap."""
MOST_LEFT = 150
"""Time records of probes that a process leaves to the clean-up."""


@dataclass(frozen=True)
class Collection:
    """What is known before the first request: enough to say which checks there are."""

    index: Index
    actors: tuple[Actor, ...]
    profile: str
    seed: int
    version: str
    capabilities: frozenset[str]


COLLECTION = pytest.StashKey[Collection]()
"""Where the plugin leaves the Collection in pytest's config."""


@dataclass
class ProbeContext:
    """The instance as probes see it: one a process.

    `actors` come strongest first. `timesheet` is the answer of the configuration endpoint. `cache` holds what was made
    or found out once and is used by several probes of this process.
    """

    client: Client
    records: RecordFactory
    index: Index
    definition: Definition
    actors: tuple[Actor, ...]
    profile: str = "standard"
    seed: int = 1
    timesheet: Mapping[str, Any] = field(default_factory=dict)
    version: str = ""
    cache: dict[str, Any] = field(default_factory=dict)
    judges_errors: bool = False
    """Whether a probe has broken something of the run's own, and its check judges the server errors that follow."""

    @contextmanager
    def judging_errors(self) -> Iterator[None]:
        """Let server errors within be judged by who asks: nobody would send such requests."""
        self.judges_errors = True
        try:
            yield
        finally:
            self.judges_errors = False

    @property
    def strongest(self) -> Actor:
        """The actor with most rights."""
        return self.actors[0]

    @property
    def weakest(self) -> Actor:
        """The actor with least rights: the last."""
        return self.actors[-1]

    def session(self, actor: Actor | None = None) -> Session:
        """Return the session of an actor, of the strongest by default."""
        return self.client.session(actor or self.strongest)

    def name(self, word: str) -> str:
        """Return another name with the run's mark, for a record of this run."""
        return self.records.name(word)

    @property
    def bookable(self) -> tuple[int, int]:
        """The project and activity that this process books on: its own, or the borrowed ones. Raises Refused."""
        return self.cached("bookable", self.records.bookable)

    @property
    def may_overlap(self) -> bool:
        """Whether the instance lets two records of a person overlap."""
        return self.timesheet.get("isAllowOverlapping") is not False

    def hour(self) -> tuple[str, str]:
        """Return begin and end of an hour of local time for a record: the usual one, or where two of a person must not
        overlap, one in which no other record of this process stands, nor one of another process or run."""
        return USUAL_HOUR if self.may_overlap else self.records.hour_apart()

    def parent(self, kind: str) -> int:
        """Return the id of a customer, project or activity of this process that others may hang below.

        Raises Refused where none may be made.
        """
        shown: dict[str, Any] = {"visible": True, "billable": True}
        makers: dict[str, Callable[[], Record]] = {
            # Another than the shared one, whose project is booked on: a rate below it would count there.
            "customers": lambda: self.records.customer(**shown),
            "projects": lambda: self.records.project(self.parent("customers"), globalActivities=True, **shown),
            "activities": lambda: self.records.activity(**shown),
        }
        return self.cached(f"parent {kind}", lambda: makers[kind]().id)

    def cached(self, name: str, make: Callable[[], T]) -> T:
        """Return what `make` gave the first time this process asked for `name`."""

        def kept() -> T:
            if name not in self.cache:
                self.cache[name] = make()
            result: T = self.cache[name]
            return result

        return ask("cached", (name,), None, kept)

    def may_leave_record(self) -> bool:
        """Whether one more time record on an own project may stay: the clean-up deletes many with one request.

        Few enough that a page of a list still holds them all, and none where the next may not be at the same time.
        """
        own = self.client.config.borrowed_project is None
        left = self.cache.get("records left", 0)
        if not own or left >= MOST_LEFT or self.timesheet.get("isAllowOverlapping") is False:
            return False
        self.cache["records left"] = left + 1
        return True

    def is_truncated(self, exchange: Exchange) -> bool:
        """Whether an answer was longer than is read: an instance with very many records, and nothing to judge."""
        return exchange.truncated and len(exchange.body) >= self.client.config.max_body

    def rng(self, purpose: str) -> random.Random:
        """Return a source of choices that depends on the seed and the purpose alone, so that order does not matter."""
        return random.Random(f"{self.seed}/{purpose}")

    def profile_at_least(self, profile: str) -> bool:
        """Whether this run's profile is at least `profile`."""
        return is_at_least(self.profile, profile)


def once(
    name: str,
) -> Callable[[Callable[Concatenate[ProbeContext, P], T]], Callable[Concatenate[ProbeContext, P], T]]:
    """Let a process ask a probe once for each `name`, in which the probe's arguments stand in braces ("{actor.name}").

    What it gave the first time is in the context's cache by that name, and is given again.
    """

    def of(probe: Callable[Concatenate[ProbeContext, P], T]) -> Callable[Concatenate[ProbeContext, P], T]:
        signature = inspect.signature(probe)

        @wraps(probe)
        def asked(context: ProbeContext, /, *args: P.args, **kwargs: P.kwargs) -> T:
            arguments = signature.bind(context, *args, **kwargs).arguments
            return context.cached(name.format_map(arguments), lambda: probe(context, *args, **kwargs))

        return asked

    return of


def data_of(seen: Any) -> Any:
    """Return an observation as JSON-able data: dataclasses as objects, exchanges and secrets left out."""
    if is_dataclass(seen) and not isinstance(seen, type):
        named = ((item.name, getattr(seen, item.name)) for item in fields(seen))
        return {name: data_of(value) for name, value in named if not isinstance(value, Exchange | Secret)}
    if isinstance(seen, Mapping):
        return {str(key): data_of(value) for key, value in seen.items() if not isinstance(value, Exchange)}
    if isinstance(seen, list | tuple | set | frozenset):
        return [data_of(value) for value in seen]
    return seen
