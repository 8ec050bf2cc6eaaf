"""Whether a pass could have been otherwise: what was observed is altered, and judged again by the same check.

Nothing is sent meanwhile: the client lets nothing out. Source: DESIGN, "The verdict": `proof`.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice, zip_longest
from typing import Any, get_args

import pytest

from conformance.exchange import Client, Offline
from conformance.model import Exchange, Place, Status
from conformance.probes import ProbeContext
from conformance.probes.tape import AsksWhileJudging, Form, Question, Replay, answered_by
from conformance.run.course import course
from conformance.verdict import EventWriter, Judge
from conformance.verdict.alterations import Alteration, Sites, alterations, sites_of
from conformance.verdict.events import SilentWriter
from conformance.verdict.evidence import Evidence
from conformance.verdict.proofs import AGAINST, Proof
from conformance.verdict.repeating import Attempt

ENOUGH = 12
"""Alterations of what the checks of a clause observed; each check makes at least one."""

AT_MOST = 200
"""Alterations after which a check is given up that nothing has turned: more than there are kinds of them."""


NEARER = 3
"""Alterations more of what was judged, for one of something else that was observed."""


@dataclass
class Prover:
    """Alters and judges again. `turned` are the clauses that something has turned in this process: others are pursued.

    So what it does depends on the seed, and on the checks that this process has got.
    """

    turned: set[str] = field(default_factory=set)

    def prove(
        self, judged: Callable[[Any], Sequence[Place]], others: Iterable[Any], baseline: Sequence[Place], least: int
    ) -> dict[str, Proof]:
        """Return for each clause that passed how many of the `others` were judged, and how many turned it.

        `baseline` is what was judged of the observation itself. At least so many are judged, and more until each clause
        that passed was turned once. `judged` may raise AsksWhileJudging or Offline.
        """
        passed = {place.clause for place in baseline if place.status is Status.PASS}
        known = {_what(place) for place in baseline}
        made, asking, broken, turned = 0, 0, 0, Counter[str]()
        for other in others:
            if made + asking + broken >= AT_MOST or (made >= least and passed <= self.turned):
                break
            try:
                places = judged(other)
            except (AsksWhileJudging, Offline):
                asking += 1
                continue
            made, broken = (made + 1, broken) if places else (made, broken + 1)
            turned.update({item.clause for item in places if item.status in AGAINST and _what(item) not in known})
            self.turned |= turned.keys() & passed
        return {clause: Proof(made, turned[clause], int(asking + broken > 0 and not made)) for clause in sorted(passed)}


def least_of(checks: int) -> int:
    """Return how many alterations each of so many checks of a clause makes."""
    return -(-ENOUGH // max(1, checks))


def _what(place: Place) -> tuple[str, ...]:
    return place.clause, place.status, place.operation, place.field, place.role, place.value, place.got


@dataclass
class Judged:
    """Keeps which exchanges passed, by their ids, and tells nothing of them."""

    exchanges: set[int] = field(default_factory=set)

    def shown(self, place: Place, title: str, exchange: Exchange | None, beside: Sequence[Exchange]) -> Place:  # noqa: ARG002
        """Return the place as it is."""
        if place.status is Status.PASS:
            self.exchanges.update(map(id, filter(None, (exchange, *beside))))
        return place


@dataclass(frozen=True)
class Rejudging:
    """A check that can judge again what it observed: with its arguments, and what its probes were asked.

    `judge` makes a judge that gives its places to an attempt, and asks nothing.
    """

    check: Callable[..., Any]
    arguments: Mapping[str, Any]
    questions: Sequence[Question]
    judge: Callable[[Attempt, Evidence], Judge]
    client: Client

    def prove(self, prover: Prover, least: int, seed: str, decided: Sequence[Place]) -> dict[str, Proof]:
        """Return the proof of each clause that passed; `decided` is what the check judged while it asked."""
        if not any(place.status is Status.PASS for place in decided):
            return {}
        unable = {place.clause: Proof(unaltered=1) for place in decided if place.status is Status.PASS}
        try:
            evidence = Judged()
            baseline = self.judged({}, evidence)
        except (AsksWhileJudging, Offline):
            return unable
        if [(place.clause, place.status) for place in baseline] != [(place.clause, place.status) for place in decided]:
            return unable
        return prover.prove(self.judged, self._others(evidence.exchanges, random.Random(seed)), baseline, least)

    def judged(self, altered: Mapping[int, Any], evidence: Judged | None = None) -> list[Place]:
        """Return what the check judges where the questions of these numbers were answered otherwise.

        Of what no probe gives, and breaks the check, only what it had judged before. Raises AsksWhileJudging, Offline.
        """
        attempt = Attempt()
        judge = self.judge(attempt, evidence or Judged())
        arguments = {name: _silent(value) for name, value in self.arguments.items()} | {"judge": judge}
        try:
            with self.client.offline(), answered_by(Replay(self.questions, altered)), course(judge):
                self.check(**arguments)
        except (AsksWhileJudging, Offline):
            raise
        except (Exception, pytest.skip.Exception):
            pass
        return [decision.place for decision in attempt.decisions]

    def _others(self, judged: Container[int], rng: random.Random) -> Iterator[dict[int, Any]]:
        """Yield what else may have been answered: what was judged is altered first, each observation by turns."""
        groups = list(_shared(self.questions).values())
        rng.shuffle(groups)
        sites = [sites_of(*_observed(self.questions[group[0]]), rng, judged) for group in groups]
        near, far = (self._altered(groups, [both[part] for both in sites], rng) for part in range(2))
        for other in near:
            yield from (other, *islice(near, NEARER), *islice(far, 1))
        yield from far

    def _altered(
        self, groups: Sequence[Sequence[int]], sites: Sequence[Sites], rng: random.Random
    ) -> Iterator[dict[int, Any]]:
        series = [
            altered(self.questions[group[0]].observation, alterations(places, rng))
            for group, places in zip(groups, sites, strict=True)
        ]
        for turn in zip_longest(*series, fillvalue=_NO_MORE):
            for group, other in zip(groups, turn, strict=True):
                if other is not _NO_MORE:
                    yield dict.fromkeys(group, other)


_NO_MORE = object()


def _observed(question: Question) -> tuple[Any, Any]:
    """Return what was observed, and its type."""
    arguments = get_args(question.hint)
    return question.observation, arguments[0] if question.form is Form.BLOCK and arguments else question.hint


def _shared(questions: Sequence[Question]) -> dict[Any, list[int]]:
    """Return the numbers of the questions by what they were answered with: one observation, however often given."""
    groups: dict[Any, list[int]] = {}
    for number, question in enumerate(questions):
        seen = question.observation
        simple = seen is None or isinstance(seen, bool | int | float | str)
        key = (question.name, *map(id, question.arguments)) if simple else id(seen)
        if question.error is None or question.form is Form.SERIES:
            groups.setdefault(key, []).append(number)
    return groups


def altered(observation: Any, changes: Iterable[Alteration]) -> Iterator[Any]:
    """Yield the altered observations that differ from it; what its type does not allow is left out."""
    for change in changes:
        with suppress(TypeError, ValueError, ArithmeticError, LookupError, AttributeError):
            other = change.apply(observation)
            if other != observation:
                yield other


def _silent(value: Any) -> Any:
    """Return an argument of a check with which nothing is kept or written."""
    if isinstance(value, ProbeContext):
        return replace(value, cache=dict(value.cache))
    return SilentWriter() if isinstance(value, EventWriter) else value
