"""What a verdict amounts to: the exit status, the word for people, and the reasons. Source: DESIGN, "The verdict"."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from conformance.model import Exit, Level, Status
from conformance.verdict.clauses import CORE_FAMILIES

Json = Mapping[str, Any]

PASS, KNOWN, FAIL, UNDECIDED, PARTIAL = "PASS", "PASS WITH KNOWN", "FAIL", "UNDECIDED", "PARTIAL"
"""Words for people. PARTIAL: a selection in which nothing failed, which says nothing about the whole."""


def _left_behind(verdict: Json) -> Iterator[str]:
    safety = verdict["safety"]
    if safety["guard_broken"]:
        yield f"the guard was broken: {safety['guard_broken']}"
    if safety["left_behind"]:
        yield f"{len(safety['left_behind'])} records were left behind: {'; '.join(safety['left_behind'][:5])}"


def _interrupted(verdict: Json) -> Iterator[str]:
    if verdict["run"]["interrupted"]:
        yield "the run was interrupted"


def _crashed(verdict: Json) -> Iterator[str]:
    if verdict["run"]["crashed"]:
        yield f"the suite failed: {verdict['run']['crashed']}"
    for clause in verdict["clauses"]:
        if clause["status"] == Status.ERROR:
            yield f"a check of {clause['id']} failed itself: {clause['reason']}"


def _unfit(verdict: Json) -> Iterator[str]:
    if verdict["run"]["unfit"]:
        yield f"the instance cannot be judged: {verdict['run']['unfit']}"


def _not_conformant(verdict: Json) -> Iterator[str]:
    """Yield the clauses that are not kept, in the order of the findings: new ones and dangerous ones first."""
    order = {
        name: rank for rank, finding in reversed([*enumerate(verdict["findings"])]) for name in finding["clause_ids"]
    }
    for clause in sorted(verdict["clauses"], key=lambda clause: order.get(clause["id"], len(order))):
        if any(place["status"] == Status.FAIL for place in clause["places"]):
            yield f"{clause['id']} ({clause['level']}) is not kept: {clause['reason']}"
        elif verdict["run"]["strict"] and clause["status"] == Status.UNSTEADY:
            yield f"strict: {clause['id']} is unsteady: {clause['reason']}"


def _undecided(verdict: Json) -> Iterator[str]:
    run = verdict["run"]
    if run["unfit"]:
        return  # One message says it all.
    if run["selection_empty"]:
        yield "the selection is empty"
    elif not any(clause["decided"] or clause["status"] == Status.OBSERVED for clause in verdict["clauses"]):
        yield "nothing was decided"
    if run["cut_off"]:
        yield "the clock cut the run off"
    if not run["partial"]:
        yield from _undecided_whole(verdict)


def _undecided_whole(verdict: Json) -> Iterator[str]:
    """Yield what a run without a selection had to decide and did not."""
    run = verdict["run"]
    must = [clause for clause in verdict["clauses"] if clause["level"] == Level.MUST]
    for clause in must:
        if clause["undecided"]:
            yield f"{clause['id']} was promised and not decided: {clause['reason'] or 'no reason given'}"
    if run["write"]:
        decided = {clause["family"] for clause in must if clause["decided"]}
        for family in CORE_FAMILIES:
            if family not in decided:
                yield f"no MUST clause of {family} was decided"
    if run["strict"]:
        for clause in must:
            if clause["observable"] and not clause["decided"] and not clause["undecided"]:
                yield f"strict: {clause['id']} was not decided: {clause['reason'] or 'no reason given'}"


PRECEDENCE: tuple[tuple[Exit, Callable[[Json], Iterator[str]]], ...] = (
    (Exit.LEFT_BEHIND, _left_behind),
    (Exit.INTERRUPTED, _interrupted),
    (Exit.CRASH, _crashed),
    (Exit.UNFIT, _unfit),
    (Exit.NOT_CONFORMANT, _not_conformant),
    (Exit.UNDECIDED, _undecided),
)
"""If several hold, the first one."""


def reasons(verdict: Json) -> list[tuple[Exit, str]]:
    """Return all that stands against a conformant run, in the order of precedence."""
    return [(code, why) for code, rule in PRECEDENCE for why in rule(verdict)]


def exit_status(verdict: Json) -> Exit:
    """Return the exit status of a run. A verdict that cannot be read is a crash: it fails closed."""
    try:
        return next((code for code, _ in reasons(verdict)), Exit.CONFORMANT)
    except (KeyError, TypeError, AttributeError, ValueError):
        return Exit.CRASH


def word(verdict: Json) -> str:
    """Return the verdict on the instance in one word: what failed is FAIL, whatever else went wrong."""
    results = {code for code, _ in reasons(verdict)}
    if Exit.NOT_CONFORMANT in results:
        return FAIL
    if results:
        return UNDECIDED
    if verdict["run"]["partial"]:
        return PARTIAL
    known = any(clause["status"] in (Status.DEVIATION, Status.ACCEPTED) for clause in verdict["clauses"])
    return KNOWN if known else PASS


def conclude(verdict: dict[str, Any]) -> dict[str, Any]:
    """Put word, exit status and reasons in front of the summary, and return the verdict."""
    why = [text for _, text in reasons(verdict)]
    verdict["summary"] = {
        "verdict": word(verdict),
        "exit_status": int(exit_status(verdict)),
        "reasons": why,
        **verdict["summary"],
    }
    return verdict
