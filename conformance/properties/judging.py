"""From what an operation answered to places of clauses: the only module of the property tests that judges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from conformance.definition import Definition
from conformance.model import Actor, Exchange
from conformance.properties.execution.engine import Outcome
from conformance.properties.execution.requesting import NO_BODY, Request
from conformance.properties.policy import (
    CONTENT_TYPE,
    LEFT_TO_STANDARD,
    NULLABLE,
    ONLY_OBSERVED,
    SHAPE,
    STATUS,
    CheckFailure,
    only_observe,
)
from conformance.verdict import Judge
from conformance.verdict.fingerprints import departure

NULL_TITLE = "null where the definition says something else"


def decide(outcome: Outcome, judge: Judge, definition: Definition, actors: Sequence[Actor] = ()) -> None:
    """Give every place that the outcome decides to `judge`, which is the one of `error.no-server-error`.

    `actors` begin with the strongest; what another of them was answered says so by role.
    """
    _server_errors(outcome, judge, {actor.name: actor.role for actor in actors[1:]})
    for check_failure, exchange in outcome.check_failures.items():
        _judge_failure(outcome, check_failure, exchange, judge, definition)
    _passes(outcome, judge, definition)


def _server_errors(outcome: Outcome, judge: Judge, roles: Mapping[str, str]) -> None:
    for broken in outcome.server_errors:
        judge.check(
            False,
            operation=outcome.label,
            role=roles.get(broken.exchange.actor or "", ""),
            value=sent(broken.exchange),
            expected="no server error",
            got=str(broken.exchange.status),
            exchange=broken.exchange,
            reason=broken.said,
            cause=broken.cause,
        )
    if outcome.requests and not outcome.server_errors:
        judge.check(True, operation=outcome.label, expected="no server error", got="none")


def sent(exchange: Exchange) -> str:
    """Return what was sent besides the path: the body where there is one, else the query."""
    request = Request.of(exchange)
    if request is None or request.body is not NO_BODY:
        return (exchange.request_body or b"").decode("utf-8", "replace")[:500]
    return exchange.target.partition("?")[2][:500]


def _judge_failure(
    outcome: Outcome, check_failure: CheckFailure, exchange: Exchange, judge: Judge, definition: Definition
) -> None:
    clause = judge.on(check_failure.clause, only_observe(check_failure.clause, definition))
    place: dict[str, Any] = {
        "operation": outcome.label,
        "field": check_failure.field,
        "got": check_failure.got,
        "exchange": exchange,
    }
    if check_failure.clause in ONLY_OBSERVED:
        clause.observe(**place, reason=outcome.said[check_failure])
    elif check_failure.clause == NULLABLE:
        clause.check(False, **place, expected=check_failure.expected, cause="null", title=NULL_TITLE)
    else:
        cause = departure(check_failure.field, check_failure.expected, check_failure.got)
        clause.check(False, **place, expected=check_failure.expected, cause=cause)


def _passes(outcome: Outcome, judge: Judge, definition: Definition) -> None:
    """A clause holds at an operation where successes were judged and none departed."""
    if not outcome.successes:
        return
    failing = {check_failure.clause for check_failure in outcome.check_failures}
    for clause in SHAPE:
        judged = outcome.judged_shape or clause in (STATUS, CONTENT_TYPE)
        if judged and clause not in failing:
            judge.on(clause, only_observe(clause, definition)).check(
                True, operation=outcome.label, expected="as documented", got="as documented"
            )


def event_of(outcome: Outcome, reason: str = "") -> dict[str, Any]:
    """Return the event that reports an operation: what was sent, accepted, refused, and what came."""
    method, path = outcome.label.split(" ", 1)
    return {
        "operation": outcome.label,
        "method": method,
        "path": path,
        "requests": outcome.requests,
        "positive": outcome.positive,
        "accepted": outcome.accepted,
        "refused": sum(outcome.refused.values()),
        "statuses": {str(status): count for status, count in sorted(outcome.statuses.items())},
        "outcome": "checked" if outcome.requests else "skipped",
        "reason": reason,
    }


def skip_reason(outcome: Outcome) -> str:
    """Return why nothing of an operation was sent; empty where something was."""
    if outcome.requests:
        return ""
    if outcome.refused:
        return outcome.refused.most_common(1)[0][0]
    if outcome.spent:
        return "the run's requests are spent"
    if outcome.unanswered:
        return "no answer came"
    if outcome.label in LEFT_TO_STANDARD:
        return "left to the standard profile"
    return "nothing to vary in it: the contract checks send it"
