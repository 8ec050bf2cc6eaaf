"""What the lists take in under each filter: asked with records of the run's own that differ in what is filtered by.

The lists of other kinds than time records show everybody's: of those only the run's own are counted, while every row
must have what the filter asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.exchange import Refused
from conformance.probes.grounds import COLLECTION, Ground, ground, put
from conformance.probes.lab import Lab
from conformance.probes.making import attribute, ident
from conformance.words import Exchange

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Question:
    """One filter with one value. `fits` says of a row whether it has what is asked for."""

    operation: str
    parameter: str
    value: str
    params: Mapping[str, Any]
    fits: Callable[[Row], bool]
    own: Mapping[int, Row]

    @property
    def expected(self) -> tuple[int, ...]:
        """The run's own records that the list should have."""
        return tuple(number for number, row in self.own.items() if self.fits(row))


@dataclass(frozen=True)
class Filtered:
    """What came: the rows, None where the answer was no list."""

    question: Question
    rows: Sequence[Row] | None
    exchange: Exchange

    @property
    def own(self) -> list[int]:
        """The run's own records in the list."""
        return [row["id"] for row in self.rows or () if row.get("id") in self.question.own]

    @property
    def strangers(self) -> list[Row]:
        """The rows that have not what was asked for."""
        return [row for row in self.rows or () if not self.question.fits(row)]


def answers(lab: Lab, label: str) -> tuple[Filtered, ...]:
    """Return the answers to all questions about one list, asked once a process. Raises Refused."""
    return lab.once(f"filters {label}", lambda: tuple(_ask(lab, each) for each in QUESTIONS[label](lab)))


def _ask(lab: Lab, question: Question) -> Filtered:
    exchange = lab.session().get(question.operation.removeprefix("GET "), params=dict(question.params))
    body = exchange.json_or_none() if exchange.ok else None
    rows = body if isinstance(body, list) and all(isinstance(row, dict) for row in body) else None
    return Filtered(question, rows, exchange)


def _timesheets(lab: Lab) -> Iterator[Question]:
    label = f"GET {COLLECTION}"
    place, own, extra = lab.once("filtered time records", lambda: _stage_timesheets(lab))
    base = {**place.params, "size": 100}
    for name in ("billable", "exported"):
        for value, wanted in (("1", True), ("0", False)):
            yield Question(label, name, value, {**base, name: value}, _is(name, wanted), own)
    for value, wanted in (("1", True), ("0", False)):
        yield Question(label, "active", value, {**base, "active": value}, _running(wanted), own)
    for name, one in (("activity", "activity"), ("activities[]", "activity")):
        yield Question(label, name, "an own one", {**base, name: extra["activity"]}, _is(one, extra["activity"]), own)
    without = {key: each for key, each in base.items() if key != "project"}
    many = {**without, "projects[]": [place.project]}
    yield Question(label, "projects[]", "own", many, _is("project", place.project), own)
    both = [place.activity, extra["activity"]]
    many = {**base, "activities[]": both}
    yield Question(label, "activities[]", "two own ones", many, lambda row: row.get("activity") in both, own)
    me = lab.strongest.user_id
    yield Question(label, "user", "oneself", {**base, "user": me}, _is("user", me), own)
    yield Question(label, "users[]", "oneself", {**base, "users[]": [me]}, _is("user", me), own)
    if extra.get("tag"):
        yield Question(label, "tags[]", "an own one", {**base, "tags[]": [extra["tag"]]}, _has_tag(extra["tag"]), own)
    yield Question(label, "term", "a rare word", {**base, "term": "zebra"}, _says("description", "zebra"), own)
    customer = extra.get("customer")
    if customer:
        for name, sent in (("customer", customer), ("customers[]", [customer])):
            yield Question(label, name, "own", {**base, name: sent}, _is("project", place.project), own)


