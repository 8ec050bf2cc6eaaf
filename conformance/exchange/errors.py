"""What can come instead of an exchange."""

from __future__ import annotations

from conformance.words import UnfitError


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
    """The instance gave no answer to one request: connection refused or cut, or not in time. `reason` says which."""

    def __init__(self, reason: str, *, late: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.late = late


class Stopped(Exception):
    """The run is over (its parent is gone, or it was interrupted): nothing more is sent."""


class InstanceGone(UnfitError):
    """Several requests in a row got no answer at all."""


class LoginError(UnfitError):
    """The form login for /api/doc did not work; the hint asks for the exported definition."""
