"""Decides a clause, place by place, and says at the end of a test what came out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

import pytest

from conformance.model import Exchange, Level, Place, Status, counted, where
from conformance.verdict.causes import Cause
from conformance.verdict.clauses import Clause, Clauses
from conformance.verdict.defects import KnownDefects
from conformance.verdict.deviations import Deviations
from conformance.verdict.evidence import Evidence, WholeEvidence
from conformance.verdict.fingerprints import ACROSS, default, fingerprint, told_kind
from conformance.verdict.remote import REASON, excused
from conformance.verdict.undecided import may_be_doubted, undecided

NOT_OBSERVABLE = "not observable"
"""Begins the reason of a skip that does not count as undecided: nothing in the API, or on this instance, shows it."""

ALIKE = "the difference does not show in these words: see the answer"
"""Said of a failure that would refute itself: expected and got are the same word."""

SHOWN_PLACES = 10
"""Failing places that the message of a failed test lists."""


Doubt = Callable[[Exchange, str], str]
"""Returns why the 400 or 403 of an exchange says nothing of a field, by asking controls; "" where it does."""


class Writer(Protocol):
    """What a judge needs of an event writer."""

    def place(self, place: Place, *, fingerprint: str = "", title: str = "") -> None:
        """Write a place."""


class Judge:
    """Judges one clause.

    `version` is the instance's, None where it is not known: then no deviation is in range. `only_observe`, where it is
    not empty, says why nothing can fail here, as with a bundled definition of another version. `defects` are those
    known of released versions, which fail only where `known_fails` says so. `evidence` adds to a place what shows it;
    `doubt` is asked before a 400 or a 403 decides.
    """

    def __init__(
        self,
        clause_id: str,
        clauses: Clauses,
        deviations: Deviations,
        version: str | None,
        writer: Writer,
        only_observe: str = "",
        defects: KnownDefects | None = None,
        *,
        known_fails: bool = False,
        evidence: Evidence | None = None,
        doubt: Doubt = lambda _exchange, _field: "",
    ) -> None:
        self.clause: Clause = clauses.named(clause_id)
        self.places: list[Place] = []
        # Whether the check ended before its time, for want of an answer.
        self.is_cut_short = False
        self._clauses = clauses
        self._deviations = deviations
        self._version = version
        self._writer = writer
        self._only_observe = only_observe
        self._defects = KnownDefects() if defects is None else defects
        self._known_fails = known_fails
        self._evidence = evidence or WholeEvidence()
        self._doubt = doubt
        self._others: dict[str, Judge] = {}

    @property
    def all_places(self) -> list[Place]:
        """The places of this judge, and of those that it gave with `on`."""
        return [place for judge in (self, *self._others.values()) for place in judge.places]

    def take(self, places: Sequence[Place]) -> None:
        """Take these places instead of those that it decided and its others did."""
        self.places, self._others = list(places), {}

    def on(self, clause_id: str, only_observe: str = "") -> Judge:
        """Return the judge of another clause, whose places count for the same test."""
        if clause_id == self.clause.id:
            return self
        if clause_id not in self._others:
            self._others[clause_id] = Judge(
                clause_id, self._clauses, self._deviations, self._version, self._writer, only_observe, self._defects,
                known_fails=self._known_fails, evidence=self._evidence, doubt=self._doubt,
            )  # fmt: skip
        return self._others[clause_id]

    def check(
        self,
        ok: bool,
        *,
        operation: str,
        field: str = "",
        role: str = "",
        value: str = "",
        expected: str,
        got: str,
        exchange: Exchange | None = None,
        reason: str = "",
        cause: str | Cause = "",
        title: str = "",
        beside: Sequence[Exchange] = (),
    ) -> Status:
        """Decide one place, and return its status.

        `ok` is a pass; otherwise an exact entry of deviations.toml makes it a deviation, as one of known_defects.toml
        does with a server error; else it fails. A NOTE is observed either way, and so is what comes of input that no
        client would send. Failures with the same clause, `cause` (by default expected and got) and kind of value are
        one finding, which `title` names (by default the clause's title). A server error is told by what it hangs on,
        whichever clause it breaks: `cause` where the check knows it better than the request shows it. What was refused
        for something else is not decided. `exchange` is what is judged, `beside` what it was compared with.
        """
        if why := undecided(self.clause.id, exchange, field, expected):
            return self.skip(why, operation=operation, field=field, role=role, value=value)
        broken = None if ok else broken_by(exchange, cause)
        defect = self._defects.match(broken, self._version) if broken and self._can_fail else None
        if defect is not None:
            status = Status.FAIL if self._known_fails else Status.DEVIATION
            place = self._place(
                status, operation, field, role, value, expected, got, defect.reason, exchange, "", beside
            )
            mark = fingerprint("", f"{ACROSS}{defect.id}")
            self._record(replace(place, defect=defect.id), mark, title or defect.reason)
            return status
        status, reason, known = self._status(ok, operation, field, value, got, exchange, reason)
        if why := self._doubted(status, exchange, field):
            return self.skip(why, operation=operation, field=field, role=role, value=value)
        if status is Status.FAIL and expected == got:
            reason = "; ".join(filter(None, (reason, ALIKE)))
        place = self._place(status, operation, field, role, value, expected, got, reason, exchange, known, beside)
        mark = place_fingerprint(self.clause, place, broken or cause) if status is Status.FAIL else ""
        self._record(place, mark, title or (title_of(broken) if broken and mark else ""))
        return status

    def is_known(self, *, operation: str, field: str = "", value: str = "", got: str) -> bool:
        """Whether releases of this version are known to do just that there: for what fails only where it is."""
        return self._deviations.match(self.clause.id, operation, field, value, got, self._version) is not None

    def finding(
        self,
        *,
        title: str,
        expected: str,
        got: str,
        cause: str,
        operation: str = "",
        field: str = "",
        role: str = "",
        value: str = "",
        exchange: Exchange | None = None,
        places: Sequence[str] = (),
        reason: str = "",
    ) -> Status:
        """Fail (or find a known deviation) at every place, and return the worst status.

        A place is "METHOD /path" with, after a space, a field. All of them are folded by `cause`.
        """
        labels = list(places) or [f"{operation} {field}".strip()]
        statuses = [
            self.check(
                False, operation=where, field=what, role=role, value=value, expected=expected, got=got,
                exchange=exchange, reason=reason, cause=cause, title=title,
            )
            for where, what in map(split_label, labels)
        ]  # fmt: skip
        return min(statuses, key=list(Status).index)

    def observe(
        self,
        *,
        operation: str = "",
        field: str = "",
        role: str = "",
        value: str = "",
        got: str = "",
        exchange: Exchange | None = None,
        reason: str = "",
    ) -> Status:
        """Report what was seen at a place, without judging it."""
        place = self._place(Status.OBSERVED, operation, field, role, value, "", got, reason, exchange)
        self._record(place)
        return place.status

    def skip(self, reason: str, *, operation: str = "", field: str = "", role: str = "", value: str = "") -> Status:
        """Say why a place was not decided. A reason that begins with "not observable" does not count as undecided."""
        self._record(self._place(Status.SKIPPED, operation, field, role, value, "", "", reason, None))
        return Status.SKIPPED

    def error(self, reason: str, *, operation: str = "", exchange: Exchange | None = None) -> Status:
        """Report a failure of the suite itself, not of the instance."""
        self._record(self._place(Status.ERROR, operation, "", "", "", "", "", reason, exchange))
        return Status.ERROR

    def fingerprint_of(self, exchange: Exchange) -> str:
        """Return the fingerprint that a place with this server error has."""
        cause = Cause.of(exchange)
        defect = self._defects.match(cause, self._version)
        return fingerprint("", f"{ACROSS}{defect.id if defect else cause.text}")

    def finish(self) -> None:
        """End the test: fail it, skip it, mark it as a known deviation, or let it pass.

        Raises pytest's own outcomes, so it is to be called in the test's call phase. A judge that was asked nothing
        skips the test: what decides nothing has not passed.
        """
        __tracebackhide__ = True
        places = self.all_places
        statuses = {place.status for place in places}
        if statuses & {Status.FAIL, Status.ERROR}:
            pytest.fail(failure_text(places), pytrace=False)
        if Status.UNSTEADY in statuses:
            pytest.xfail("UNSTEADY " + next(where(place) for place in places if place.status is Status.UNSTEADY))
        if Status.DEVIATION in statuses:
            pytest.xfail(deviation_text(places))
        if not statuses or statuses == {Status.SKIPPED}:
            reasons = sorted({place.reason for place in places}) or ["nothing to judge here"]
            pytest.skip("; ".join(reasons))

    def _status(
        self, ok: bool, operation: str, field: str, value: str, got: str, exchange: Exchange | None, reason: str
    ) -> tuple[Status, str, str]:
        """Return status, reason, and the ids of the deviations concerned.

        A pass names the entries that cover its place too: they did not occur here, and may be stale.
        """
        if not self._can_fail:
            return Status.OBSERVED, reason or self._only_observe, ""
        if ok:
            covering = self._deviations.covering(self.clause.id, operation, field, value, self._version, exchange)
            return Status.PASS, reason, ",".join(entry.id for entry in covering)
        entry = self._deviations.match(self.clause.id, operation, field, value, got, self._version, exchange)
        if entry:
            return Status.DEVIATION, reason or entry.reason, entry.id
        if excused(self.clause.id, exchange, field, got):
            return Status.OBSERVED, REASON, ""
        return Status.FAIL, reason, ""

    def _doubted(self, status: Status, exchange: Exchange | None, field: str) -> str:
        """Return why a refusal decides nothing, by controls; "" where it does, or was none."""
        if exchange is None or status not in (Status.PASS, Status.FAIL):
            return ""
        return self._doubt(exchange, field) if may_be_doubted(self.clause.id, exchange) else ""

    @property
    def _can_fail(self) -> bool:
        return not self._only_observe and self.clause.level is not Level.NOTE

    def _place(
        self, status: Status, operation: str, field: str, role: str, value: str,
        expected: str, got: str, reason: str, exchange: Exchange | None, deviation: str = "",
        beside: Sequence[Exchange] = (),
    ) -> Place:  # fmt: skip
        place = Place(
            clause=self.clause.id, status=status, operation=operation, field=field, role=role, value=value,
            expected=expected, got=got, reason=reason, deviation=deviation,
        )  # fmt: skip
        return self._evidence.shown(place, self.clause.title, exchange, beside)

    def _record(self, place: Place, mark: str = "", title: str = "") -> None:
        self.places.append(place)
        self._writer.place(place, fingerprint=mark, title=title)


def broken_by(exchange: Exchange | None, cause: str | Cause) -> Cause | None:
    """Return what a server error hangs on; None where there is no server error."""
    if isinstance(cause, Cause):
        return cause
    return Cause.of(exchange) if exchange is not None and exchange.status >= 500 else None


def title_of(cause: Cause) -> str:
    """Return what a finding of a server error is called."""
    return f"a server error ({cause.status}) for {cause.words}"


def place_fingerprint(clause: Clause, place: Place, cause: str | Cause = "") -> str:
    """Return the fingerprint of the finding that a failing place belongs to."""
    if isinstance(cause, Cause):
        return fingerprint("", f"{ACROSS}{cause.text}")
    return fingerprint(clause.id, cause or default(place.field, place.expected, place.got), told_kind(place.value))


def split_label(label: str) -> tuple[str, str]:
    """Return operation and field of "METHOD /path field"."""
    words = label.split(" ", 2)
    return " ".join(words[:2]), words[2] if len(words) > 2 else ""


def failure_text(places: Sequence[Place]) -> str:
    """Return the message of a failed test; its first line says it all."""
    bad = [place for place in places if place.status in (Status.FAIL, Status.ERROR)]
    first = f"[{bad[0].clause}] {_complaint(bad[0])}"
    if len(bad) > 1:
        first += f" (and {len(bad) - 1} more of {len(places)} places)"
    lines = [first, *(f"  {place.clause}: {_complaint(place)}" for place in bad[1:SHOWN_PLACES])]
    if len(bad) > SHOWN_PLACES:
        lines.append(f"  … and {len(bad) - SHOWN_PLACES} more")
    if bad[0].curl:
        lines += ["", bad[0].curl, bad[0].response]
    return "\n".join(lines)


def deviation_text(places: Sequence[Place]) -> str:
    """Return the reason of a test that met what is known only: deviations, and defects of the release."""
    known = Counter(place.defect or place.deviation for place in places if place.status is Status.DEVIATION)
    word = "DEFECT" if all(place.defect for place in places if place.status is Status.DEVIATION) else "DEVIATION"
    return f"KNOWN {word} " + ", ".join(f"{name} ({counted(count, 'place')})" for name, count in sorted(known.items()))


def _complaint(place: Place) -> str:
    if place.status is Status.ERROR:
        return f"{where(place)}: the check itself failed: {place.reason}"
    text = f"{where(place)}: expected {place.expected}, got {place.got}"
    return f"{text} ({place.reason})" if place.reason else text
