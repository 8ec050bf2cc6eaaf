"""The life of records as a state machine: customer → project → activity → timesheet → stop → duplicate → delete.

Hypothesis draws the steps, the guard watches them, and a small model says what must be seen afterwards. Nothing is
raised while it runs: what departs is collected, so that one defect does not hide the next, and a step is never sent
again only to be shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from conformance.exchange import BudgetSpent, NoAnswer, Record, RecordFactory, Refused, Session
from conformance.model import Exchange
from conformance.probes.records.comparing import equal_unordered
from conformance.probes.times.rounding import recognise_duration
from conformance.probes.times.zones import written
from conformance.properties.execution.reproducible import ignore_local_modules

LONGEST_PAGE = 500
"""As many records as one page may have."""
FIRST_DAY = datetime(2024, 2, 1, 6)

READ = "data.read-is-answered"
LISTED = "data.listed"
DELETED = "data.deleted"
STORED = "data.sent-is-stored"
DURATION = "datetime.duration"
CLAUSES = (READ, LISTED, DELETED, STORED, DURATION)

VOLATILE = frozenset({"duration", "rate", "internalRate"})
"""What a server may work out anew between an answer and the next."""


@dataclass(frozen=True)
class Step:
    """One thing that was held against the model."""

    clause: str
    operation: str
    ok: bool
    expected: str
    got: str
    exchange: Exchange
    field: str = ""


@dataclass
class Trace:
    """What a run of the state machine saw, and where it had to stop.

    `timed` are the seconds between begin and end of a record and the duration that its answer told.
    """

    steps: list[Step] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    timed: list[tuple[Exchange, int, int]] = field(default_factory=list)
    spent: bool = False

    def saw(
        self, clause: str, exchange: Exchange, expected: object, got: object, name: str = "", *, ok: bool | None = None
    ) -> None:
        """Note an expectation; it holds where both sides are equal unless `ok` says otherwise."""
        good = expected == got if ok is None else ok
        self.steps.append(Step(clause, exchange.operation, good, str(expected), str(got), exchange, name))

    def settle(self) -> None:
        """Hold all durations against their seconds: an instance may round them, by one rule for all."""
        pairs = [(seconds, reported) for _, seconds, reported in self.timed]
        rounded = len(pairs) > 2 and recognise_duration(pairs) is not None  # Two are explained by many rules.
        for exchange, seconds, result in self.timed:
            self.saw(DURATION, exchange, seconds, result, "duration", ok=rounded or seconds == result)


class TimesheetMachine(RuleBasedStateMachine):
    """One life: a project and an activity, its own or lent, and the timesheets on them. Configured by `telling`."""

    records: RecordFactory
    session: Session
    story: Trace

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[int, dict[str, Any]] = {}
        self.gone: list[int] = []
        self.parents: list[Record] = []
        self.place: dict[str, int] = {}
        self.shared = False
        self.over = False

    @initialize(day=st.integers(0, 600), minutes=st.integers(1, 900))
    def begin(self, day: int, minutes: int) -> None:
        """Make customer, project and activity, and book on them."""
        with self._noting():
            try:
                self.parents.append(self.records.customer())
                self.parents.append(self.records.project(customer=self.parents[-1].id))
                self.parents.append(self.records.activity(project=self.parents[-1].id))
                self.place = {"project": self.parents[1].id, "activity": self.parents[2].id}
            except Refused:  # Where nobody here may make them, those that the run shares or was lent.
                self.place = dict(zip(("project", "activity"), self.records.bookable(), strict=True))
                self.shared = True
        if not self.over:
            self._book(day, minutes, "first")

    @precondition(lambda self: not self.over)
    @rule(day=st.integers(0, 600), minutes=st.integers(1, 900), text=st.sampled_from(["", "work", "Grüße 漢字"]))
    def create(self, day: int, minutes: int, text: str) -> None:
        """Book time."""
        self._book(day, minutes, text)

    @precondition(lambda self: not self.over and self.known)
    @rule(place=st.integers(0, 99), minutes=st.integers(1, 900))
    def move(self, place: int, minutes: int) -> None:
        """Change when a record ends."""
        ident = self._pick(place)
        begin = _moment(self.known[ident].get("begin"))
        if begin is not None:
            end = written(begin.replace(tzinfo=None) + timedelta(minutes=minutes))
            with self._noting():
                self._learn(self.session.patch(f"/api/timesheets/{ident}", json={"end": end}))

    @precondition(lambda self: not self.over and self.known)
    @rule(place=st.integers(0, 99))
    def duplicate(self, place: int) -> None:
        """Copy a record."""
        ident = self._pick(place)
        before = self.known[ident]
        with self._noting():
            exchange = self.session.patch(f"/api/timesheets/{ident}/duplicate")
            copy = self._learn(exchange)
            if copy is not None:
                for name in ("begin", "end", "project", "activity", "description"):
                    self.story.saw(STORED, exchange, before.get(name), self.known[copy].get(name), name)

    @precondition(lambda self: not self.over)
    @rule()
    def start_and_stop(self) -> None:
        """Start a record, and stop it at once."""
        with self._noting():
            described = {"description": self._described("")} if self.shared else {}
            started = self._learn(self.session.post("/api/timesheets", json={**self.place, **described}))
            if started is not None:
                stopped = self.session.patch(f"/api/timesheets/{started}/stop")
                if self._learn(stopped) is None:
                    self._delete(started)

    @precondition(lambda self: not self.over and self.known)
    @rule(place=st.integers(0, 99))
    def delete(self, place: int) -> None:
        """Delete a record."""
        with self._noting():
            self._delete(self._pick(place))

    @precondition(lambda self: not self.over and self.known)
    @rule(place=st.integers(0, 99))
    def read(self, place: int) -> None:
        """Read a record, and the list of the project."""
        self._look(place)

    @precondition(lambda self: self.over)
    @rule()
    def no_op(self) -> None:
        """Do nothing: a life that is over, or never began, has no other step, and Hypothesis wants one."""

    def teardown(self) -> None:
        """End the life: look once more, then the parents go, and are gone."""
        if self.known and not self.over:
            self._look(0)
        for record in reversed(self.parents):
            with self._noting():
                self.records.delete(record)
                after = self.session.get(record.path)
                self.story.saw(DELETED, after, 404, after.status)

    @contextmanager
    def _noting(self) -> Iterator[None]:
        """Note what is refused, and end the life where it cannot go on."""
        try:
            yield
        except Refused as refused:
            self.story.refused.append(refused.reason)
            self.over = self.over or not self.place
        except NoAnswer:
            self.over = True
        except BudgetSpent:
            self.story.spent = self.over = True

    def _pick(self, place: int) -> int:
        return list(self.known)[place % len(self.known)]

    def _described(self, text: str) -> str:
        """Return a description: on a project that is not the life's own it says whose record it is."""
        return self.records.name(text) if self.shared else text

    def _book(self, day: int, minutes: int, text: str) -> None:
        begin = FIRST_DAY + timedelta(days=day)
        with self._noting():
            text = self._described(text)
            times = {"begin": written(begin), "end": written(begin + timedelta(minutes=minutes))}
            body = {**self.place, **times, "description": text}
            self._learn(self.session.post("/api/timesheets", json=body), text)

    def _learn(self, exchange: Exchange, text: str | None = None) -> int | None:
        answer = exchange.json_or_none()
        if not exchange.ok or not isinstance(answer, dict) or not isinstance(answer.get("id"), int):
            return None
        self.known[answer["id"]] = answer
        if text is not None:
            self.story.saw(STORED, exchange, text, answer.get("description") or "", "description")
        begin, end = _moment(answer.get("begin")), _moment(answer.get("end"))
        if begin and end and isinstance(answer.get("duration"), int):
            seconds = int((end - begin).total_seconds()) - int(answer.get("break") or 0)
            self.story.timed.append((exchange, seconds, int(answer["duration"])))
        return int(answer["id"])

    def _delete(self, ident: int) -> None:
        exchange = self.session.delete(f"/api/timesheets/{ident}")
        if exchange.ok:
            self.known.pop(ident)
            self.gone.append(ident)
            again = self.session.get(f"/api/timesheets/{ident}")
            self.story.saw(DELETED, again, 404, again.status)

    def _look(self, place: int) -> None:
        """Read a record, and the list of the project."""
        ident = self._pick(place)
        with self._noting():
            exchange = self.session.get(f"/api/timesheets/{ident}")
            self.story.saw(READ, exchange, *_compared(self.known[ident], exchange.json_or_none()))
        with self._noting():
            self._list()

    def _list(self) -> None:
        filters = {"project": str(self.place["project"]), "size": str(LONGEST_PAGE)}
        exchange = self.session.get("/api/timesheets", params=filters)
        listed = exchange.json_or_none()
        result = {item.get("id"): item for item in listed if isinstance(item, dict)} if isinstance(listed, list) else {}
        if self.shared and len(result) >= LONGEST_PAGE:
            return  # There may be another page.
        expected = set(result) | set(self.known) if self.shared else set(self.known)
        self.story.saw(LISTED, exchange, "every record once", _difference(expected, set(result), listed))
        for ident, record in self.known.items():
            if ident in result:
                shared = {name: value for name, value in record.items() if name in result[ident]}
                self.story.saw(LISTED, exchange, *_compared(shared, result[ident]))


def _difference(known: set[Any], values: set[Any], listed: Any) -> str:
    if not isinstance(listed, list) or len(listed) != len(values):
        return "records repeated"
    if known - values:
        return "records missing"
    return "other records too" if values - known else "every record once"


def _compared(record: Mapping[str, Any], other: Any) -> tuple[str, str, str]:
    """Return what was expected, what came, and the first attribute that differs."""
    if not isinstance(other, dict):
        return "the record", "no record", ""
    for name, value in record.items():
        if name not in VOLATILE and not equal_unordered(other.get(name), value):
            return "as answered before", "another value", name
    return "as answered before", "as answered before", ""


def _moment(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def run_machine(records: RecordFactory, session: Session, seed: int, lives: int, steps: int) -> Trace:
    """Run `lives` lives of at most `steps` steps each, the same ones for the same seed, and return what was seen."""
    ignore_local_modules()
    story = Trace()
    configured = type("Life", (TimesheetMachine,), {"records": records, "session": session, "story": story})
    settings = hypothesis.settings(
        max_examples=lives,
        stateful_step_count=steps,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(hypothesis.seed(seed)(configured), settings=settings)
    story.settle()
    return story
