"""A record's life: written with every field, read, listed, changed field by field, deleted twice.

Asked once a kind and process; the checks of the data family share it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice, zip_longest
from typing import Any

from conformance.probes.lab import Lab
from conformance.probes.records.bodies import BY_RIGHT, Subject, full_body, life_ground, second_values
from conformance.probes.records.comparing import COUPLED, differences
from conformance.probes.records.grounds import row_of
from conformance.probes.records.kinds import Kind
from conformance.probes.records.making import attribute, create, dispose, ident, parent_of
from conformance.words import Exchange

GROUP = 4
"""Changes after which a record is read: each is seen in its own answer, all are read together."""


@dataclasses.dataclass(frozen=True)
class Born:
    """A create with every field that may be sent. `read`, `listed` and `recent` are the record again, None unseen.

    `strayed` says that the list of another parent has it too. `withheld` are fields that this instance's rights keep
    from the actor: the create was sent again without them.
    """

    sent: Mapping[str, Any]
    number: int | None
    made: Exchange
    read: Exchange | None = None
    listing: Exchange | None = None
    listed: Mapping[str, Any] | None = None
    recent: tuple[Exchange, Mapping[str, Any]] | None = None
    withheld: frozenset[str] = frozenset()
    strayed: bool = False

    @property
    def twins(self) -> int:
        """How many other records in the list have the text that this one alone was given."""
        return _twins(self.listing, self.sent)


@dataclasses.dataclass(frozen=True)
class Changed:
    """One change, of a field or of two that have nothing to do with each other: the record before, the answer, and the
    record when it was read after its group.

    `silent` are attributes that the reading shows otherwise than the group's last answer; only the last of a group has
    some.
    """

    sent: Mapping[str, Any]
    before: Mapping[str, Any]
    answer: Exchange
    after: Mapping[str, Any]
    silent: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def fields(self) -> str:
        """The names of what was sent."""
        return ", ".join(self.sent)

    @property
    def shown(self) -> Mapping[str, Any]:
        """The record in the answer; as before where there was none."""
        return body_of(self.answer) or self.before


@dataclasses.dataclass(frozen=True)
class Off:
    """A record made with flags off: its answer, two readings, the record in its list, and the list."""

    made: Exchange
    readings: tuple[Exchange, ...] = ()
    listed: Mapping[str, Any] | None = None
    listing: Exchange | None = None

    @property
    def twins(self) -> int:
        """How many other records in the list have the text that this one alone was given."""
        return _twins(self.listing, body_of(self.made))


def _twins(listing: Exchange | None, sent: Mapping[str, Any]) -> int:
    name = next((name for name in ("name", "description") if sent.get(name)), None)
    rows = listing.json_or_none() if listing is not None else None
    if name is None or not isinstance(rows, list):
        return 0
    return max(0, len([row for row in rows if attribute(row, name) == sent[name]]) - 1)


def born(lab: Lab, subject: Subject) -> Born:
    """Create a record with every field, and look it up; asked once a process. Raises Refused."""
    return lab.once(f"born {subject.label}", lambda: _born(lab, subject))


def _born(lab: Lab, subject: Subject) -> Born:
    sent, made, withheld = _made(lab, subject)
    number = ident(made)
    if number is None:
        return Born(sent, None, made)
    listing, listed = find(lab, subject, number)
    seen = read(lab, subject, number)
    recent, strayed = _recent(lab, subject, number), _strayed(lab, subject, number)
    return Born(sent, number, made, seen, listing, listed, recent, withheld, strayed)


def _strayed(lab: Lab, subject: Subject, number: int) -> bool:
    """Whether a record is also listed below another parent of the run than its own."""
    kind = subject.kind
    if kind.parent not in _OTHER_PARENTS or kind.listing is None or not lab.beyond("standard"):
        return False
    other = _OTHER_PARENTS[kind.parent](lab)
    listing = lab.session(subject.actor).get(kind.path(kind.listing, "", other).removesuffix("/"))
    return row_of(listing, number) is not None


_OTHER_PARENTS: Mapping[str | None, Callable[[Lab], int]] = {
    "customers": lambda lab: lab.records.kept_customer().id,
    "projects": lambda lab: lab.bookable[0],
    "activities": lambda lab: lab.bookable[1],
}
"""Records that others may hang below, and that are others than `Lab.parent` has."""


def _made(lab: Lab, subject: Subject) -> tuple[Mapping[str, Any], Exchange, frozenset[str]]:
    """Create with every field; where the form has not all of them for this actor, without those that rights govern."""
    session, path, sent = lab.session(subject.actor), _collection(lab, subject.kind), full_body(lab, subject)
    made = session.post(path, json=sent)
    told = attribute(made.json_or_none(), "errors")
    extra = isinstance(told, dict) and bool(told.get("errors")) and not any((told.get("children") or {}).values())
    if made.status == 400 and extra and BY_RIGHT & sent.keys():
        fewer = {name: value for name, value in sent.items() if name not in BY_RIGHT}
        again = session.post(path, json=fewer)
        if again.ok:
            return fewer, again, BY_RIGHT & sent.keys()
    return sent, made, frozenset()


def withheld(lab: Lab) -> frozenset[str]:
    """Return the fields that this instance's rights keep from the strongest actor, as far as this process has seen."""
    lives = (each for each in lab.kept.values() if isinstance(each, Born))
    return frozenset().union(*(life.withheld for life in lives))


