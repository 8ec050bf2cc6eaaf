"""What stands behind a pass: how often what was observed was altered, and how often that turned the judgement. Pure.

Source: DESIGN, "The verdict": a pass that nothing turns is vacuous and counts as undecided.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.model import Status

VACUOUS = "nothing that could have been answered would have failed it: a defect of this suite"


AGAINST = frozenset({Status.FAIL, Status.DEVIATION})
"""Statuses of a judgement against the instance."""


@dataclass(frozen=True)
class Proof:
    """`alterations` of what a check observed were judged again, `turned` of them went against the instance.

    `unaltered` is 1 where the check could not judge without asking.
    """

    alterations: int = 0
    turned: int = 0
    unaltered: int = 0

    def __add__(self, other: Proof) -> Proof:
        """Return the proof of two checks together."""
        return Proof(self.alterations + other.alterations, self.turned + other.turned, self.unaltered + other.unaltered)

    @property
    def is_vacuous(self) -> bool:
        """Whether alterations were judged, and none of them turned the judgement."""
        return self.alterations > 0 and not self.turned


def by_clause(events: Iterable[Mapping[str, Any]]) -> dict[str, Proof]:
    """Return the proof of each clause: the sum over its checks, each once, however many processes wrote it."""
    once: dict[tuple[str, str], Proof] = {}
    for event in events:
        key = event["clause"], event["check"]
        proof = Proof(event["alterations"], event["turned"], event["unaltered"])
        before = once.get(key, proof)
        once[key] = max(before, proof, key=lambda one: (one.turned, one.alterations, -one.unaltered))
    total: dict[str, Proof] = {}
    for (clause, _), proof in sorted(once.items()):
        total[clause] = total.get(clause, Proof()) + proof
    return total


def withdraw_vacuous(places: Iterable[dict[str, Any]], proofs: Mapping[str, Proof]) -> None:
    """Let the passes of clauses whose proof is vacuous be skipped, with the reason.

    A check that went against this instance somewhere has shown that it can.
    """
    every = list(places)
    can_fail = {place["clause"] for place in every if place["status"] in AGAINST}
    vacuous = {clause for clause, proof in proofs.items() if proof.is_vacuous} - can_fail
    for place in every:
        if place["status"] == Status.PASS and place["clause"] in vacuous:
            place.update(status=str(Status.SKIPPED), reason=VACUOUS, expected="", got="")
