"""A record's life: written with every field, read, listed, changed field by field, deleted twice.

Asked once a kind and process; the checks of the data family share it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice, zip_longest
from typing import Any

from conformance.exchange.guard.kinds import fill_path
from conformance.model import Exchange
from conformance.probes.context import ProbeContext, once
from conformance.probes.records.bodies import (
    BEYOND_DEFINITION,
    BY_RIGHT,
    Subject,
    first_values,
    full_body,
    life_scope,
    second_values,
)
from conformance.probes.records.comparing import DEPENDENT_FIELDS, differences
from conformance.probes.records.creating import attribute, collection_path, create, delete_created, ident, parent_of
from conformance.probes.records.kinds import Resource
from conformance.probes.records.list_scopes import row_of

_MANY = 3
GROUP = 4
"""Changes after which a record is read: each is seen in its own answer, all are read together."""


@dataclasses.dataclass(frozen=True)
class Created:
    """A create with every field that may be sent. `read`, `listed` and `recent` are the record again, None unseen.

    `listed_under_other_parent` says that the list of another parent has it too. `withheld` are fields that this
    instance's rights keep from the actor: the create was sent again without them.
    """

    sent: Mapping[str, Any]
    number: int | None
    made: Exchange
    read: Exchange | None = None
    listing: Exchange | None = None
    listed: Mapping[str, Any] | None = None
    recent: tuple[Exchange, Mapping[str, Any]] | None = None
    withheld: frozenset[str] = frozenset()
    listed_under_other_parent: bool = False

    @property
    def duplicates(self) -> int:
        """How many other records in the list have the text that this one alone was given."""
        return _twins(self.listing, self.sent)


@dataclasses.dataclass(frozen=True)
class Changed:
    """One change, of a field, of two that have nothing to do with each other, or of all: the record before, the answer,
    and the record when it was read after its group.

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
        return ", ".join(self.sent) if len(self.sent) < _MANY else "all at once"

    @property
    def shown(self) -> Mapping[str, Any]:
        """The record in the answer; as before where there was none."""
        return body_of(self.answer) or self.before


@dataclasses.dataclass(frozen=True)
class CreatedDisabled:
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


@once("born {subject.label}")
def created(context: ProbeContext, subject: Subject) -> Created:
    """Create a record with every field, and look it up; asked once a process. Raises Refused."""
    kind, (sent, made, withheld) = subject.kind, _made(context, subject)
    number = ident(made)
    if number is None:
        return Created(sent, None, made)
    listing, listed = find(context, subject, number)
    seen = read(context, subject, number)
    recent, listed_under_other_parent = _recent(context, subject, number), False
    if kind.parent in _OTHER_PARENTS and kind.listing is not None and context.profile_at_least("standard"):
        path = fill_path(kind.listing.path, _OTHER_PARENTS[kind.parent](context))
        listed_under_other_parent = row_of(context.session(subject.actor).get(path), number) is not None
    return Created(sent, number, made, seen, listing, listed, recent, withheld, listed_under_other_parent)


_OTHER_PARENTS: Mapping[str | None, Callable[[ProbeContext], int]] = {
    "customers": lambda context: context.records.shared_customer().id,
    "projects": lambda context: context.bookable[0],
    "activities": lambda context: context.bookable[1],
}
"""Records that others may hang below, and that are others than `ProbeContext.parent` has."""


def _made(context: ProbeContext, subject: Subject) -> tuple[Mapping[str, Any], Exchange, frozenset[str]]:
    """Create with every field; where the form has not all of them for this actor, without those that rights govern."""
    session, path, sent = (
        context.session(subject.actor).as_valid(),
        collection_path(context, subject.kind),
        full_body(context, subject),
    )
    made = session.post(path, json=sent)
    result = attribute(made.json_or_none(), "errors")
    extra = isinstance(result, dict) and bool(result.get("errors")) and not any((result.get("children") or {}).values())
    if made.status == 400 and extra and BY_RIGHT & sent.keys():
        fewer = {name: value for name, value in sent.items() if name not in BY_RIGHT}
        again = session.post(path, json=fewer)
        if again.ok:
            return fewer, again, BY_RIGHT & sent.keys()
    return sent, made, frozenset()


def forbidden_fields(context: ProbeContext) -> frozenset[str]:
    """Return the fields that this instance's rights keep from the strongest actor, as far as this process has seen."""
    lifecycles = (item for item in context.cache.values() if isinstance(item, Created))
    return frozenset().union(*(life.withheld for life in lifecycles))


def _recent(context: ProbeContext, subject: Subject, number: int) -> tuple[Exchange, Mapping[str, Any]] | None:
    """Return the list of recent time records, and the record in it; None where it is not there."""
    if (
        subject.kind.name != "timesheets"
        or "GET /api/timesheets/recent" not in context.index
        or not context.profile_at_least("standard")
    ):
        return None
    params = {"begin": f"{life_scope(context, subject).year}-01-01T00:00:00", "size": 200}
    exchange = context.session(subject.actor).get("/api/timesheets/recent", params=params)
    row = row_of(exchange, number)
    return (exchange, row) if row is not None else None


def read(context: ProbeContext, subject: Subject, number: int) -> Exchange | None:
    """Read a record, None where the kind has no read of its own."""
    kind = subject.kind
    return context.session(subject.actor).get(kind.path(kind.read, number)) if kind.read is not None else None


