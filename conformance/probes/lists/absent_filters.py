"""What filters find that ask for something absent, or ask oddly: nothing, everything, or what they name.

Two time records of the run stand on one day long ago, on two activities; a list of that day is asked for both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.exchange import Refused
from conformance.model import Exchange
from conformance.probes.access.credentials import ABSENT_ID
from conformance.probes.context import ProbeContext, once
from conformance.probes.records.bodies import own_tags
from conformance.probes.records.creating import attribute, ident
from conformance.probes.records.list_scopes import COLLECTION, ids_of, row_of
from conformance.probes.times.times import book, unbook

LABEL = f"GET {COLLECTION}"
EVERYTHING, NOTHING, SOME = "everything", "nothing", "what it names"
_DAY = {"begin": "2005-06-15T00:00:00", "end": "2005-06-15T23:59:59", "size": 500}
_TRUTHS = ("true", "1", "false", "0")
_IDS = ("user", "users[]", "customer", "customers[]", "project", "projects[]", "activity", "activities[]")


@dataclass(frozen=True)
class FilterFound:
    """What a filter found of the run's own records: everything, nothing, what it names, or the status of a refusal."""

    operation: str
    field: str
    what: str
    found: str
    exchange: Exchange


def absent_filters(context: ProbeContext) -> Iterator[FilterFound]:
    """Filter time records by ids that do not exist, and the catalogues by parents that do not. Raises Refused."""
    ways: dict[str, Mapping[str, Any]] = {name: {name: _absent(name)} for name in _IDS}
    ways["tags[], unknown tag"] = {"tags[]": [context.name("no tag")]}
    if _other_activity(context) != context.bookable[1]:  # Else both records are of the own one.
        ways["activities[], the own one and an absent one"] = {"activities[]": [context.bookable[1], ABSENT_ID]}
    known = {parameter.name for parameter in context.index[LABEL].query_parameters}
    yield from _sheets(context, {way: asked for way, asked in ways.items() if way.partition(",")[0] in known})
    for plural, name, parent in (
        ("activities", "project", "projects"), ("activities", "projects[]", "projects"),
        ("projects", "customer", "customers"), ("projects", "customers[]", "customers"),
    ):  # fmt: skip
        listing = context.index.get(f"GET /api/{plural}")
        if listing is not None and listing.query(name):
            own = context.records.activity(context.parent(parent)) if plural == "activities" else None
            number = own.id if own is not None else context.parent("projects")
            answer = context.session().get(f"/api/{plural}", params={name: _absent(name)})
            yield FilterFound(listing.label, name, "absent id", _found(answer, {number}, {number}), answer)


def several_filters(context: ProbeContext) -> Iterator[FilterFound]:
    """Filter time records by several values of a list, of which the second is of no record. Raises Refused."""
    one, activity = context.bookable
    other = _other_activity(context)
    spare = context.records.activity(one).id if other != activity else activity
    ways: dict[str, Mapping[str, Any]] = {}
    if spare != activity:
        ways = {
            "activities[], one and another": {"activities[]": [activity, spare]},
            "activities[], another first": {"activities[]": [spare, activity]},
            "activities[], one twice": {"activities[]": [activity, activity]},
        }
    for name, others in _elsewhere(context).items():
        ways |= {f"{name}, that of both and another": {name: list(others)}}
        ways |= {f"{name}, another and that of both": {name: list(reversed(others))}}
    tags = own_tags(context)
    if tags:
        ways |= {
            "tags[], one and another": {"tags[]": [tags[0], tags[1]]},
            "tags[], another first": {"tags[]": [tags[1], tags[0]]},
            "tags[], one twice": {"tags[]": [tags[0], tags[0]]},
        }
        if spare != activity:
            ways["tags[], one, and another activity"] = {"tags[]": [tags[0]], "activities[]": [other, spare]}
    yield from _sheets(context, ways)


def _elsewhere(context: ProbeContext) -> Mapping[str, tuple[int, int]]:
    """Return project and customer that are booked on, each beside another of the run; empty where none may be made."""
    project = context.bookable[0]
    customer = attribute(context.session().get(f"/api/projects/{project}").json_or_none(), "customer")
    try:
        return {
            "projects[]": (project, context.parent("projects")),
            "customers[]": (customer, context.parent("customers")),
        }
    except Refused:
        return {}


