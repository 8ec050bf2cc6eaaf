"""The one httpx transport: guard, ledger, throttle and limits around each request. Nothing leaves any other way."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

import httpcore
import httpx

from conformance.exchange.cleanup.cascades import CascadeGate
from conformance.exchange.cleanup.ledger_recorder import LedgerRecorder, PendingEntry
from conformance.exchange.config import ClientConfig
from conformance.exchange.errors import BudgetSpent, NoAnswer, Refused, Stopped
from conformance.exchange.guard.classification import ClassifiedRequest
from conformance.exchange.guard.credentials import CredentialStatus
from conformance.exchange.guard.guard import Guard
from conformance.exchange.guard.operations import Effect, OperationGroup, is_parameter
from conformance.exchange.network import LABEL, OVERHEAD, TRUNCATED
from conformance.exchange.network.backend import Deadline, open_transport
from conformance.exchange.network.body_reader import read_body
from conformance.exchange.network.exemptions import Exemptions
from conformance.exchange.network.signals import write_under_way
from conformance.exchange.network.throttle import (
    BACK_OFF,
    LONGEST_WAIT,
    Throttle,
    retry_after,
)
from conformance.exchange.network.token_watch import TokenWatch, is_doubtful
from conformance.model import DISTURBED, GATEWAY, LOST, TOO_MANY

_CORE_ERRORS = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError)
"""What comes up from the reading of a body, where httpx does not wrap it."""

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
"""Errors after which the instance has surely got nothing of a request."""

_CUT_BY_US = frozenset({"content-encoding", "content-length", "transfer-encoding"})


@dataclass
class Counts:
    """What went through the client. `disturbed`: requests whose answers say nothing, or whose effects are not sure;
    `writes`: those that may have changed something, whatever they were answered."""

    requests: int = 0
    writes: int = 0
    disturbed: int = 0
    refused: Counter[int] = field(default_factory=Counter)


class GuardedTransport(httpx.BaseTransport):
    """Sends what the guard lets through. Follows nothing, keeps nothing, and always comes back in time."""

    def __init__(
        self,
        config: ClientConfig,
        guard: Guard,
        recorder: LedgerRecorder,
        cascades: CascadeGate,
        exemptions: Exemptions,
        counts: Counts,
        throttle: Throttle,
    ) -> None:
        self._config = config
        self._guard = guard
        self._recorder = recorder
        self._cascades = cascades
        self._exemptions = exemptions
        self._counts = counts
        self._throttle = throttle
        self._deadline = Deadline()
        self._wire = open_transport(config, self._deadline)
        self._lock = threading.Lock()
        self.certificate: dict[str, Any] | None = None
        self.watch: TokenWatch | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer, its body read. Raises Refused, BudgetSpent, NoAnswer, InstanceGone or Stopped."""
        request.read()
        # What a cache on the way kept is not what the instance holds now: RFC 9111, section 5.2.1.4.
        request.headers.setdefault("cache-control", "no-cache")
        if self._exemptions.cover(request):
            self._throttle.acquire()
            return self._attempt(request)
        call = self._guard.classify(request)
        self._cascades.prepare(call)
        try:
            self._guard.check(call)
            hidden = self._cascades.before(call)
        except Refused as error:
            self._counts.refused[error.rule] += 1
            raise
        try:
            self._guard.check_descendants(call)
            limit = self._config.max_requests
            if limit is not None and self._counts.requests >= limit and not request.extensions.get(OVERHEAD):
                raise BudgetSpent(f"the run's {limit} requests are used up")
            self._counts.writes += call.writes
            with write_under_way() if call.writes else nullcontext():
                return self._send(request, call, self._recorder.before(call))
        except Refused as error:
            self._counts.refused[error.rule] += 1
            raise
        finally:
            self._cascades.after(hidden)

    def close(self) -> None:
        """Close all connections."""
        self._wire.close()

    def _send(self, request: httpx.Request, call: ClassifiedRequest, entry: PendingEntry) -> httpx.Response:
        lost: httpx.Response | None = None
        for pause in self._pauses():
            try:
                self._throttle.acquire()
            except Stopped:
                self._recorder.unsent(entry)
                raise
            try:
                response = self._attempt(request)
            except NoAnswer as error:
                entry = self._unanswered(error, request, call, entry, pause)
                continue
            delay = self._again_after(response, pause, request, call)
            if delay is None:
                break
            if response.status_code != TOO_MANY and call.writes:
                lost = response if response.status_code in LOST else lost
                entry = self._anew(call, entry, response)
            self._throttle.wait(delay)
        if lost is not None or response.status_code in DISTURBED:
            self._counts.disturbed += 1
        if lost is not None and response.status_code == 404 and not _cleans(request):
            response = lost  # It was done at the first try, whose answer was lost.
        self._recorder.after(entry, response.status_code, response.content)
        if self.watch is not None:
            self.watch.answered(call, response)
        response.extensions[LABEL] = call.label
        return response

    def _pauses(self) -> Iterator[float | None]:
        """Yield how long to wait before the next try: a few times, and on while there is patience; None at the last."""
        yield from BACK_OFF
        while self._throttle.is_patient:
            yield BACK_OFF[-1]
        yield None

    def _unanswered(
        self, error: NoAnswer, request: httpx.Request, call: ClassifiedRequest, entry: PendingEntry, pause: float | None
    ) -> PendingEntry:
        """Wait before what got no answer is sent again, and return its entry. Raises the error where it is not.

        A connection that was kept open may have been closed meanwhile; what was late will be late again.
        """
        if error.unsent:
            self._recorder.unsent(entry)
        own = _cleans(request)
        if pause is None or not (own or (not call.writes and not error.late and pause == BACK_OFF[0])):
            self._counts.disturbed += 1
            raise error
        self._throttle.wait(pause if own else 0)
        return self._recorder.before(call) if error.unsent else entry

    def _anew(self, call: ClassifiedRequest, entry: PendingEntry, response: httpx.Response) -> PendingEntry:
        """Write down that a create is sent again: what refused the first may have carried it out all the same."""
        if entry.intent is None:
            return entry
        self._recorder.after(entry, response.status_code, response.content)
        return self._recorder.before(call)

    def _again_after(
        self, response: httpx.Response, pause: float | None, request: httpx.Request, call: ClassifiedRequest
    ) -> float | None:
        """Return how long to wait before the same request is sent again, None where its answer stands."""
        status, delay = response.status_code, retry_after(response.headers.get("retry-after"))
        if status == TOO_MANY:
            self._throttle.limited(delay if delay is not None else 1.0)
            return None if pause is None else min(delay if delay is not None else pause, LONGEST_WAIT)
        if pause == BACK_OFF[0] and _may_be_of_another(response, call):
            return pause
        repeatable = not call.writes or _cleans(request) or status not in LOST or _is_idempotent(call)
        if status in GATEWAY and repeatable and pause is not None:
            return min(max(delay or 0.0, pause), LONGEST_WAIT)
        return None

    def _attempt(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            self._counts.requests += 1
        self._deadline.start(self._config.timeout)
        try:
            response = self._wire.handle_request(request)
            read = read_body(response, self._config.max_body, self._deadline.check)
        except (httpx.TimeoutException, httpcore.TimeoutException) as error:
            raise self._failed(request, f"no answer within {self._config.timeout:g} s", error) from error
        except (httpx.TransportError, OSError, *_CORE_ERRORS) as error:
            raise self._failed(request, str(error) or type(error).__name__, error) from error
        self._throttle.answered(request.url.path if response.status_code in DISTURBED else "")
        # The peer's certificate as `ssl` gives it, None without TLS or where it was not checked.
        stream = response.extensions.get("network_stream")
        secured = stream.get_extra_info("ssl_object") if stream is not None else None
        certificate = secured.getpeercert() if secured is not None else None
        self.certificate = certificate or self.certificate
        headers = [(name, value) for name, value in response.headers.raw if name.lower().decode() not in _CUT_BY_US]
        extensions = {TRUNCATED: read.truncated or read.undecodable}
        return httpx.Response(response.status_code, headers=headers, content=read.body, extensions=extensions)

    def _failed(self, request: httpx.Request, reason: str, error: Exception) -> NoAnswer:
        """Count it. An error of the request itself, and what is not the instance's own port, do not count."""
        text = f"{request.method} {request.url.scheme}://{request.url.netloc.decode()}{request.url.path}: {reason}"
        late = isinstance(error, httpx.TimeoutException | httpcore.TimeoutException)
        own = request.url.scheme == httpx.URL(self._config.url).scheme
        if own and not isinstance(error, httpx.LocalProtocolError | httpx.UnsupportedProtocol):
            self._throttle.failed(text, late=late)
        return NoAnswer(text, late=late, unsent=isinstance(error, _NEVER_SENT))


def _may_be_of_another(response: httpx.Response, call: ClassifiedRequest) -> bool:
    """Whether an answer may come from something before the instance: a filter, a sign-in, a page that asks to wait.

    Such an answer is asked for once more, and stands where it comes again.
    """
    if call.operation is None or response.status_code >= 500 or not is_doubtful(response):
        return False
    return response.status_code != 401 or call.standing is CredentialStatus.GOOD


def _cleans(request: httpx.Request) -> bool:
    """Whether a request is of the clean-up: what it hides, shows again or deletes is the same when done twice."""
    return request.method != "POST" and bool(request.extensions.get(OVERHEAD))


def _is_idempotent(call: ClassifiedRequest) -> bool:
    """Whether a write leads to the same when it is done twice: a change or the deletion of one of the run's records."""
    operation = call.operation
    return (
        operation is not None
        and operation.group is OperationGroup.RECORDS
        and operation.method in ("PATCH", "DELETE")
        and operation.effect in (Effect.WRITE, Effect.DELETE, Effect.CASCADE)
        and is_parameter(operation.path.rpartition("/")[2])
        and not operation.path.startswith("/api/teams/{id}/")
    )
