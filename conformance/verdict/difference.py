"""What differs between two verdicts: findings that are new, gone or still open, and what only one of them asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from conformance.model import Status
from conformance.verdict.document import FindingResult, Verdict, Word


@dataclass(frozen=True)
class ChangedStatus:
    """A clause that both decided, otherwise."""

    clause: str
    old: Status
    new: Status


@dataclass(frozen=True)
class Difference:
    """Two verdicts side by side; findings in the order of every report.

    `new` fail in the new verdict and were no findings in the old one; `known` are new and known of the release, or
    accepted. `unasked` are findings of the old verdict whose operations the new one did not ask. `only_old` and
    `only_new` are clauses that only one of them decided.
    """

    old: Verdict
    new_verdict: Verdict
    new: tuple[FindingResult, ...]
    known: tuple[FindingResult, ...]
    still: tuple[FindingResult, ...]
    gone: tuple[FindingResult, ...]
    unasked: tuple[FindingResult, ...]
    only_old: tuple[str, ...]
    only_new: tuple[str, ...]
    statuses: tuple[ChangedStatus, ...]

    @property
    def undecided(self) -> bool:
        """Whether the new run allows no verdict, so that nothing can be said to be well."""
        return self.new_verdict.summary.verdict is Word.UNDECIDED


def difference(old: Verdict, new: Verdict) -> Difference:
    """Return what differs between two verdicts."""
    before = {finding.fingerprint: finding for finding in old.findings}
    after = {finding.fingerprint: finding for finding in new.findings}
    fresh = [finding for finding in new.findings if finding.fingerprint not in before]
    missing = [finding for finding in old.findings if finding.fingerprint not in after]
    asked = {
        clause.id: {place.operation for place in clause.places if place.status is not Status.SKIPPED}
        for clause in new.clauses
    }
    gone = [finding for finding in missing if _was_asked(finding, asked)]
    decided = [{clause.id for clause in verdict.clauses if clause.decided} for verdict in (old, new)]
    return Difference(
        old=old,
        new_verdict=new,
        new=tuple(finding for finding in fresh if finding.status == Status.FAIL),
        known=tuple(finding for finding in fresh if finding.status != Status.FAIL),
        still=tuple(finding for finding in new.findings if finding.fingerprint in before),
        gone=tuple(gone),
        unasked=tuple(finding for finding in missing if finding not in gone),
        only_old=tuple(sorted(decided[0] - decided[1])),
        only_new=tuple(sorted(decided[1] - decided[0])),
        statuses=tuple(_statuses(old, new, decided[0] & decided[1])),
    )


def _was_asked(finding: FindingResult, asked: Mapping[str, set[str]]) -> bool:
    """Whether a verdict asked at all operations of a finding, by one of its clauses: only then can it be gone."""
    there = set().union(*(asked.get(name, set()) for name in finding.clause_ids))
    operations = {" ".join(place.split(" ")[:2]) for place in finding.places if " /" in place}
    return operations <= there if operations else bool(there)


def _statuses(old: Verdict, new: Verdict, both: set[str]) -> Iterable[ChangedStatus]:
    before = {clause.id: clause.status for clause in old.clauses}
    for clause in new.clauses:
        if clause.id in both and before[clause.id] is not clause.status:
            yield ChangedStatus(clause.id, before[clause.id], clause.status)
