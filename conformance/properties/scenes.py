"""What an operation needs around its requests: a record of its own, one that runs, a member to be taken away."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from conformance.exchange import NoAnswer, Refused, Session
from conformance.exchange.kinds import Kind
from conformance.exchange.operations import Effect, Operation, Role
from conformance.exchange.table import OPERATIONS
from conformance.properties.binding import Binder
from conformance.properties.engine import Scene
from conformance.properties.strategies import Sample, Sort
from conformance.properties.targets import RunTargets
from conformance.words import Exchange


class BoundScene(Scene):
    """Binds each sample to records of the run, and takes new ones after requests that used theirs up."""

    def __init__(self, label: str, binder: Binder, targets: RunTargets, session: Session) -> None:
        self._row: Operation | None = OPERATIONS.get(label)
        self._binder = binder
        self._targets = targets
        self._session = session
        self.repeatable = bool(self._row and self._row.effect in (Effect.DELETE, Effect.CASCADE))

    def prepare(self, sample: Sample) -> None:
        """Bind the sample; for one that takes something away, put it there first."""
        self._binder.bind(sample.case, absent=sample.sort in (Sort.ABSENT, Sort.UNDECLARED))
        twin = self._opposite("DELETE", "POST")
        if twin and sample.sort is Sort.POSITIVE:
            with suppress(Refused, NoAnswer):
                self._session.send("POST", sample.case.formatted_path)

    @property
    def reachable(self) -> bool:
        """Whether the operation has records of its own to be about: without any it can only meet absent ones."""
        return not self._targets.missing

    def tidy(self, sample: Sample, exchange: Exchange) -> None:
        """After a success: undo what was attached, stop what was started, and forget what is gone."""
        if self._row is None or not exchange.ok:
            return
        if self._opposite("POST", "DELETE"):
            self._session.send("DELETE", sample.case.formatted_path)
        elif self._row.creates in RATES:
            # There may be one rate a user: the next one needs the place.
            self._remove(sample.case.formatted_path, exchange.json_or_none())
        elif self._row.effect in (Effect.DELETE, Effect.CASCADE, Effect.STOP):
            for param in self._row.params.values():
                if param.role is Role.TARGET:
                    self._targets.forget(param.kind)
        elif self._row.path.startswith("/api/timesheets") and exchange.request_body is not None:
            self._stop(exchange.json_or_none())

    def _opposite(self, mine: str, other: str) -> Operation | None:
        """Return the operation of the other method on the same path, where the two attach and detach."""
        if self._row is None or self._row.method != mine or "{" not in self._row.path:
            return None
        found = OPERATIONS.get(f"{other} {self._row.path}")
        attaching = found if mine == "DELETE" else self._row
        return found if found and attaching and attaching.undo == f"DELETE {self._row.path}" else None

    def _remove(self, path: str, answer: Any) -> None:
        if isinstance(answer, dict) and isinstance(answer.get("id"), int):
            self._session.send("DELETE", f"{path}/{answer['id']}")

    def _stop(self, answer: Any) -> None:
        """Stop what runs now, whether it was meant to start or an odd `end` was taken for none."""
        if isinstance(answer, dict) and isinstance(answer.get("id"), int) and not answer.get("end", ""):
            self._session.send("PATCH", f"/api/timesheets/{answer['id']}/stop")


RATES = frozenset({Kind.CUSTOMER_RATE, Kind.PROJECT_RATE, Kind.ACTIVITY_RATE})
TIMERS = frozenset({Effect.START, Effect.STOP})


def stops_timers(label: str) -> bool:
    """Whether an operation is about a timer that runs."""
    row = OPERATIONS.get(label)
    return bool(row and row.effect is Effect.STOP)


def runs_timers(label: str) -> bool:
    """Whether the samples of an operation start or stop a timer: such items share one process for each actor."""
    row = OPERATIONS.get(label)
    return bool(row and (row.effect in TIMERS or row.label == "POST /api/timesheets"))
