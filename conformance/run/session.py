"""What one process of a run holds: the client, the run's records, the judges and the events."""

from __future__ import annotations

import json
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from conformance.definition import Definition, Index, Repair
from conformance.exchange import Client, RecordFactory
from conformance.model import GATEWAY, CommandError, Exchange, Place, Status
from conformance.probes.context import ProbeContext
from conformance.probes.refusals.control import Controls
from conformance.probes.refusals.refusals import Refusals
from conformance.probes.responses.own_requests import OwnRequests
from conformance.probes.responses.passive import PassiveObserver
from conformance.properties.execution.server_errors import reduced
from conformance.run.context import RunContext
from conformance.run.evidence import RunEvidence
from conformance.run.passive_proof import PassiveJudging, SampledExchanges
from conformance.run.proof import Prover, Rejudging
from conformance.run.target import client_config
from conformance.verdict import (
    Clauses,
    Deviations,
    EventWriter,
    Judge,
    KnownDefects,
    load_clauses,
    load_defects,
    load_deviations,
    read_events,
)
from conformance.verdict.causes import Cause
from conformance.verdict.evidence import Evidence
from conformance.verdict.judge import Writer
from conformance.verdict.undecided import SERVER_ERROR
from contracts.own_requests import judge_own_requests
from contracts.passive_checks import judge_passive
from contracts.refusals import judge_refusals

EVENTS = "events"
"""Folder of the event files within a run's folder."""

PARENTS = ("parent ", "bookable")
"""Beginnings of what is kept in the cache for a second course of a check."""

REPEATS = 40
"""Failed checks of a process that are asked a second time."""

PROPERTY_BUDGET = {"smoke": 100, "standard": 1500, "thorough": 6000}
"""Requests of all property items together, by profile. Source: DESIGN, "Budgets"."""


