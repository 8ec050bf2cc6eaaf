"""Runs the samples and scripts of one operation through the client and collects what came: no failure stops it.

The same definition, seed, budget and answers give the same requests, in whatever process.
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
from conformance.model import GATEWAY, Exchange
from conformance.probes.responses.schema_check import departures
from conformance.properties.aliases import AnyCase
from conformance.properties.execution.requesting import Request
from conformance.properties.execution.server_errors import Broken, ServerErrors
from conformance.properties.execution.shrinking import attempt
from conformance.properties.execution.transport import ClientTransport
from conformance.properties.generation.fuzz import AGAIN, FuzzRequest, FuzzResult, FuzzScript
from conformance.properties.generation.strategies import Sample, Sort
from conformance.properties.policy import ABSENT, SHAPE, CheckFailure, documented, failure_of
from conformance.verdict.aspects import CLAUSE_OF_ASPECT
from conformance.verdict.remote import excused

UNSENDABLE = (
    httpx.InvalidURL,
    httpx.LocalProtocolError,
    requests.exceptions.RequestException,
    SerializationNotPossible,
    UnicodeError,
)
"""Raised before anything is sent, for what cannot be put on the wire at all."""

EXPANDED = re.compile(r"[?&]full=")
"""With `full`, references come as objects, for which the definition lists no schema at the operation itself."""


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
    check_failures: dict[CheckFailure, Exchange] = field(default_factory=dict)
    said: dict[CheckFailure, str] = field(default_factory=dict)
    breaks: ServerErrors = field(default_factory=ServerErrors)
    _sizes: dict[CheckFailure, tuple[bool, int]] = field(default_factory=dict)

    @property
    def server_errors(self) -> tuple[Broken, ...]:
        """Each cause of a server error, with the smallest exchange that shows it."""
        return tuple(self.breaks.found.values())

    def keep(self, check_failure: CheckFailure, exchange: Exchange, what: str = "") -> None:
        """Keep a failure with the smallest exchange that shows it, first of all one that is not excused."""
        before, length = self._sizes.get(check_failure), len(exchange.target) + len(exchange.request_body or b"")
        if before is not None and before <= (False, length):
            return  # Whether it is excused need not be asked.
        size = excused(check_failure.clause, exchange, check_failure.field, check_failure.got), length
        if before is None or size < before:
            self._sizes[check_failure] = size
            self.check_failures[check_failure] = exchange
            self.said[check_failure] = what


@dataclass(frozen=True)
class Engine:
    """What runs all operations of a process: the transport, the checks, and the definition that answers are held to."""

    transport: ClientTransport
    checks: list[CheckFunction]
    index: Index

    def run(
        self,
        outcome: Outcome,
        scene: Scene,
        sender: Session,
        samples: Iterable[Sample],
        scripts: Iterable[FuzzScript] = (),
    ) -> None:
        """Send samples and scripts of one operation, each as `scene` binds it, and put into `outcome` what came."""
        run = OperationRun(self, outcome, scene, sender)
        try:
            for sample in samples:
                run.sample(sample)
            for script in scripts:
                run.follow(script)
        except BudgetSpent:
            outcome.spent = True


@dataclass
class OperationRun:
    """The requests of one operation, sent by one actor."""

    engine: Engine
    outcome: Outcome
    scene: Scene
    sender: Session
    sent: set[str] = field(default_factory=set)
    settled: dict[str, FuzzResult] = field(default_factory=dict)

    def sample(self, sample: Sample) -> None:
        """Send a sample and judge its answer."""
        try:
            self.scene.prepare(sample)
            key = fingerprint_of(sample.case)
            if key in self.sent and not self.scene.repeatable:
                return
            self.sent.add(key)
            sender = self.sender.as_valid() if sample.sort is Sort.POSITIVE else self.sender
            response = sample.case.call(session=cast(Any, sender))
        except (Refused, NoAnswer, *UNSENDABLE) as error:
            self._unsent(error)
            return
        exchange = self.engine.transport.last
        assert exchange is not None
        positive = sample.sort is Sort.POSITIVE and self.scene.reachable
        self._count(exchange, positive, declared=True)
        if self._breaks(exchange):
            self._broke(exchange, sample.what, elsewhere=sample.sort is Sort.ABSENT)
        elif exchange.status < 500:
            self._check(sample, response, exchange)
        self._tidy(sample.case.formatted_path, exchange)

    def follow(self, script: FuzzScript) -> None:
        """Send what a script yields, and tell it what came."""
        with suppress(StopIteration):
            odd = next(script)
            while True:
                odd = script.send(self._odd(odd))

    def _odd(self, odd: FuzzRequest) -> FuzzResult:
        try:
            request = self.scene.request(odd)
            if request.key in self.settled and not (odd.ready or odd.prior or odd.what == AGAIN):
                return self.settled[request.key]
            exchange = request.send(self.sender)
        except (Refused, NoAnswer, *UNSENDABLE) as error:
            self._unsent(error)
            return FuzzResult()
        self._count(exchange, odd.ready and self.scene.reachable, declared=not odd.method)
        causes = frozenset[str]()
        if self._breaks(exchange):
            causes = self._broke(exchange, odd.what, elsewhere=odd.elsewhere)
        elif exchange.ok and not odd.method:
            look(self.outcome, self.engine.index, exchange)
        if not odd.keep:
            self._tidy(request.path, exchange)
        result = FuzzResult(exchange, causes)
        # Another script may come to the same request: a read, or what was refused, tells nothing new.
        if exchange.status < 500 and (exchange.method == "GET" or not exchange.ok):
            self.settled[request.key] = result
        return result

    def _unsent(self, error: Exception) -> None:
        if isinstance(error, Refused):
            self.outcome.refused[error.reason] += 1
        elif isinstance(error, NoAnswer):
            self.outcome.unanswered += 1
        else:
            self.outcome.unsendable += 1

    def _count(self, exchange: Exchange, positive: bool, *, declared: bool) -> None:
        outcome = self.outcome
        outcome.requests += 1
        outcome.statuses[exchange.status] += 1
        outcome.positive += positive
        outcome.accepted += positive and (exchange.ok or self._is_all_there_is(exchange.status))
        outcome.successes += exchange.ok and declared

    def _breaks(self, exchange: Exchange) -> bool:
        """Whether an answer is a server error: one of a gateway only where the same request gets it again."""
        if exchange.status not in GATEWAY:
            return exchange.status >= 500
        request = Request.of(exchange)
        again = attempt(request, self.sender) if request is not None else exchange
        lasting = again is not None and again.status >= 500
        self.outcome.unanswered += not lasting
        return lasting

    def _broke(self, exchange: Exchange, what: str, *, elsewhere: bool) -> frozenset[str]:
        scene, odd = self.scene, what if elsewhere else None
        return self.outcome.breaks.minimise(exchange, scene.plain(), self.sender, odd, scene.ordinary())

    def _tidy(self, path: str, exchange: Exchange) -> None:
        with suppress(Refused, NoAnswer):
            self.scene.reset(path, exchange)

    def _is_all_there_is(self, status: int) -> bool:
        """Whether a status is documented, and no success is: some operations are only there to say 410."""
        listed = list(self.engine.index[self.outcome.label].responses)
        return str(status) in listed and not any(item.startswith("2") or item == "default" for item in listed)

    def _check(self, sample: Sample, response: Response, exchange: Exchange) -> None:
        has_body = bool(list(sample.case.operation.body))
        for failure in failures(sample.case, response, self.engine.checks):
            check_failure = failure_of(failure, exchange, has_body)
            if check_failure is not None and not self._is_all_there_is(exchange.status):
                self.outcome.keep(check_failure, exchange, sample.what)
        if sample.sort is Sort.ABSENT and exchange.ok:
            self.outcome.keep(CheckFailure(ABSENT, "", "404", str(exchange.status)), exchange, sample.what)
        if exchange.ok:
            hold_shape(self.outcome, self.engine.index, exchange)


def look(outcome: Outcome, index: Index, exchange: Exchange) -> None:
    """Put into an outcome what a success shows at odds with the definition: status, content type and shape."""
    for check_failure in documented(index[outcome.label], exchange):
        outcome.keep(check_failure, exchange)
    hold_shape(outcome, index, exchange)


def hold_shape(outcome: Outcome, index: Index, exchange: Exchange) -> None:
    """Put into an outcome what the JSON of a success shows at odds with the definition."""
    if EXPANDED.search(exchange.target):
        return
    response = index[outcome.label].response(exchange.status)
    answer = exchange.json_or_none()
    if response is None or response.shape is None or (answer is None and not exchange.body):
        return
    outcome.judged_shape = True
    for departure in departures(response.shape, answer):
        clause = CLAUSE_OF_ASPECT[departure.aspect]
        if clause in SHAPE:
            outcome.keep(CheckFailure(clause, departure.field, departure.expected, departure.got), exchange)


class Scene:
    """What stands around the requests of one operation: records to be about, and what must be done before and after."""

    repeatable = False

    @property
    def reachable(self) -> bool:
        """Whether there are records for the operation to be about."""
        return True

    def prepare(self, sample: Sample) -> None:
        """Make ready what the sample needs, and bind it."""

    def request(self, odd: FuzzRequest) -> Request:
        """Return an odd request with everything else about it valid. Raises Refused."""
        raise NotImplementedError

    def plain(self) -> Mapping[str, Any]:
        """Return valid values for the attributes that a body cannot do without."""
        return {}

    def ordinary(self) -> Mapping[str, Any]:
        """Return a valid value for each attribute and parameter that there is one for."""
        return {}

    def reset(self, path: str, exchange: Exchange) -> None:
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
