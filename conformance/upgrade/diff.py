"""Two snapshots joined: observed differences, and those of the documents held against what was observed.

What `varies`, was not observed, or was asked on one side alone is counted and is no change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from conformance.definition import Index, Operation
from conformance.definition.operations import normal_label
from conformance.upgrade.attribution import (
    READER,
    Baseline,
    explaining,
    fact_key,
    is_of_reader,
    is_rounding,
    readers_differ,
    settings_that_differ,
)
from conformance.upgrade.changes import Change, Origin, Seen
from conformance.upgrade.classify import ABSENT, GONE, ListContext, alike, let_in, rule_for
from conformance.upgrade.definition_diff import documented, last
from conformance.upgrade.facts import About, Fact, State
from conformance.upgrade.releases import between, release, versions
from conformance.upgrade.rules import Direction
from conformance.upgrade.snapshot import Snapshot

Key = tuple[str, ...]
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
        self.readers_differ = readers_differ(old, new)
        self.same_roles = self.old.asked_roles == self.new.asked_roles
        self.settings = settings_that_differ(old, new)
        self.baseline = baseline(old, new)
        self.result = Joined()
        self.pairs: dict[Key, Answers] = {}
        # The first kept release that an upgrade passes; a document passes none.
        passed = None if old.is_document or new.is_document else between(old.instance.version, new.instance.version)
        self.passed = None if passed is None else _Side(release(passed))
        self.on_the_way: list[Answers] = []
        self.by_place: dict[Place, list[Answers]] = {}
        self.sides: dict[Place, tuple[list[Fact], list[Fact]]] = {}

    def run(self) -> Joined:
        self._pair()
        for pair in self.pairs.values():
            self.by_place.setdefault(self._fact_place(pair[2]), []).append(pair)
        for at, side in enumerate((self.old, self.new)):
            for fact in side.facts.values():
                if fact.state is State.OBSERVED:
                    self.sides.setdefault(self._fact_place(fact), ([], []))[at].append(fact)
        said = list(documented(self.old.index, self.new.index)) if self.documents else []
        said_of = {self._place(item) for item in said}
        observed = [self._change(*pair, said_of) for pair in self.pairs.values() if self._is_change(pair)]
        observed += [
            replace(self._change(*pair, said_of), seen=Seen.ON_THE_WAY) for pair in filter(_differs, self.on_the_way)
        ]
        held = filter(None, map(self._held_against, said))
        self.result.changes = sorted([*observed, *map(self._from_document, held)], key=lambda change: change.order)
        return self.result

    def _pair(self) -> None:
        """Pair the answers to each question; an attribute that one side does not show is ABSENT there."""
        if self.old.is_document or self.new.is_document:
            return
        for key in sorted(self.old.facts.keys() | self.new.facts.keys()):
            one, two = self.old.facts.get(key), self.new.facts.get(key)
            either = one or two
            assert either is not None
            before, after = self.old.answer(key, one, either), self.new.answer(key, two, either)
            why = _why_not(one, two, before, after)
            if why:
                self.result.uncertain[why] += 1
                self._look_on_the_way(key, before, two)
                continue
            assert before is not None
            assert after is not None
            self.result.compared += 1
            self.pairs[key] = before, after, two or either

    def _is_change(self, pair: Answers) -> bool:
        """Whether the answers differ, and not only because one side was asked by more roles: what a write of another
        role has done already is refused for that, and shows no less that this one is let in.
        """
        before, after, fact = pair
        write = fact.about is About.STATUS and not fact.operation.startswith("GET ")
        if write and not self.same_roles and let_in(before) and let_in(after):
            return False
        return _differs(pair)

    def _look_on_the_way(self, key: Key, before: str | None, new: Fact | None) -> None:
        """Keep what a release between the two answered to a question that the old side was not asked.

        Only of values in forms that the old side has as well: what it does not have cannot have changed.
        """
        if before is not None or new is None or new.state is not State.OBSERVED or new.about not in _OF_VALUES:
            return
        fact = self.passed.facts.get(key) if self.passed is not None else None
        if fact is not None and fact.state is State.OBSERVED and self.old.has_field(new):
            self.on_the_way.append((fact.answer, new.answer, new))

    def _change(self, before: str, after: str, fact: Fact, said_of: set[Place]) -> Change:
        rule, direction = rule_for(fact, before, after, self._list_context(fact))
        subject = _ROLE_SUBJECTS.get(rule, "").format(fact=fact) or _subject(fact)
        setting = explaining(fact, self.settings)
        alike = self.baseline is not None and self.baseline.is_alike(fact)
        change = Change(
            rule, fact.operation, before, after, Seen.OBSERVED, fact.role, fact.field, fact.asked, direction, subject,
            Origin.INSTANCE if setting or alike else Origin.VERSION, setting,
        )  # fmt: skip
        return replace(change, seen=Seen.BOTH) if self._place(change) in said_of else change

    def _from_document(self, change: Change) -> Change:
        if self.readers_differ and is_of_reader(change):
            return replace(change, origin=Origin.INSTANCE, setting=READER)
        own = self.baseline is not None and not self.baseline.documents(change)
        return replace(change, origin=Origin.INSTANCE) if own else change

    def _list_context(self, fact: Fact) -> ListContext:
        old, new = (side.lists(fact) for side in (self.old, self.new))
        if fact.about is About.STATUS:
            return ListContext(old, new, self.old.succeeds(fact), self.new.succeeds(fact))
        if fact.about is not About.ATTRIBUTE:
            return ListContext(old, new)
        return ListContext(old, new, self.old.shows(fact), self.new.shows(fact))

    def _place(self, change: Change) -> Place:
        """Return what a documented and an observed change have in common: area, operation's form, and field."""
        area = change.rule_id.partition("-")[0]
        area = {"role": "resp", "status": "op", "error": "op"}.get(area, area)
        if change.rule_id in ("role-denied", "role-allowed"):
            area = "op"
        place = normal_label(change.operation)
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
        changed = [pair[2] for pair in results if _differs(pair)]
        if any(normal_label(fact.operation) == normal_label(said.operation) for fact in changed):
            return None
        if results:
            return replace(said, seen=Seen.BOTH if changed else Seen.EQUAL)
        return replace(said, seen=Seen.EQUAL) if self._is_contradicted(said) else said

    def _is_contradicted(self, said: Change) -> bool:
        """Whether one side alone shows that a documented change makes no difference.

        What appears was there before, or is not there afterwards; what goes is still there, or never was.
        """
        word = said.rule_id if said.direction is Direction.FORWARD else f"{said.rule_id} {said.direction}"
        if word not in _APPEARS and word not in _GOES:
            return False
        is_there = _APPEARS.get(word) or _GOES[word]
        before, after = (_verdict(is_there, facts) for facts in self.sides.get(self._place(said), ((), ())))
        return (before is True or after is False) if word in _APPEARS else (before is False or after is True)

    def _fact_place(self, fact: Fact) -> Place:
        area = {About.STATUS: "op", About.FILTER: "query", About.ATTRIBUTE: "resp"}.get(fact.about, "form")
        place = normal_label(fact.operation)
        return area, self._component(area, place), fact.field


