"""What a run will decide and what it leaves out, said before it starts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from conformance.model import Level
from conformance.run.capabilities import MISSING
from conformance.verdict import NOT_OBSERVABLE, Clause


@dataclass(frozen=True)
class Plan:
    """`promised` are ids of MUST clauses that must be decided; `left_out` maps clause ids to the reason.

    `unobservable` are those left out of which no answer here could show anything; `missing` are capabilities to add.
    """

    promised: tuple[str, ...]
    left_out: Mapping[str, str]
    unobservable: frozenset[str]
    missing: tuple[str, ...]

    def document(self) -> dict[str, object]:
        """Return the plan as it stands in the verdict."""
        return {
            "promised": list(self.promised),
            "left_out": [{"what": what, "why": why} for what, why in self.left_out.items()],
            "missing": [
                {"what": name, "why": MISSING[name].why, "flags": MISSING[name].flags} for name in self.missing
            ],
        }


_FOLLOW_FROM_WRITE = {"bookable", "manage", "team", "flags"}


def plan(clauses: Iterable[Clause], at_hand: Collection[str]) -> Plan:
    """Return what can be decided with the capabilities `at_hand`."""
    promised: list[str] = []
    left_out: dict[str, str] = {}
    unobservable, missing = set[str](), set[str]()
    for clause in clauses:
        lacking = [need for need in clause.needs if need not in at_hand]
        if "write" in lacking:
            lacking = [need for need in lacking if need not in _FOLLOW_FROM_WRITE]
        if not clause.observable:
            left_out[clause.id] = NOT_OBSERVABLE
            unobservable.add(clause.id)
        elif lacking:
            left_out[clause.id] = "; ".join(MISSING[need].why for need in lacking)
            missing.update(need for need in lacking if MISSING[need].observable)
            if not MISSING[lacking[0]].observable:
                unobservable.add(clause.id)
        elif clause.level is Level.MUST:
            promised.append(clause.id)
    return Plan(tuple(promised), left_out, frozenset(unobservable), tuple(sorted(missing)))
