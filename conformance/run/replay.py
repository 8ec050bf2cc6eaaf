"""Asks again what a finding of an earlier run was about: the same checks, with the same seed and profile.

A check makes what it needs, asks and is judged anew, behind the guard; what came of it is held against the fingerprint.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from conformance.model import PROFILES, Exit, Status, UsageError, counted, where
from conformance.run.console import print_line
from conformance.run.finish import ConcludedRun, Outcome, conclude_run
from conformance.run.pytest_process import Selection
from conformance.run.supervisor import supervise
from conformance.settings import Settings
from conformance.verdict import Verdict, exit_status
from conformance.verdict.document import FindingResult, PlaceResult

CHECKS = 3
"""Checks that are asked again: the first ones of a finding, which show it most simply."""

MADE_BEFORE = 20
"""Checks that are run before, where a finding rests on records that they made."""

SHOWN = 5
"""Places that are told with their exchange."""

_NOT_DECIDED = (Status.SKIPPED, Status.ERROR)
_ABOVE = (Exit.LEFT_BEHIND, Exit.INTERRUPTED, Exit.CRASH, Exit.UNFIT)
"""Statuses that say nothing of the finding and go before it."""


def replay(settings: Settings, verdict: Verdict, fingerprint: str, console: Console) -> Exit:
    """Ask for a finding of a verdict again, tell what came, and return the status.

    1 while it is there, 0 when it is gone, 5 where it could not be asked; else as `run`. Raises UsageError for a
    fingerprint that the verdict does not have, and for another instance than its own without a word about it.
    """
    findings = findings_of(verdict, fingerprint)
    nodes = tuple(dict.fromkeys(node for finding in findings for node in finding.nodes[:CHECKS]))
    if not nodes:
        raise UsageError(
            f"the verdict does not say which check found {fingerprint}: it is of an earlier version of the suite",
            "Run the suite again, and replay from the new verdict.",
        )
    instance = verdict.instance
    if instance.kind == "configured" and settings.embedded:
        raise UsageError(
            f"the finding is of {instance.url}, and no setting names an instance",
            f"Add --url {instance.url} with the tokens of its actors, and --write or --read-only.",
        )
    if not settings.embedded and settings.url != instance.url:
        word = "an embedded Kimai" if instance.kind == "embedded" else instance.url
        print_line(console, f"The finding is of {word}; asked is {settings.url}.")
    for finding in findings:
        print_line(console, f"Finding {finding.fingerprint}: {finding.clause} ({finding.level}), {finding.title}")
        print_line(console, f"  then: expected {finding.expected}, got {finding.got}")
    before = tuple(dict.fromkeys(node for finding in findings for node in finding.after[:MADE_BEFORE]))
    status = _asked(settings, verdict, findings, nodes, console)
    if status in (Exit.CONFORMANT, Exit.UNDECIDED) and before:
        # A list, for one, shows what other checks had made.
        print_line(console, "  not shown by itself; asking again after the checks that made what it rests on")
        return _asked(settings, verdict, findings, (*before, *nodes), console)
    return status


def _asked(
    settings: Settings, verdict: Verdict, findings: Sequence[FindingResult], nodes: tuple[str, ...], console: Console
) -> Exit:
    """Ask these checks again, in this order."""
    for node in nodes:
        print_line(console, f"  asking again: {node}")
    with TemporaryDirectory(prefix="kimai-conformance-") as folder:
        # As in the run that found it, as far as that decides what is asked.
        again = replace(
            settings,
            profile=verdict.run.profile if verdict.run.profile in PROFILES else settings.profile,
            seed=settings.seed if verdict.run.seed is None else verdict.run.seed,
            workers=0, accept=None, strict=False, quiet=True, report_dir=Path(folder),
        )  # fmt: skip
        return supervise(again, Selection(nodes=nodes), console, ReplayConclusion(findings).conclude)


def findings_of(verdict: Verdict, fingerprint: str) -> list[FindingResult]:
    """Return the findings of a fingerprint: one, or all of a clause. Raises UsageError with near matches."""
    sought = fingerprint.strip().lower()
    results = [finding for finding in verdict.findings if finding.fingerprint == sought]
    clauses = {clause.id for clause in verdict.clauses if clause.fingerprint == sought and sought}
    results = results or [finding for finding in verdict.findings if clauses & set(finding.clause_ids)]
    if results:
        return results
    known = {finding.fingerprint: finding for finding in verdict.findings}
    matches = [name for name in known if sought and name.startswith(sought)]
    matches = matches or difflib.get_close_matches(sought, known, n=3, cutoff=0.5)
    lines = [f"{name}  {known[name].clause}: {known[name].title}" for name in matches or list(known)[:10]]
    hint = (
        "\n".join([f"Did you mean {matches[0]}?" if matches else "It has:", *lines]) if known else "It has no findings."
    )
    raise UsageError(f"the verdict has no finding {fingerprint!r}", hint)


@dataclass(frozen=True)
class ReplayConclusion:
    """What is made of the second run."""

    findings: Sequence[FindingResult]

    def conclude(self, outcome: Outcome, console: Console) -> Exit:
        """Clean up, say whether a finding is there, and return the status."""
        try:
            concluded = conclude_run(outcome, console)
        except UsageError:
            raise UsageError(
                "the check that found it is not there for these actors, this definition or this version of the suite",
                "Give the same --actors and --definition as the run had, or run the suite again.",
            ) from None
        status = self._status(concluded)
        for line in self._lines(concluded.verdict, status):
            console.file.write(concluded.redact.text(line) + "\n")
        concluded.leave(status, console)
        return status

    def _status(self, concluded: ConcludedRun) -> Exit:
        status = exit_status(concluded.verdict)
        if status in _ABOVE:
            return status
        if any(self.shown(concluded.verdict)):
            return Exit.NOT_CONFORMANT
        # What only answers in passing can show was decided where something was.
        every = [place for clause in concluded.verdict.clauses for place in clause.places]
        decided = any(place.status not in _NOT_DECIDED for place in self._own_places(concluded.verdict) or every)
        return Exit.CONFORMANT if decided else Exit.UNDECIDED

    def shown(self, verdict: Verdict) -> Iterator[PlaceResult]:
        """Yield the places that show a finding again: as a failure, or as what is known of the release.

        Where none has its fingerprint, those of its own places that fail in another way: another version of the suite
        may tell it by another cause, and what still fails is not gone.
        """
        marks = {finding.fingerprint for finding in self.findings}
        alike = [place for clause in verdict.clauses for place in clause.places if place.fingerprint in marks]
        shown = {label for finding in self.findings for label in finding.places}
        failing = [
            place for place in self._own_places(verdict) if place.status is Status.FAIL and where(place) in shown
        ]
        yield from alike or failing

    def _own_places(self, verdict: Verdict) -> list[PlaceResult]:
        names = {name for finding in self.findings for name in finding.clause_ids}
        return [place for clause in verdict.clauses if clause.id in names for place in clause.places]

    def _lines(self, verdict: Verdict, status: Exit) -> Iterator[str]:
        places = list(self.shown(verdict))
        for place in places[:SHOWN]:
            yield f"  {where(place)}: expected {place.expected}, got {place.got}"
            yield from (f"    {line}" for line in (place.reason, place.curl, *place.response.splitlines()) if line)
        if len(places) > SHOWN:
            yield f"  … and at {counted(len(places) - SHOWN, 'more place')}"
        marks = {finding.fingerprint for finding in self.findings} | {place.fingerprint for place in places}
        for other in verdict.findings:
            if other.fingerprint not in marks:
                words = f"{other.fingerprint} {other.clause}, expected {other.expected}, got {other.got}"
                yield f"  another finding, seen meanwhile: {words}"
        yield f"{self._word(verdict, status)} (exit {int(status)})"

    def _word(self, verdict: Verdict, status: Exit) -> str:
        if status is Exit.NOT_CONFORMANT:
            now = {place.fingerprint for place in self.shown(verdict)} - {one.fingerprint for one in self.findings}
            return f"STILL THERE, now with the fingerprint {', '.join(sorted(now))}" if now else "STILL THERE"
        places = self._own_places(verdict)
        if status is Exit.CONFORMANT:
            return f"GONE: asked at {len(places)} places, and none shows it" if places else "GONE: no answer shows it"
        reasons = dict.fromkeys(place.reason for place in places if place.reason)
        why = (
            [*verdict.summary.reasons, *reasons] if status is not Exit.UNDECIDED else [*reasons, "nothing was decided"]
        )
        hint = ", for this run may not write: add --write" if not verdict.run.write else ""
        return f"NOT DECIDED{hint}: {'; '.join(why[:3])}"
