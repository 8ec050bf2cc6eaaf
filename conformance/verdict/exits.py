"""What a verdict amounts to: the exit status, the word for people, and the reasons. Source: DESIGN, "The verdict"."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conformance.model import Exit, Level, Status, counted
from conformance.verdict.clauses import CORE_FAMILIES
from conformance.verdict.document import Verdict, Word
from conformance.verdict.proofs import VACUOUS


def _left_behind(verdict: Verdict) -> Iterator[str]:
    safety = verdict.safety
    if safety.guard_broken:
        yield f"the guard was broken: {safety.guard_broken}"
    if safety.left_behind:
        yield f"{counted(len(safety.left_behind), 'record')} left behind: {'; '.join(safety.left_behind[:5])}"


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
            yield f"{clause.id} ({clause.level}): {clause.reason}"
        elif verdict.run.strict and clause.status == Status.UNSTEADY:
            yield f"strict: {clause.id} is unsteady: {clause.reason}"
    yield from _stale_acceptances(verdict)


def _stale_acceptances(verdict: Verdict) -> Iterator[str]:
    """Yield, for a strict run to its end, the entries of the accept file that should be taken out."""
    run, accepted = verdict.run, verdict.accepted
    if not run.strict or run.partial or run.interrupted or run.cut_off:
        return
    for entry in accepted.unused if verdict.shows_all else ():
        yield f"strict: the acceptance {entry.fingerprint} ({entry.reason}) was not used: take it out"
    for entry in accepted.expired:
        yield f"strict: the acceptance {entry.fingerprint} ({entry.reason}) expired on {entry.expires}"


def _undecided(verdict: Verdict) -> Iterator[str]:
    run = verdict.run
    if run.unfit:
        return  # One message says it all.
    if run.selection_empty:
        yield "the selection is empty: no check fits it. --plan lists what can be asked"
    elif not run.shard and not any(clause.decided or clause.status == Status.OBSERVED for clause in verdict.clauses):
        yield "nothing was decided"
    for number in run.missing_shards:
        yield f"shard {number}/{run.shards} is missing"
    if run.cut_off:
        yield "the clock cut the run off"
    if not run.shard and verdict.summary.decided < run.min_decided:
        yield f"only {verdict.summary.decided} promises were decided, and --min-decided asks for {run.min_decided}"
    if not run.partial:
        yield from _undecided_whole(verdict)


def _undecided_whole(verdict: Verdict) -> Iterator[str]:
    """Yield what a run without a selection had to decide and did not."""
    run = verdict.run
    must = [clause for clause in verdict.clauses if clause.level == Level.MUST]
    for clause in must:
        # A pass that was withdrawn because nothing turned it is a defect of the suite, and named elsewhere.
        vacuous = any(place.reason == VACUOUS for place in clause.places)
        if clause.undecided and (run.strict or verdict.instance.kind == "embedded" or not vacuous):
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


def sentence(verdict: Verdict, result: Word) -> str:
    """Say what a verdict means, and how much was asked for it."""
    summary = verdict.summary
    part = f"{summary.decided} of {summary.decidable} promises were checked"
    spread = f"{summary.operations_asked} of {summary.operations} operations asked" if summary.operations else ""
    unsteady = sum(counts.unsteady for counts in summary.clauses.values())
    known = summary.decided - summary.kept - summary.broken - unsteady
    saying = {
        Word.PASS: f"{part}: {_are(summary.kept)} kept" if unsteady else f"{part}, and kept",
        Word.KNOWN: f"{part}: {_are(summary.kept)} kept, {_are(known)} not, as is known of the release or accepted",
        Word.FAIL: f"{_failed(summary.broken, unsteady)}; {part}",
        Word.UNDECIDED: f"the run does not allow a verdict; {part}",
        Word.PARTIAL: f"nothing failed in the selected part, which says nothing about the rest; {part}",
    }
    doubt = f"{counted(unsteady, 'promise')} kept only once of two times" if unsteady else ""
    return "; ".join(filter(None, (saying[result], doubt, spread, summary.known)))


def _are(number: int) -> str:
    return f"{number} {'is' if number == 1 else 'are'}"


def _failed(broken: int, unsteady: int) -> str:
    if broken:
        return "1 promise is not kept" if broken == 1 else f"{broken} promises are not kept"
    return "something is unsteady" if unsteady else "an acceptance does not hold any more"


def conclude(verdict: Verdict) -> Verdict:
    """Return the verdict with its word, its sentence, exit status and reasons."""
    why, result_word = [text for _, text in reasons(verdict)], word(verdict)
    result = {
        "verdict": result_word,
        "sentence": sentence(verdict, result_word),
        "exit_status": exit_status(verdict),
        "reasons": why,
    }
    return verdict.model_copy(update={"summary": verdict.summary.model_copy(update=result)})
