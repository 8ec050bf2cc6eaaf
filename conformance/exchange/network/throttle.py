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

BUSY = frozenset({502, 503, 504})
"""What a gateway answers for an instance that is overloaded, restarting or in maintenance."""
BACK_OFF = (0.25, 0.5, 1.0)
"""Seconds before each further try of a read that met 502 to 504."""

MANY = 10
"""So many answers in a row of a gateway alone, to `FEW_PATHS` or more, and the instance behind it is gone."""
FEW_PATHS = 3

LONGEST_WAIT = 60.0
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
    """Rate limit, waiting, and the count of requests in a row that got no answer. One per client."""

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
        self._failures = 0
        self._ever = False
        self._busy: Counter[str] = Counter()
        self._lock = threading.Lock()

    def acquire(self) -> None:
        """Wait until the rate allows another request. Raises Stopped once the run is over."""
        with self._lock:
            now = self._clock()
            start = max(now, self._next)
            self._next = start + (1 / self._config.max_rate if self._config.max_rate else 0)
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

    def pause(self, seconds: float) -> None:
        """Let nobody send for a while, as the instance asked."""
        with self._lock:
            self._next = max(self._next, self._clock() + min(seconds, LONGEST_WAIT))

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
        if self._busy.total() >= MANY and len(self._busy) >= FEW_PATHS:
            raise InstanceGone(
                f"{self._busy.total()} requests in a row were answered 502 to 504, the last one {busy}",
                "Is the instance in maintenance, or overloaded? What was learnt so far is reported.",
            )

    def failed(self, reason: str, *, late: bool = False) -> None:
        """Note that none came. Raises InstanceGone after too many in a row, or where there never was one."""
        self._failures += 1
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
