"""The result of a comparison: changes, causes, counts, and the verdict. What every format renders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.model import CommandError, Exit
from conformance.upgrade.changes import Change, Seen
from conformance.upgrade.diff import circumstances, join
from conformance.upgrade.rules import RANK, Class, at_least
from conformance.upgrade.snapshot import Snapshot

FORMAT = "kimai-conformance comparison"
VERSION = 1


class NotComparableError(CommandError):
    """The two snapshots have nothing in common: exit 3."""

    status = Exit.UNFIT


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
        names = self._fields() or list(self.operations[:1] if len(self.operations) == 1 else ())
        what = self.first.title + (f": {', '.join(names)}" if names else "")
        asked = self._one("asked")
        what += f" ({asked})" if asked else ""
        if self.first.valueless:
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

    def _fields(self) -> list[str]:
        result = sorted({change.field for change in self.changes if change.field})
        if len(result) > _SHOWN and self.first.subject.startswith("attribute "):
            return [self.first.subject.removeprefix("attribute ")]
        return [*result[:_SHOWN], f"{len(result) - _SHOWN} more"] if len(result) > _SHOWN else result

    def to_json(self) -> dict[str, Any]:
        """Return it as an object."""
        return {
            "cause": self.first.cause,
            "class": str(self.first.klass),
            "rule": self.first.rule_id,
            "title": self.title,
            "seen": self.seen,
            "notice": self.first.notice,
            "advice": self.first.advice,
            "operations": list(self.operations),
            "roles": list(self.roles),
            "changes": len(self.changes),
        }


_SHOWN = 6
_LONG = 80


def _short(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[:_LONG]}…"


@dataclass(frozen=True)
class Comparison:
    """All that is told. `old` and `new` are names for people; `differing` lines come before everything else."""

    old: str
    new: str
    changes: tuple[Change, ...]
    differing: tuple[str, ...]
    uncertain: Mapping[str, int]
    compared: int
    fail_on: Class = Class.BREAKING
    causes: tuple[Cause, ...] = field(default=())

    @property
    def failed(self) -> bool:
        """Whether a change is at or above the class to fail on."""
        return any(at_least(change.klass, self.fail_on) for change in self.changes)

    @property
    def verdict(self) -> str:
        """Return "no change", "go", "go with changes to clients" or "no go"."""
        classes = {change.klass for change in self.changes}
        if classes & {Class.SECURITY, Class.SILENT}:
            return "no go"
        if Class.BREAKING in classes:
            return "go with changes to clients"
        return "go" if classes else "no change"

    @property
    def because(self) -> str:
        """Why the verdict is what it is, in a sentence."""
        return _BECAUSE[self.verdict]

    @property
    def counts(self) -> dict[str, int]:
        """The number of causes in each class, most dangerous first."""
        counter = Counter(cause.first.klass for cause in self.causes)
        return {str(klass): counter[klass] for klass in RANK}

    def to_json(self) -> dict[str, Any]:
        """Return it as an object: the `--format json`."""
        return {
            "format": FORMAT,
            "format_version": VERSION,
            "verdict": self.verdict,
            "because": self.because,
            "fail_on": str(self.fail_on),
            "failed": self.failed,
            "old": self.old,
            "new": self.new,
            "differing": list(self.differing),
            "summary": {"causes": self.counts, "changes": len(self.changes), "compared": self.compared},
            "uncertain": dict(self.uncertain),
            "causes": [cause.to_json() for cause in self.causes],
            "changes": [change.to_json() for change in self.changes],
        }


_BECAUSE = {
    "no change": "Everything that was compared is the same.",
    "go": "Nothing that was compared breaks a client.",
    "go with changes to clients": "Clients that use what is breaking must be changed first.",
    "no go": "Something changes without an error, or opens or closes access: look at each such change first.",
}


def compare(old: Snapshot, new: Snapshot, fail_on: Class = Class.BREAKING) -> Comparison:
    """Return the comparison of two snapshots. Raises NotComparableError where they have no role or answer in common."""
    if not set(old.roles) & set(new.roles):
        raise NotComparableError(
            f"the snapshots have no role in common: {_all(old.roles)}, and {_all(new.roles)}",
            "Take both with actors of the same roles.",
        )
    joined = join(old, new)
    if not joined.compared:
        raise NotComparableError(
            "no question was answered on both sides", "Take both snapshots with the same options and rights."
        )
    changes = tuple(joined.changes)
    return Comparison(
        name_of(old), name_of(new), changes, tuple(circumstances(old, new)), dict(sorted(joined.uncertain.items())),
        joined.compared, fail_on, folded(changes),
    )  # fmt: skip


def folded(changes: Iterable[Change]) -> tuple[Cause, ...]:
    """Return the changes folded by cause, in their order."""
    groups: dict[str, list[Change]] = {}
    for change in changes:
        groups.setdefault(change.cause, []).append(change)
    return tuple(Cause(tuple(group)) for group in groups.values())


def name_of(snapshot: Snapshot) -> str:
    """Return a snapshot's name for people."""
    emulated = " (emulated)" if snapshot.instance.kind == "embedded" else ""
    return f"Kimai {snapshot.instance.version or 'of unknown version'}{emulated}"


def _all(words: Iterable[str]) -> str:
    return ", ".join(words) or "none"