def _recent(lab: Lab, subject: Subject, number: int) -> tuple[Exchange, Mapping[str, Any]] | None:
    """Return the list of recent time records, and the record in it; None where it is not there."""
    if subject.kind.name != "timesheets" or "GET /api/timesheets/recent" not in lab.index or not lab.beyond("standard"):
        return None
    params = {"begin": f"{life_ground(lab, subject).year}-01-01T00:00:00", "size": 200}
    exchange = lab.session(subject.actor).get("/api/timesheets/recent", params=params)
    row = row_of(exchange, number)
    return (exchange, row) if row is not None else None


def read(lab: Lab, subject: Subject, number: int) -> Exchange | None:
    """Read a record, None where the kind has no read of its own."""
    kind = subject.kind
    return lab.session(subject.actor).get(kind.path(kind.read, number)) if kind.read is not None else None


def find(lab: Lab, subject: Subject, number: int) -> tuple[Exchange | None, Mapping[str, Any] | None]:
    """Return the list of a kind and a record in it; None where there is no list that can be read whole, or where it
    is not there.
    """
    kind = subject.kind
    if kind.listing is None:
        return None, None
    params: dict[str, Any] = {name: 3 for name in ("visible",) if kind.listing.query(name)}
    if kind.listing.query("ignoreDates"):
        params["ignoreDates"] = 1
    if kind.name == "timesheets":
        params = dict(life_ground(lab, subject).params)
    elif kind.listing.path != kind.create.path and kind.listing.query("name"):
        params["name"] = lab.door.mark
    parent = parent_of(lab, kind)
    path = kind.listing.path if parent is None else _collection(lab, kind)
    exchange = lab.session(subject.actor).get(path, params=params)
    return (None, None) if lab.cut(exchange) else (exchange, row_of(exchange, number))


def switched_off(lab: Lab, subject: Subject, flags: Sequence[str]) -> Off:
    """Create a record with these flags off, read it twice, and look it up; asked once a process. Raises Refused."""
    return lab.once(f"off {subject.label}", lambda: _switched_off(lab, subject, flags))


def _switched_off(lab: Lab, subject: Subject, flags: Sequence[str]) -> Off:
    off = {**dict.fromkeys(flags, False), **on_ground(lab, subject, "02-12")}
    made = create(lab, subject.kind, off, actor=subject.actor)
    number = ident(made)
    if number is None:
        return Off(made)
    readings = tuple(filter(None, (read(lab, subject, number) for _ in range(2))))
    listing, listed = find(lab, subject, number)
    dispose(lab, subject.kind, made)
    return Off(made, readings, listed, listing)


