"""How own time records are listed: filtered, ordered, paged. All on a project that holds nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.exchange import Refused
from conformance.probes.lab import Lab
from conformance.probes.records.grounds import COLLECTION, Ground, ground, ids_of, put
from conformance.probes.records.making import attribute
from conformance.upgrade.facts import About, Fact, fact, unseen
from conformance.upgrade.specimens import roles, sent
from conformance.words import Exchange

GET = f"GET {COLLECTION}"

FILTERS: Mapping[str, tuple[Any, ...]] = {
    "begin": ("{year}-02-01T00:00:00", "{year}-02-01", ""),
    "end": ("{year}-02-01T00:00:00",),
    "exported": ("0", "1", "true"),
    "active": ("0", "1"),
    "billable": ("0", "1", "true"),
    "term": ("listed", "nothing has this word"),
    "tags[]": ("conformance test, no such tag",),
    "modified_after": ("2009-01-01T00:00:00",),
    "unknown": ("1",),
    "orderBy": ("begin", "id", "nothing"),
    "order": ("ASC", "asc"),
    "full": ("true", "1", "maybe"),
}
"""Query parameters with what is asked. What no version knows is asked too: unknown ones are ignored until today."""

PAGES: Mapping[str, Mapping[str, Any]] = {
    "nothing said": {},
    "size 1": {"size": 1},
    "size 0": {"size": 0},
    "size 501": {"size": 501},
    "size abc": {"size": "abc"},
    "page 0": {"page": 0},
    "page -1": {"page": -1},
    "past the end": {"page": 9},
}


def ask(lab: Lab) -> Iterator[Fact]:
    """Ask lists of time records. Facts: FILTER, ORDER, PAGE, SCOPE."""
    try:
        place = _ground(lab)
    except Refused as error:
        yield unseen(About.FILTER, GET, f"the guard's rule {error.rule}")
        return
    for name, values in FILTERS.items():
        for value in values:
            text = str(value).format(year=place.year)
            yield _about(About.FILTER, lab, place, {name: text}, field=name, asked=str(value))
    yield _about(About.ORDER, lab, place, {}, field="", asked="default order")
    for asked, params in PAGES.items():
        yield from _page(lab, place, asked, params)
    for role, actor in roles(lab).items():
        for asked, params in (("", {}), ("user=all", {"user": "all"})):
            answer = sent(
                lambda actor=actor, params=params: lab.session(actor).get(COLLECTION, params=_on(place, params))  # type: ignore[misc]
            )
            yield _fact(About.SCOPE, place, answer, role, "", asked)


def _ground(lab: Lab) -> Ground:
    """Three records of the plainest actor, two of which begin together."""

    def make() -> Ground:
        place = ground(lab, "snapshot lists", lab.plainest)
        for begin, end in (("01-15T10:00:00", "01-15T11:00:00"), ("03-15T10:00:00", "03-15T11:00:00")):
            put(lab, place, begin, end)
        put(lab, place, "03-15T10:00:00", "03-15T12:00:00")
        return place

    return lab.once("snapshot lists", make)


def _on(place: Ground, params: Mapping[str, Any]) -> dict[str, Any]:
    return {**place.params, **params}


def _about(about: About, lab: Lab, place: Ground, params: Mapping[str, Any], *, field: str, asked: str) -> Fact:
    answer = sent(lambda: lab.session(place.actor).get(COLLECTION, params=_on(place, params)))
    return _fact(about, place, answer, place.actor.role, field, asked)


def _fact(about: About, place: Ground, answer: Exchange | str, role: str, field: str, asked: str) -> Fact:
    if isinstance(answer, str):
        return unseen(about, GET, answer, role=role, field=field, asked=asked)
    return fact(about, GET, _listed(place, answer), role=role, field=field, asked=asked)


def _listed(place: Ground, answer: Exchange) -> str:
    """Return which of the own records are listed, by the order in which they were made: "3 2 1"."""
    if not answer.ok:
        return str(answer.status)
    found = ids_of(answer)
    if found is None:
        return "no list"
    shape = "objects " if isinstance(attribute((answer.json_or_none() or [{}])[0], "project"), dict) else ""
    return shape + (" ".join(str(place.ids.index(each) + 1) for each in found if each in place.ids) or "nothing")


def _page(lab: Lab, place: Ground, asked: str, params: Mapping[str, Any]) -> Iterator[Fact]:
    answer = sent(lambda: lab.session(place.actor).get(COLLECTION, params=_on(place, params)))
    if isinstance(answer, str):
        yield unseen(About.PAGE, GET, answer, asked=asked)
        return
    yield fact(About.PAGE, GET, _listed(place, answer), asked=asked)
    if answer.ok:
        yield fact(About.PAGE, GET, answer.headers.get("x-per-page", "absent"), field="x-per-page", asked=asked)
