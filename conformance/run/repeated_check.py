"""One check from its first course to what is told of it: what failed is asked once more, with new records.

Source: DESIGN, "The verdict": `unsteady` is a failure that did not repeat with new records.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import pytest

from conformance.model import CommandError
from conformance.run.course import course
from conformance.run.session import WorkerSession
from conformance.verdict import Judge
from conformance.verdict.repeating import Attempt, Decision, merged, undecided

COURSES = 3
"""How often a check is asked at most: a third time only where the second was disturbed."""


@dataclass
class RepeatedCheck:
    """A check that is under way; `attempt` is what its judge writes to."""

    item: pytest.Function
    session: WorkerSession
    judge: Judge
    attempt: Attempt

    @contextmanager
    def concluded(self) -> Iterator[None]:
        """Run a course within, ask what failed again, and write what the courses decide together."""
        decisions: Sequence[Decision] = self.attempt.decisions
        try:
            yield
            self.attempt.disturbed = self.session.client.counts.disturbed > 0
            decisions = self._settled()
        except CommandError as error:
            reason = f"it failed, and could not be asked again: {error}"
            decisions = [undecided(one, reason) if one.failed else one for one in self.attempt.decisions]
            raise
        finally:
            for decision in decisions:
                self.session.events.place(decision.place, fingerprint=decision.fingerprint, title=decision.title)
        self.judge.take([decision.place for decision in decisions])

    def _settled(self) -> list[Decision]:
        first = again = self._whole()
        if not first.failed:
            return first.decisions
        if not self.session.may_repeat():
            return merged(first, first) if first.disturbed else first.decisions
        for _ in range(1, COURSES):
            again, _ = self._again()
            if not again.disturbed:
                break
        return merged(first, again)

    def _whole(self) -> Attempt:
        """Return the first course, or another one where that was cut short and the other was not."""
        if not self.judge.is_cut_short or not self.session.may_repeat():
            return self.attempt
        another, cut_short = self._again()
        return self.attempt if cut_short else another

    def _again(self) -> tuple[Attempt, bool]:
        """Ask once more, with new records. Return what was decided, and whether that was cut short."""
        again, before = Attempt(), self.session.client.counts.disturbed
        judge = self.session.judge(self.judge.clause.id, again)
        names = self.item._fixtureinfo.argnames
        arguments = {name: self.item.funcargs[name] for name in names} | {"judge": judge}
        with self.session.new_records(), course(judge), suppress(pytest.skip.Exception):
            self.item.obj(**arguments)
        again.disturbed = self.session.client.counts.disturbed > before
        return again, judge.is_cut_short