@dataclass
class WorkerSession:
    """Shared by all checks of a process.

    `minimising` is the operation whose server errors the running check looks at itself.
    """

    context: RunContext
    definition: Definition
    index: Index
    client: Client
    records: RecordFactory
    probe_context: ProbeContext
    events: EventWriter
    clauses: Clauses
    deviations: Deviations
    defects: KnownDefects
    evidence: RunEvidence
    broken: dict[tuple[str, str], Exchange] = field(default_factory=dict)
    minimising: str = ""
    passive_observer: PassiveObserver = field(init=False)
    refusals: Refusals = field(init=False)
    sampled: SampledExchanges = field(init=False)
    own: OwnRequests = field(init=False)
    prover: Prover = field(default_factory=Prover)
    controls: Controls = field(init=False)
    is_stopped: bool = False
    _repeated: int = 0
    _counted: tuple[int, Counter[Any]] = field(default_factory=lambda: (0, Counter()))
    _closed: bool = False
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.passive_observer = PassiveObserver(self.index, self.context.actors)
        self.refusals = Refusals(self.index)
        self.sampled = SampledExchanges(self.index)
        self.own = OwnRequests(self.index)
        self.controls = Controls(self.probe_context)

    def notice(self, exchange: Exchange) -> None:
        """Remember each 5xx by what it hangs on, whoever asked, and look at what succeeds, and what is refused.

        Source: DESIGN, "Rulings": every 5xx fails. That of a gateway counts only where a check asks again and gets it.
        """
        fails = exchange.status >= 500 and exchange.status not in GATEWAY
        if fails and not self.probe_context.judges_errors:
            self.broken.setdefault(self.key_of(exchange, own=exchange.operation == self.minimising), exchange)
        self.passive_observer.notice(exchange)
        self.refusals.notice(exchange)
        self.sampled.notice(exchange)
        self.own.notice(exchange)
        self.controls.notice(exchange)

    @staticmethod
    def key_of(exchange: Exchange, *, own: bool) -> tuple[str, str]:
        """Return what makes two server errors the same: operation and cause; none where a check tells them apart."""
        return exchange.operation, "" if own else Cause.of(exchange).text

    def prove(self, rejudging: Rejudging, node: str, least: int, decided: Sequence[Place]) -> None:
        """Write what stands behind the passes of the check of a node, which decided these places."""
        with self._noting(node):
            for clause, proof in rejudging.prove(self.prover, least, f"{self.context.seed}/{node}", decided).items():
                self.events.proof(clause, node, proof)

    @contextmanager
    def _noting(self, what: str) -> Iterator[None]:
        """Let no error in a proof end a run: what was decided stands without it, and that is said."""
        try:
            yield
        except Exception as error:
            self.events.note(f"what stands behind the passes of {what} could not be told: {error!r}")

    def judge_broken(self, places: Iterable[Mapping[str, str]] = ()) -> None:
        """Fail the 5xx that no check has said: of a check that takes them apart, only where it said none at all."""
        matching = [place for place in places if place["fingerprint"]]
        results = {(place["operation"], place["fingerprint"]) for place in matching}
        taken_apart = {place["operation"] for place in matching if place["clause"] == SERVER_ERROR}
        judge = self.judge(SERVER_ERROR)
        # To find the smallest request more are sent, and what those break is noted as well.
        for (operation, cause), exchange in list(self.broken.items()):
            if not cause and operation in taken_apart:
                continue
            smallest = self._reduced(exchange)
            if (operation, judge.fingerprint_of(smallest)) not in results:
                got = str(smallest.status)
                judge.check(False, operation=operation, expected="no server error", got=got, exchange=smallest)

    def _reduced(self, exchange: Exchange) -> Exchange:
        """Return the smallest request of a read that breaks so; anything else as it is."""
        if self.is_stopped:
            return exchange
        actor = next((actor for actor in self.context.actors if actor.name == exchange.actor), None)
        return reduced(exchange, self.client.session(actor)) if actor is not None else exchange

    def judge(self, clause: str, writer: Writer | None = None) -> Judge:
        """Return a judge of one clause, who writes to the events. Raises KeyError for an id not in clauses.toml."""
        return Judge(
            clause, self.clauses, self.deviations, self.context.version or None, writer or self.events,
            self._only_observe(clause), self.defects, known_fails=self.context.fail_on == "known",
            evidence=self.evidence, doubt=self.controls.why_undecided,
        )  # fmt: skip

    def silent_judge(self, clause: str, writer: Writer, evidence: Evidence) -> Judge:
        """Return a judge of one clause that gives its places to `writer` alone, and asks nothing."""
        return Judge(
            clause, self.clauses, self.deviations, self.context.version or None, writer, self._only_observe(clause),
            self.defects, known_fails=self.context.fail_on == "known", evidence=evidence,
        )  # fmt: skip

    def may_repeat(self) -> bool:
        """Whether a check that failed is asked a second time; counted, so that a broken instance costs no double."""
        self._repeated += 1
        return self._repeated <= REPEATS

    @contextmanager
    def new_records(self) -> Iterator[None]:
        """Have everything within asked anew, with new records. What follows goes on with those that there were: half of
        an observation of these and half of those would contradict itself.

        They hang below the same parents: what is wrong may show itself only beside what is there already.
        """
        before = self.probe_context.cache
        self.probe_context.cache = _parents(before)
        try:
            yield
        finally:
            self.probe_context.cache = before | _parents(self.probe_context.cache)

    def _only_observe(self, clause: str) -> str:
        """Why a clause cannot fail here. Source: DESIGN, "Rulings": a definition of another version only plans."""
        foreign = self.definition.source == "bundled" and not self.definition.exact
        return self.definition.origin if foreign and clause.startswith("definition.") else ""

    @property
    def property_budget(self) -> int:
        """Requests for all property items, half of `--max-requests` where that is given."""
        limit = PROPERTY_BUDGET[self.context.profile]
        return min(limit, self.context.max_requests // 2) if self.context.max_requests else limit

    def skipped(self, clauses: Iterable[str], reason: str) -> None:
        """Write that checks of these clauses were skipped."""
        for clause in clauses:
            self.events.place(Place(clause, Status.SKIPPED, reason=reason))

    def crashed(self, clauses: Iterable[str], nodeid: str, error: BaseException) -> None:
        """Write that a check ended in an error of our own: the instance is not blamed for it."""
        reason = f"{nodeid}: {traceback.format_exception_only(error)[-1].strip()}"
        for clause in clauses:
            self.events.place(Place(clause, Status.ERROR, reason=reason, node=self.evidence.history.node))
        self.events.note("crash", where=nodeid, error=reason)

    def stopped(self, error: CommandError) -> None:
        """Write that the run cannot go on, with the exit status that follows."""
        self.is_stopped = True
        self.events.note("stop", status=int(error.status), message=str(error), hint=error.hint)

    def count(self) -> None:
        """Write how many requests were sent and refused since the last call: a process may be ended at any moment."""
        with self._counting:
            requests, refused = self.client.requests, Counter(self.client.refused)
            self.events.note(
                "client",
                requests=requests - self._counted[0],
                refused={str(rule): number for rule, number in (refused - self._counted[1]).items()},
            )
            self._counted = requests, refused

    def close(self) -> None:
        """Write what the client counted and no check judged, and close it. A second call does nothing."""
        if self._closed:
            return
        self._closed = True
        # What answers showed and no check has said by itself:
        places = [event.data for event in read_events(self.events.path) if event.kind == "place"]
        self.judge_broken(places)
        results = {(place["clause"], place["operation"], place["field"], place["got"]) for place in places}
        judge_passive(self.judge, self.passive_observer, bundled=self.definition.source == "bundled", said=results)
        judge_refusals(self.judge, self.refusals)
        judge_own_requests(
            self.judge, self.own, bundled=self.definition.source == "bundled", own=self.context.own_instance
        )
        # What stands behind the passes of what every exchange is judged by.
        with self._noting("what every exchange is judged by"):
            judging = PassiveJudging(self.definition, self.index, self.context.actors, self.silent_judge)
            for name, proofs in judging.proofs(self.prover, self.sampled, self.context.seed):
                for clause, proof in proofs.items():
                    self.events.proof(clause, name, proof)
        self.count()
        self.client.close()
        self.events.close()


_DEFINITION = "definition.json"
_KEPT = ("document", "source", "exact", "version", "fingerprint", "origin")


def write_definition(definition: Definition, folder: Path) -> None:
    """Write the mended definition into the run's folder, for every process of the run."""
    kept = {name: getattr(definition, name) for name in _KEPT}
    kept["repairs"] = [asdict(repair) for repair in definition.repairs]
    (folder / _DEFINITION).write_text(json.dumps(kept), encoding="utf-8")


def read_definition(folder: Path) -> Definition:
    """Return the definition that `write_definition` wrote."""
    kept = json.loads((folder / _DEFINITION).read_text(encoding="utf-8"))
    repairs = tuple(Repair(**repair) for repair in kept.pop("repairs"))
    return Definition(**kept, repairs=repairs)


def _parents(cache: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in cache.items() if name.startswith(PARENTS)}


def open_session(context: RunContext, worker: str, alive: Callable[[], bool]) -> WorkerSession:
    """Return the session of this process; `worker` names it in the files of the run's folder."""
    definition = read_definition(context.folder)
    index = definition.index
    client = Client(client_config(context, context.folder / f"ledger-{worker}.jsonl", alive), index)
    probe_context = ProbeContext(
        client=client,
        records=client.records,
        index=index,
        definition=definition,
        actors=context.actors,
        profile=context.profile,
        seed=context.seed,
        timesheet=dict(context.timesheet_config),
        version=context.version,
    )
    evidence = RunEvidence(client, full=context.evidence == "full")
    events = EventWriter(context.folder / EVENTS / f"{worker}.jsonl", evidence.redact)
    clauses = load_clauses()
    known = load_deviations(), load_defects(clauses=clauses)
    session = WorkerSession(
        context, definition, index, client, client.records, probe_context, events, clauses, *known, evidence
    )
    client.listeners.append(session.notice)
    return session
