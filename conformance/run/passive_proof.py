"""The proof of what every exchange is judged by: the definition, server errors, and how refusals are formed.

No check asks for it, so there is none to judge again: a sample of the exchanges is altered and judged by the same code.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from conformance.definition import Definition, Index
from conformance.model import Actor, Exchange, Place
from conformance.probes.refusals.refusals import Refusals
from conformance.probes.responses.passive import PassiveObserver
from conformance.properties.execution.engine import Outcome, look
from conformance.properties.judging import decide
from conformance.run.proof import Prover, altered
from conformance.verdict import Judge
from conformance.verdict.alterations import alterations, sites_of
from conformance.verdict.evidence import Evidence, NoEvidence
from conformance.verdict.proofs import Proof
from conformance.verdict.repeating import Attempt
from conformance.verdict.undecided import SERVER_ERROR
from contracts.passive_checks import judge_passive
from contracts.refusals import judge_refusals

EXCHANGES = 24
"""Exchanges that are altered; more only until each clause that they passed has turned once."""

LEAST = 2
"""Alterations of each exchange."""


@dataclass
class SampledExchanges:
    """Keeps one success and one refusal of each operation: the first. A listener at the client."""

    index: Index
    _kept: dict[tuple[str, bool], Exchange] = field(default_factory=dict)

    def notice(self, exchange: Exchange) -> None:
        """Look at an answer."""
        if self.index.get(exchange.operation) is not None and exchange.status < 500 and not exchange.truncated:
            self._kept.setdefault((exchange.operation, exchange.ok), exchange)

    def drawn(self, seed: int) -> Iterator[Exchange]:
        """Yield what was kept, in an order of the operations that depends on the seed alone."""
        labels = [operation.label for operation in self.index.operations]
        for label in random.Random(f"{seed}/exchanges").sample(labels, len(labels)):
            yield from (self._kept[key] for key in ((label, True), (label, False)) if key in self._kept)


@dataclass(frozen=True)
class PassiveJudging:
    """Judges a single exchange by all that every exchange is judged by. `judge` makes a judge of a clause, who asks
    nothing and gives its places to an attempt.
    """

    definition: Definition
    index: Index
    actors: Sequence[Actor]
    judge: Callable[[str, Attempt, Evidence], Judge]

    def judged(self, exchange: Exchange) -> list[Place]:
        """Return what is judged of an exchange."""
        attempt = Attempt()
        passive_observer, refusals = PassiveObserver(self.index, self.actors), Refusals(self.index)
        passive_observer.notice(exchange)
        refusals.notice(exchange)
        judges: dict[str, Judge] = {}

        def judge(clause: str) -> Judge:
            return judges.setdefault(clause, self.judge(clause, attempt, NoEvidence()))

        judge_passive(judge, passive_observer, bundled=self.definition.source == "bundled", said=())
        judge_refusals(judge, refusals)
        self._as_drawn(judge(SERVER_ERROR), exchange)
        return [decision.place for decision in attempt.decisions]

    def _as_drawn(self, judge: Judge, exchange: Exchange) -> None:
        """Judge an exchange as property tests do those that they have drawn."""
        if exchange.status >= 500:
            judge.check(
                False, operation=exchange.operation, expected="no server error", got=str(exchange.status),
                exchange=exchange,
            )  # fmt: skip
            return
        outcome = Outcome(exchange.operation, requests=1, successes=int(exchange.ok))
        if exchange.ok:
            look(outcome, self.index, exchange)
        decide(outcome, judge, self.definition)

    def proofs(self, prover: Prover, sample: SampledExchanges, seed: int) -> Iterator[tuple[str, Mapping[str, Proof]]]:
        """Yield the proof of each exchange that is altered, with what tells it from others."""
        passed = set[str]()
        for number, exchange in enumerate(sample.drawn(seed)):
            if number >= EXCHANGES and passed <= prover.turned:
                break
            name = f"{exchange.operation} {'answered' if exchange.ok else 'refused'}"
            rng = random.Random(f"{seed}/{name}")
            _, sites = sites_of(exchange, Exchange, rng)
            others = altered(exchange, alterations(sites, rng))
            proofs = prover.prove(self.judged, others, self.judged(exchange), LEAST)
            passed |= proofs.keys()
            yield name, proofs
