"""What the lists take in under each filter: asked with records of the run's own that differ in what is filtered by."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from conformance.probes.context import ProbeContext, once
from conformance.probes.lists import sheet_filters
from conformance.probes.lists.filter_cases import (
    FilterCase,
    Filtered,
    Fits,
    Row,
    among,
    anything,
    ask,
    every,
    has,
    says,
)

WORD = "filtered"
"""What is in the name of every record that is made to be filtered."""


@once("filters {label}")
def answers(context: ProbeContext, label: str) -> tuple[Filtered, ...]:
    """Return the answers to all questions about one list, asked once a process. Raises Refused."""
    return tuple(ask(context, item) for item in QUESTIONS[label](context))


@once("swapped {label}")
def swapped(context: ProbeContext, label: str) -> tuple[Filtered, ...]:
    """Return the answers to one question with a list of values, in both orders of these. Raises Refused."""
    if label != sheet_filters.LABEL:
        return ()
    return tuple(ask(context, pair) for pair in sheet_filters.pairs(context))


def _named(plural: str, made: Sequence[Row], more: Mapping[str, Any]) -> Iterator[FilterCase]:
    """Yield what is asked of every catalogue. The term is the end of a name: one that is found in its middle."""
    label, own = f"GET /api/{plural}", {row["id"]: row for row in made}
    for value, fits in (("3", anything), ("1", has("visible", True)), ("2", has("visible", False))):
        yield FilterCase(label, "visible", value, {**more, "visible": value}, fits, own)
    yield FilterCase(label, "visible", "absent", more, has("visible", True), own)
    tail = _tail(made[0])
    params = {**more, "visible": "3", "term": tail}
    yield FilterCase(label, "term", "the end of an own name", params, among(own, says(tail, "name")), own)
    hidden = every(has("visible", False), among(own, says(WORD, "name")))
    yield FilterCase(label, "visible, term", "2, an own word", {**more, "visible": "2", "term": WORD}, hidden, own)


def _tail(row: Row) -> str:
    """Return the end of a record's name: what is found by it stands in the middle of a name, or at its end."""
    return str(row["name"]).partition(" ")[2]


def _customers(context: ProbeContext) -> Iterator[FilterCase]:
    made = context.cached("filtered customers", lambda: [
        context.records.customer(visible=visible, name=context.name(f"filtered {word}")).body
        for word, visible in (("gamma", True), ("alpha", False), ("beta", True))
    ])  # fmt: skip
    yield from _named("customers", made, {})


def _projects(context: ProbeContext) -> Iterator[FilterCase]:
    label = "GET /api/projects"
    made = _make_projects(context)
    own = {row["id"]: row for row in made}
    yield from _named("projects", made, {"ignoreDates": "1"})
    wide = {"visible": "3", "ignoreDates": "1"}
    for value, wanted in (("1", True), ("0", False)):
        yield FilterCase(
            label, "globalActivities", value, {**wide, "globalActivities": value}, has("globalActivities", wanted), own
        )
    one, other = made[0]["customer"], made[-1]["customer"]
    yield FilterCase(label, "customer", "own", {**wide, "customer": other}, has("customer", other), own)
    both = {**wide, "customers[]": [one, other]}
    yield FilterCase(label, "customers[]", "two own ones", both, has("customer", one, other), own)
    several = {**both, "visible": "1", "term": WORD, "globalActivities": "1"}
    alike = every(has("visible", True), has("globalActivities", True), has("customer", one, other))
    yield FilterCase(label, "visible, term, customers[], globalActivities", "1, an own word, two own ones, 1", several,
                     every(alike, among(own, says(WORD, "name"))), own)  # fmt: skip
    yield from _by_days(label, own, made[-1]["id"])


@once("filtered projects")
def _make_projects(context: ProbeContext) -> list[Row]:
    """Make projects below two customers; the last is over since long."""
    names = ("filtered beta", "filtered alpha")
    above = [context.records.customer(visible=True, name=context.name(name)).id for name in names]
    rows: tuple[tuple[str, int, dict[str, Any]], ...] = (
        ("gamma", 0, {"visible": True, "globalActivities": True}),
        ("beta", 0, {"visible": False, "globalActivities": True}),
        ("alpha", 1, {"visible": True, "globalActivities": False}),
        ("delta", 1, {"visible": True, "globalActivities": True, "start": "2019-02-01", "end": "2019-10-31"}),
    )
    return [
        context.records.project(above[place], name=context.name(f"filtered {word}"), **more).body
        for word, place, more in rows
    ]


