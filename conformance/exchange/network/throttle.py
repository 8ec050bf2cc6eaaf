"""How the client behaves towards an instance that is slow, busy or gone."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from conformance.exchange.config import ClientConfig
from conformance.exchange.errors import InstanceGone, Stopped

BACK_OFF = (0.25, 0.5, 1.0)
"""Seconds before each further try of what met one of them; the last pause serves on while there is patience."""

MANY = 10
"""So many answers in a row of a gateway alone, to `FEW_PATHS` or more, and the instance behind it is gone."""
FEW_PATHS = 3

LONGEST_WAIT = 60.0
TOO_LONG = 300.0
"""An instance that asks for a longer pause than this many seconds cannot be judged today."""

SLOWEST = 5.0
"""Seconds between two requests at the slowest pace that a limit leads to."""
BELOW_LIMIT = 0.9
"""The pace that is kept once a limit was met, as a share of what the instance let pass."""

_SLICE = 0.2


def retry_after(value: str | None, now: datetime | None = None) -> float | None:
    """Return the seconds that a Retry-After header asks for, None where it says nothing that can be read."""
    if not value:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - (now or datetime.now(UTC))).total_seconds())


class Throttle:
    """Rate limit, waiting, and the count of requests in a row that got no answer. One per client.

    The pace falls below a limit that the instance shows by 429, and stays there: see `limited`.
    """

    def __init__(
        self,
        config: ClientConfig,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._config = config
        self._sleep = sleep
        self._clock = clock
        self._next = 0.0
        self._interval = 1 / config.max_rate if config.max_rate else 0.0
        self._passed = self._passed_before = 0
        self._since = clock()
        self._patience = clock() + config.patience
        self._failures = 0
        self._ever = False
        self._busy: Counter[str] = Counter()
        self._lock = threading.Lock()

    def acquire(self) -> None:
        """Wait until the rate allows another request. Raises Stopped once the run is over."""
        with self._lock:
            now = self._clock()
            start = max(now, self._next)
            self._next = start + self._interval
            self._passed += 1
        self.wait(start - now)

    def wait(self, seconds: float) -> None:
        """Sleep in small pieces. Raises Stopped once the run is over."""
        while True:
            if not self._config.alive():
                raise Stopped("the run is over, nothing more is sent")
            if seconds <= 0:
                return
            step = min(seconds, _SLICE)
            self._sleep(step)
            seconds -= step

    @property
    def is_patient(self) -> bool:
        """Whether what the instance does not do now is tried on: until the seconds of `patience` are over."""
        return self._clock() < self._patience

    def limited(self, seconds: float) -> None:
        """Let nobody send for a while, as the instance asked, and go slower from now on.

        What passed since the last pause, over the time until the next may begin, is what the instance allows. A limit
        that comes after as many requests as before although they went slower is none of pace, and slows nothing down.
        Raises InstanceGone where the pause asked for is longer than a run can wait.
        """
        if seconds > TOO_LONG and not self.is_patient:
            raise InstanceGone(
                f"the instance takes no more requests for {seconds:.0f} seconds (429)",
                "Raise its limit for the user of the tests, or run again then. What was learnt so far is reported.",
            )
        with self._lock:
            now, wait = self._clock(), min(seconds, LONGEST_WAIT)
            if wait and self._passed > 1 and self._passed != self._passed_before:
                allowed = BELOW_LIMIT * self._passed / (now + wait - self._since)
                self._interval = max(self._interval, min(1 / allowed, SLOWEST))
            if self._passed > 1:
                self._passed_before = self._passed
            self._passed, self._since = 0, now + wait
            self._next = max(self._next, now + wait)

    def answered(self, busy: str = "") -> None:
        """Note that an answer came; `busy` is the path where it was one of a gateway.

        Raises InstanceGone where nothing else comes any more, whatever is asked: the instance is down, or in
        maintenance, and all that followed would be blamed on it.
        """
        self._failures = 0
        self._ever = True
        if not busy:
            self._busy.clear()
            return
        self._busy[busy] += 1
        if self._busy.total() >= MANY and len(self._busy) >= FEW_PATHS and not self.is_patient:
            raise InstanceGone(
                f"{self._busy.total()} requests in a row were answered 429 or as a gateway does, the last one {busy}",
                "Is the instance in maintenance, or overloaded? What was learnt so far is reported.",
            )

    def failed(self, reason: str, *, late: bool = False) -> None:
        """Note that none came. Raises InstanceGone after too many in a row, or where there never was one."""
        self._failures += 1
        if self.is_patient:
            return
        if not self._ever and (late or self._failures > 1):
            raise InstanceGone(
                f"the instance cannot be reached: {reason}",
                "Check the URL, that the instance is running, and the options for TLS and proxy.",
            )
        if self._failures >= self._config.max_failures:
            raise InstanceGone(
                f"{self._failures} requests in a row got no answer ({reason})",
                "Is the instance still running? What was learnt so far is reported.",
            )
