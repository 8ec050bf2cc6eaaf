"""Which requests an operation gets: drawn from Schemathesis and from lists of edges, bounded, the same for one seed.

Each sample is drawn before anything is sent, so that no answer changes what follows.
"""

from __future__ import annotations

import enum
import hashlib
import itertools
import math
import random
import unittest
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import hypothesis
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from hypothesis.errors import Flaky, InvalidArgument, Unsatisfiable
from schemathesis.core.control import SkipTest
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.schemas import OpenApiSchema

from conformance.exchange.guard.table import OPERATIONS
from conformance.properties.aliases import AnyCase, APIOperation
from conformance.properties.execution.reproducible import ignore_local_modules
from conformance.properties.generation import edges


class Sort(enum.StrEnum):
    """Why a request is sent. EDGE: a valid request but for one value at the edge of what a server can take."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    ABSENT = "absent"
    EDGE = "edge"


@dataclass(frozen=True)
class Sample:
    """One request to be. `what` says what is special about it, in a few words."""

    case: AnyCase
    sort: Sort
    what: str = ""


SHARES: Mapping[str, int] = {"drawn": 5, "covering": 3}
"""How an operation's requests are divided, what matters most first. What one source cannot use falls to the next."""

DEEP: Mapping[str, int] = {"drawn": 4, "covering": 3, "absent": 1, "edges": 6, "covering-wrong": 3, "wrong": 2}
"""The same where there are many: with values one by one, which scripts send together."""

ATTEMPTS = 8
"""How often a case that is wanted may come out as none."""


def stable_number(*words: object) -> int:
    """Return a number that depends on nothing but `words`."""
    digest = hashlib.sha256("|".join(map(str, words)).encode()).digest()
    return int.from_bytes(digest[:8], "big")


def samples(supply: Supply, count: int, shares: Mapping[str, int] = SHARES) -> list[Sample]:
    """Return at most `count` samples of an operation. The same supply gives the same samples."""
    picked: list[Sample] = []
    weights = list(shares.values())
    for place, source in enumerate(shares):
        left = count - len(picked)
        wanted = math.ceil(left * weights[place] / sum(weights[place:]))
        picked += SOURCES[source](supply, wanted) if wanted else []
    return picked


@dataclass
class Supply:
    """What the samples of one operation are taken from: each part is made once, for that is what costs time."""

    schema: OpenApiSchema
    operation: APIOperation
    number: int
    drawn: list[AnyCase] = field(default_factory=list)
    _enumerated: dict[GenerationMode, list[AnyCase]] = field(default_factory=dict)

    @classmethod
    def of(cls, schema: OpenApiSchema, operation: APIOperation, seed: int) -> Supply:
        """Return the supply of an operation. The same seed gives the same."""
        return cls(schema, operation, stable_number(seed, operation.label))

    def draw(self, count: int) -> list[AnyCase]:
        """Return `count` valid cases. The first is the simplest one there is."""
        if len(self.drawn) < count:
            self.drawn = drawn(self.operation, GenerationMode.POSITIVE, self.number, count)
        return self.drawn[:count]

    @property
    def simplest(self) -> AnyCase | None:
        """A copy of the simplest valid case, None where there is none."""
        result = self.draw(1)
        return edges.copied(result[0]) if result else None

    def enumerated(self, mode: GenerationMode) -> list[AnyCase]:
        """Return the cases that Schemathesis enumerates: bounds, listed values, each property left out, or wrong."""
        if mode not in self._enumerated:
            config = self.schema.config.generation
            cases = self.schema.iter_coverage_cases(self.operation, generation_modes=[mode], generation_config=config)
            self._enumerated[mode] = list(cases)
        return self._enumerated[mode]

    def pick(self, mode: GenerationMode, count: int) -> list[AnyCase]:
        """Return `count` of the enumerated cases."""
        every = self.enumerated(mode)
        return random.Random(self.number).sample(every, min(count, len(every)))


def drawn(operation: APIOperation, mode: GenerationMode, number: int, count: int) -> list[AnyCase]:
    """Return `count` cases that Hypothesis draws: fewer where the operation has not as many, none to be negated."""
    ignore_local_modules()
    any_cases: list[AnyCase] = []

    def keep(case: AnyCase) -> None:
        any_cases.append(case)

    settings = hypothesis.settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=False,
    )
    strategy = limited(operation.as_strategy(generation_mode=mode), ATTEMPTS * (count + 1))
    run = hypothesis.seed(number)(settings(hypothesis.given(strategy)(keep)))
    # Flaky is what Hypothesis may make of giving up.
    with suppress(Unsatisfiable, InvalidArgument, SkipTest, unittest.SkipTest, Flaky):
        run()
    return any_cases[:count]


def limited(strategy: st.SearchStrategy[AnyCase], attempts: int) -> st.SearchStrategy[AnyCase]:
    """Return a strategy that gives up after so many attempts: Hypothesis itself tries hundreds to find nothing."""
    left = itertools.count(attempts, -1)

    @st.composite
    def tried(draw: st.DrawFn) -> AnyCase:
        if next(left) <= 0:
            raise unittest.SkipTest("nothing is found")
        return draw(strategy)

    return tried()


def _absent(supply: Supply, _count: int) -> list[Sample]:
    row = OPERATIONS.get(supply.operation.label)
    simplest = supply.simplest if row is not None and row.params else None
    return [Sample(simplest, Sort.ABSENT, "an absent id")] if simplest else []


def _edges(supply: Supply, count: int) -> list[Sample]:
    base, operation = supply.simplest, supply.operation
    if base is None:
        return []
    every = list(edges.cases(operation, base))
    random.Random(supply.number).shuffle(every)
    return [Sample(case, Sort.EDGE, what) for case, what in every[:count]]


def _told(cases: Iterable[AnyCase], sort: Sort) -> list[Sample]:
    return [Sample(case, sort, described(case)) for case in cases]


def described(case: AnyCase) -> str:
    """Return what Schemathesis says is special about a case; empty where it does not say."""
    data = case.meta.phase.data if case.meta else None
    return str(getattr(data, "description", None) or "")


Source = Callable[[Supply, int], list[Sample]]
SOURCES: Mapping[str, Source] = {
    "absent": _absent,
    "drawn": lambda supply, count: [Sample(case, Sort.POSITIVE) for case in supply.draw(count)],
    "covering": lambda supply, count: _told(supply.pick(GenerationMode.POSITIVE, count), Sort.POSITIVE),
    "edges": _edges,
    "covering-wrong": lambda supply, count: _told(supply.pick(GenerationMode.NEGATIVE, count), Sort.NEGATIVE),
    "wrong": lambda supply, count: _told(
        drawn(supply.operation, GenerationMode.NEGATIVE, supply.number + 2, count), Sort.NEGATIVE
    ),
}
