"""Runs the samples of one operation through the door and collects what came: no failure stops it, none is lost.

The same definition, seed and budget give the same requests, in whatever process.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, cast

import httpx
import requests
from schemathesis.checks import CheckFunction
from schemathesis.core.errors import SerializationNotPossible
from schemathesis.core.failures import FailureGroup
from schemathesis.core.transport import Response

from conformance.definition import Index
from conformance.exchange import BudgetSpent, NoAnswer, Refused, Session
from conformance.properties import answers
from conformance.properties.aliases import AnyCase
from conformance.properties.policy import ABSENT, METHOD, Trouble, trouble_of
from conformance.properties.shrinking import names_in, shrink, signature, without
from conformance.properties.strategies import Sample, Sort
from conformance.properties.transport import DoorTransport
from conformance.words import Exchange

UNSENDABLE = (
    httpx.InvalidURL,
    httpx.LocalProtocolError,
    requests.exceptions.RequestException,
    SerializationNotPossible,
    UnicodeError,
)
"""Raised before anything is sent, for what cannot be put on the wire at all."""

EXPANDED = re.compile(r"[?&]full=")
"""With `full`, references come as objects, for which the definition lists no schema of its own."""

LONGEST_LIST = 25
"""Items of a list that are held against the schema: the rest say the same."""

ERRORS_TRIED = 12
"""Server errors of one operation that are looked at for another cause; the rest are counted."""


@dataclass
class Outcome:
    """What one operation answered. `positive` counts the valid requests sent, `accepted` those of them answered 2xx."""

    label: str
    requests: int = 0
    positive: int = 0
    accepted: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    unsendable: int = 0
    unanswered: int = 0
    spent: bool = False
    successes: int = 0
    judged_shape: bool = False
    troubles: dict[Trouble, Exchange] = field(default_factory=dict)
    said: dict[Trouble, str] = field(default_factory=dict)
    server_errors: dict[str, Exchange] = field(default_factory=dict)
    schemas: dict[int, Mapping[str, Any] | None] = field(default_factory=dict)

    def schema_for(self, status: int, engine: Engine) -> Mapping[str, Any] | None:
        """Return the schema of an answer with that status, made once for all answers."""
        if status not in self.schemas:
            self.schemas[status] = engine.index.response_schema(self.label, status, lenient=engine.lenient)
        return self.schemas[status]

    def keep(self, trouble: Trouble, exchange: Exchange, what: str = "") -> None:
        """Keep a trouble with the smallest exchange that shows it."""
        before = self.troubles.get(trouble)
        if before is None or _size(exchange) < _size(before):
            self.troubles[trouble] = exchange
            self.said[trouble] = what


def _size(exchange: Exchange) -> int:
    return len(exchange.target) + len(exchange.request_body or b"")


@dataclass(frozen=True)
class Engine:
    """What runs all operations of a process: the transport, the checks, and the definition that answers are held to.

    `lenient` is for a bundled definition: see `Index.response_schema`.
    """

    transport: DoorTransport
    checks: list[CheckFunction]
    index: Index
    session: Session
    lenient: bool = False

    def run(self, label: str, samples: Iterable[Sample], scene: Scene) -> Outcome:
        """Send the samples of one operation, each as `scene` binds it, and return what came."""
        outcome = Outcome(label)
        sent: set[str] = set()
        raw_errors: list[Exchange] = []
        try:
            for sample in samples:
                self._one(sample, scene, outcome, sent, raw_errors)
            self._shrink(raw_errors, outcome)
        except BudgetSpent:
            outcome.spent = True
        return outcome

    def _one(self, sample: Sample, scene: Scene, outcome: Outcome, sent: set[str], raw_errors: list[Exchange]) -> None:
        try:
            scene.prepare(sample)
            key = fingerprint_of(sample.case)
            if key in sent and not scene.repeatable:
                return
            sent.add(key)
            response = sample.case.call(session=cast(Any, self.session))
        except Refused as refused:
            outcome.refused[refused.reason] += 1
            return
        except NoAnswer:
            outcome.unanswered += 1
            return
        except UNSENDABLE:
            outcome.unsendable += 1
            return
        exchange = self.transport.last
        assert exchange is not None
        self._count(sample, exchange, outcome, scene.reachable)
        if exchange.status >= 500:
            raw_errors.append(exchange)
        elif sample.sort is Sort.UNDECLARED:
            outcome.keep(Trouble(METHOD, "", "405", str(exchange.status)), exchange, sample.what)
        else:
            self._check(sample, response, exchange, outcome)
        with suppress(Refused, NoAnswer):
            scene.tidy(sample, exchange)

    def _count(self, sample: Sample, exchange: Exchange, outcome: Outcome, reachable: bool) -> None:
        outcome.requests += 1
        outcome.statuses[exchange.status] += 1
        if sample.sort is Sort.POSITIVE and reachable:
            outcome.positive += 1
            outcome.accepted += exchange.ok or self._is_all_there_is(outcome.label, exchange.status)
        outcome.successes += exchange.ok and sample.sort is not Sort.UNDECLARED

    def _is_all_there_is(self, label: str, status: int) -> bool:
        """Whether a status is documented, and no success is: some operations are only there to say 410."""
        documented = list(self.index[label].responses)
        return str(status) in documented and not any(each.startswith("2") or each == "default" for each in documented)

    def _check(self, sample: Sample, response: Response, exchange: Exchange, outcome: Outcome) -> None:
        has_body = bool(list(sample.case.operation.body))
        for failure in failures(sample.case, response, self.checks):
            trouble = trouble_of(failure, exchange, has_body)
            if trouble is not None and not self._is_all_there_is(outcome.label, exchange.status):
                outcome.keep(trouble, exchange, sample.what)
        if sample.sort is Sort.ABSENT and exchange.ok:
            outcome.keep(Trouble(ABSENT, "", "404", str(exchange.status)), exchange, sample.what)
        if exchange.ok:
            self._shape(exchange, outcome)

    def _shape(self, exchange: Exchange, outcome: Outcome) -> None:
        if EXPANDED.search(exchange.target):
            return
        schema = outcome.schema_for(exchange.status, self)
        answer = exchange.json_or_none()
        if schema is None or (answer is None and not exchange.body):
            return
        outcome.judged_shape = True
        part = answer[:LONGEST_LIST] if isinstance(answer, list) else answer
        for each in answers.departures(schema, part):
            outcome.keep(Trouble(each.clause, each.field, each.expected, each.got), exchange)

    def _shrink(self, raw_errors: list[Exchange], outcome: Outcome) -> None:
        """Take the server errors apart, the smallest first: what still breaks without the known causes has another."""
        known: set[str] = set()
        for exchange in sorted(raw_errors, key=_size)[:ERRORS_TRIED]:
            rest = without(exchange, known, self.session)
            if rest is not None:
                smallest = shrink(rest, self.session)
                outcome.server_errors.setdefault(signature(smallest), smallest)
                known |= names_in(smallest)


class Scene:
    """What stands around the requests of one operation: records to be about, and what must be done before and after."""

    repeatable = False

    @property
    def reachable(self) -> bool:
        """Whether there are records for the operation to be about."""
        return True

    def prepare(self, sample: Sample) -> None:
        """Make ready what the sample needs, and bind it."""

    def tidy(self, sample: Sample, exchange: Exchange) -> None:
        """Put right what an accepted request did, so that the next one starts afresh."""


def failures(case: AnyCase, response: Response, checks: list[CheckFunction]) -> list[Any]:
    """Return the failures of the checks, which Schemathesis raises as one group."""
    try:
        case.validate_response(response, checks=checks)
    except FailureGroup as group:
        return list(group.exceptions)
    return []


def fingerprint_of(case: AnyCase) -> str:
    """Return what makes two requests the same: a second one would tell nothing."""
    return repr((case.method, case.path_parameters, case.query, case.body, dict(case.headers or {})))
