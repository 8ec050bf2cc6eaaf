"""What a trend shows of each run. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.verdict.document import Verdict, Word


@dataclass(frozen=True)
class TrendPoint:
    """One run. `new` findings fail it, `known` ones are of the release or accepted."""

    started: str
    instance: str
    version: str
    word: Word
    decided: int
    decidable: int
    new: int
    known: int
    requests: int

    @property
    def line(self) -> str:
        """The run in a line."""
        return (
            f"{self.started}  {self.word:15}  {self.decided:3} of {self.decidable} promises checked, "
            f"{self.new} new, {self.known} known, {self.requests} requests  {self.instance} {self.version}"
        )


def point_of(verdict: Verdict) -> TrendPoint:
    """Return what a trend shows of a verdict."""
    summary, instance = verdict.summary, verdict.instance
    return TrendPoint(
        started=verdict.run.started,
        instance="embedded" if instance.kind == "embedded" else instance.url,
        version=instance.version or "of unknown version",
        word=summary.verdict,
        decided=summary.decided,
        decidable=summary.decidable,
        new=summary.findings.new,
        known=summary.findings.known + summary.findings.accepted,
        requests=verdict.run.requests,
    )
