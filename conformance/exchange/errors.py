"""What can come instead of an exchange."""

from __future__ import annotations

from pathlib import Path

from conformance.model import CommandError, Exit, InstanceUnfitError


class Refused(Exception):
    """The guard refused a request, before anything was sent. Never a pass: a check turns it into `skipped`.

    `rule` is the number of the guard's rule.
    """

    def __init__(self, rule: int, reason: str) -> None:
        super().__init__(f"refused by rule {rule} of the guard: {reason}")
        self.rule = rule
        self.reason = reason


class BudgetSpent(Exception):
    """The run's number of requests is used up."""


class NoAnswer(Exception):
    """The instance gave no answer to one request: connection refused or cut, or not in time. `reason` says which.

    `late`: the time was over; `unsent`: the instance has surely got nothing of it.
    """

    def __init__(self, reason: str, *, late: bool = False, unsent: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.late = late
        self.unsent = unsent


class Offline(Exception):
    """Something was to be sent while nothing may be asked: the suite is judging again what it observed."""


class Stopped(Exception):
    """The run is over (its parent is gone, or it was interrupted): nothing more is sent."""


class InstanceGone(InstanceUnfitError):
    """Several requests in a row got no answer at all."""


class LoginError(InstanceUnfitError):
    """The form login for /api/doc did not work; the hint asks for the exported definition."""


class LedgerError(CommandError):
    """The ledger cannot be read, trusted or written. Without it nothing is written to an instance: exit 4."""

    status = Exit.LEFT_BEHIND
    MAKE_ROOM = "Make room there, or set KIMAI_CONFORMANCE_STATE to a folder that can be written."

    @classmethod
    def unwritable(cls, path: Path | None, error: OSError) -> LedgerError:
        """Return the error for a file that the system does not let be written."""
        return cls(f"the ledger {path} cannot be written: {error.strerror or error}", cls.MAKE_ROOM)
