"""The result of a comparison: changes, causes, counts, and the verdict. What every format renders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conformance.model import CommandError, Exit
from conformance.upgrade.attribution import Setting, settings_that_differ
from conformance.upgrade.causes import Cause, folded
from conformance.upgrade.changes import Change, Origin
from conformance.upgrade.client import touched
from conformance.upgrade.diff import circumstances, join
from conformance.upgrade.facts import About, State
from conformance.upgrade.rules import RANK, Class, at_least
from conformance.upgrade.snapshot import Snapshot
from conformance.upgrade.traffic import Traffic

if TYPE_CHECKING:
    # Only for the type: pytest comes with the verdict, and files are compared without.
    from conformance.verdict.acceptance import Accepted

FORMAT = "kimai-conformance comparison"
VERSION = 2


class NotComparableError(CommandError):
    """The two snapshots have nothing in common: exit 3."""

    status = Exit.UNFIT


@dataclass(frozen=True)
class Side:
    """What one side was: its kind as in a snapshot, its version, and a name for people."""

    kind: str
    version: str

    def __str__(self) -> str:
        if self.kind == "document":
            return "an OpenAPI document" + (f" of Kimai {self.version}" if self.version else "")
        return f"Kimai {self.version or 'of unknown version'} ({_KINDS[self.kind]})"


_KINDS = {
    "configured": "an instance",
    "embedded": "emulated",
    "released": "the release as it came",
}


@dataclass(frozen=True)
class Default:
    """What a field becomes that a POST leaves out, before and after; "" where that was not observed."""

    operation: str
    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Comparison:
    """All that is told. `differing` lines and `settings` come before everything else.

    `changes` are the version's, most dangerous first; `instance` are those of the instances with their settings, rights
    and plugins; `acknowledged` are changes that an accept file names, which count for nothing.
    """

    old: Side
    new: Side
    changes: tuple[Change, ...]
    differing: tuple[str, ...] = ()
    settings: tuple[Setting, ...] = ()
    instance: tuple[Change, ...] = ()
    acknowledged: tuple[Change, ...] = ()
    acceptances: Mapping[str, Any] = field(default_factory=dict)
    uncertain: Mapping[str, int] = field(default_factory=dict)
    compared: int = 0
    defaults: tuple[Default, ...] = ()
    fail_on: Class = Class.BREAKING
    traffic: Traffic | None = None

    @property
    def causes(self) -> tuple[Cause, ...]:
        """The version's changes folded by cause."""
        return folded(self.changes)

    @property
    def instance_causes(self) -> tuple[Cause, ...]:
        """What the instances differ in, folded by cause."""
        return folded(self.instance)

    @property
    def failed(self) -> bool:
        """Whether a change is at or above the class to fail on."""
        return any(at_least(change.change_class, self.fail_on) for change in self.changes)

    @property
    def verdict(self) -> str:
        """Return "no change", "go", "go with changes to clients" or "no go"."""
        classes = {change.change_class for change in self.changes}
        if classes & {Class.SECURITY, Class.SILENT}:
            return "no go"
        if Class.BREAKING in classes:
            return "go with changes to clients"
        return "go" if classes else "no change"

    @property
    def explanation(self) -> str:
        """Why the verdict is what it is, in a sentence."""
        return _BECAUSE[self.verdict]

    @property
    def counts(self) -> dict[str, int]:
        """The number of causes in each class, most dangerous first."""
        counter = Counter(cause.first.change_class for cause in self.causes)
        return {str(change_class): counter[change_class] for change_class in RANK}

    def to_json(self) -> dict[str, Any]:
        """Return it as an object: the `--format json`. Of a client it tells which request each entry is, no value."""
        client = self.traffic and {
            "file": self.traffic.name,
            "entries": [{"entry": request.entry, "request": request.label} for request in self.traffic.requests],
            "others": self.traffic.others,
        }
        return {
            "format": FORMAT,
            "format_version": VERSION,
            "verdict": self.verdict,
            "because": self.explanation,
            "fail_on": str(self.fail_on),
            "failed": self.failed,
            "old": str(self.old),
            "new": str(self.new),
            "sides": {
                name: {"kind": side.kind, "version": side.version}
                for name, side in (("old", self.old), ("new", self.new))
            },
            "differing": list(self.differing),
            "settings": [vars(item) for item in self.settings],
            "summary": {"causes": self.counts, "changes": len(self.changes), "compared": self.compared},
            "uncertain": dict(self.uncertain),
            "causes": [cause.to_json() for cause in self.causes],
            "changes": [change.to_json() for change in self.changes],
            "instance": {
                "causes": [cause.to_json() for cause in self.instance_causes],
                "changes": [change.to_json() for change in self.instance],
            },
            "acknowledged": {**self.acceptances, "changes": [change.to_json() for change in self.acknowledged]},
            "defaults": [vars(item) for item in self.defaults],
            "client": client,
        }


