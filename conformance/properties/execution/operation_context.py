"""What an operation needs around its requests: a record of its own, one that runs, a member to be taken away."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from schemathesis.generation import GenerationMode

from conformance.exchange import NoAnswer, Refused, Session
from conformance.exchange.guard.kinds import RATES
from conformance.exchange.guard.operations import Effect, GuardedOperation, ParamRole
from conformance.exchange.guard.table import OPERATIONS
from conformance.model import Exchange
from conformance.properties.execution.engine import Scene
from conformance.properties.execution.record_pool import RecordPool
from conformance.properties.execution.requesting import NO_BODY, Request
from conformance.properties.generation.binding import ReferenceBinder
from conformance.properties.generation.fuzz import FuzzRequest
from conformance.properties.generation.queries import UNDECLARED, Parameters
from conformance.properties.generation.strategies import Sample, Sort, Supply


class BoundContext(Scene):
    """Binds each request to records of the run, and takes new ones after requests that used theirs up.

    `supply` has the valid cases of the operation, the simplest one among them.
    """

    def __init__(
        self, label: str, binder: ReferenceBinder, targets: RecordPool, session: Session, supply: Supply
    ) -> None:
        self._label = label
        self._row: GuardedOperation | None = OPERATIONS.get(label)
        self._binder = binder
        self._targets = targets
        self._session = session
        self._supply = supply
        self.repeatable = bool(self._row and self._row.effect in (Effect.DELETE, Effect.CASCADE))

    def prepare(self, sample: Sample) -> None:
        """Bind the sample; for one that takes something away, put it there first."""
        self._binder.bind(sample.case, absent=sample.sort is Sort.ABSENT)
        name = self._custom_field()
        if name and isinstance(sample.case.body, dict) and isinstance(sample.case.body.get("name"), str):
            sample.case.body["name"] = name
        if sample.sort is Sort.POSITIVE:
            self._make_ready(sample.case.formatted_path)

    def request(self, odd: FuzzRequest) -> Request:
        """Return an odd request with everything else about it valid. Raises Refused where there is no valid one."""
        case = self._supply.simplest
        if case is None or self._row is None:
            raise Refused(6, f"nothing is known that {self._label} would accept")
        path = str(case.path)
        for name, value in self._binder.path(case.path_parameters, absent=odd.absent).items():
            path = path.replace(f"{{{name}}}", odd.path.get(name, quote(str(value), safe="")))
        if odd.ready:
            self._make_ready(path)
        if odd.prior is not None:
            self._session.patch("/".join(path.split("/")[:4]), json=self._binder.prior(odd.prior))
        if odd.content is not None or odd.body is not NO_BODY:
            return Request(odd.method or case.method, path, odd.query, odd.body, odd.content, odd.headers)
        if not isinstance(case.body, dict):
            body = case.body if isinstance(case.body, list) else NO_BODY
            return Request(odd.method or case.method, path, odd.query, body, None, odd.headers)
        valid = {**case.body, "name": self._custom_field()} if self._custom_field() else case.body
        body = self._binder.mixed(valid, odd.attributes or {})
        return Request(odd.method or case.method, path, odd.query, body, None, odd.headers, valid)

    def plain(self) -> Mapping[str, Any]:
        """Return a valid body, for attributes that the operation cannot be asked without."""
        case = self._supply.simplest
        if case is None or self._row is None or not isinstance(case.body, dict):
            return {}
        return {**self._binder.signed, **self._binder.mixed(case.body, {})}

    def ordinary(self) -> Mapping[str, Any]:
        """Return a valid value for each attribute and parameter: of enumerated cases, and what other reads document."""
        values: dict[str, Any] = dict.fromkeys(UNDECLARED, "1") | Parameters.of(self._supply.operation).ordinary()
        for case in reversed(self._supply.enumerated(GenerationMode.POSITIVE)):
            if isinstance(case.body, dict) and self._row is not None:
                values |= self._binder.mixed(case.body, {})
        return values

    @property
    def reachable(self) -> bool:
        """Whether the operation has records of its own to be about: without any it can only meet absent ones."""
        if self._targets.missing or (self._is_meta and self._custom_field() is None):
            return False
        row = self._row
        needed = {row.body[name].kind for name in row.required if name in row.body} if row else set()
        return not self._targets.unmade & needed

    @property
    def _is_meta(self) -> bool:
        return self._row is not None and self._row.path.endswith("/meta")

    def _custom_field(self) -> str | None:
        """Return the name of a custom field that the operation's record shows, None where it shows none."""
        if self._row is None or not self._is_meta:
            return None
        record = self._targets.record(self._row.params["id"].kind)
        fields = record.body.get("metaFields") if record else None
        names = [field.get("name") for field in fields if isinstance(field, dict)] if isinstance(fields, list) else []
        return next((name for name in names if isinstance(name, str)), None)

    def reset(self, path: str, exchange: Exchange) -> None:
        """After a success: undo what was attached, stop what was started, and forget what is gone."""
        if self._row is None or not exchange.ok:
            return
        answer = exchange.json_or_none()
        if self._opposite("POST", "DELETE"):
            self._session.send("DELETE", path)
        elif self._row.creates in RATES:
            # There may be one rate a user: the next one needs the place.
            if isinstance(answer, dict) and isinstance(answer.get("id"), int):
                self._session.send("DELETE", f"{path}/{answer['id']}")
        elif self._row.effect in (Effect.DELETE, Effect.CASCADE, Effect.STOP):
            for param in self._row.params.values():
                if param.role is ParamRole.TARGET:
                    self._targets.forget(param.kind)
        elif self._row.path.startswith("/api/timesheets") and exchange.request_body is not None:
            # What runs now, whether it was meant to start or an odd `end` was taken for none.
            runs = isinstance(answer, dict) and isinstance(answer.get("id"), int) and not answer.get("end", "")
            if runs:
                self._session.send("PATCH", f"/api/timesheets/{answer['id']}/stop")

    def _make_ready(self, path: str) -> None:
        """Attach what is to be detached."""
        if self._opposite("DELETE", "POST"):
            with suppress(Refused, NoAnswer):
                self._session.send("POST", path)

    def _opposite(self, mine: str, other: str) -> GuardedOperation | None:
        """Return the operation of the other method on the same path, where the two attach and detach."""
        if self._row is None or self._row.method != mine or "{" not in self._row.path:
            return None
        answer = OPERATIONS.get(f"{other} {self._row.path}")
        attaching = answer if mine == "DELETE" else self._row
        return answer if answer and attaching and attaching.undo == f"DELETE {self._row.path}" else None


TIMERS = frozenset({Effect.START, Effect.STOP})


def stops_timers(label: str) -> bool:
    """Whether an operation is about a timer that runs."""
    row = OPERATIONS.get(label)
    return bool(row and row.effect is Effect.STOP)


def runs_timers(label: str) -> bool:
    """Whether the requests of an operation may start or stop a timer: such items share one process for each actor."""
    row = OPERATIONS.get(label)
    return bool(row and (row.effect in TIMERS or row.label in ("POST /api/timesheets", "PATCH /api/timesheets/{id}")))
