"""What the passive observer saw in all answers of a run, judged by the clauses of definition and attributes.

Source: the instance's own OpenAPI definition; REST API, Order of attributes. The checks of those clauses ask each read
once, as the strongest actor; here are the writes, the actions, the expanded lists and the other roles.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from conformance.model import Exchange
from conformance.probes.responses.passive import PassiveObserver, PassiveViolation
from conformance.probes.responses.schema_check import SchemaViolation
from conformance.verdict import Judge
from conformance.verdict.aspects import CLAUSE_OF_ASPECT
from conformance.verdict.fingerprints import departure

BY_PERMISSION = frozenset({"rate", "internalRate", "fixedRate", "hourlyRate", "budget", "timeBudget", "budgetType"})
"""Attributes that permissions withhold, record by record."""

ADMINISTRATORS = ("ROLE_ADMIN", "ROLE_SUPER_ADMIN")
"""Roles that are shown all attributes by default."""

_SHOWN_TO_ALL = ("/api/timesheets", "/api/customers", "/api/projects", "/api/activities")
_TELLING = ("status", "media", "type", "documented")

Place = tuple[str, str, str, str]
"""Clause, operation, field and what was got."""


def judge_passive(
    judge: Callable[[str], Judge], passive_observer: PassiveObserver, *, bundled: bool, said: Collection[Place]
) -> None:
    """Judge what was seen and no check has said. `bundled`: the definition does not tell required and nullable."""
    asked = {(clause, operation) for clause, operation, *_ in said}
    wrong = set()
    for sight in passive_observer.sights():
        for clause in clauses_of(sight):
            wrong.add((clause, sight.operation))
            if promised(sight, bundled) and (clause, sight.operation, sight.field, sight.got) not in said:
                judge(clause).check(
                    False, operation=sight.operation, field=sight.field, role=sight.role, expected=sight.expected,
                    got=sight.got, exchange=sight.exchange, cause=departure(sight.field, sight.expected, sight.got),
                    beside=sight.beside,
                )  # fmt: skip
    for aspect in _TELLING:
        for operation in passive_observer.operations:
            if aspect == "documented" and operation not in passive_observer.showing:
                continue
            if (CLAUSE_OF_ASPECT[aspect], operation) not in asked | wrong:
                judge(CLAUSE_OF_ASPECT[aspect]).check(
                    True, operation=operation, expected="as documented", got="as documented"
                )  # fmt: skip


def clauses_of(sight: PassiveViolation) -> tuple[str, ...]:
    """Return the clauses that a sight breaks: a time in another form than ISO 8601 breaks two."""
    clause = CLAUSE_OF_ASPECT[sight.aspect]
    another_form = sight.aspect == "type" and sight.expected == "date-time" and sight.got != "date"
    return (clause, "datetime.iso-8601") if another_form else (clause,)


def may_be_old(departure: SchemaViolation, exchange: Exchange) -> bool:
    """Whether a value may break its limits because it is older than they are: one in a list of everybody's records."""
    limits = departure.aspect == "value" and departure.expected != "one of the enumeration"
    return limits and isinstance(exchange.json_or_none(), list)


def promised(sight: PassiveViolation, bundled: bool) -> bool:
    """Whether a sight breaks a promise: not where permissions may withhold, nor where checks of reads tell it all."""
    name = sight.field.rpartition(".")[2]
    departure = SchemaViolation(sight.aspect, sight.field, sight.expected, sight.got)
    if sight.aspect == "null":
        return False
    if sight.aspect == "required":
        return not bundled
    if may_be_old(departure, sight.exchange):
        return False
    if sight.aspect in ("present", "set"):
        to_all = sight.role in ADMINISTRATORS or sight.operation.partition(" ")[2].startswith(_SHOWN_TO_ALL)
        return to_all and name not in BY_PERMISSION and (sight.role in ADMINISTRATORS or "team" not in sight.field)
    return True