_OF_VALUES = (About.DEFAULT, About.KEPT, About.COERCED)


def _differs(pair: Answers) -> bool:
    before, after, fact = pair
    return not is_rounding(fact) and not alike(fact, before, after)


Presence = Callable[[Fact], bool | None]


def _operation(fact: Fact) -> bool | None:
    if fact.about is not About.STATUS:
        return None
    return True if fact.answer.startswith("2") else False if fact.answer in GONE else None


def _attribute(fact: Fact) -> bool | None:
    return True if fact.about is About.ATTRIBUTE else None


def _taken(fact: Fact) -> bool | None:
    return not fact.answer.startswith("refused") if fact.about is About.TAKEN else None


def _needed(fact: Fact) -> bool | None:
    return fact.answer.startswith("refused") if fact.about is About.NEEDED else None


_APPEARS: Mapping[str, Presence] = {
    "op-added": _operation, "resp-added": _attribute, "form-added": _taken, "form-required": _needed,
}  # fmt: skip
_GOES: Mapping[str, Presence] = {
    "op-removed": _operation, "resp-removed": _attribute, "form-removed": _taken, "form-required back": _needed,
}  # fmt: skip
"""What a fact says of whether something is there, by the documented change that makes it appear or go."""


def _verdict(is_there: Presence, facts: Iterable[Fact]) -> bool | None:
    said = {is_there(fact) for fact in facts} - {None}
    return True if True in said else False if said else None


def baseline(old: Snapshot, new: Snapshot) -> Baseline | None:
    """Return the unmodified releases of two versions; None where one is not kept, or where these are compared."""
    one, two = old.instance.version, new.instance.version
    of_releases = old.instance.kind == new.instance.kind == "released"
    if one == two or of_releases or not {one, two} <= set(versions()):
        return None
    sides = _Side(release(one)), _Side(release(two))
    old_answers, new_answers = (_answers(side, sides) for side in sides)
    return Baseline(old_answers, new_answers, lambda: documented(sides[0].index, sides[1].index))


def _answers(side: _Side, both: Iterable[_Side]) -> dict[tuple[str, ...], str]:
    """Return what a release answers to every question that was asked of either."""
    asked = {key: fact for each in both for key, fact in each.facts.items()}
    known = ((key, side.answer(key, side.facts.get(key), fact)) for key, fact in asked.items())
    return {key: answer for key, answer in known if answer is not None}


