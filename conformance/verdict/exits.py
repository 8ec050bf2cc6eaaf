"""What a verdict amounts to: the exit status, the word for people, and the reasons. Source: DESIGN, "The verdict"."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conformance.model import Exit, Level, Status
from conformance.verdict.clauses import CORE_FAMILIES
from conformance.verdict.document import Verdict, Word


def _left_behind(verdict: Verdict) -> Iterator[str]:
    safety = verdict.safety
    if safety.guard_broken:
        yield f"the guard was broken: {safety.guard_broken}"
    if safety.left_behind:
        yield f"{len(safety.left_behind)} records were left behind: {'; '.join(safety.left_behind[:5])}"


def _interrupted(verdict: Verdict) -> Iterator[str]:
    if verdict.run.interrupted:
        yield "the run was interrupted"


def _crashed(verdict: Verdict) -> Iterator[str]:
    if verdict.run.crashed:
        yield f"the suite failed: {verdict.run.crashed}"
    for clause in verdict.clauses:
        if clause.status == Status.ERROR:
            yield f"a check of {clause.id} failed itself: {clause.reason}"


def _unfit(verdict: Verdict) -> Iterator[str]:
    if verdict.run.unfit:
        yield f"the instance cannot be judged: {verdict.run.unfit}"


def _not_conformant(verdict: Verdict) -> Iterator[str]:
    """Yield the clauses that are not kept, in the order of the findings: new ones and dangerous ones first."""
    order = {name: rank for rank, finding in reversed([*enumerate(verdict.findings)]) for name in finding.clause_ids}
    for clause in sorted(verdict.clauses, key=lambda clause: order.get(clause.id, len(order))):
        if any(place.status == Status.FAIL for place in clause.places):
            yield f"{clause.id} ({clause.level}) is not kept: {clause.reason}"


def _undecided(verdict: Verdict) -> Iterator[str]:
    run = verdict.run
    if run.selection_empty:
        yield "the selection is empty"
    elif not run.shard and not any(clause.decided or clause.status == Status.OBSERVED for clause in verdict.clauses):
        yield "nothing was decided"
    for number in run.missing_shards:
        yield f"shard {number}/{run.shards} is missing"
    if run.cut_off:
        yield "the clock cut the run off"
    if not run.partial:
        yield from _undecided_whole(verdict)


def _undecided_whole(verdict: Verdict) -> Iterator[str]:
    """Yield what a run without a selection had to decide and did not."""
    run = verdict.run
    must = [clause for clause in verdict.clauses if clause.level == Level.MUST]
    for clause in must:
        if clause.undecided:
            yield f"{clause.id} was promised and not decided: {clause.reason or 'no reason given'}"
    if run.write:
        decided = {clause.family for clause in must if clause.decided}
        for family in CORE_FAMILIES:
            if family not in decided:
                yield f"no MUST clause of {family} was decided"
    if run.strict:
        for clause in must:
            if clause.observable and not clause.decided and not clause.undecided:
                yield f"strict: {clause.id} was not decided: {clause.reason or 'no reason given'}"


PRECEDENCE: tuple[tuple[Exit, Callable[[Verdict], Iterator[str]]], ...] = (
    (Exit.LEFT_BEHIND, _left_behind),
    (Exit.INTERRUPTED, _interrupted),
    (Exit.CRASH, _crashed),
    (Exit.UNFIT, _unfit),
    (Exit.NOT_CONFORMANT, _not_conformant),
    (Exit.UNDECIDED, _undecided),
)
"""If several hold, the first one."""


def reasons(verdict: Verdict) -> list[tuple[Exit, str]]:
    """Return all that stands against a conformant run, in the order of precedence."""
    return [(code, why) for code, rule in PRECEDENCE for why in rule(verdict)]


def exit_status(verdict: Verdict) -> Exit:
    """Return the exit status of a run."""
    return next((code for code, _ in reasons(verdict)), Exit.CONFORMANT)


def word(verdict: Verdict) -> Word:
    """Return the verdict on the instance in one word: what failed is FAIL, whatever else went wrong."""
    results = {code for code, _ in reasons(verdict)}
    if Exit.NOT_CONFORMANT in results:
        return Word.FAIL
    if results:
        return Word.UNDECIDED
    if verdict.run.partial:
        return Word.PARTIAL
    known = any(clause.status in (Status.DEVIATION, Status.ACCEPTED) for clause in verdict.clauses)
    return Word.KNOWN if known else Word.PASS


def conclude(verdict: Verdict) -> Verdict:
    """Return the verdict with its word, exit status and reasons."""
    why = [text for _, text in reasons(verdict)]
    result = {"verdict": word(verdict), "exit_status": exit_status(verdict), "reasons": why}
    return verdict.model_copy(update={"summary": verdict.summary.model_copy(update=result)})