_BECAUSE = {
    "no change": "Everything that was compared is the same.",
    "go": "Nothing that was compared breaks a client.",
    "go with changes to clients": "Clients that use what is breaking must be changed first.",
    "no go": "Something changes without an error, or opens access: look at each such change first.",
}


def compare(
    old: Snapshot,
    new: Snapshot,
    fail_on: Class = Class.BREAKING,
    accepted: Accepted | None = None,
    traffic: Traffic | None = None,
) -> Comparison:
    """Return the comparison of two sides. Raises NotComparableError where they have no role or answer in common.

    `accepted` are changes that people have acknowledged: which of them were used is noted in it. With `traffic`, only
    what touches the requests of a client is told; of its instance the rest counts for nothing.
    """
    documents_alone = old.is_document or new.is_document
    if not documents_alone and not set(old.roles) & set(new.roles):
        raise NotComparableError(
            f"the snapshots have no role in common: {_all(old.roles)}, and {_all(new.roles)}",
            "Take both with actors of the same roles.",
        )
    joined = join(old, new)
    if not joined.compared and not documents_alone:
        raise NotComparableError(
            "no question was answered on both sides", "Take both snapshots with the same options and rights."
        )
    # Asked of all changes: an entry for what this client does not touch is used none the less.
    acknowledged = {
        change.fingerprint for change in joined.changes
        if accepted is not None and accepted.use(change.fingerprint, change.cause)
    }  # fmt: skip
    changes = joined.changes if traffic is None else touched(joined.changes, traffic, old, new)
    open_changes = [change for change in changes if change.fingerprint not in acknowledged]
    return Comparison(
        old=side_of(old),
        new=side_of(new),
        changes=tuple(change for change in open_changes if change.origin is Origin.VERSION),
        differing=tuple(circumstances(old, new)),
        settings=settings_that_differ(old, new),
        instance=tuple(change for change in open_changes if change.origin is Origin.INSTANCE),
        acknowledged=tuple(change for change in changes if change.fingerprint in acknowledged),
        acceptances=accepted.to_json() if accepted is not None else {},
        uncertain=dict(sorted(joined.uncertain.items())),
        compared=joined.compared,
        defaults=tuple(_defaults(old, new)),
        fail_on=fail_on,
        traffic=traffic,
    )


def side_of(snapshot: Snapshot) -> Side:
    """Return what a side was."""
    return Side(snapshot.instance.kind, snapshot.instance.version)


def _defaults(old: Snapshot, new: Snapshot) -> Iterator[Default]:
    """Yield what each field becomes that a POST leaves out, as far as it was observed on one side at least."""
    before, after = (
        {
            (fact.operation, fact.field): fact.answer
            for fact in side.facts
            if fact.about is About.DEFAULT and fact.field and fact.state is State.OBSERVED
        }
        for side in (old, new)
    )
    for key in sorted(before.keys() | after.keys()):
        yield Default(*key, before.get(key, ""), after.get(key, ""))


def _all(words: Iterable[str]) -> str:
    return ", ".join(words) or "none"
