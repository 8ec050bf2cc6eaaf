"""What a run will decide and what it leaves out, said before it starts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from conformance.model import Level
from conformance.run.capabilities import MISSING
from conformance.verdict import Clause

NOT_OBSERVABLE = "not observable"


@dataclass(frozen=True)
class Plan:
    """`promised` are ids of MUST clauses that must be decided; `left_out` maps clause ids to the reason."""

    promised: tuple[str, ...]
    left_out: Mapping[str, str]
    missing: tuple[str, ...]

    def document(self) -> dict[str, object]:
        """Return the plan as it stands in the verdict."""
        return {
            "promised": list(self.promised),
            "left_out": [{"what": what, "why": why} for what, why in self.left_out.items()],
            "missing": [{"what": name, "why": MISSING[name][0], "flags": MISSING[name][1]} for name in self.missing],
        }


_FOLLOW_FROM_WRITE = {"bookable", "manage", "team", "flags"}


def _causes(lacking: Iterable[str]) -> list[str]:
    """Return what is lacking, without what would come with the right to write."""
    result = list(lacking)
    return [need for need in result if not ("write" in result and need in _FOLLOW_FROM_WRITE)]


def plan(clauses: Iterable[Clause], at_hand: Collection[str]) -> Plan:
    """Return what can be decided with the capabilities `at_hand`."""
    promised: list[str] = []
    left_out: dict[str, str] = {}
    missing: set[str] = set()
    for clause in clauses:
        lacking = _causes(need for need in clause.needs if need not in at_hand)
        if not clause.observable:
            left_out[clause.id] = NOT_OBSERVABLE
        elif lacking:
            left_out[clause.id] = "; ".join(MISSING[need][0] for need in lacking)
            missing.update(need for need in lacking if not MISSING[need][0].startswith(NOT_OBSERVABLE))
        elif clause.level is Level.MUST:
            promised.append(clause.id)
    return Plan(tuple(promised), left_out, tuple(sorted(missing)))
