"""What a plain user is answered to methods that no release documents: PUT, TRACE, and GET where there is a write.

Nothing is sent along. Each id in the path is of a record of the run, or of none where the known write of that path
would do more to it than the run may: the guard decides which.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from conformance.exchange import Refused
from conformance.exchange.guard.kinds import fill_path
from conformance.exchange.guard.rules.other_methods import METHODS
from conformance.model import Actor, Exchange
from conformance.probes.access.credentials import ABSENT_ID
from conformance.probes.access.rights import times
from conformance.probes.context import ProbeContext
from conformance.probes.records.comparing import equal_unordered
from conformance.probes.records.creating import attribute, ident
from conformance.probes.records.list_scopes import COLLECTION
from conformance.probes.times.times import book, seen_as, unbook

OWN, ABSENT = "a record of the run", "no record"
WRITES = ", and writes"
_READS, _SAFE = ("GET", "HEAD", "OPTIONS"), ("GET", "TRACE")
_TRACED = ("/api/timesheets/{id}", "/api/teams/{id}", "/api/customers/{id}")
_ACTED = tuple(f"/api/timesheets/{{id}}/{action}" for action in ("stop", "restart", "duplicate", "export"))
_TELLING = (*_TRACED, *_ACTED, "/api/teams/{id}/members/{userId}", "/api/projects/{id}/rates/{rateId}")
"""What is asked below the thorough profile: records, and what acts on them or hangs below them."""
_GET_STOP = f"GET {COLLECTION}/{{id}}/stop"

Ids = Mapping[str, int]


@dataclass(frozen=True)
class MethodAnswer:
    """What a method was answered that a path is not documented to have: the status, and whether a safe one wrote."""

    operation: str
    what: str
    by: Actor
    got: str
    exchange: Exchange


def other_methods(context: ProbeContext, by: Actor) -> Iterator[MethodAnswer]:
    """Try each path below which a record is written with each method that it is not documented to have.

    Raises Refused where nothing may be made to try it on.
    """
    booked = book(context, by, *times(context))
    ids = {
        "customers": context.parent("customers"), "projects": context.parent("projects"),
        "activities": context.parent("activities"), "teams": context.records.team().id,
        **({"timesheets": booked.ident} if booked.ident is not None else {}),
    }  # fmt: skip
    writes = (item for item in context.index.operations if item.method not in _READS and "{" in item.path)
    paths = list(dict.fromkeys(item.path for item in writes))
    for path in paths if context.profile_at_least("thorough") else [path for path in paths if path in _TELLING]:
        for method in METHODS:
            if f"{method} {path}" not in context.index and (method != "TRACE" or path in _TRACED):
                yield from _tried(context, by, method, path, ids)
    unbook(context, booked)
    yield from _stopped(context, by)


_MAKING = ("/restart", "/duplicate")


def _tried(context: ProbeContext, by: Actor, method: str, path: str, ids: Ids) -> Iterator[MethodAnswer]:
    # What would make a record is tried on none.
    for known in ({},) if path.endswith(_MAKING) else (ids, {}):
        target = _filled(path, known)
        before = _looked(context, path, known) if method in _SAFE else []
        try:
            with context.judging_errors():  # What a server makes of such a method is observed.
                answer = context.session(by).send(method, target)
        except Refused:
            continue
        wrote = answer.ok and method in _SAFE and not equal_unordered(before, _looked(context, path, known))
        what = ABSENT if str(ABSENT_ID) in target else OWN
        yield MethodAnswer(f"{method} {path}", what, by, f"{answer.status}{WRITES if wrote else ''}", answer)
        return


def _filled(path: str, ids: Ids) -> str:
    """Return a path with ids of these kinds, and of none for the others."""
    named = (above for above, part in pairwise(path.split("/")) if part.startswith("{"))
    return fill_path(path, *(ids.get(above, ABSENT_ID) for above in named))


def _looked(context: ProbeContext, path: str, ids: Ids) -> list[Any]:
    """Return the records that a path names, as the strongest actor sees them."""
    named = [plural for plural in ids if f"/{plural}/{{" in path]
    return [context.session().get(f"/api/{plural}/{ids[plural]}").json_or_none() for plural in named]


def _stopped(context: ProbeContext, by: Actor) -> Iterator[MethodAnswer]:
    """Stop a record by the GET that older releases document."""
    if _GET_STOP not in context.index:
        return
    project, activity = context.bookable
    body = {"project": project, "activity": activity, "description": context.name("stopped by a read")}
    try:
        started = seen_as(by, context.session(by).post(COLLECTION, json=body), body)
    except Refused:
        return
    number = ident(started.exchange)
    if number is not None:
        answer = context.session(by).get(f"{COLLECTION}/{number}/stop")
        ended = attribute(context.session().get(f"{COLLECTION}/{number}").json_or_none(), "end") is not None
        yield MethodAnswer(_GET_STOP, OWN, by, f"{answer.status}{WRITES if ended else ''}", answer)
        context.session(by).delete(f"{COLLECTION}/{number}")
