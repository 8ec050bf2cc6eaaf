"""Which items a check has: one for each operation, kind, role, …, bounded by the run's profile.

Modules call `parametrize_by` in their `pytest_generate_tests`. The labels depend on definition, actors and profile
alone, so that every process collects the same items.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import pytest

from conformance.definition import Operation
from conformance.model import is_at_least
from conformance.probes import COLLECTION, Collection, ProbeContext
from conformance.probes.records.kinds import Resource, kinds

Labels = Callable[[Collection], Iterable[str]]


def parametrize_by(
    metafunc: pytest.Metafunc, argument: str, labels: Labels, group: str = "", *, together: bool = False
) -> None:
    """Give a test one item a label, where it takes `argument`; those of one label share a process, by `group`.

    `together`: all labels share one, for they are judged by one observation.
    """
    if argument not in metafunc.fixturenames:
        return
    known = metafunc.config.stash.get(COLLECTION, None)
    result = list(dict.fromkeys(labels(known))) if known is not None else []
    prefix = group or metafunc.module.__name__.rpartition(".")[2]
    groups = [prefix if together else f"{prefix}-{label}" for label in result]
    marked = [
        pytest.param(label, id=label, marks=pytest.mark.xdist_group(name))
        for label, name in zip(result, groups, strict=True)
    ]
    metafunc.parametrize(argument, marked)


def at_least(known: Collection, profile: str) -> bool:
    """Whether the run's profile is at least `profile`."""
    return is_at_least(known.profile, profile)


def from_standard(labels: Labels) -> Labels:
    """Return labels of which a smoke run has none."""
    return lambda known: labels(known) if at_least(known, "standard") else ()


def smoke_kinds(known: Collection | ProbeContext) -> tuple[str, ...]:
    """Return the kinds that the smoke profile changes: where customers could not be deleted again, teams stand in."""
    deletable = any(operation.label == "DELETE /api/customers/{id}" for operation in known.index.operations)
    return ("customers", "timesheets") if deletable else ("customers", "timesheets", "teams")


def kind_names(known: Collection, fits: Callable[[Resource], bool], smoke: Sequence[str]) -> list[str]:
    """Return the names of the kinds that fit; in the smoke profile the telling ones alone."""
    results = [kind.name for kind in kinds(known.index) if fits(kind)]
    return results if at_least(known, "standard") else [name for name in results if name in smoke]


def plain_reads(known: Collection) -> list[Operation]:
    """Return the reads that need no id: the whole instance answers them."""
    return [
        operation for operation in known.index.operations if operation.method == "GET" and not operation.path_parameters
    ]


def roles(known: Collection) -> list[str]:
    """Return the names of the actors, in the smoke profile the strongest and the plainest."""
    names = [actor.name for actor in known.actors]
    return names if at_least(known, "standard") else list(dict.fromkeys([names[0], names[-1]]))


def distinct_roles(known: Collection) -> list[str]:
    """Return the name of one actor a role, the first of each; all actors in the thorough profile."""
    if at_least(known, "thorough"):
        return roles(known)
    first = {actor.role: actor.name for actor in reversed(known.actors)}
    return [name for name in roles(known) if name in first.values()]
