"""Changes folded by cause: one entry for people, however many operations, roles and attributes it shows in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from conformance.upgrade.changes import Change, Seen, action, family, owner
from conformance.upgrade.rules import RANK, Class
from conformance.verdict.fingerprints import leaf

_SHOWN = 6
_LONG = 80
_ATTRIBUTES = frozenset({"resp-added", "form-added", "resp-removed", "form-removed"})
_TITLES = {
    "resp-added": "new attributes", "form-added": "new attributes", "resp-removed": "attribute gone",
    "form-removed": "attribute gone", "op-added": "new operations", "op-removed": "operations gone",
}  # fmt: skip
_PARTS = {"resp": "answers", "form": "body"}


@dataclass(frozen=True)
class Cause:
    """What several changes share. `changes` holds at least one, the first stands for all."""

    changes: tuple[Change, ...]

    @property
    def first(self) -> Change:
        """The change that stands for all."""
        return self.changes[0]

    @property
    def title(self) -> str:
        """A line that says what changed."""
        rule = self.first.rule_id
        if self.first.seen is Seen.EQUAL:
            return f"the document alone, observed to be equal: {_some(self.fields or self.operations)}"
        if rule in ("op-added", "op-removed"):
            word = family if rule == "op-added" else action
            return f"{_TITLES[rule]}, {word(self.first.operation)}: {_some(self.operations)}"
        names = _some(self.fields) or (self.operations[0] if len(self.operations) == 1 else "")
        if rule in _ATTRIBUTES:
            parts = sorted({_PARTS[change.rule_id.partition("-")[0]] for change in self.changes})
            return f"{_TITLES[rule]}, {owner(self.first)}: {names} (in {' and '.join(parts)})"
        what = self.first.title + (f": {names}" if names else "")
        asked = self._one("asked")
        what += f" ({asked})" if asked else ""
        if self.first.valueless or self.first.change_class is Class.COSMETIC:
            return what
        before, after = (_short(self._one(name)) or "various" for name in ("before", "after"))
        return f"{what}: {before} → {after}"

    @property
    def seen(self) -> str:
        """Where it shows; the most that any of the changes says."""
        results = {change.seen for change in self.changes}
        return str(next(item for item in Seen if item in results))

    def _one(self, name: str) -> str:
        """Return the value that all changes have under a name, "" where they differ."""
        results = {getattr(change, name) for change in self.changes}
        return str(results.pop()) if len(results) == 1 else ""

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations, sorted."""
        return tuple(sorted({change.operation for change in self.changes}))

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles, sorted; empty where it does not depend on the role."""
        return tuple(sorted({change.role for change in self.changes if change.role}))

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields, sorted: by their last names where paths would be many."""
        paths = sorted({change.field for change in self.changes if change.field})
        is_folded = self.first.rule_id in _ATTRIBUTES or len(paths) > _SHOWN
        return tuple(sorted({leaf(path) or path for path in paths})) if is_folded else tuple(paths)

    def to_json(self) -> dict[str, Any]:
        """Return it as an object."""
        return {
            "cause": self.first.cause,
            "class": str(self.first.change_class),
            "rule": self.first.rule_id,
            "title": self.title,
            "seen": self.seen,
            "notice": self.first.notice,
            "advice": self.first.advice,
            "operations": list(self.operations),
            "roles": list(self.roles),
            "fields": list(self.fields),
            "changes": len(self.changes),
        }


def folded(changes: Iterable[Change]) -> tuple[Cause, ...]:
    """Return the changes folded by cause, the most dangerous first, in their order."""
    groups: dict[str, list[Change]] = {}
    for change in changes:
        groups.setdefault(change.cause, []).append(change)
    causes = (Cause(tuple(group)) for group in groups.values())
    return tuple(sorted(causes, key=lambda cause: RANK.index(cause.first.change_class)))


def _some(names: Iterable[str]) -> str:
    every = tuple(names)
    return ", ".join(every[:_SHOWN]) + (f" and {len(every) - _SHOWN} more" if len(every) > _SHOWN else "")


def _short(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[:_LONG]}…"