class _Side:
    """One snapshot with what is looked up in it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.index: Index = snapshot.index
        self.is_document = snapshot.is_document
        self.facts: dict[Key, Fact] = {fact_key(fact): fact for fact in snapshot.facts}
        self.asked_roles = {fact.role for fact in self.facts.values() if fact.about is About.STATUS}
        self.operations = {normal_label(item.label): item for item in self.index}
        self.queries = {normal_label(item.label): {p.name for p in item.query_parameters} for item in self.index}
        self.components = {
            (area, normal_label(item.label)): name for item in self.index for area, name in _components(item)
        }
        shown = [key for key, item in self.facts.items() if item.about is About.ATTRIBUTE]
        self._objects = {(*key[:3], _parent(key[3]), key[4]) for key in shown}
        self._roles: dict[tuple[str, str], set[str]] = {}
        for _, operation, role, name, _asked in shown:
            self._roles.setdefault((operation, name), set()).add(role)
        for (_, operation, role, _name, _asked), item in self.facts.items():
            if item.about is About.STATUS and item.answer.startswith("2"):
                self._roles.setdefault((operation, _SUCCESS), set()).add(role)

    def answer(self, key: Key, own: Fact | None, either: Fact) -> str | None:
        """Return what this side answered to a question; None where that is not known."""
        if own is not None:
            return own.answer if own.state is State.OBSERVED else None
        if either.about is not About.ATTRIBUTE:
            return None
        parent = _parent(either.field)
        if either.field.endswith("[]"):
            return None
        if parent:
            # An attribute within an empty list or a null says nothing: there was no object to show it.
            return ABSENT if (*key[:3], parent, key[4]) in self._objects else None
        shown = self.facts.get((About.SHOWN, key[1], key[2], "", key[4]))
        return ABSENT if shown is not None and shown.state is State.OBSERVED else None

    def lists(self, fact: Fact) -> bool:
        """Whether the definition lists the operation, or for a filter its parameter."""
        label = normal_label(fact.operation)
        return fact.field in self.queries.get(label, ()) if fact.about is About.FILTER else label in self.queries

    def has_field(self, fact: Fact) -> bool:
        """Whether the definition lists the field in the operation's form."""
        operation = self.operations.get(normal_label(fact.operation))
        fields = operation.body.all_fields if operation is not None and operation.body is not None else ()
        return fact.field in {field.path for field in fields}

    def shows(self, fact: Fact) -> bool:
        """Whether another role is shown the attribute."""
        return bool(self._roles.get((normal_label(fact.operation), fact.field), set()) - {fact.role})

    def succeeds(self, fact: Fact) -> bool:
        """Whether another role has the operation succeed."""
        return bool(self._roles.get((normal_label(fact.operation), _SUCCESS), set()) - {fact.role})


_SUCCESS = " success"
"""No attribute is called so."""


def _components(operation: Operation) -> Iterator[tuple[str, str]]:
    """Yield the names of the components that an operation takes and answers; a list is another than its items."""
    if operation.body is not None and operation.body.name:
        yield "form", operation.body.name
    shape = operation.success.shape if operation.success is not None else None
    if shape is not None and shape.ref:
        yield "resp", shape.ref


def _parent(path: str) -> str:
    return path.rpartition(".")[0].removesuffix("[]")


def _why_not(one: Fact | None, two: Fact | None, before: str | None, after: str | None) -> str:
    if before is not None and after is not None:
        return ""
    states = [item.state for item in (one, two) if item is not None]
    for state in (State.UNSEEN, State.VARIES):
        if state in states:
            return str(state)
    return "asked on one side alone"


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
        return normal_label(fact.operation)
    if fact.about is About.ATTRIBUTE:
        return last(fact.field)
    if fact.about in _BY_VALUE:
        return f"fields sent as {fact.asked}"
    return f"form {fact.field}" if fact.about in (About.TAKEN, About.NEEDED) else f"{fact.about} {fact.field}"


def circumstances(old: Snapshot, new: Snapshot) -> Sequence[str]:
    """Return in lines what differs in how the snapshots were taken: it may explain changes, so it is said first."""
    return tuple(_different(old, new))


def _different(old: Snapshot, new: Snapshot) -> Iterator[str]:
    if old.is_document or new.is_document:
        yield "Documents alone are compared: what an instance makes of them was not observed."
        return
    one, two = old.circumstances, new.circumstances
    if one.zones.keys() != two.zones.keys():
        yield f"Roles differ: {', '.join(one.zones)} before, {', '.join(two.zones)} after."
    for role in sorted(one.zones.keys() & two.zones.keys()):
        if one.zones[role] != two.zones[role]:
            yield f"The zone of {role} differs: {one.zones[role]} before, {two.zones[role]} after."
    for name in ("profile", "read_only", "allow"):
        before, after = getattr(one, name), getattr(two, name)
        if before != after:
            yield f"Taken with another {name.replace('_', '-')}: {before} before, {after} after."
    if readers_differ(old, new):
        before, after = (side.definition.reader or "somebody whose role is not known" for side in (old, new))
        yield f"The definition was read by {before} before, by {after} after: which roles its forms list hangs on that."
    for word, side in (("old", old), ("new", new)):
        if not side.definition.own:
            yield f"The {word} definition is not the instance's own: documents are not compared."
