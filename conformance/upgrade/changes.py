"""A change that a client sees: one operation, role and field, with its rule, its cause and a lasting fingerprint."""

from __future__ import annotations

import enum
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from conformance.definition.operations import normal_label
from conformance.upgrade.rules import RANK, RULES, Class, Direction, Rule
from conformance.verdict.fingerprints import leaf


class Seen(enum.StrEnum):
    """Where a change shows: in the instances' behaviour, in their documents, or both."""

    BOTH = "documented and observed"
    OBSERVED = "undocumented"
    ON_THE_WAY = "not observed before; seen to change between releases on the way"
    DOCUMENTED = "documented only"
    EQUAL = "documented, and observed to be equal"


class Origin(enum.StrEnum):
    """What a difference comes from: another version, or the instance with its settings, rights and plugins."""

    VERSION = "version"
    INSTANCE = "instance"


@dataclass(frozen=True)
class Change:
    """One change. `field` is a path, `asked` the value or situation; `before` and `after` are short words."""

    rule_id: str
    operation: str
    before: str
    after: str
    seen: Seen
    role: str = ""
    field: str = ""
    asked: str = ""
    direction: Direction = Direction.FORWARD
    subject: str = ""
    """What the change is of, whatever the operation and role: changes of one cause share it."""
    origin: Origin = Origin.VERSION
    setting: str = ""
    """The setting of the instance that explains it, "" where none does."""
    entries: tuple[int, ...] = ()
    """Which requests of a client's file it touches, counted from 1; empty where no client was asked for."""

    @property
    def rule(self) -> Rule:
        """Its rule."""
        return RULES[self.rule_id]

    @property
    def change_class(self) -> Class:
        """Its class: cosmetic where the document changed alone and the behaviour was seen to be equal."""
        return Class.COSMETIC if self.seen is Seen.EQUAL else self.rule.class_of(self.direction)

    @property
    def title(self) -> str:
        """What it is called."""
        return self.rule.described(self.direction).title

    @property
    def notice(self) -> str:
        """What a client notices."""
        return "nothing yet" if self.seen is Seen.EQUAL else self.rule.notice_of(self.direction)

    @property
    def advice(self) -> str:
        """What to do."""
        return "nothing" if self.seen is Seen.EQUAL else self.rule.described(self.direction).advice

    @property
    def valueless(self) -> bool:
        """Whether something appears or goes, so that the values say no more."""
        return self.rule_id in _VALUELESS or "absent" in (self.before, self.after) or self.seen is Seen.EQUAL

    @property
    def cause(self) -> str:
        """What this change shares with others, as twelve hex digits."""
        return _hash(*cause_key(self))

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits over rule, operation, role, field and values: no wording, no parameter names."""
        where = (normal_label(self.operation), self.role, self.field, self.asked)
        return _hash(self.rule_id, *where, self.before, self.after)

    @property
    def order(self) -> tuple[Any, ...]:
        """Most dangerous first, then by rule, subject and place."""
        return (
            RANK.index(self.change_class),
            self.rule_id,
            self.subject,
            self.operation,
            self.field,
            self.asked,
            self.role,
        )

    def to_json(self) -> dict[str, Any]:
        """Return it as an object of the comparison's JSON."""
        method, _, path = self.operation.partition(" ")
        return {
            "class": str(self.change_class),
            "rule": self.rule_id,
            "method": method,
            "path": path,
            "role": self.role,
            "field": self.field,
            "asked": self.asked,
            "before": self.before,
            "after": self.after,
            "seen": str(self.seen),
            "title": self.title,
            "notice": self.notice,
            "advice": self.advice,
            "origin": str(self.origin),
            "entries": list(self.entries),
            "setting": self.setting,
            "cause": self.cause,
            "fingerprint": self.fingerprint,
        }


_VALUELESS = frozenset(
    {"op-removed", "op-added", "op-deprecated", "query-removed", "form-removed", "form-added", "resp-added",
     "resp-removed", "role-denied", "role-allowed", "role-attribute", "resp-null", "doc-only"}
)  # fmt: skip
"""Rules of what appears or goes: the values say no more, and documents and behaviour word them otherwise."""


def cause_key(change: Change) -> tuple[str, ...]:
    """Return what changes of one cause have in common.

    What is dangerous is told apart by what it is of and by its values. What may be used, and what is cosmetic, is told
    once for each resource, or once at all: it breaks nothing, and there is much of it.
    """
    rule, direction = change.rule_id, str(change.direction)
    common = (str(change.origin), str(change.change_class))
    if change.seen is Seen.EQUAL:
        return (*common, "equal")
    if change.change_class is Class.COSMETIC:
        return (*common, rule, direction, str(False))
    if rule == "op-added":
        return (*common, rule, family(change.operation))
    if rule == "op-removed":
        return (*common, rule, action(change.operation))
    if rule in ("resp-added", "form-added"):
        return (*common, "attributes", owner(change))
    if rule in ("resp-removed", "form-removed"):
        return (*common, "attributes", owner(change), leaf(change.field))
    if rule == "role-attribute":
        return (*common, rule, direction, owner(change))
    if change.change_class is Class.NEW:
        return (*common, rule, direction, family(change.operation) if rule != "form-enum" else "")
    what = change.subject or change.field or change.operation
    return (*common, rule, direction, what, *(() if change.valueless else (change.before, change.after)))


def family(operation: str) -> str:
    """Return the resource that an operation is of: what its path begins with."""
    return operation.partition("/api/")[2].partition("/")[0]


def action(operation: str) -> str:
    """Return the last word of an operation's path that is no parameter."""
    return next((part for part in reversed(operation.split("/")) if not part.startswith("{")), operation)


def owner(change: Change) -> str:
    """Return the resource that an attribute is of: the object it stands in, else what the operation answers."""
    parent = leaf(change.field.rpartition(".")[0])
    below = [part for part in change.operation.split("/")[4:] if part in _BELOW]
    return _OBJECTS.get(parent, parent) or (below[0] if below else family(change.operation))


_BELOW = frozenset({"comments", "rates"})
"""Resources that stand below a record; other words there are actions, which answer the record."""

_OBJECTS = {
    "customer": "customers", "project": "projects", "activity": "activities", "team": "teams", "members": "teams",
    "teamlead": "users", "user": "users", "supervisor": "users",
}  # fmt: skip
"""Which resource an object within an answer is."""


def _hash(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]
