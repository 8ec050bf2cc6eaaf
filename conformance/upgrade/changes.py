"""A change that a client sees: one operation, role and field, with its rule, its cause and a lasting fingerprint."""

from __future__ import annotations

import enum
import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from conformance.upgrade.rules import RANK, RULES, Class, Rule, Way


class Seen(enum.StrEnum):
    """Where a change shows: in the instances' behaviour, in their documents, or both."""

    BOTH = "documented and observed"
    OBSERVED = "undocumented"
    DOCUMENTED = "documented only"
    EQUAL = "documented, and observed to be equal"


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
    way: Way = Way.THERE
    subject: str = ""
    """What the change is of, whatever the operation and role: changes of one cause share it."""

    @property
    def rule(self) -> Rule:
        """Its rule."""
        return RULES[self.rule_id]

    @property
    def klass(self) -> Class:
        """Its class: cosmetic where the document changed alone and the behaviour was seen to be equal."""
        return Class.COSMETIC if self.seen is Seen.EQUAL else self.rule.class_of(self.way)

    @property
    def title(self) -> str:
        """What it is called."""
        return self.rule.title_of(self.way)

    @property
    def notice(self) -> str:
        """What a client notices."""
        return "nothing yet" if self.seen is Seen.EQUAL else self.rule.notice_of(self.way)

    @property
    def advice(self) -> str:
        """What to do."""
        return "nothing" if self.seen is Seen.EQUAL else self.rule.advice_of(self.way)

    @property
    def valueless(self) -> bool:
        """Whether something appears or goes, so that the values say no more."""
        return self.rule_id in _VALUELESS or "absent" in (self.before, self.after)

    @property
    def cause(self) -> str:
        """What this change shares with others: rule, subject and values; none where something appears or goes."""
        what = self.subject or self.field or self.operation
        return _hash(self.rule_id, what, str(self.klass), *(() if self.valueless else (self.before, self.after)))

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits over rule, operation, role, field and values: no wording, no parameter names."""
        where = (normal(self.operation), self.role, self.field, self.asked)
        return _hash(self.rule_id, *where, self.before, self.after)

    @property
    def order(self) -> tuple[Any, ...]:
        """Most dangerous first, then by rule, subject and place."""
        return RANK.index(self.klass), self.rule_id, self.subject, self.operation, self.field, self.asked, self.role

    def to_json(self) -> dict[str, Any]:
        """Return it as an object of the comparison's JSON."""
        method, _, path = self.operation.partition(" ")
        return {
            "class": str(self.klass),
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
            "cause": self.cause,
            "fingerprint": self.fingerprint,
        }


_VALUELESS = frozenset(
    {"op-removed", "op-added", "op-deprecated", "query-removed", "form-removed", "form-added", "resp-added",
     "resp-removed", "doc-only"}
)  # fmt: skip
"""Rules of what appears or goes: the values say no more, and documents and behaviour word them otherwise."""


def normal(label: str) -> str:
    """Return an operation's label without the names of its path parameters, which no request has in it."""
    return re.sub(r"\{[^}]*\}", "{}", label)


def _hash(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]
