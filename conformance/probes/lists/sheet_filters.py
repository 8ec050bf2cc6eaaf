"""The questions to the list of time records: each filter alone, with two values, and several together.

Four records of the strongest actor in a scope of their own differ in everything that is filtered by, and are in another
order by id, begin, end and rate; a fifth is another actor's, and two more stand on projects of other customers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.exchange import Refused
from conformance.model import Actor, Exchange
from conformance.probes.context import ProbeContext, once
from conformance.probes.lists.filter_cases import (
    FilterCase,
    Fits,
    Row,
    anything,
    every,
    has,
    running,
    says,
    tagged,
)
from conformance.probes.records.creating import ident
from conformance.probes.records.list_scopes import COLLECTION, ListScope, create_in, list_scope

LABEL = f"GET {COLLECTION}"
RARE = "zebra"
SEES_ALL = "ROLE_SUPER_ADMIN"
"""The role that sees everybody's records by default, whatever teams there are."""


@dataclass
class Staged:
    """The scope, the records in it by id, and what they stand on.

    `apart` are projects by their customers, each with a record of its own; a borrowed scope has none.
    """

    scope: ListScope
    activities: tuple[int, ...]
    tags: tuple[str, ...] = ()
    apart: dict[int, int] = field(default_factory=dict)
    other: Actor | None = None
    own: dict[int, Row] = field(default_factory=dict)

    @property
    def base(self) -> dict[str, Any]:
        """The parameters that confine a list to the scope."""
        return {**self.scope.params, "size": 100}

    @property
    def anywhere(self) -> dict[str, Any]:
        """The same for all projects."""
        return {name: item for name, item in self.base.items() if name != "project"}

    @property
    def borrowed(self) -> bool:
        """Whether the scope is a span of dates on a project of others."""
        return "begin" in self.scope.params


@once("filtered time records")
def staged(context: ProbeContext) -> Staged:
    """Return the records that are asked about, made once a process. Raises Refused."""
    scope = list_scope(context, "filters", context.strongest)
    stage = Staged(scope, (scope.activity,))
    try:
        stage.tags = tuple(str(context.records.tag().body.get("name")) for _ in range(2))
        made = (context.records.activity(scope.project, visible=True, billable=True).id for _ in range(2))
        stage.activities = (scope.activity, *made)
        for _ in range(0 if stage.borrowed else 2):
            customer = context.records.customer(visible=True, billable=True).id
            project = context.records.project(customer, globalActivities=True, visible=True, billable=True)
            stage.apart[customer] = project.id
    except Refused:
        pass  # What cannot be made here is not asked about.
    for begin, end, more in _records(context, stage):
        _put(context, stage, begin, end, more)
    if context.weakest != context.strongest:
        theirs = ListScope(context.weakest, scope.project, scope.activity, scope.year, scope.params)
        record = create_in(context, theirs, "05-06T10:00:00", "05-06T11:00:00")
        # Whoever may list others' records may read them: that right may have been taken from the role.
        if _remember(stage, record, {}) and context.session().get(f"{COLLECTION}/{ident(record)}").ok:
            stage.other = context.weakest
    return stage


