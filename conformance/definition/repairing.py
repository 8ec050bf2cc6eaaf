"""Mending: known flaws of generated definitions are put right, and each repair is listed.

A repair is a generator in a module of `conformance.definition.repairs`, registered by
`@repair_rule("what it does")`. It is given the document and yields `Change`s; it never writes. So a repair can be
tested by what it yields, and every change is in the list.
"""

from __future__ import annotations

import copy
import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, NamedTuple

from conformance.definition.errors import DefinitionError
from conformance.definition.grammar import Parts, at, pointer
from conformance.definition.limits import check_size


class _Absent:
    """Stands for a member that is taken away."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()


class Change(NamedTuple):
    """What shall stand at a place of the document; ABSENT takes the member away."""

    parts: Parts
    after: Any


@dataclass(frozen=True)
class Repair:
    """One flaw put right. `before` and `after` are JSON values, None also where the member is absent."""

    pointer: str
    what: str
    before: Any
    after: Any

    def __str__(self) -> str:
        return f"{self.pointer}: {self.what}"

    def to_json(self) -> dict[str, Any]:
        """Return it as an object for verdict.json."""
        return {"pointer": self.pointer, "what": self.what, "before": self.before, "after": self.after}


RepairRule = Callable[[dict[str, Any]], Iterable[Change]]


class _Registered(NamedTuple):
    order: int
    what: str
    changes: RepairRule


_REGISTRY: list[_Registered] = []


def repair_rule(what: str, *, order: int = 50) -> Callable[[RepairRule], RepairRule]:
    """Register a repair. `what` is its line in the verdict; lower `order` comes first (structure before content)."""

    def register(changes: RepairRule) -> RepairRule:
        _REGISTRY.append(_Registered(order, what, changes))
        return changes

    return register


@cache
def registered() -> tuple[_Registered, ...]:
    """Return all repairs in the order in which they are made."""
    package = importlib.import_module("conformance.definition.repairs")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    return tuple(sorted(_REGISTRY, key=lambda rule: (rule.order, rule.what)))


def repair(raw: dict[str, Any]) -> tuple[dict[str, Any], tuple[Repair, ...]]:
    """Return a mended copy of a raw OpenAPI object, and what was mended; a second mend finds nothing.

    The input is not changed. Raises DefinitionError where it is too large or no OpenAPI object at all.
    """
    if not isinstance(raw, dict):
        raise DefinitionError("the definition is not an object", pointer="")
    check_size(raw)
    document = copy.deepcopy(raw)
    repairs = []
    for rule in registered():
        for change in list(rule.changes(document)):
            *way, last = change.parts
            holder: Any = at(document, tuple(way))
            before = holder.get(last) if isinstance(holder, dict) else holder[last]
            if change.after is ABSENT:
                del holder[last]
            else:
                holder[last] = copy.deepcopy(change.after)
            after = None if change.after is ABSENT else copy.deepcopy(change.after)
            repairs.append(Repair(pointer(change.parts), rule.what, before, after))
    return document, tuple(repairs)