def _by_days(label: str, own: Mapping[int, Row], closed: int) -> Iterator[FilterCase]:
    """Yield days within, and after, those of a project that is over; without any it is today."""
    without = among(own, lambda row: row.get("id") != closed)
    asked: tuple[tuple[str, str, str, Fits], ...] = (
        ("start", "within a project's days", "2019-06-15", anything),
        ("end", "within a project's days", "2019-06-15", anything),
        ("start, end", "after a project's days", "2021-06-15", without),
    )
    for names, word, day, fits in asked:
        hours = {"start": f"{day}T00:00:00", "end": f"{day}T12:00:00"}
        span = {"visible": "3", **{name: hours[name] for name in names.split(", ")}}
        yield FilterCase(label, names, word, span, fits, own)
    yield FilterCase(label, "ignoreDates", "absent", {"visible": "3"}, without, own)


def _activities(context: ProbeContext) -> Iterator[FilterCase]:
    label = "GET /api/activities"
    made = _make_activities(context)
    own = {row["id"]: row for row in made}
    yield from _named("activities", made, {})
    one, other = (row["project"] for row in made[-2:])
    for value in ("1", "true") if context.profile_at_least("standard") else ("1",):
        yield FilterCase(label, "globals", value, {"visible": "3", "globals": value}, has("project", None), own)
    yield FilterCase(label, "project", "own", {"visible": "3", "project": other}, has("project", None, other), own)
    below = every(has("visible", False), has("project", None, other))
    yield FilterCase(label, "visible, project", "2, own", {"visible": "2", "project": other}, below, own)
    params = {"visible": "3", "projects[]": [one, other]}
    yield FilterCase(label, "projects[]", "two own ones", params, has("project", None, one, other), own)


@once("filtered activities")
def _make_activities(context: ProbeContext) -> list[Row]:
    names = ("filtered beta", "filtered alpha")
    above = [context.records.project(context.parent("customers"), name=context.name(name)).id for name in names]
    rows = (("gamma", True, None), ("beta", False, None), ("delta", True, above[0]), ("alpha", True, above[1]))
    return [
        context.records.activity(project, visible=visible, name=context.name(f"filtered {word}")).body
        for word, visible, project in rows
    ]


def _tags(context: ProbeContext) -> Iterator[FilterCase]:
    own = {row["id"]: row for row in _made_tags(context)}
    tail = _tail(next(iter(own.values())))
    yield FilterCase("GET /api/tags/find", "name", "the end of an own name", {"name": tail}, says(tail, "name"), own)


def _tag_names(context: ProbeContext) -> Iterator[FilterCase]:
    own = {str(row["name"]): {"id": row["name"], "name": row["name"]} for row in _made_tags(context)}
    tail = _tail(next(iter(own.values())))
    for value, fits in (("", anything), (tail, says(tail, "name"))):
        params = {"name": value} if value else {}
        yield FilterCase("GET /api/tags", "name", "the end of an own name" if value else "absent", params, fits, own)


@once("filtered tags")
def _made_tags(context: ProbeContext) -> list[Row]:
    return [context.records.tag(name=context.name(word)).body for word in ("filtered a", "filtered b")]


def _users(context: ProbeContext) -> Iterator[FilterCase]:
    """Ask for the configured actors that the list shows; nothing of them is changed. None where it is not shown."""
    label, known = "GET /api/users", {actor.user_id for actor in context.actors}
    whole = ask(context, FilterCase(label, "visible", "3", {"visible": "3"}, anything, {}))
    own = {row["id"]: row for row in whole.rows or () if row.get("id") in known}
    if not own:
        return
    for value, fits in (("3", anything), ("1", _enabled(True)), ("2", _enabled(False))):
        yield FilterCase(label, "visible", value, {"visible": value}, fits, own)
    name = str(next(reversed(own.values())).get("username"))
    if any(letter in name for letter in " :!"):
        return  # A term of several words, or with a colon, asks for more than what it says.
    result = says(name, "username", "alias", "title", "email", "accountNumber")
    yield FilterCase(label, "term", "a user name", {"term": name}, among(own, result), own)


def _enabled(wanted: bool) -> Fits:
    return lambda row: row.get("enabled", wanted) is wanted


QUESTIONS: Mapping[str, Callable[[ProbeContext], Iterator[FilterCase]]] = {
    sheet_filters.LABEL: sheet_filters.questions,
    "GET /api/customers": _customers,
    "GET /api/projects": _projects,
    "GET /api/activities": _activities,
    "GET /api/tags/find": _tags,
    "GET /api/tags": _tag_names,
    "GET /api/users": _users,
}
"""The lists that are asked, each with its questions; the first is the whole list, but for time records."""
