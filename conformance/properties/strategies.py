"""Which requests an operation gets: drawn from Schemathesis and from lists of edges, bounded, the same for one seed.

Each sample is drawn before anything is sent, so that no answer changes what follows.
"""

from __future__ import annotations

import enum
import hashlib
import math
import random
import unittest
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

import hypothesis
from hypothesis import HealthCheck, Phase
from hypothesis.errors import InvalidArgument, Unsatisfiable
from schemathesis.core.control import SkipTest
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.schemas import OpenApiSchema

from conformance.exchange.table import OPERATIONS
from conformance.properties import edges
from conformance.properties.aliases import AnyCase, Operation
from conformance.properties.enriching import METHODS
from conformance.properties.reproducible import ignore_local_modules


class Sort(enum.StrEnum):
    """Why a request is sent. EDGE: a valid request but for one value at the edge of what a server can take."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    ABSENT = "absent"
    EDGE = "edge"
    UNDECLARED = "undeclared"


@dataclass(frozen=True)
class Sample:
    """One request to be. `what` says what is special about it, in a few words."""

    case: AnyCase
    sort: Sort
    what: str = ""


SHARES: Mapping[str, int] = {
    "drawn": 5,
    "absent": 1,
    "undeclared": 1,
    "covering": 3,
    "edges": 5,
    "covering-wrong": 3,
    "wrong": 2,
}
"""How an operation's requests are divided, what matters most first. What one source cannot use falls to the next."""


def stable_number(*words: object) -> int:
    """Return a number that depends on nothing but `words`."""
    digest = hashlib.sha256("|".join(map(str, words)).encode()).digest()
    return int.from_bytes(digest[:8], "big")


def samples(schema: OpenApiSchema, operation: Operation, seed: int, count: int) -> list[Sample]:
    """Return at most `count` samples of an operation. The same seed gives the same samples."""
    number = stable_number(seed, operation.label)
    picked: list[Sample] = []
    weights = list(SHARES.values())
    for place, source in enumerate(SHARES):
        left = count - len(picked)
        wanted = math.ceil(left * weights[place] / sum(weights[place:]))
        picked += SOURCES[source](schema, operation, number, wanted) if wanted else []
    return picked


def drawn(operation: Operation, mode: GenerationMode, number: int, count: int) -> list[AnyCase]:
    """Return `count` cases that Hypothesis draws: fewer where the operation has not as many, none to be negated."""
    ignore_local_modules()
    found: list[AnyCase] = []

    def keep(case: AnyCase) -> None:
        found.append(case)

    settings = hypothesis.settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=False,
    )
    run = hypothesis.seed(number)(settings(hypothesis.given(operation.as_strategy(generation_mode=mode))(keep)))
    with suppress(Unsatisfiable, InvalidArgument, SkipTest, unittest.SkipTest):
        run()
    return found[:count]


def covering(
    schema: OpenApiSchema, operation: Operation, mode: GenerationMode, number: int, count: int
) -> list[AnyCase]:
    """Return `count` of the cases that Schemathesis enumerates: bounds, listed values, each property left out."""
    every = list(
        schema.iter_coverage_cases(operation, generation_modes=[mode], generation_config=schema.config.generation)
    )
    return random.Random(number).sample(every, min(count, len(every)))


def _absent(_schema: OpenApiSchema, operation: Operation, number: int, _count: int) -> list[Sample]:
    row = OPERATIONS.get(operation.label)
    if row is None or not row.params:
        return []
    return [Sample(case, Sort.ABSENT, "an absent id") for case in drawn(operation, GenerationMode.POSITIVE, number, 1)]


def _undeclared(schema: OpenApiSchema, operation: Operation, number: int, _count: int) -> list[Sample]:
    """One PUT a path, which Kimai lists nowhere: with an absent id it changes nothing even where it is served."""
    declared = [method for method in schema.raw_schema["paths"][operation.path] if method in METHODS]
    if "put" in declared or declared[0] != operation.method.lower():
        return []
    cases = drawn(operation, GenerationMode.POSITIVE, number, 1)
    return [
        Sample(operation.Case(method="PUT", path_parameters=case.path_parameters), Sort.UNDECLARED, "an undeclared PUT")
        for case in cases
    ]


def _drawn(_schema: OpenApiSchema, operation: Operation, number: int, count: int) -> list[Sample]:
    return [Sample(case, Sort.POSITIVE) for case in drawn(operation, GenerationMode.POSITIVE, number + 1, count)]


def _covering(schema: OpenApiSchema, operation: Operation, number: int, count: int) -> list[Sample]:
    return [
        Sample(case, Sort.POSITIVE, described(case))
        for case in covering(schema, operation, GenerationMode.POSITIVE, number, count)
    ]


def _wrong(_schema: OpenApiSchema, operation: Operation, number: int, count: int) -> list[Sample]:
    return [
        Sample(case, Sort.NEGATIVE, described(case))
        for case in drawn(operation, GenerationMode.NEGATIVE, number + 2, count)
    ]


def _covering_wrong(schema: OpenApiSchema, operation: Operation, number: int, count: int) -> list[Sample]:
    return [
        Sample(case, Sort.NEGATIVE, described(case))
        for case in covering(schema, operation, GenerationMode.NEGATIVE, number, count)
    ]


def _edges(_schema: OpenApiSchema, operation: Operation, number: int, count: int) -> list[Sample]:
    base = drawn(operation, GenerationMode.POSITIVE, number + 3, 1)
    if not base:
        return []
    chance = random.Random(number)
    first = list(edges.together(operation, base[0]))[: count // 3]
    every = list(edges.cases(operation, base[0]))
    chance.shuffle(every)
    # Half of the places go to what reaches the database.
    stored = [each for each in every if edges.storage(each[1])][: (count - len(first)) // 2]
    taken = {what for _, what in stored}
    rest = [each for each in every if each[1] not in taken]
    return [Sample(case, Sort.EDGE, what) for case, what in [*first, *stored, *rest][:count]]


def described(case: AnyCase) -> str:
    """Return what Schemathesis says is special about a case; empty where it does not say."""
    data = case.meta.phase.data if case.meta else None
    return str(getattr(data, "description", None) or "")


Source = Callable[[OpenApiSchema, Operation, int, int], list[Sample]]
SOURCES: Mapping[str, Source] = {
    "absent": _absent,
    "undeclared": _undeclared,
    "drawn": _drawn,
    "covering": _covering,
    "edges": _edges,
    "covering-wrong": _covering_wrong,
    "wrong": _wrong,
}
