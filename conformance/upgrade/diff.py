"""Two snapshots joined: observed differences, and those of the documents held against what was observed.

What `varies`, was not observed, or was asked on one side alone is counted and is no change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from conformance.definition import Index, Operation
from conformance.upgrade.changes import Change, Seen, normal
from conformance.upgrade.classify import ABSENT, Around, rule_for
from conformance.upgrade.definition_diff import documented, last
from conformance.upgrade.facts import About, Fact, State
from conformance.upgrade.snapshot import Snapshot

Key = tuple[str, str, str, str, str]
Place = tuple[str, str, str]
Answers = tuple[str, str, Fact]
"""Before, after, and the fact that they answer."""

_EVIDENCE: Mapping[str, tuple[About, ...]] = {
    "op": (About.STATUS,),
    "query": (About.FILTER,),
    "form": (About.TAKEN, About.NEEDED),
    "resp": (About.ATTRIBUTE,),
}
"""Which observations say whether a documented change is real, by the first word of the rule."""


@dataclass
class Joined:
    """Every change, and what could not be compared, counted by why. `compared` counts questions answered on both."""

    changes: list[Change] = field(default_factory=list)
    uncertain: Counter[str] = field(default_factory=Counter)
    compared: int = 0


def join(old: Snapshot, new: Snapshot) -> Joined:
    """Return what changes from one snapshot to the other, most dangerous first."""
    return _Join(old, new).run()


class _Join:
    def __init__(self, old: Snapshot, new: Snapshot) -> None:
        self.old, self.new = _Side(old), _Side(new)
        self.documents = old.definition.own and new.definition.own
        self.result = Joined()
        self.pairs: dict[Key, Answers] = {}
        self.by_place: dict[Place, list[Answers]] = {}

    def run(self) -> Joined:
        self._pair()
        for pair in self.pairs.values():
            self.by_place.setdefault(self._fact_place(pair[2]), []).append(pair)
        result = list(documented(self.old.index, self.new.index)) if self.documents else []
        heard = {self._place(item) for item in result}
        observed = [self._change(*pair, heard) for pair in self.pairs.values() if pair[0] != pair[1]]
        self.result.changes = sorted(
            [*observed, *filter(None, map(self._held_against, result))], key=lambda change: change.order
        )
        return self.result

    def _pair(self) -> None:
        """Pair the answers to each question; an attribute that one side does not show is ABSENT there."""
        for key in sorted(self.old.facts.keys() | self.new.facts.keys()):
            one, two = self.old.facts.get(key), self.new.facts.get(key)
            either = one or two
            assert either is not None
            before, after = self.old.answer(key, one, either), self.new.answer(key, two, either)
            why = _why_not(one, two, before, after)
            if why:
                self.result.uncertain[why] += 1
                continue
            assert before is not None
            assert after is not None
            self.result.compared += 1
            self.pairs[key] = before, after, two or either

    def _change(self, before: str, after: str, fact: Fact, heard: set[Place]) -> Change:
        rule, way = rule_for(fact, before, after, self._around(fact))
        subject = _ROLE_SUBJECTS.get(rule, "").format(fact=fact) or _subject(fact)
        change = Change(
            rule, fact.operation, before, after, Seen.OBSERVED, fact.role, fact.field, fact.asked, way, subject
        )
        documented_too = self._place(change) in heard
        return _seen(change, Seen.BOTH) if documented_too else change

    def _around(self, fact: Fact) -> Around:
        old, new = (side.lists(fact) for side in (self.old, self.new))
        if fact.about is not About.ATTRIBUTE:
            return Around(old, new)
        return Around(old, new, self.old.shows(fact), self.new.shows(fact))

    def _place(self, change: Change) -> Place:
        """Return what a documented and an observed change have in common: area, operation's form, and field."""
        area = change.rule_id.partition("-")[0]
        area = {"role": "resp", "status": "op", "error": "op"}.get(area, area)
        if change.rule_id in ("role-denied", "role-allowed"):
            area = "op"
        place = normal(change.operation)
        return area, self._component(area, place), change.field

    def _component(self, area: str, label: str) -> str:
        """Return the name of the form or answer of an operation: what was seen of a POST's form holds for a PATCH's."""
        return self.new.components.get((area, label)) or self.old.components.get((area, label)) or label

    def _held_against(self, said: Change) -> Change | None:
        """Return a documented change as it stands after looking; None where the observed changes tell it already."""
        abouts = _EVIDENCE.get(said.rule_id.partition("-")[0], ())
        if said.rule_id == "op-deprecated":
            return said
        results = [pair for pair in self.by_place.get(self._place(said), ()) if pair[2].about in abouts]
        changed = [fact for before, after, fact in results if before != after]
        if any(normal(fact.operation) == normal(said.operation) for fact in changed):
            return None
        return _seen(said, Seen.BOTH if changed else Seen.EQUAL) if results else said

    def _fact_place(self, fact: Fact) -> Place:
        area = {About.STATUS: "op", About.FILTER: "query", About.ATTRIBUTE: "resp"}.get(fact.about, "form")
        place = normal(fact.operation)
        return area, self._component(area, place), fact.field