def _records(context: ProbeContext, stage: Staged) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield begin, end and the rest. Where overlaps are allowed, what begins first does not end first."""
    one, two, three = (*stage.activities, *stage.activities, *stage.activities)[:3]
    tags = (*stage.tags, *stage.tags)[:2]
    long = "05-02T12:30:00" if context.timesheet.get("isAllowOverlapping") is not False else "05-02T08:30:00"
    flags = [(True, False), (False, False), (True, True), (False, True)]
    rows = (
        ("05-03T10:00:00", "05-03T11:00:00", 10, one, (), ""),
        ("05-02T08:00:00", long, 40, two, tags[:1], RARE),
        ("05-04T10:00:00", "05-04T11:00:00", 20, three, tags[1:], ""),
        ("05-02T09:00:00", "05-02T10:00:00", 30, one, tags, RARE),
    )
    for (begin, end, rate, activity, named, word), (billable, exported) in zip(rows, flags, strict=True):
        more: dict[str, Any] = {"billable": billable, "exported": exported, "hourlyRate": rate, "activity": activity}
        more["description"] = context.name(word or "listed")
        yield begin, end, {**more, "tags": ",".join(named)} if named else more
    for hour, project in enumerate(stage.apart.values(), 10):
        apart = {"project": project, "activity": context.parent("activities"), "billable": True, "exported": False}
        yield f"05-05T{hour}:00:00", f"05-05T{hour}:30:00", apart


def _put(context: ProbeContext, stage: Staged, begin: str, end: str, more: dict[str, Any]) -> None:
    """Book a record with everything, or without what this role may not send."""
    made = create_in(context, stage.scope, begin, end, **more)
    if made.status == 400:
        more = {name: item for name, item in more.items() if name in ("project", "activity", "description", "tags")}
        made = create_in(context, stage.scope, begin, end, **more)
    _remember(stage, made, {name: more[name] for name in ("billable", "exported") if name in more})


def _remember(stage: Staged, made: Exchange, sent: Mapping[str, Any]) -> bool:
    body, number = made.json_or_none(), ident(made)
    if number is not None:
        stage.own[number] = {**body, **sent}
    return number is not None


def questions(context: ProbeContext) -> Iterator[FilterCase]:
    """Yield the questions, the plain list first. Raises Refused."""
    stage = staged(context)
    mine, here = has("user", context.strongest.user_id), has("project", stage.scope.project)
    confined = mine if stage.borrowed else every(mine, here)

    def one(name: str, value: str, more: Mapping[str, Any], fits: Fits) -> FilterCase:
        return FilterCase(LABEL, name, value, {**stage.base, **more}, every(confined, fits), stage.own)

    yield one("user", "absent", {}, mine)
    for name in ("billable", "exported"):
        for value, wanted in (("1", True), ("0", False)):
            yield one(name, value, {name: value}, has(name, wanted))
    for value, wanted in (("1", True), ("0", False)):
        yield one("active", value, {"active": value}, running(wanted))
    yield one("term", "a rare word", {"term": RARE}, says(RARE, "description"))
    last, several = stage.activities[-1], list(stage.activities[-2:])
    yield one("activity", "an own one", {"activity": last}, has("activity", last))
    yield one("activities[]", f"{len(several)} own ones", {"activities[]": several}, has("activity", *several))
    if stage.tags:
        # With two tags a record fits that has one of them; that it needs both would be as good a reading: see `pairs`.
        yield one("tags[]", "an own one", {"tags[]": [stage.tags[0]]}, tagged(stage.tags[0]))
    for item in _together(stage):
        yield one(*item)
    yield from _by_user(context, stage)
    yield from _by_project(stage, mine)


Part = tuple[str, str, Mapping[str, Any], Fits]


def _together(stage: Staged) -> Iterator[Part]:
    day = f"{stage.scope.year}-05-03T00:00:00"
    both = every(has("billable", True), has("exported", False))
    yield "billable, exported", "1, 0", {"billable": 1, "exported": 0}, both
    late = every(has("exported", True), lambda row: str(row.get("begin", "")) >= day)
    yield "exported, begin", "1, a day", {"exported": 1, "begin": day}, late
    first = stage.activities[0]
    rare = every(has("activity", first), says(RARE, "description"))
    yield "activity, term", "an own one, a rare word", {"activity": first, "term": RARE}, rare
    if stage.tags:
        named = every(tagged(stage.tags[-1]), says(RARE, "description"))
        yield "tags[], term", "an own one, a rare word", {"tags[]": [stage.tags[-1]], "term": RARE}, named


def _by_user(context: ProbeContext, stage: Staged) -> Iterator[FilterCase]:
    me = context.strongest.user_id
    here = has("project", stage.scope.project)
    asked: list[tuple[str, str, Any, tuple[Any, ...]]] = [("user", "oneself", me, (me,))]
    if stage.other is not None and context.strongest.role == SEES_ALL:
        them = stage.other.user_id
        asked = [
            ("user", "all", "all", (me, them)),
            ("user", "another", them, (them,)),
            ("users[]", "another", [them], (them,)),
            ("users[]", "oneself and another", [me, them], (me, them)),
        ]
    for name, word, value, users in asked:
        # On a project that was lent, others may have booked too.
        fits = anything if stage.borrowed and value == "all" else has("user", *users)
        fits = fits if stage.borrowed else every(here, fits)
        yield FilterCase(LABEL, name, word, {**stage.base, name: value}, fits, stage.own)


def _by_project(stage: Staged, mine: Fits) -> Iterator[FilterCase]:
    """Yield what is asked of two projects and their customers, which nothing else confines."""
    if not stage.apart:
        return
    (one, first), (other, second) = stage.apart.items()
    asked: list[tuple[str, str, Any, Fits]] = [
        ("project", "an own one", second, has("project", second)),
        ("projects[]", "two own ones", [first, second], has("project", first, second)),
        ("customer", "an own one", other, has("project", second)),
        ("customers[]", "two own ones", [one, other], has("project", first, second)),
    ]
    for name, word, value, fits in asked:
        yield FilterCase(LABEL, name, word, {**stage.anywhere, name: value}, every(mine, fits), stage.own)


def pairs(context: ProbeContext) -> tuple[FilterCase, ...]:
    """Return the same question twice, with two tags in one order and in the other. Raises Refused."""
    stage = staged(context)
    if len(stage.tags) < 2:
        return ()
    orders = (list(stage.tags), list(stage.tags[::-1]))
    fits = every(has("project", stage.scope.project), tagged(*stage.tags))
    return tuple(
        FilterCase(LABEL, "tags[]", "two own ones", {**stage.base, "tags[]": order}, fits, stage.own)
        for order in orders
    )