def unusual_filters(context: ProbeContext) -> Iterator[FilterFound]:
    """Filter time records by tags in several spellings, and by empty and repeated values. Raises Refused."""
    tags = own_tags(context)
    ways: dict[str, Mapping[str, Any]] = {
        "projects[], empty": {"projects[]": [""]},
        "users[], empty": {"users[]": [""]},
        "tags[], empty": {"tags[]": [""]},
    }
    if tags:
        ways |= {
            "tags[], known": {"tags[]": [tags[0]]},
            "tags[], two known": {"tags[]": [tags[0], tags[1]]},
            "tags[], twice": {"tags[]": [tags[0], tags[0]]},
            "tags[], known and unknown": {"tags[]": [tags[0], context.name("no tag")]},
            "tags[], in another case": {"tags[]": [tags[0].swapcase()]},
            "tags, known": {"tags": tags[0]},
        }
    ways |= {f"{name}, {value}": {name: value} for name in ("exported", "active", "billable") for value in _TRUTHS}
    yield from _sheets(context, ways)
    yield from _expanded(context)
    yield from _tags_found(context)


def _expanded(context: ProbeContext) -> Iterator[FilterFound]:
    """Make a record and list it with values of `full` that may mean yes or no: whether it is shown with objects."""
    for value in ("true", "false", "0", "banana"):
        body = {"project": context.bookable[0], "activity": context.bookable[1], "description": context.name("full")}
        body |= {"begin": "2005-06-16T08:00:00", "end": "2005-06-16T09:00:00"}
        made = context.session().post(COLLECTION, json=body, params={"full": value})
        yield FilterFound(f"POST {COLLECTION}", "full", value, _shape(made, made.json_or_none()), made)
        if ident(made) is not None:
            day = {"begin": "2005-06-16T00:00:00", "end": "2005-06-16T23:59:59", "full": value}
            answer = context.session().get(COLLECTION, params=day)
            yield FilterFound(LABEL, "full", value, _shape(answer, row_of(answer, ident(made))), answer)
            context.session().delete(f"{COLLECTION}/{ident(made)}")


def _shape(answer: Exchange, row: Any) -> str:
    if not answer.ok:
        return str(answer.status)
    return "objects" if isinstance(attribute(row, "project"), Mapping) else "numbers"


def _tags_found(context: ProbeContext) -> Iterator[FilterFound]:
    """Ask for tags without a name and by an empty one."""
    own = set(own_tags(context))
    for path in ("/api/tags/find", "/api/tags"):
        for what, params in (("left out", {}), ("empty", {"name": ""})):
            if own and f"GET {path}" in context.index:
                answer = context.session().get(path, params=params)
                rows = answer.json_or_none() if answer.ok else []
                names = {row.get("name") if isinstance(row, Mapping) else row for row in rows or ()}
                found = EVERYTHING if own <= names else NOTHING if not own & names else "another"
                yield FilterFound(f"GET {path}", "name", what, found if answer.ok else str(answer.status), answer)


def _absent(name: str) -> Any:
    return [ABSENT_ID] if name.endswith("[]") else ABSENT_ID


def _sheets(context: ProbeContext, ways: Mapping[str, Mapping[str, Any]]) -> Iterator[FilterFound]:
    """Book two records that differ in activity and tags, and ask for them in each way."""
    tags = own_tags(context)
    other = _other_activity(context)
    marked = {"tags": tags[0]} if tags else {}
    one = book(context, context.strongest, "2005-06-15T08:00:00", "2005-06-15T09:00:00", **marked)
    two = book(context, context.strongest, "2005-06-15T10:00:00", "2005-06-15T11:00:00", activity=other)
    own = {one.ident, two.ident}
    whole = context.session().get(COLLECTION, params=_DAY)
    if None not in own and own <= set(ids_of(whole) or ()):
        for way, params in ways.items():
            try:
                answer = context.session().get(COLLECTION, params={**_DAY, **params})
            except Refused:
                continue
            field, _, what = way.partition(", ")
            found = _found(answer, own, {one.ident})
            yield FilterFound(LABEL, field, what or "absent id", found, answer)
    for item in (one, two):
        unbook(context, item)


@once("other activity of filters")
def _other_activity(context: ProbeContext) -> int:
    """Return another activity that can be booked on the same project; the same where none may be made."""
    try:
        return context.records.activity(context.bookable[0]).id
    except Refused:
        return context.bookable[1]


def _found(answer: Exchange, own: set[Any], named: set[Any]) -> str:
    if not answer.ok:
        return str(answer.status)
    shown = own & set(ids_of(answer) or ())
    return EVERYTHING if shown == own else NOTHING if not shown else SOME if shown == named else "another"