class _Side:
    """One snapshot with what is looked up in it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.index: Index = snapshot.index
        self.facts: dict[Key, Fact] = {_key(fact): fact for fact in snapshot.facts}
        self.labels = {normal(each.label) for each in self.index}
        self.queries = {normal(element.label): {p.name for p in element.query_parameters} for element in self.index}
        self.components = {
            (area, normal(entry.label)): name for entry in self.index for area, name in _components(entry)
        }
        shown = [key for key, item in self.facts.items() if item.about is About.ATTRIBUTE]
        self._objects = {(*key[:3], _parent(key[3]), key[4]) for key in shown}
        self._roles: dict[tuple[str, str], set[str]] = {}
        for _, operation, role, name, _asked in shown:
            self._roles.setdefault((operation, name), set()).add(role)

    def answer(self, key: Key, own: Fact | None, either: Fact) -> str | None:
        """Return what this side answered to a question; None where that is not known."""
        if own is not None:
            return own.answer if own.state is State.OBSERVED else None
        if either.about is not About.ATTRIBUTE:
            return None
        parent = _parent(either.field)
        if parent:
            # An attribute within an empty list or a null says nothing: there was no object to show it.
            return ABSENT if (*key[:3], parent, key[4]) in self._objects else None
        shown = self.facts.get((About.SHOWN, key[1], key[2], "", key[4]))
        return ABSENT if shown is not None and shown.state is State.OBSERVED else None

    def lists(self, fact: Fact) -> bool:
        """Whether the definition lists the operation, or for a filter its parameter."""
        label = normal(fact.operation)
        return fact.field in self.queries.get(label, ()) if fact.about is About.FILTER else label in self.labels

    def shows(self, fact: Fact) -> bool:
        """Whether another role is shown the attribute."""
        return bool(self._roles.get((normal(fact.operation), fact.field), set()) - {fact.role})


def _components(operation: Operation) -> Iterator[tuple[str, str]]:
    """Yield the names of the components that an operation takes and answers; a list is another than its items."""
    if operation.body is not None and operation.body.name:
        yield "form", operation.body.name
    shape = operation.success.shape if operation.success is not None else None
    if shape is not None and shape.ref:
        yield "resp", shape.ref


def _parent(path: str) -> str:
    return path.rpartition(".")[0].removesuffix("[]")


def _key(fact: Fact) -> Key:
    return fact.about, normal(fact.operation), fact.role, fact.field, fact.asked


def _why_not(one: Fact | None, two: Fact | None, before: str | None, after: str | None) -> str:
    if before is not None and after is not None:
        return ""
    states = [item.state for item in (one, two) if item is not None]
    for state in (State.UNSEEN, State.VARIES):
        if state in states:
            return str(state)
    return "asked on one side alone"


def _seen(change: Change, seen: Seen) -> Change:
    return Change(**{**change.__dict__, "seen": seen})


_ROLE_SUBJECTS = {
    "role-attribute": "attributes for {fact.role}",
    "role-allowed": "rights {fact.asked}",
    "role-denied": "rights {fact.asked}",
}
"""What a role is shown or may do changes for many operations at once."""

_BY_OPERATION = (About.STATUS, About.ERROR)
_BY_VALUE = (About.DEFAULT, About.KEPT, About.COERCED)


def _subject(fact: Fact) -> str:
    """Return what a difference is of: the operation, the attribute's name, or what was asked."""
    if fact.about in _BY_OPERATION:
        return normal(fact.operation)
    if fact.about is About.ATTRIBUTE:
        return last(fact.field)
    if fact.about in _BY_VALUE:
        return f"fields sent as {fact.asked}"
    return f"form {fact.field}" if fact.about in (About.TAKEN, About.NEEDED) else f"{fact.about} {fact.field}"


def circumstances(old: Snapshot, new: Snapshot) -> Sequence[str]:
    """Return in lines what differs in how the snapshots were taken: it may explain changes, so it is said first."""
    return tuple(_different(old, new))


def _different(old: Snapshot, new: Snapshot) -> Iterator[str]:
    one, two = old.circumstances, new.circumstances
    if one.zones.keys() != two.zones.keys():
        yield f"Roles differ: {', '.join(one.zones)} before, {', '.join(two.zones)} after."
    for role in one.zones.keys() & two.zones.keys():
        if one.zones[role] != two.zones[role]:
            yield f"The zone of {role} differs: {one.zones[role]} before, {two.zones[role]} after."
    for name in sorted(one.timesheet.keys() | two.timesheet.keys()):
        before, after = one.timesheet.get(name, "not told"), two.timesheet.get(name, "not told")
        if before != after:
            yield f"The time tracking setting {name} differs: {before} before, {after} after."
    for name in ("profile", "read_only", "allow"):
        before, after = getattr(one, name), getattr(two, name)
        if before != after:
            yield f"Taken with another {name.replace('_', '-')}: {before} before, {after} after."
    for word, side in (("old", old), ("new", new)):
        if not side.definition.own:
            yield f"The {word} definition is not the instance's own: documents are not compared."
    if old.instance.kind != new.instance.kind:
        yield f"One instance is emulated: {old.instance.kind} before, {new.instance.kind} after."