def find(context: ProbeContext, subject: Subject, number: int) -> tuple[Exchange | None, Mapping[str, Any] | None]:
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
        params = dict(life_scope(context, subject).params)
    elif kind.listing.path != kind.create.path and kind.listing.query("name"):
        params["name"] = context.client.mark
    parent = parent_of(context, kind)
    path = kind.listing.path if parent is None else collection_path(context, kind)
    exchange = context.session(subject.actor).get(path, params=params)
    return (None, None) if context.is_truncated(exchange) else (exchange, row_of(exchange, number))


@once("off {subject.label}")
def switched_off(context: ProbeContext, subject: Subject, flags: Sequence[str]) -> CreatedDisabled:
    """Create a record with these flags off, read it twice, and look it up; asked once a process. Raises Refused."""
    off = {**dict.fromkeys(flags, False), **in_scope(context, subject, "02-12")}
    made = create(context, subject.kind, off, actor=subject.actor)
    number = ident(made)
    if number is None:
        return CreatedDisabled(made)
    readings = tuple(filter(None, (read(context, subject, number) for _ in range(2))))
    listing, listed = find(context, subject, number)
    delete_created(context, subject.kind, made)
    return CreatedDisabled(made, readings, listed, listing)


@once("changes {subject.label}")
def changes(context: ProbeContext, subject: Subject) -> tuple[Changed, ...]:
    """Change a record field by field, and look; asked once a process. Raises Refused."""
    kind, number, results = subject.kind, created(context, subject).number, list[Changed]()
    if kind.change is None or kind.read is None or number is None:
        return ()
    beyond = created(context, subject).withheld
    values = {name: entry for name, entry in second_values(context, subject).items() if name not in beyond}
    bodies = [[{name: values[name] for name in step} for step in group] for group in _groups(_steps(list(values)))]
    bodies += [[whole]] if (whole := first_values(context, subject)) else []
    _link(context, subject, number)
    before = body_of(read(context, subject, number))
    for sent_in_turn in bodies:
        group = []
        for sent in sent_in_turn:
            session = context.session(subject.actor)
            session = session if BEYOND_DEFINITION & sent.keys() else session.as_valid()
            answer = session.patch(kind.path(kind.change, number), json=sent)
            group.append(Changed(sent, before, answer, {}))
            before = group[-1].shown
        after = body_of(read(context, subject, number))
        silent = {name: pair[1] for name, pair in differences(before, after).items()}
        results += [dataclasses.replace(item, after=after) for item in group[:-1]]
        results.append(dataclasses.replace(group[-1], after=after, silent=silent))
        before = after
    return tuple(results)


Step = tuple[str, ...]


def _steps(names: Sequence[str]) -> Iterator[Step]:
    """Yield what is changed together: what computes something else alone, then the rest in twos that stand far apart.

    A team's members come last: before them there is somebody whom a change of the rest could lose.
    """
    yield from ((name,) for name in names if name in DEPENDENT_FIELDS)
    plain = [name for name in names if name not in DEPENDENT_FIELDS]
    half = (len(plain) + 1) // 2
    yield from (tuple(item for item in pair if item) for pair in zip_longest(plain[:half], plain[half:]))


def _groups(steps: Iterable[Step]) -> Iterator[tuple[Step, ...]]:
    """Yield changes in groups of which none changes what another has changed."""
    left = iter(steps)
    while group := tuple(islice(left, GROUP)):
        changed = {name for step in group for name in step}
        if any(DEPENDENT_FIELDS.get(name, frozenset()) & changed for name in changed):
            yield from ((step,) for step in group)
        else:
            yield group


def _link(context: ProbeContext, subject: Subject, number: int) -> None:
    """Attach something to a team, which a change must leave attached: something that nobody else books on."""
    label = "POST /api/teams/{id}/projects/{projectId}"
    if subject.kind.name == "teams" and label in context.index and context.profile_at_least("standard"):
        project = context.records.project(context.parent("customers")).id
        context.session(subject.actor).post(f"/api/teams/{number}/projects/{project}")


def in_scope(context: ProbeContext, subject: Subject, day: str) -> dict[str, Any]:
    """Return what puts a time record in the scope of its life, on a day without its year; nothing for other kinds."""
    if subject.kind.name != "timesheets":
        return {}
    scope = life_scope(context, subject)
    times = {"begin": f"{scope.year}-{day}T10:00:00", "end": f"{scope.year}-{day}T11:00:00"}
    return {"project": scope.project, "activity": scope.activity, **times}


def shown(kind: Resource) -> dict[str, Any]:
    """Return what lets a record be found in lists that leave out hidden ones, and what pins a comment."""
    known = {field.name for field in kind.fields(kind.create)}
    return {name: True for name in ("visible", "pinned") if name in known}


def text_of(kind: Resource) -> str:
    """Return the field whose text tells one record of a kind from another."""
    return {"timesheets": "description"}.get(kind.name, "message" if kind.name.endswith("comments") else "name")


def body_of(exchange: Exchange | None) -> Mapping[str, Any]:
    """Return the record in an answer, {} where there is none."""
    body = exchange.json_or_none() if exchange is not None and exchange.ok else None
    return body if isinstance(body, dict) else {}
