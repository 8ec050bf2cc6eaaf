"""Which checks a selection by clause, family, level, operation or role means.

A check is about an operation or a role where its own name says so, else where a recorded run showed that it asks of the
operation or as the role. What is in neither is left out of a selection by operation or role.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass

from conformance.definition.operations import normal_label
from conformance.model import ROLES, Actor, Level, UsageError
from conformance.nearest import known_one

_NEEDS = {"ROLE_USER": "plain-actor", "ROLE_TEAMLEAD": "lead-actor", "ROLE_ADMIN": "admin-actor"}
"""What clauses about a role need."""


_LABEL = re.compile(r"\b(?:GET|HEAD|POST|PATCH|PUT|DELETE) /")


@dataclass(frozen=True)
class Chosen:
    """Clauses, operations and roles to ask about; empty where nothing narrows them."""

    clauses: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.clauses or self.operations or self.roles)

    def to_json(self) -> str:
        """Return it for the child's command line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Chosen:
        """Return what `to_json` wrote."""
        return cls(**{name: tuple(values) for name, values in json.loads(text).items()})

    def takes_clause(self, check: str, clauses: Collection[str]) -> bool:
        """Whether a check, as "folder/module.py::function", decides one of the clauses."""
        return not self.clauses or bool(set(clauses) & set(self.clauses)) or check in self.checks

    def require_operations(self, labels: Iterable[str]) -> None:
        """Raise UsageError, with the nearest ones, for an operation that is none of those of the definition."""
        known = {normal_label(label): label for label in labels}
        for label in self.operations:
            if normal_label(label) not in known:
                known_one("operation", label, known.values())

    def takes_operation(self, places: Iterable[str], asked: Collection[str] = ()) -> bool:
        """Whether one of the places of a check is at one of the operations, or, where its places name none, it asked
        one of them in a recorded run.
        """
        words = [f"{place.replace(',', ' ').replace(':', ' ')} " for place in places]
        if not self.operations:
            return True
        if any(_LABEL.search(word) for word in words):
            return any(f"{label} " in word for label in self.operations for word in words)
        return bool({*map(normal_label, self.operations)} & {*map(normal_label, asked)})

    def takes_role(
        self, label: str, needs: Collection[str], actors: Sequence[Actor], asked: Collection[str] = ()
    ) -> bool:
        """Whether a check is made as one of the roles: its label names such an actor, its clause needs one, or it asked
        as the role in a recorded run.
        """
        if not self.roles or any(_NEEDS.get(role) in needs for role in self.roles):
            return True
        named = {actor.role for actor in actors if actor.name == label}
        return bool((named or {*asked}) & {*self.roles})


def choose(
    clauses: Sequence[str] = (),
    families: Sequence[str] = (),
    levels: Sequence[str] = (),
    operations: Sequence[str] = (),
    roles: Sequence[str] = (),
) -> Chosen:
    """Return the selection. Raises UsageError, with the nearest names, for a clause, family, level or role unknown."""
    from conformance.run.clause_coverage import checks_by_clause
    from conformance.verdict.clauses import FAMILIES, load_clauses

    known = load_clauses()
    # A family is known by its name, or by the first word of its clauses.
    every_family = [*FAMILIES.values(), *FAMILIES]
    wanted_families = {FAMILIES.get(name) or known_one("family", name, every_family) for name in families}
    wanted_levels = {known_one("level", name.upper(), [str(level) for level in Level]) for name in levels}
    named = {known_one("clause", name, known) for name in clauses}
    narrowed = [
        clause.id
        for clause in known.values()
        if (not named or clause.id in named)
        and (not wanted_families or clause.family in wanted_families)
        and (not wanted_levels or clause.level in wanted_levels)
    ]
    narrows = bool(named or wanted_families or wanted_levels)
    if narrows and not narrowed:
        raise UsageError("no clause fits --clause, --family and --level at once", "Leave one of them out.")
    coverage = checks_by_clause()
    checks = {check for name in narrowed for check in coverage.get(name, ())}
    if narrows and not checks:
        raise UsageError(
            f"no check is made for {', '.join(narrowed[:5])} alone: every answer of a run is held against it",
            "Run without --clause, or with -k for some checks.",
        )
    return Chosen(
        clauses=tuple(narrowed) if narrows else (),
        checks=tuple(sorted(checks)) if narrows else (),
        operations=tuple(_operation(label) for label in operations),
        roles=tuple(_role(name) for name in roles),
    )


def _operation(label: str) -> str:
    method, _, path = label.strip().partition(" ")
    if not path.startswith("/"):
        raise UsageError(f"{label!r} is no operation", 'Write it as --operation "GET /api/timesheets/{id}".')
    return f"{method.upper()} {path.strip()}"


def _role(name: str) -> str:
    """Return a role by Kimai's name, or by the part of it that tells it apart: user, teamlead, admin, super_admin."""
    word = name.strip().upper().replace("-", "_")
    return known_one("role", word if word.startswith("ROLE_") else f"ROLE_{word}", ROLES)