def changes(lab: Lab, subject: Subject) -> tuple[Changed, ...]:
    """Change a record field by field, and look; asked once a process. Raises Refused."""
    return lab.once(f"changes {subject.label}", lambda: tuple(_changes(lab, subject)))


def _changes(lab: Lab, subject: Subject) -> Iterator[Changed]:
    kind, number = subject.kind, born(lab, subject).number
    if kind.change is None or kind.read is None or number is None:
        return
    beyond = born(lab, subject).withheld
    values = {name: each for name, each in second_values(lab, subject).items() if name not in beyond}
    _link(lab, subject, number)
    before = body_of(read(lab, subject, number))
    for steps in _groups(_steps(list(values))):
        group = []
        for names in steps:
            sent = {name: values[name] for name in names}
            answer = lab.session(subject.actor).patch(kind.path(kind.change, number), json=sent)
            group.append(Changed(sent, before, answer, {}))
            before = group[-1].shown
        after = body_of(read(lab, subject, number))
        silent = {name: pair[1] for name, pair in differences(before, after).items()}
        yield from (dataclasses.replace(each, after=after) for each in group[:-1])
        yield dataclasses.replace(group[-1], after=after, silent=silent)
        before = after


Step = tuple[str, ...]


def _steps(names: Sequence[str]) -> Iterator[Step]:
    """Yield what is changed together: what computes something else alone, then the rest in twos that stand far apart.

    A team's members come last: before them there is somebody whom a change of the rest could lose.
    """
    yield from ((name,) for name in names if name in COUPLED)
    plain = [name for name in names if name not in COUPLED]
    half = (len(plain) + 1) // 2
    yield from (tuple(each for each in pair if each) for pair in zip_longest(plain[:half], plain[half:]))


def _groups(steps: Iterable[Step]) -> Iterator[tuple[Step, ...]]:
    """Yield changes in groups of which none changes what another has changed."""
    left = iter(steps)
    while group := tuple(islice(left, GROUP)):
        changed = {name for step in group for name in step}
        if any(COUPLED.get(name, frozenset()) & changed for name in changed):
            yield from ((step,) for step in group)
        else:
            yield group


def _link(lab: Lab, subject: Subject, number: int) -> None:
    """Attach something to a team, which a change must leave attached: something that nobody else books on."""
    label = "POST /api/teams/{id}/projects/{projectId}"
    if subject.kind.name == "teams" and label in lab.index and lab.beyond("standard"):
        project = lab.records.project(lab.parent("customers")).id
        lab.session(subject.actor).post(f"/api/teams/{number}/projects/{project}")


def on_ground(lab: Lab, subject: Subject, day: str) -> dict[str, Any]:
    """Return what puts a time record on the ground of its life, on a day without its year; nothing for other kinds."""
    if subject.kind.name != "timesheets":
        return {}
    place = life_ground(lab, subject)
    times = {"begin": f"{place.year}-{day}T10:00:00", "end": f"{place.year}-{day}T11:00:00"}
    return {"project": place.project, "activity": place.activity, **times}


def shown(kind: Kind) -> dict[str, Any]:
    """Return what lets a record be found in lists that leave out hidden ones, and what pins a comment."""
    known = {field.name for field in kind.fields(kind.create)}
    return {name: True for name in ("visible", "pinned") if name in known}


def text_of(kind: Kind) -> str:
    """Return the field whose text tells one record of a kind from another."""
    return {"timesheets": "description"}.get(kind.name, "message" if kind.name.endswith("comments") else "name")


def _collection(lab: Lab, kind: Kind) -> str:
    parent = parent_of(lab, kind)
    return kind.path(kind.create, "", parent) if parent is not None else kind.create.path


def body_of(exchange: Exchange | None) -> Mapping[str, Any]:
    """Return the record in an answer, {} where there is none."""
    body = exchange.json_or_none() if exchange is not None and exchange.ok else None
    return body if isinstance(body, dict) else {}
