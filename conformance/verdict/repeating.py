"""Sure before it is told: what failed is asked a second time, and what does not repeat is unsteady. Pure.

Source: DESIGN, "The verdict": `unsteady` is a failure that did not repeat with new records.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from conformance.model import Place, Status

DISTURBED = "the instance was busy, or its answers were lost, each time it was asked"


@dataclass(frozen=True)
class Decision:
    """A place as a judge recorded it, with fingerprint and title of the finding it belongs to."""

    place: Place
    fingerprint: str = ""
    title: str = ""

    @property
    def failed(self) -> bool:
        """Whether it failed."""
        return self.place.status is Status.FAIL

    @property
    def key(self) -> tuple[str, ...]:
        """Where it was decided."""
        place = self.place
        return place.clause, place.operation, place.field, place.role, place.value


@dataclass
class Attempt:
    """The decisions of one course of a check, in their order. `disturbed`: the instance was busy meanwhile, or before.

    It is what a judge writes to until the check is over.
    """

    decisions: list[Decision] = field(default_factory=list)
    disturbed: bool = False

    def place(self, place: Place, *, fingerprint: str = "", title: str = "") -> None:
        """Keep a place."""
        self.decisions.append(Decision(place, fingerprint, title))

    @property
    def failed(self) -> bool:
        """Whether a place failed."""
        return any(decision.failed for decision in self.decisions)


def merged(first: Attempt, second: Attempt) -> list[Decision]:
    """Return what two courses of one check decide together: the first, its failures as far as they came again."""
    fails = [decision for decision in second.decisions if decision.failed]
    known = {decision.key for decision in first.decisions}
    repeated = {decision.fingerprint for decision in first.decisions if decision.failed}
    results = [_settled(decision, first, second, fails) for decision in first.decisions]
    new = [decision for decision in fails if decision.key not in known]
    return results + [item if item.fingerprint in repeated else _once(item, "passed", second) for item in new]


def _settled(decision: Decision, first: Attempt, second: Attempt, fails: Sequence[Decision]) -> Decision:
    if not decision.failed:
        return decision
    if any(other.key == decision.key or other.fingerprint == decision.fingerprint for other in fails):
        return _skipped(decision) if second.disturbed else decision
    again = next((other for other in second.decisions if other.key == decision.key), None)
    if first.disturbed:
        return again if again is not None and not second.disturbed else _skipped(decision)
    # The second course has to come as far as to decide the clause at the same operation.
    if again is None and not any(
        other.place.status is Status.PASS and other.key[:2] == decision.key[:2] for other in second.decisions
    ):
        return decision
    return _once(decision, again.place.got or again.place.status.value if again else "another value", first)


def _once(decision: Decision, other: str, attempt: Attempt) -> Decision:
    """Return a failure that came only once."""
    if attempt.disturbed:
        return _skipped(decision)
    place = decision.place
    reason = f"it failed once of two times: {place.got}, and {other}" + (f" ({place.reason})" if place.reason else "")
    return Decision(replace(place, status=Status.UNSTEADY, reason=reason), title=decision.title)


def _skipped(decision: Decision) -> Decision:
    return undecided(decision, DISTURBED)


def undecided(decision: Decision, reason: str) -> Decision:
    """Return a place that is not decided, for this reason."""
    place = decision.place
    bare = Place(place.clause, Status.SKIPPED, place.operation, place.field, place.role, place.value, reason=reason)
    return Decision(bare)