def _stage_timesheets(lab: Lab) -> tuple[Ground, dict[int, Row], dict[str, Any]]:
    place = ground(lab, "filters", lab.strongest)
    extra: dict[str, Any] = {"activity": place.activity}
    project = lab.session().get(f"/api/projects/{place.project}").json_or_none()
    extra["customer"] = attribute(project, "customer") if isinstance(project, dict) else None
    try:
        extra["activity"] = lab.records.activity(place.project, visible=True, billable=True).id
        extra["tag"] = lab.records.tag().body.get("name")
    except Refused:
        extra.setdefault("tag", None)
    own: dict[int, Row] = {}
    for number in range(4):
        more: dict[str, Any] = {"billable": number % 2 == 0, "exported": number > 1}
        more["activity"] = extra["activity"] if number in (0, 3) else place.activity
        if number in (1, 3):
            more["description"] = lab.name("zebra")
            more |= {"tags": extra["tag"]} if extra.get("tag") else {}
        made = put(lab, place, f"05-0{number + 1}T10:00:00", f"05-0{number + 1}T11:00:00", **more)
        body, found = made.json_or_none(), ident(made)
        if found is not None:
            own[found] = {**body, "billable": more["billable"], "exported": more["exported"]}
    return place, own, extra


def _named(plural: str, made: Sequence[Row], more: Mapping[str, Any]) -> Iterator[Question]:
    label, own = f"GET /api/{plural}", {row["id"]: row for row in made}
    for value, fits in (("1", _is("visible", True)), ("2", _is("visible", False)), ("3", lambda _: True)):
        yield Question(label, "visible", value, {**more, "visible": value}, fits, own)
    name = str(made[0]["name"])
    params = {**more, "visible": "3", "term": name}
    yield Question(label, "term", "an own name", params, _says("name", name), own)


def _customers(lab: Lab) -> Iterator[Question]:
    made = lab.once("filtered customers", lambda: [
        lab.records.customer(visible=visible, name=lab.name(f"filtered {word}")).body
        for word, visible in (("beta", True), ("alpha", False))
    ])  # fmt: skip
    yield from _named("customers", made, {})


def _projects(lab: Lab) -> Iterator[Question]:
    label = "GET /api/projects"
    above = lab.parent("customers")
    made = lab.once("filtered projects", lambda: [
        lab.records.project(above, visible=shown, globalActivities=free, name=lab.name(f"filtered {word}")).body
        for word, shown, free in (("gamma", True, True), ("beta", False, True), ("alpha", True, False))
    ])  # fmt: skip
    own = {row["id"]: row for row in made}
    yield from _named("projects", made, {"ignoreDates": "1"})
    for value, wanted in (("1", True), ("0", False)):
        params = {"visible": "3", "globalActivities": value}
        yield Question(label, "globalActivities", value, params, _is("globalActivities", wanted), own)
    for name, sent in (("customer", above), ("customers[]", [above])):
        yield Question(label, name, "own", {"visible": "3", name: sent}, _is("customer", above), own)


def _activities(lab: Lab) -> Iterator[Question]:
    label = "GET /api/activities"
    project = lab.parent("projects")
    made = lab.once("filtered activities", lambda: [
        lab.records.activity(above, visible=visible, name=lab.name(f"filtered {word}")).body
        for word, visible, above in (("gamma", True, None), ("beta", False, None), ("alpha", True, project))
    ])  # fmt: skip
    own = {row["id"]: row for row in made}
    yield from _named("activities", made, {})
    yield Question(label, "globals", "1", {"visible": "3", "globals": "1"}, _is("project", None), own)
    for name, sent in (("project", project), ("projects[]", [project])):
        params = {"visible": "3", name: sent}
        yield Question(label, name, "own", params, lambda row: row.get("project") in (None, project), own)


def _tags(lab: Lab) -> Iterator[Question]:
    made = lab.once("filtered tags", lambda: [lab.records.tag(name=lab.name(f"filtered {w}")).body for w in ("a", "b")])
    own = {row["id"]: row for row in made}
    name = str(made[0]["name"])
    yield Question("GET /api/tags/find", "name", "an own name", {"name": name}, _says("name", name), own)


QUESTIONS: Mapping[str, Callable[[Lab], Iterator[Question]]] = {
    f"GET {COLLECTION}": _timesheets,
    "GET /api/customers": _customers,
    "GET /api/projects": _projects,
    "GET /api/activities": _activities,
    "GET /api/tags/find": _tags,
}
"""The lists that are asked, each with its questions."""


def _is(name: str, wanted: Any) -> Callable[[Row], bool]:
    return lambda row: row.get(name) == wanted


def _running(wanted: bool) -> Callable[[Row], bool]:
    return lambda row: (row.get("end") is None) is wanted


def _says(name: str, word: str) -> Callable[[Row], bool]:
    return lambda row: word.lower() in str(row.get(name) or "").lower()


def _has_tag(tag: str) -> Callable[[Row], bool]:
    return lambda row: tag in (row.get("tags") or ())
